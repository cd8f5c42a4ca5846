#include "coterie/cluster/spanning_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "coterie/base/random.h"
#include "coterie/cluster/kd_search.h"

namespace coterie {
namespace {

struct Data {
  KdTree tree;
  HugeArray<double> core;
};

Data data_of(std::size_t rows, std::size_t columns, double grid, std::uint32_t need, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      x.at(i, j) = random.normal() * (random.uniform() < 0.1 ? 6 : 1) + static_cast<double>(i % 3) * 5;
      if (grid > 0) x.at(i, j) = std::round(x.at(i, j) / grid) * grid;
    }
  Data data{build_kd_tree(x, 1), HugeArray<double>(rows)};
  const std::vector<std::uint32_t> count(rows, 1);
  core_distances(data.tree, count.data(), need, 0, data.tree.leaves, data.core.data());
  return data;
}

// Prim's algorithm on all pairs: the sorted weights of the tree.
std::vector<double> prim(const Data& data) {
  const std::size_t n = data.tree.rows;
  std::vector<double> best(n, std::numeric_limits<double>::infinity()), weights;
  std::vector<char> done(n, 0);
  for (std::size_t at = 0; weights.size() + 1 < n;) {
    done[at] = 1;
    std::size_t next = n;
    for (std::size_t q = 0; q < n; ++q) {
      if (done[q]) continue;
      double squared = 0;
      for (std::size_t j = 0; j < data.tree.columns; ++j)
        squared += (data.tree.at(at, j) - data.tree.at(q, j)) * (data.tree.at(at, j) - data.tree.at(q, j));
      best[q] = std::min(best[q], std::max({squared, data.core[at], data.core[q]}));
      if (next == n || best[q] < best[next]) next = q;
    }
    weights.push_back(best[next]);
    at = next;
  }
  std::sort(weights.begin(), weights.end());
  return weights;
}

std::vector<double> sorted_weights(const SpanningTree& tree) {
  std::vector<double> weights;
  for (const auto& edge : tree.edges) weights.push_back(edge.weight);
  std::sort(weights.begin(), weights.end());
  return weights;
}

TEST(SpanningTree, HasTheWeightsOfPrimsAlgorithmToTheBit) {
  for (std::size_t rows : {2, 9, 100, 1200})
    for (std::size_t columns : {1, 2, 3, 5, 8})
      for (double grid : {0.0, 0.25, 2.0})
        for (std::uint32_t need : {1, 6, 30}) {
          const Data data = data_of(rows, columns, grid, need, rows + columns);
          EXPECT_EQ(sorted_weights(spanning_tree(data.tree, data.core)), prim(data)) << rows << " x " << columns << ", grid " << grid;
        }
}

TEST(SpanningTree, ConnectsAllRowsByEdgesOfTheWeightTheySay) {
  const Data data = data_of(5000, 2, 0.1, 6, 3);
  const SpanningTree tree = spanning_tree(data.tree, data.core);
  std::vector<std::uint32_t> part(data.tree.rows);
  for (std::uint32_t p = 0; p < part.size(); ++p) part[p] = p;
  const auto root = [&](std::uint32_t p) {
    while (part[p] != p) p = part[p] = part[part[p]];
    return p;
  };
  ASSERT_EQ(tree.edges.size() + 1, data.tree.rows);
  for (const auto& edge : tree.edges) {
    ASSERT_NE(root(edge.a), root(edge.b));
    part[root(edge.a)] = root(edge.b);
    double squared = 0;
    for (std::size_t j = 0; j < 2; ++j) squared += (data.tree.at(edge.a, j) - data.tree.at(edge.b, j)) * (data.tree.at(edge.a, j) - data.tree.at(edge.b, j));
    EXPECT_EQ(edge.weight, std::max({squared, data.core[edge.a], data.core[edge.b]}));
  }
}

TEST(SpanningTree, IsTheSameForAnyNumberOfThreadsAlsoAmongTies) {
  for (double grid : {0.0, 0.05, 0.5}) {
    const Data data = data_of(30000, 2, grid, 6, 5);
    const SpanningTree one = spanning_tree(data.tree, data.core, 1);
    for (int threads : {2, 4, 9}) {
      const SpanningTree many = spanning_tree(data.tree, data.core, threads);
      EXPECT_TRUE(std::ranges::equal(one.edges, many.edges, [](const SpanningEdge& a, const SpanningEdge& b) {
        return a.a == b.a && a.b == b.b && a.weight == b.weight;
      }));
    }
  }
}

TEST(SpanningTree, OfOneRowOrNoneHasNoEdge) {
  for (std::size_t rows : {0, 1}) {
    const Data data = data_of(rows, 2, 0, 1, 1);
    EXPECT_EQ(spanning_tree(data.tree, data.core).edges.size(), 0u);
  }
}

}  // namespace
}  // namespace coterie
