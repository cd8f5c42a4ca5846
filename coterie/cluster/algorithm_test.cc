#include "coterie/cluster/algorithm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/matrix/equal_rows.h"

namespace coterie {
namespace {

// Three clouds; every other row stands there three times; the last two columns are a category of three words less one.
struct Customers {
  Matrix rows;
  std::vector<double> weights;
  std::vector<int> truth;
  MatrixView view() const {
    MatrixView x = rows;
    x.weights = weights.data();
    return x;
  }
};

Customers customers(std::size_t rows) {
  Random random(11);
  Customers c{Matrix(rows, 4), std::vector<double>(rows, 1.0), std::vector<int>(rows)};
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t cloud = i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2;
    c.truth[i] = static_cast<int>(cloud);
    c.rows.at(i, 0) = 6.0 * static_cast<double>(cloud == 1) + random.normal(), c.rows.at(i, 1) = 6.0 * static_cast<double>(cloud == 2) + random.normal();
    c.rows.at(i, 2) = cloud == 1 ? 1.5 : -0.5, c.rows.at(i, 3) = cloud == 2 ? 1.5 : -0.5;
    if (i % 2 == 0) c.weights[i] = 3;
  }
  return c;
}

const MixedLayout layout{{0, 1}, {{{2, 3}, {0.5, 0.5}}}};

std::vector<Algorithm> all_algorithms() {
  std::vector<Algorithm> all;
  for (const char* name : {"kmeans", "constrained-kmeans", "hierarchical", "hdbscan", "gaussian-mixture", "k-prototypes", "k-medoids", "mini-batch"}) all.push_back(algorithm_from_name(name));
  std::get<ConstrainedKmeansOptions>(all[1]) = {.least = 150, .most = 450};
  std::get<HierarchicalChoice>(all[2]).micro_clusters = 100;
  std::get<HdbscanChoice>(all[3]).min_cluster_size = 50;
  std::get<KMedoidsOptions>(all[6]).sample_rows = 200;
  return all;
}

// The share of the rows that are in a cluster whose most frequent cloud is theirs; noise counts as wrong.
double purity(std::span<const std::int32_t> labels, const std::vector<int>& truth) {
  std::map<std::int32_t, std::map<int, double>> counts;
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (labels[i] >= 0) ++counts[labels[i]][truth[i]];
  double right = 0;
  for (const auto& [label, of_cloud] : counts) right += std::ranges::max_element(of_cloud, {}, [](const auto& count) { return count.second; })->second;
  return right / static_cast<double>(truth.size());
}

TEST(Algorithm, EachFindsThreeClouds) {
  const Customers c = customers(600);
  for (const Algorithm& algorithm : all_algorithms()) {
    if (std::holds_alternative<ConstrainedKmeansOptions>(algorithm)) continue;  // its bounds cut the clouds
    const Sweep sweep = cluster_sweep(algorithm, c.view(), layout, {.range = {3, 3}});
    ASSERT_EQ(sweep.clusterings.size(), 1u) << name_of(algorithm);
    EXPECT_EQ(sweep.clusterings[0].k, 3u) << name_of(algorithm);
    EXPECT_GT(purity(sweep.clusterings[0].labels, c.truth), std::holds_alternative<HdbscanChoice>(algorithm) ? 0.8 : 0.97) << name_of(algorithm);
  }
}

TEST(Algorithm, AssigningTheFittedRowsGivesTheFittedLabelsAndNewRowsNoNewCluster) {
  const Customers c = customers(600);
  Matrix far(300, 4);
  Random random(3);
  for (std::size_t i = 0; i < 300; ++i)
    for (std::size_t j = 0; j < 4; ++j) far.at(i, j) = 40 * random.normal();
  for (const Algorithm& algorithm : all_algorithms()) {
    const Sweep sweep = cluster_sweep(algorithm, c.view(), layout, {.range = {2, 4}});
    for (std::size_t s = 0; s < sweep.clusterings.size(); ++s) {
      const Clustering& found = sweep.clusterings[s];
      const HugeArray<std::int32_t> again = assign(sweep.rules[s], c.view(), found.centres);
      EXPECT_TRUE(std::ranges::equal(again, found.labels)) << name_of(algorithm) << " k " << found.k;
      const std::int32_t least = std::holds_alternative<HdbscanChoice>(algorithm) ? -1 : 0;
      for (const std::int32_t label : assign(sweep.rules[s], far, found.centres)) EXPECT_TRUE(label >= least && label < static_cast<std::int32_t>(found.k)) << name_of(algorithm);
    }
  }
}

TEST(Algorithm, ClustersAreNumberedByWeightAndSizesAndInertiaAreThoseOfTheLabels) {
  const Customers c = customers(600);
  for (const Algorithm& algorithm : all_algorithms()) {
    const bool divides = std::holds_alternative<ConstrainedKmeansOptions>(algorithm);
    for (const Clustering& found : cluster_sweep(algorithm, c.view(), layout, {.range = {2, 4}}).clusterings) {
      std::vector<double> sizes(found.k);
      for (std::size_t i = 0; i < 600; ++i)
        if (found.labels[i] >= 0) sizes[static_cast<std::size_t>(found.labels[i])] += c.weights[i];
      for (std::size_t k = 0; k < found.k && !divides; ++k) EXPECT_DOUBLE_EQ(sizes[k], found.sizes[k]) << name_of(algorithm);
      EXPECT_EQ(found.centres.size(), found.k * 4);
      const bool is_ordered = std::holds_alternative<HdbscanChoice>(algorithm) || std::holds_alternative<KmeansOptions>(algorithm);
      EXPECT_TRUE(!is_ordered || std::ranges::is_sorted(found.sizes, std::greater())) << name_of(algorithm);
    }
  }
}

TEST(Algorithm, IsTheSameOnAnyNumberOfThreads) {
  const Customers c = customers(600);
  for (const Algorithm& algorithm : all_algorithms()) {
    const Sweep one = cluster_sweep(algorithm, c.view(), layout, {.range = {2, 4}, .threads = 1}), three = cluster_sweep(algorithm, c.view(), layout, {.range = {2, 4}, .threads = 3});
    ASSERT_EQ(one.clusterings.size(), three.clusterings.size());
    for (std::size_t s = 0; s < one.clusterings.size(); ++s) {
      EXPECT_TRUE(std::ranges::equal(one.clusterings[s].labels, three.clusterings[s].labels)) << name_of(algorithm);
      EXPECT_EQ(one.clusterings[s].centres, three.clusterings[s].centres) << name_of(algorithm);
    }
  }
}

TEST(Algorithm, BoundsHoldCustomerByCustomerAlsoWhereARowIsDivided) {
  const Customers c = customers(600);
  std::vector<std::uint32_t> row_of;
  for (std::uint32_t row = 0; row < 600; ++row) row_of.insert(row_of.end(), static_cast<std::size_t>(c.weights[row]), row);
  const Sweep sweep = cluster_sweep(ConstrainedKmeansOptions{.least = 350, .most = 425}, c.view(), layout, {.range = {3, 3}});
  const HugeArray<std::int32_t> labels = deal(sweep.rules[0], c.view(), sweep.clusterings[0].labels, row_of);
  std::vector<int> sizes(3);
  for (const std::int32_t label : labels) ++sizes[static_cast<std::size_t>(label)];
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_GE(sizes[k], 350);
    EXPECT_LE(sizes[k], 425);
    EXPECT_DOUBLE_EQ(sweep.clusterings[0].sizes[k], sizes[k]);
  }
}

TEST(Algorithm, ATreeIsCutAtAHeightOrIntoK) {
  const Customers c = customers(300);
  const Sweep three = cluster_sweep(HierarchicalChoice{.linkage = Linkage::average}, c.view(), layout, {.range = {3, 3}});
  const std::vector<Merge>& merges = three.tree->merges;
  const double between = (merges[merges.size() - 3].height + merges[merges.size() - 2].height) / 2;
  const Sweep cut = cluster_sweep(HierarchicalChoice{.linkage = Linkage::average, .cut = between}, c.view(), layout);
  ASSERT_EQ(cut.clusterings[0].k, 3u);
  EXPECT_TRUE(std::ranges::equal(cut.clusterings[0].labels, three.clusterings[0].labels));
}

TEST(Algorithm, MembershipsAreThoseOfTheAlgorithm) {
  const Customers c = customers(600);
  for (const Algorithm& algorithm : all_algorithms()) {
    const Sweep sweep = cluster_sweep(algorithm, c.view(), layout, {.range = {3, 3}});
    const Membership members = membership(sweep.rules[0], c.view());
    if (std::holds_alternative<GaussianMixtureOptions>(algorithm)) {
      ASSERT_EQ(members.names.size(), 3u);
      for (std::size_t i = 0; i < 600; ++i) {
        EXPECT_NEAR(members.values.at(i, 0) + members.values.at(i, 1) + members.values.at(i, 2), 1, 1e-12);
        for (std::size_t k = 0; k < 3; ++k) EXPECT_LE(members.values.at(i, k), members.values.at(i, static_cast<std::size_t>(sweep.clusterings[0].labels[i])));
      }
    } else if (std::holds_alternative<HdbscanChoice>(algorithm)) {
      ASSERT_EQ(members.names, (std::vector<std::string>{"probability", "outlier_score"}));
      for (std::size_t i = 0; i < 600; ++i) EXPECT_EQ(members.values.at(i, 0) == 0, sweep.clusterings[0].labels[i] == -1);
    } else if (std::holds_alternative<HierarchicalChoice>(algorithm)) {
      ASSERT_EQ(members.names, std::vector<std::string>{"leaf"});
      const auto& leaves = std::get<LabelledPoints>(sweep.rules[0]).labels;
      for (std::size_t i = 0; i < 600; ++i) EXPECT_EQ(leaves[static_cast<std::size_t>(members.values.at(i, 0))], sweep.clusterings[0].labels[i]);
    } else {
      EXPECT_TRUE(members.names.empty());
    }
  }
}

TEST(Algorithm, CategoriesAreReadBackFromTheirColumns) {
  const Customers c = customers(60);
  const MixedRows mixed = mixed_rows(c.view(), layout);
  ASSERT_EQ(mixed.view().numbers.columns, 2u);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(mixed.codes[i], c.truth[i] == 0 ? 2u : static_cast<std::uint32_t>(c.truth[i] - 1));
}

TEST(Algorithm, NamesThatAreNotKnownAreRefusedWithTheNearest) {
  try {
    algorithm_from_name("k-means");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean \"kmeans\""), std::string::npos);
  }
  EXPECT_THROW(linkage_from_name("wards"), Error);
  EXPECT_THROW(covariance_from_name("round"), Error);
}

}  // namespace
}  // namespace coterie
