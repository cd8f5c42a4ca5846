// Tested by kd_search_test.cc against all pairs.
#include "coterie/cluster/kd_search.h"

#include <algorithm>
#include <vector>

#include "coterie/base/cpu.h"

namespace coterie {

#define COTERIE_DECLARE(ISA)                                                                                              \
  namespace ISA {                                                                                                         \
  void core_distances(const KdTree&, const std::uint32_t*, std::uint32_t, std::size_t, std::size_t, double*, double*,     \
                      std::uint32_t*, double*);                                                                           \
  void search_leaf(const Frontier&, std::size_t, double*);                                                                \
  Neighbour nearest_by_reach(const KdTree&, const std::uint32_t*, const double*, std::uint32_t, double, const double*,    \
                             double*, std::uint32_t*);                                                                    \
  }
COTERIE_DECLARE(plain)
COTERIE_DECLARE(avx2)
COTERIE_DECLARE(avx512)
#undef COTERIE_DECLARE

namespace {

// Room for the nearest rows: each counts at least 1, so need + 1 are enough.
struct Scratch {
  std::vector<double> distance;
  std::vector<std::uint32_t> weight;
  Scratch(std::uint32_t need, std::size_t rows) : distance(std::min<std::size_t>(need, rows) + 1), weight(distance.size()) {}
};

}  // namespace

void core_distances(const KdTree& tree, const std::uint32_t* count, std::uint32_t need, std::size_t first, std::size_t last,
                    double* core) {
  Scratch scratch(need, tree.rows);
  std::vector<double> point(tree.columns);
  const auto run = [&](auto* function) {
    function(tree, count, need, first, last, core, scratch.distance.data(), scratch.weight.data(), point.data());
  };
  switch (isa()) {
    case Isa::plain: return run(plain::core_distances);
    case Isa::avx2: return run(avx2::core_distances);
    case Isa::avx512: return run(avx512::core_distances);
  }
}

void search_leaf(const Frontier& frontier, std::size_t leaf) {
  thread_local std::vector<double> point;
  if (point.size() < frontier.tree.columns) point.resize(frontier.tree.columns);
  switch (isa()) {
    case Isa::plain: return plain::search_leaf(frontier, leaf, point.data());
    case Isa::avx2: return avx2::search_leaf(frontier, leaf, point.data());
    case Isa::avx512: return avx512::search_leaf(frontier, leaf, point.data());
  }
}

Neighbour nearest_by_reach(const KdTree& tree, const std::uint32_t* count, const double* core, std::uint32_t need,
                           double floor, const double* point) {
  Scratch scratch(need, tree.rows);
  const auto run = [&](auto* function) {
    return function(tree, count, core, need, floor, point, scratch.distance.data(), scratch.weight.data());
  };
  switch (isa()) {
    case Isa::plain: return run(plain::nearest_by_reach);
    case Isa::avx2: return run(avx2::nearest_by_reach);
    case Isa::avx512: return run(avx512::nearest_by_reach);
  }
  return {};
}

}  // namespace coterie
