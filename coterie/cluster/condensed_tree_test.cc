// Small trees worked out by hand; whole clusterings are tested in hdbscan_test.cc.
#include "coterie/cluster/condensed_tree.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

namespace coterie {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Link {
  std::uint32_t a, b;
  double distance;
};

CondensedTree condensed(std::vector<double> weights, const std::vector<Link>& links, double min_size, double core_distance = 0) {
  SpanningTree tree;
  tree.edges = HugeArray<SpanningEdge>(links.size());
  for (std::size_t e = 0; e < links.size(); ++e) tree.edges[e] = {links[e].distance * links[e].distance, links[e].a, links[e].b};
  HugeArray<double> weight(weights.size()), core(weights.size());
  HugeArray<std::uint32_t> order(weights.size());
  std::copy(weights.begin(), weights.end(), weight.begin());
  std::fill(core.begin(), core.end(), core_distance * core_distance);
  std::iota(order.begin(), order.end(), 0);
  return condense(tree, weight, core, order, min_size);
}

std::vector<std::int32_t> owners(const CondensedTree& tree) { return {tree.cluster_of.begin(), tree.cluster_of.end()}; }
std::vector<double> lambdas(const CondensedTree& tree) { return {tree.lambda.begin(), tree.lambda.end()}; }

// 0 -1- 1 -1- 2  -8-  3 -2- 4 -2- 5, and 6 at 4 from 5.
const std::vector<Link> two_groups = {{0, 1, 1}, {1, 2, 1}, {2, 3, 8}, {3, 4, 2}, {4, 5, 2}, {5, 6, 4}};

TEST(CondensedTree, SplitsWhereBothSidesAreLargeEnough) {
  const auto tree = condensed(std::vector<double>(7, 1), two_groups, 3, 0.5);
  ASSERT_EQ(tree.clusters.size(), 3u);
  EXPECT_EQ(owners(tree), (std::vector<std::int32_t>{1, 1, 1, 2, 2, 2, 2}));
  EXPECT_EQ(lambdas(tree), (std::vector<double>{1, 1, 1, 0.5, 0.5, 0.5, 0.25}));
  EXPECT_EQ(tree.clusters[1].birth, 0.125);
  EXPECT_EQ(tree.clusters[1].size, 3);
  EXPECT_EQ(tree.clusters[2].size, 4);
  EXPECT_EQ(tree.clusters[1].stability, 3 * 0.875);
  EXPECT_EQ(tree.clusters[2].stability, 3 * 0.375 + 0.125);
  EXPECT_EQ(tree.clusters[0].stability, 7 * 0.125);
  EXPECT_EQ(tree.clusters[0].death, 0.125);
  EXPECT_EQ(tree.clusters[2].death, 0.5);
}

TEST(CondensedTree, CutsTiedEdgesAtOnce) {
  // 3 sits at 4 from each of three groups: it belongs to none of them.
  const std::vector<Link> star = {{0, 1, 1}, {2, 4, 1}, {5, 6, 1}, {3, 0, 4}, {3, 2, 4}, {3, 5, 4}};
  const auto tree = condensed(std::vector<double>(7, 1), star, 2);
  EXPECT_EQ(owners(tree), (std::vector<std::int32_t>{1, 1, 2, 0, 2, 3, 3}));
  for (int c : {1, 2, 3}) EXPECT_EQ(tree.clusters[c].parent, 0);
}

TEST(CondensedTree, AMassOfEqualRowsIsAClusterUntilItsCoreDistance) {
  const std::vector<Link> chain = {{0, 1, 2}, {1, 2, 4}};
  const auto apart = condensed({5, 1, 5}, chain, 5, 1);
  EXPECT_EQ(owners(apart), (std::vector<std::int32_t>{1, 1, 2}));
  EXPECT_EQ(apart.clusters.size(), 3u);
  EXPECT_EQ(lambdas(apart), (std::vector<double>{1, 0.5, 1}));
  const auto infinite = condensed({5, 1, 5}, chain, 5, 0);
  EXPECT_EQ(infinite.lambda[0], infinity);
  EXPECT_EQ(infinite.clusters[1].stability, infinity);
  const auto tied = condensed({5, 1, 5}, chain, 5, 2);  // 0 and 1 are joined no looser than the five among themselves
  EXPECT_EQ(lambdas(tied), (std::vector<double>{0.5, 0.5, 0.5}));
}

TEST(CondensedTree, IsEmptyWithTooFewRows) {
  const auto tree = condensed({1, 1}, {{0, 1, 1}}, 3);
  EXPECT_TRUE(tree.clusters.empty());
  EXPECT_EQ(owners(tree), (std::vector<std::int32_t>{no_cluster, no_cluster}));
  EXPECT_TRUE(select_clusters(tree, {}).empty());
}

TEST(SelectClusters, TakesTheMostStableOrTheLeaves) {
  CondensedTree tree;
  tree.clusters = {{no_cluster, 0, 1, 100, 9}, {0, 1, 2, 50, 6}, {0, 1, 3, 50, 1}, {2, 3, 4, 20, 1}, {2, 3, 5, 20, 3}};
  EXPECT_EQ(select_clusters(tree, {}), (std::vector<std::int32_t>{1, 3, 4}));
  EXPECT_EQ(select_clusters(tree, {.selection = Selection::leaf}), (std::vector<std::int32_t>{1, 3, 4}));
  tree.clusters[2].stability = 4;  // as much as both below: the larger is kept
  EXPECT_EQ(select_clusters(tree, {}), (std::vector<std::int32_t>{1, 2}));
  EXPECT_EQ(select_clusters(tree, {.selection = Selection::leaf, .epsilon = 0.5}), (std::vector<std::int32_t>{1, 2}));
  tree.clusters[0].stability = 10;
  EXPECT_EQ(select_clusters(tree, {.allow_single_cluster = true}), (std::vector<std::int32_t>{0}));
  EXPECT_EQ(selected_above(tree, {1, 2}), (std::vector<std::int32_t>{no_cluster, 1, 2, 2, 2}));
  EXPECT_EQ(last_deaths(tree), (std::vector<double>{5, 2, 5, 4, 5}));
}

}  // namespace
}  // namespace coterie
