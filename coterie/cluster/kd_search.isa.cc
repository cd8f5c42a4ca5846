// Compiled once for each instruction set; see kd_search.h. Dimension D is a template argument for few
// columns (0: any number), which halves the time of a search.
#include "coterie/cluster/kd_search.h"

#include "coterie/base/simd.h"

namespace coterie::COTERIE_ISA {
namespace {

constexpr double infinity = __builtin_inf();

inline unsigned bits_of(Mask8 mask) {
#if defined(COTERIE_ISA_avx512)
  return mask.bits;
#elif defined(COTERIE_ISA_avx2)
  return static_cast<unsigned>(_mm256_movemask_pd(mask.low) | _mm256_movemask_pd(mask.high) << 4);
#else
  unsigned bits = 0;
  for (int i = 0; i < 8; ++i) bits |= static_cast<unsigned>(mask.lane[i]) << i;
  return bits;
#endif
}

template <int D>
struct Space {
  const double* boxes;
  const double* points;
  std::size_t runtime_columns;

  explicit Space(const KdTree& tree) : boxes(tree.boxes.data()), points(tree.points.data()), runtime_columns(tree.columns) {}
  std::size_t columns() const { return D > 0 ? D : runtime_columns; }

  // Squared distance of the point to the node's box; infinite if the box is empty.
  double to_box(const double* point, std::size_t node) const {
    const double* low = boxes + 2 * node * columns();
    const double* high = low + columns();
    double total = 0;
    for (std::size_t j = 0; j < columns(); ++j) {
      const double below = low[j] - point[j], above = point[j] - high[j];
      double gap = below > above ? below : above;
      gap = gap > 0 ? gap : 0;
      total += gap * gap;
    }
    return total;
  }

  double between_boxes(std::size_t a, std::size_t b) const {
    const double *low_a = boxes + 2 * a * columns(), *high_a = low_a + columns();
    const double *low_b = boxes + 2 * b * columns(), *high_b = low_b + columns();
    double total = 0;
    for (std::size_t j = 0; j < columns(); ++j) {
      const double below = low_b[j] - high_a[j], above = low_a[j] - high_b[j];
      double gap = below > above ? below : above;
      gap = gap > 0 ? gap : 0;
      total += gap * gap;
    }
    return total;
  }

  F64x8 to_leaf(const double* point, std::size_t leaf) const {
    const double* from = points + leaf * columns() * leaf_rows;
    const F64x8 first = F64x8::load(from) - F64x8::all(point[0]);
    F64x8 total = first * first;
    for (std::size_t j = 1; j < columns(); ++j) {
      const F64x8 gap = F64x8::load(from + j * leaf_rows) - F64x8::all(point[j]);
      total = total + gap * gap;
    }
    return total;
  }

  void point_at(std::size_t position, double* point) const {
    const double* from = points + position / leaf_rows * columns() * leaf_rows + position % leaf_rows;
    for (std::size_t j = 0; j < columns(); ++j) point[j] = from[j * leaf_rows];
  }
};

// Visits the leaves below the node that may hold something at less than visitor.limit(), nearer child first.
template <int D, class Visitor>
void descend(const Space<D>& space, std::size_t leaves, const double* point, std::size_t node, Visitor& visitor) {
  while (node < leaves) {
    double near_gap = space.to_box(point, 2 * node), far_gap = space.to_box(point, 2 * node + 1);
    const bool swap = far_gap < near_gap;
    const std::size_t near = 2 * node + swap, far = 2 * node + !swap;
    if (swap) far_gap = near_gap, near_gap = space.to_box(point, near);
    if (near_gap < visitor.limit() && visitor.wants(near)) descend(space, leaves, point, near, visitor);
    if (!(far_gap < visitor.limit() && visitor.wants(far))) return;
    node = far;
  }
  visitor.visit(node - leaves);
}

// Visits the node, then the siblings of it and of its ancestors, from the bottom up.
template <int D, class Visitor>
void climb(const Space<D>& space, std::size_t leaves, const double* point, std::size_t node, Visitor& visitor) {
  if (visitor.wants(node)) descend(space, leaves, point, node, visitor);
  for (; node > 1 && !visitor.done(); node /= 2) {
    const std::size_t sibling = node ^ 1;
    if (visitor.wants(sibling) && space.to_box(point, sibling) < visitor.limit())
      descend(space, leaves, point, sibling, visitor);
  }
}

// The nearest rows that are needed to hold `need` in all: sorted, the farthest dropped when not needed.
template <int D>
struct Nearest {
  const Space<D>& space;
  const std::uint32_t* count;
  const double* point;
  std::uint32_t need;
  double* distance;
  std::uint32_t* weight;
  std::size_t size = 0;
  std::uint64_t total = 0;
  double bound = infinity;

  double limit() const { return bound; }
  static bool wants(std::size_t) { return true; }
  static bool done() { return false; }

  void insert(double value, std::uint32_t times) {
    std::size_t at = size++;
    for (; at > 0 && distance[at - 1] > value; --at) distance[at] = distance[at - 1], weight[at] = weight[at - 1];
    distance[at] = value;
    weight[at] = times;
    total += times;
    while (total - weight[size - 1] >= need) total -= weight[--size];
    if (total >= need) bound = distance[size - 1];
  }

  void visit(std::size_t leaf) {
    const F64x8 squared = space.to_leaf(point, leaf);
    unsigned found = bits_of(squared < F64x8::all(bound));
    if (found == 0) return;
    double value[8];
    squared.store(value);
    for (; found != 0; found &= found - 1) {
      const int lane = __builtin_ctz(found);
      if (value[lane] < bound) insert(value[lane], count[leaf * leaf_rows + lane]);
    }
  }

  double radius() const { return size == 0 ? 0 : distance[size - 1]; }
};

// An edge from p to q is one outwards for both ends, so what bounds q's edges from below bounds it too.
inline double floor_of(const Frontier& f, std::size_t node, std::uint32_t own) {
  const NodeFloor& floor = f.floor[node];
  return floor.component == own ? floor.others : floor.own;
}

inline bool is_all(const Frontier& f, std::size_t node, std::uint32_t own) { return floor_of(f, node, own) == infinity; }

// The lightest edge out of a component.
template <int D>
struct LightestEdge {
  const Space<D>& space;
  const Frontier& frontier;
  const double* point;
  double own_core;
  std::uint32_t own_component;
  double best;  // an edge must be lighter than this
  std::uint32_t at = no_position;

  double limit() const { return best; }
  bool wants(std::size_t node) const { return floor_of(frontier, node, own_component) < best; }
  bool done() const { return best <= own_core; }  // nothing can be lighter

  void visit(std::size_t leaf) {
    const F64x8 squared = space.to_leaf(point, leaf);
    unsigned found = bits_of(squared < F64x8::all(best));
    if (found == 0 || done()) return;
    double value[8];
    squared.store(value);
    for (; found != 0; found &= found - 1) {
      const std::size_t q = leaf * leaf_rows + __builtin_ctz(found);
      if (frontier.component[q] == own_component) continue;
      double weight = value[q % leaf_rows];
      if (weight < own_core) weight = own_core;
      if (weight < frontier.core[q]) weight = frontier.core[q];
      if (weight < best) best = weight, at = static_cast<std::uint32_t>(q);
    }
  }
};

inline double load(const double* from) {
  double value;
  __atomic_load(from, &value, __ATOMIC_RELAXED);
  return value;
}

inline void lower(double* to, double value) {
  double old = load(to);
  while (value < old && !__atomic_compare_exchange(to, &old, &value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

// The next double up, so that "lighter than" lets an edge of just the bound pass.
inline double just_above(double value) { return value < infinity ? __builtin_nextafter(value, infinity) : value; }

// Whether any row of another component may be within the bound of the leaf's box.
template <int D>
bool may_reach_out(const Space<D>& space, const Frontier& f, std::size_t leaf_node, std::size_t start, std::uint32_t own,
                   double bound) {
  const auto below = [&](auto&& self, std::size_t node) -> bool {
    if (floor_of(f, node, own) > bound || is_all(f, node, own) || !(space.between_boxes(leaf_node, node) <= bound)) return false;
    if (node >= f.tree.leaves) return true;
    return self(self, 2 * node) || self(self, 2 * node + 1);
  };
  for (std::size_t node = start; node > 1; node /= 2)
    if (below(below, node ^ 1)) return true;
  return false;
}

// A row looks somewhat farther than the bound of this step, for what it finds will serve later ones.
constexpr double foresight = 1.2;

template <int D>
void search_row(const Space<D>& space, const Frontier& f, std::size_t start, std::size_t p, double* point) {
  const std::uint32_t own = f.component[p];
  const double bound = load(f.bound + own);
  if (f.near[p] > bound) return;
  if (f.near_at[p] != no_position && f.component[f.near_at[p]] != own) return;
  space.point_at(p, point);
  LightestEdge<D> edge{space, f, point, f.core[p], own, just_above(foresight * bound)};
  climb(space, f.tree.leaves, point, start, edge);
  f.near_at[p] = edge.at;
  f.near[p] = edge.at != no_position ? edge.best : foresight * bound;
  if (edge.at == no_position) return;
  lower(f.bound + own, edge.best);
  lower(f.bound + f.component[edge.at], edge.best);
}

template <int D>
void search_leaf_in(const Frontier& f, std::size_t leaf, double* point) {
  const Space<D> space(f.tree);
  const std::size_t begin = leaf * leaf_rows, end = begin + leaf_rows < f.tree.rows ? begin + leaf_rows : f.tree.rows;
  const std::size_t node = f.tree.leaves + leaf;
  const std::uint32_t own = f.component[begin];
  std::size_t start = node;
  if (is_all(f, node, own)) {
    const double bound = load(f.bound + own);
    bool any = false;
    for (std::size_t p = begin; p < end; ++p) any |= f.near[p] <= bound;
    if (!any) return;
    while (start > 1 && is_all(f, start / 2, own)) start /= 2;
    if (start > 1 && !may_reach_out(space, f, node, start, own, bound)) {
      for (std::size_t p = begin; p < end; ++p)
        if (f.near[p] < bound) f.near[p] = bound, f.near_at[p] = no_position;
      return;
    }
  }
  for (std::size_t p = begin; p < end; ++p) search_row(space, f, start, p, point);
}

template <int D>
void core_distances_in(const KdTree& tree, const std::uint32_t* count, std::uint32_t need, std::size_t first, std::size_t last,
                       double* core, double* distance, std::uint32_t* weight, double* point) {
  const Space<D> space(tree);
  const std::size_t end = last * leaf_rows < tree.rows ? last * leaf_rows : tree.rows;
  for (std::size_t p = first * leaf_rows; p < end; ++p) {
    core[p] = 0;
    if (count[p] >= need) continue;
    space.point_at(p, point);
    Nearest<D> nearest{space, count, point, need, distance, weight};
    climb(space, tree.leaves, point, tree.leaves + p / leaf_rows, nearest);
    core[p] = nearest.radius();
  }
}

// The best neighbour of a point from outside by (reach, distance, row).
template <int D>
struct BestByReach {
  const Space<D>& space;
  const KdTree& tree;
  const double* core;
  const double* point;
  double own_core;
  Neighbour best;

  double limit() const { return just_above(best.reach); }
  static bool wants(std::size_t) { return true; }

  bool better(double reach, double distance, std::size_t q) const {
    if (best.position == no_position) return true;
    if ((distance == 0) != (best.distance == 0)) return distance == 0;
    if (reach != best.reach) return reach < best.reach;
    if (distance != best.distance) return distance < best.distance;
    return tree.row_at[q] < tree.row_at[best.position];
  }

  void visit(std::size_t leaf) {
    double value[8];
    space.to_leaf(point, leaf).store(value);
    for (std::size_t q = leaf * leaf_rows; q < leaf * leaf_rows + leaf_rows && q < tree.rows; ++q) {
      const double distance = value[q % leaf_rows];
      double reach = distance > own_core ? distance : own_core;
      if (reach < core[q]) reach = core[q];
      if (better(reach, distance, q)) best = {static_cast<std::uint32_t>(q), reach, distance};
    }
  }
};

// The rows at no distance from a point.
template <int D>
struct AtPoint {
  const Space<D>& space;
  const double* point;
  unsigned count = 0;
  std::size_t position = 0;

  double limit() const { return just_above(0); }
  static bool wants(std::size_t) { return true; }

  void visit(std::size_t leaf) {
    double value[8];
    space.to_leaf(point, leaf).store(value);
    for (std::size_t lane = 0; lane < leaf_rows; ++lane)
      if (value[lane] == 0) ++count, position = leaf * leaf_rows + lane;
  }
};

template <int D>
Neighbour nearest_by_reach_in(const KdTree& tree, const std::uint32_t* count, const double* core, std::uint32_t need,
                              double floor, const double* point, double* distance, std::uint32_t* weight) {
  const Space<D> space(tree);
  AtPoint<D> equal{space, point};
  descend(space, tree.leaves, point, 1, equal);
  if (equal.count == 1) {  // most that is asked for: no neighbours are needed, whose search is dear
    const double own_core = core[equal.position];
    return {static_cast<std::uint32_t>(equal.position), own_core > floor ? own_core : floor, 0};
  }
  Nearest<D> nearest{space, count, point, need, distance, weight};
  descend(space, tree.leaves, point, 1, nearest);
  const double radius = nearest.radius();
  BestByReach<D> best{space, tree, core, point, radius > floor ? radius : floor, {}};
  descend(space, tree.leaves, point, 1, best);
  return best.best;
}

}  // namespace

void core_distances(const KdTree& tree, const std::uint32_t* count, std::uint32_t need, std::size_t first, std::size_t last,
                    double* core, double* distance, std::uint32_t* weight, double* point) {
  switch (tree.columns) {
    case 1: return core_distances_in<1>(tree, count, need, first, last, core, distance, weight, point);
    case 2: return core_distances_in<2>(tree, count, need, first, last, core, distance, weight, point);
    case 3: return core_distances_in<3>(tree, count, need, first, last, core, distance, weight, point);
    case 4: return core_distances_in<4>(tree, count, need, first, last, core, distance, weight, point);
    case 5: return core_distances_in<5>(tree, count, need, first, last, core, distance, weight, point);
    default: return core_distances_in<0>(tree, count, need, first, last, core, distance, weight, point);
  }
}

void search_leaf(const Frontier& frontier, std::size_t leaf, double* point) {
  switch (frontier.tree.columns) {
    case 1: return search_leaf_in<1>(frontier, leaf, point);
    case 2: return search_leaf_in<2>(frontier, leaf, point);
    case 3: return search_leaf_in<3>(frontier, leaf, point);
    case 4: return search_leaf_in<4>(frontier, leaf, point);
    case 5: return search_leaf_in<5>(frontier, leaf, point);
    default: return search_leaf_in<0>(frontier, leaf, point);
  }
}

Neighbour nearest_by_reach(const KdTree& tree, const std::uint32_t* count, const double* core, std::uint32_t need,
                           double floor, const double* point, double* distance, std::uint32_t* weight) {
  switch (tree.columns) {
    case 2: return nearest_by_reach_in<2>(tree, count, core, need, floor, point, distance, weight);
    default: return nearest_by_reach_in<0>(tree, count, core, need, floor, point, distance, weight);
  }
}

}  // namespace coterie::COTERIE_ISA
