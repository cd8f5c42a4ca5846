#include "coterie/cluster/spanning_tree.h"

#include <algorithm>
#include <limits>

#include "coterie/base/parallel.h"
#include "coterie/cluster/kd_search.h"

namespace coterie {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t block = 8192;

// Runs fn(begin, end) over blocks of [0, n).
template <class Fn>
void over(std::size_t n, int threads, const Fn& fn) {
  for_each_block(block_count(n, block), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, n, block);
    fn(range.begin, range.end);
  });
}

struct State {
  const KdTree& tree;
  const HugeArray<double>& core;
  int threads;
  std::size_t components;
  HugeArray<std::uint32_t> component, near_at, link;  // link: union-find of components
  HugeArray<NodeFloor> floor;
  HugeArray<double> near, bound;
  HugeArray<std::uint32_t> lightest;  // by component: the position whose edge is taken

  std::size_t used_leaves() const { return block_count(tree.rows, leaf_rows); }
};

State start(const KdTree& tree, const HugeArray<double>& core, int threads) {
  const std::size_t n = tree.rows;
  State s{tree, core, threads, n, {}, {}, {}, {}, {}, {}, {}};
  s.component = HugeArray<std::uint32_t>(n), s.near_at = HugeArray<std::uint32_t>(n), s.link = HugeArray<std::uint32_t>(n);
  s.lightest = HugeArray<std::uint32_t>(n), s.floor = HugeArray<NodeFloor>(2 * tree.leaves);
  s.near = HugeArray<double>(n), s.bound = HugeArray<double>(n);
  over(n, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p)
      s.component[p] = static_cast<std::uint32_t>(p), s.near[p] = core[p], s.near_at[p] = no_position;
  });
  return s;
}

// Takes in that no edge of the component's rows below is lighter than `own`.
void take_in(NodeFloor& floor, std::uint32_t component, double own) {
  if (component == floor.component) {
    floor.own = std::min(floor.own, own);
  } else if (own < floor.own) {
    floor.others = floor.own;
    floor.own = own, floor.component = component;
  } else {
    floor.others = std::min(floor.others, own);
  }
}

NodeFloor floor_of_leaf(const State& s, std::size_t leaf) {
  NodeFloor floor;
  for (std::size_t p = leaf * leaf_rows; p < std::min(leaf * leaf_rows + leaf_rows, s.tree.rows); ++p)
    take_in(floor, s.component[p], s.near[p]);
  return floor;
}

NodeFloor joined(NodeFloor one, const NodeFloor& other) {
  take_in(one, other.component, other.own);
  if (one.component == other.component) one.others = std::min(one.others, other.others);
  return one;
}

void set_floors(State& s) {
  const std::size_t leaves = s.tree.leaves;
  over(leaves, s.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t leaf = begin; leaf < end; ++leaf) s.floor[leaves + leaf] = floor_of_leaf(s, leaf);
  });
  for (std::size_t level = leaves / 2; level > 0; level /= 2)
    over(level, s.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t node = level + begin; node < level + end; ++node) s.floor[node] = joined(s.floor[2 * node], s.floor[2 * node + 1]);
    });
}

bool is_outwards(const State& s, std::size_t p) {
  return s.near_at[p] != no_position && s.component[s.near_at[p]] != s.component[p];
}

// The edges that are still outwards are the first bounds.
void set_bounds(State& s) {
  for (std::size_t c = 0; c < s.components; ++c) s.bound[c] = infinity;
  for (std::size_t p = 0; p < s.tree.rows; ++p)
    if (is_outwards(s, p)) s.bound[s.component[p]] = std::min(s.bound[s.component[p]], s.near[p]);
}

void search(State& s) {
  const Frontier frontier{s.tree,         s.core.data(), s.component.data(), s.floor.data(),
                          s.bound.data(), s.near.data(), s.near_at.data()};
  constexpr std::size_t leaves = 256;
  for_each_block(block_count(s.used_leaves(), leaves), s.threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, s.used_leaves(), leaves);
    for (std::size_t leaf = range.begin; leaf < range.end; ++leaf) search_leaf(frontier, leaf);
  });
}

// Of a component's equally light edges, the one of the lowest position.
void choose(State& s) {
  for (std::size_t c = 0; c < s.components; ++c) s.lightest[c] = no_position;
  for (std::size_t p = 0; p < s.tree.rows; ++p) {
    const std::uint32_t c = s.component[p];
    if (s.near[p] == s.bound[c] && s.lightest[c] == no_position && is_outwards(s, p)) s.lightest[c] = static_cast<std::uint32_t>(p);
  }
}

std::uint32_t root_of(HugeArray<std::uint32_t>& link, std::uint32_t c) {
  while (link[c] != c) c = link[c] = link[link[c]];
  return c;
}

// Two components may choose equally light edges that close a circle; the last of them is left out.
std::size_t join(State& s, HugeArray<SpanningEdge>& edges, std::size_t count) {
  for (std::size_t c = 0; c < s.components; ++c) s.link[c] = static_cast<std::uint32_t>(c);
  for (std::size_t c = 0; c < s.components; ++c) {
    const std::uint32_t p = s.lightest[c], q = s.near_at[p];
    const std::uint32_t one = root_of(s.link, s.component[p]), other = root_of(s.link, s.component[q]);
    if (one == other) continue;
    s.link[std::max(one, other)] = std::min(one, other);
    edges[count++] = {s.near[p], std::min(p, q), std::max(p, q)};
  }
  return count;
}

// Numbers the joined components anew; `lightest` serves as scratch.
void relabel(State& s) {
  std::uint32_t next = 0;
  for (std::size_t c = 0; c < s.components; ++c) {
    const std::uint32_t root = root_of(s.link, static_cast<std::uint32_t>(c));
    s.lightest[c] = root == c ? next++ : s.lightest[root];
  }
  over(s.tree.rows, s.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p) s.component[p] = s.lightest[s.component[p]];
  });
  s.components = next;
}

}  // namespace

SpanningTree spanning_tree(const KdTree& tree, const HugeArray<double>& core, int threads) {
  SpanningTree result;
  if (tree.rows < 2) return result;
  State s = start(tree, core, threads);
  result.edges = HugeArray<SpanningEdge>(tree.rows - 1);
  for (std::size_t count = 0; s.components > 1; ++result.rounds) {
    set_floors(s);
    set_bounds(s);
    search(s);
    choose(s);
    count = join(s, result.edges, count);
    relabel(s);
  }
  return result;
}

}  // namespace coterie
