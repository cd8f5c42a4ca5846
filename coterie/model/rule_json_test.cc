#include "coterie/model/rule_json.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/cluster/algorithm.h"
#include "coterie/model/algorithm_json.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

const MixedLayout layout{{0, 1}, {{{2}, {0.5}}}};

// Two clouds, and equal rows enough to have infinite densities.
Matrix rows_of(std::size_t rows) {
  Random random(2);
  Matrix x(rows, 3);
  for (std::size_t i = 0; i < rows; ++i) {
    x.at(i, 0) = i % 10 == 0 ? 3 : 5.0 * static_cast<double>(i % 2) + random.normal(), x.at(i, 1) = i % 10 == 0 ? 3 : random.normal();
    x.at(i, 2) = static_cast<double>(i % 2);
  }
  return x;
}

std::vector<Algorithm> all_algorithms() {
  return {KmeansOptions{}, ConstrainedKmeansOptions{.least = 90, .most = 120}, HierarchicalChoice{.micro_clusters = 50}, HdbscanChoice{.min_cluster_size = 15, .smallest_distance = 0},
          GaussianMixtureOptions{}, KPrototypesOptions{}, KMedoidsOptions{}, MiniBatchOptions{}};
}

TEST(RuleJson, ARuleReadBackGivesTheSameLabels) {
  const Matrix x = rows_of(200);
  Matrix other = rows_of(300);
  for (double& value : other.column(0)) value += 0.3;
  for (const Algorithm& algorithm : all_algorithms()) {
    const Sweep sweep = cluster_sweep(algorithm, x, layout, {.range = {2, 2}});
    const Clustering& found = sweep.clusterings[0];
    const FittedRule back = rule_from_json(Json::parse(rule_to_json(sweep.rules[0]).dump()), found.k, 3);
    EXPECT_TRUE(std::ranges::equal(assign(back, x, found.centres), found.labels)) << name_of(algorithm);
    EXPECT_TRUE(std::ranges::equal(assign(back, other, found.centres), assign(sweep.rules[0], other, found.centres))) << name_of(algorithm);
  }
}

TEST(RuleJson, ARuleThatDoesNotFitIsDamaged) {
  const Matrix x = rows_of(200);
  for (const Algorithm& algorithm : all_algorithms()) {
    const Sweep sweep = cluster_sweep(algorithm, x, layout, {.range = {2, 2}});
    const Json json = rule_to_json(sweep.rules[0]);
    if (!std::holds_alternative<NearestCentre>(sweep.rules[0])) {
      EXPECT_THROW(rule_from_json(json, sweep.clusterings[0].k - 1, 3), Error) << name_of(algorithm);
    }
    Json other = json;
    other["kind"] = "crystal_ball";
    EXPECT_THROW(rule_from_json(other, sweep.clusterings[0].k, 3), Error);
  }
}

TEST(AlgorithmJson, OptionsComeBack) {
  const std::vector<Algorithm> all = {KmeansOptions{.exact = true}, ConstrainedKmeansOptions{.least = 3}, HierarchicalChoice{.linkage = Linkage::median, .cut = 2.5}, HdbscanChoice{.selection = Selection::leaf, .epsilon = 0.5},
                                      GaussianMixtureOptions{.covariance = Covariance::tied}, KPrototypesOptions{.gamma = 0.25}, KMedoidsOptions{.sample_rows = 77}, MiniBatchOptions{.batch_rows = 9}};
  for (const Algorithm& algorithm : all) {
    const Json json = algorithm_to_json(algorithm);
    EXPECT_EQ(algorithm_to_json(algorithm_from_json(Json::parse(json.dump()))), json);
  }
  EXPECT_EQ(std::get<HierarchicalChoice>(algorithm_from_json(algorithm_to_json(all[2]))).linkage, Linkage::median);
  EXPECT_EQ(std::get<ConstrainedKmeansOptions>(algorithm_from_json(algorithm_to_json(all[1]))).most, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace coterie
