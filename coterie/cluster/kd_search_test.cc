// The kd-tree and its searches against all pairs, and the three builds of the searches against each other.
#include "coterie/cluster/kd_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "coterie/base/cpu.h"
#include "coterie/base/random.h"

namespace coterie {

#define COTERIE_DECLARE(ISA)                                                                                           \
  namespace ISA {                                                                                                      \
  void core_distances(const KdTree&, const std::uint32_t*, std::uint32_t, std::size_t, std::size_t, double*, double*,  \
                      std::uint32_t*, double*);                                                                        \
  }
COTERIE_DECLARE(plain)
COTERIE_DECLARE(avx2)
COTERIE_DECLARE(avx512)
#undef COTERIE_DECLARE

namespace {

Matrix skewed(std::size_t rows, std::size_t columns, double grid, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, columns);
  for (std::size_t j = 0; j < columns; ++j)
    for (double& value : x.column(j)) {
      value = std::exp(2 * random.normal());
      if (grid > 0) value = std::round(value / grid) * grid;
    }
  return x;
}

double squared(const KdTree& tree, std::size_t p, std::size_t q) {
  double total = 0;
  for (std::size_t j = 0; j < tree.columns; ++j) total += (tree.at(p, j) - tree.at(q, j)) * (tree.at(p, j) - tree.at(q, j));
  return total;
}

TEST(KdTree, HoldsEveryRowOnceInsideItsBoxes) {
  for (std::size_t rows : {1, 7, 8, 9, 100, 3001})
    for (std::size_t columns : {1, 2, 7}) {
      const Matrix x = skewed(rows, columns, 0.5, rows);
      const KdTree tree = build_kd_tree(x, 2);
      std::vector<std::uint32_t> seen(tree.row_at.begin(), tree.row_at.end());
      std::sort(seen.begin(), seen.end());
      for (std::size_t i = 0; i < rows; ++i) ASSERT_EQ(seen[i], i);
      for (std::size_t p = 0; p < rows; ++p)
        for (std::size_t j = 0; j < columns; ++j) {
          ASSERT_EQ(tree.at(p, j), x.at(tree.row_at[p], j));
          for (std::size_t node = tree.leaves + p / leaf_rows; node > 0; node /= 2) {
            ASSERT_LE(tree.boxes[2 * node * columns + j], tree.at(p, j));
            ASSERT_GE(tree.boxes[(2 * node + 1) * columns + j], tree.at(p, j));
          }
        }
    }
}

TEST(KdTree, IsTheSameForAnyNumberOfThreads) {
  const Matrix x = skewed(20000, 3, 0.5, 1);
  const KdTree one = build_kd_tree(x, 1), many = build_kd_tree(x, 5);
  EXPECT_TRUE(std::ranges::equal(one.row_at, many.row_at));
  EXPECT_TRUE(std::ranges::equal(one.boxes, many.boxes));
}

TEST(CoreDistances, AreThoseOfAllPairs) {
  for (std::size_t columns : {1, 2, 3, 4, 5, 6, 9})
    for (double grid : {0.0, 1.0})
      for (std::uint32_t need : {1, 2, 6, 40, 5000}) {
        const KdTree tree = build_kd_tree(skewed(300, columns, grid, columns), 1);
        Random random(7);
        std::vector<std::uint32_t> count(tree.rows);
        for (auto& c : count) c = 1 + static_cast<std::uint32_t>(random.below(4));
        std::vector<double> core(tree.rows);
        core_distances(tree, count.data(), need, 0, tree.leaves, core.data());
        for (std::size_t p = 0; p < tree.rows; ++p) {
          std::vector<double> all;
          for (std::size_t q = 0; q < tree.rows; ++q) all.insert(all.end(), count[q], squared(tree, p, q));
          std::sort(all.begin(), all.end());
          ASSERT_EQ(core[p], all[std::min<std::size_t>(need, all.size()) - 1]);
        }
      }
}

TEST(CoreDistances, HaveTheSameBitsInAllThreeBuilds) {
  for (std::size_t columns : {2, 5, 7}) {
    const KdTree tree = build_kd_tree(skewed(3000, columns, 0, 3), 1);
    const std::vector<std::uint32_t> count(tree.rows, 1);
    std::vector<double> first(tree.rows), other(tree.rows), distance(100), point(columns);
    std::vector<std::uint32_t> weight(100);
    const auto run = [&](auto* function, std::vector<double>& core) {
      function(tree, count.data(), 6, 0, tree.leaves, core.data(), distance.data(), weight.data(), point.data());
    };
    run(plain::core_distances, first);
    if (isa() >= Isa::avx2) {
      run(avx2::core_distances, other);
      EXPECT_EQ(first, other);
    }
    if (isa() >= Isa::avx512) {
      run(avx512::core_distances, other);
      EXPECT_EQ(first, other);
    }
  }
}

TEST(NearestByReach, IsTheBestOfAllRows) {
  for (std::size_t columns : {1, 2, 4}) {
    const KdTree tree = build_kd_tree(skewed(400, columns, 0.5, columns), 1);
    const std::vector<std::uint32_t> count(tree.rows, 1);
    std::vector<double> core(tree.rows);
    core_distances(tree, count.data(), 6, 0, tree.leaves, core.data());
    const Matrix fresh = skewed(100, columns, 0.5, 99);
    for (std::size_t i = 0; i < fresh.rows(); ++i) {
      std::vector<double> point, distance(tree.rows);
      for (std::size_t j = 0; j < columns; ++j) point.push_back(fresh.at(i, j));
      for (std::size_t q = 0; q < tree.rows; ++q)
        for (std::size_t j = 0; j < columns; ++j) distance[q] += (tree.at(q, j) - point[j]) * (tree.at(q, j) - point[j]);
      auto sorted = distance;
      std::sort(sorted.begin(), sorted.end());
      const auto key = [&](std::size_t q) {
        return std::tuple(distance[q] != 0, std::max({distance[q], core[q], sorted[4]}), distance[q], tree.row_at[q]);
      };
      std::size_t best = 0;
      for (std::size_t q = 1; q < tree.rows; ++q)
        if (key(q) < key(best)) best = q;
      EXPECT_EQ(nearest_by_reach(tree, count.data(), core.data(), 5, 0, point.data()).position, best);
    }
  }
}

}  // namespace
}  // namespace coterie
