#include "coterie/cluster/row_rule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "coterie/base/random.h"
#include "coterie/cluster/algorithm.h"

namespace coterie {
namespace {

constexpr std::size_t rows = 400, columns = 5;
const MixedLayout layout{{0, 1, 2}, {{{3, 4}, {0.5, 0.5}}}};

// Three overlapping clouds of whole numbers / 4 in three columns, and a category of three words less one.
Matrix clouds() {
  Random random(5);
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < 3; ++j) x.at(i, j) = std::round(4 * (3.0 * static_cast<double>(i % 3 == j) + random.normal())) / 4;
    if (const std::size_t word = random.below(3); word < 2) x.at(i, 3 + word) = 1;
  }
  return x;
}

std::vector<double> row_of(const Matrix& x, std::size_t row) {
  std::vector<double> values;
  for (std::size_t j = 0; j < columns; ++j) values.push_back(x.at(row, j));
  return values;
}

Sweep fit(const std::string& name, const Matrix& x, Covariance covariance = Covariance::full) {
  Algorithm algorithm = algorithm_from_name(name);
  if (auto* constrained = std::get_if<ConstrainedKmeansOptions>(&algorithm)) *constrained = {.least = 120, .most = 150};
  if (auto* density = std::get_if<HdbscanChoice>(&algorithm)) density->min_cluster_size = 25;
  if (auto* tree = std::get_if<HierarchicalChoice>(&algorithm)) tree->micro_clusters = 60;
  if (auto* mixture = std::get_if<GaussianMixtureOptions>(&algorithm)) mixture->covariance = covariance, mixture->regularisation = 0.01;
  return cluster_sweep(algorithm, x, layout, {.range = {3, 3}});
}

const std::vector<std::string> names{"kmeans", "mini-batch", "constrained-kmeans", "hierarchical", "hdbscan", "gaussian-mixture", "k-prototypes", "k-medoids"};

TEST(RowRule, ChangedRowsGetTheLabelsThatAssignGives) {
  const Matrix x = clouds();
  for (const std::string& name : names) {
    const Sweep sweep = fit(name, x);
    const Clustering& fitted = sweep.clusterings[0];
    RowRule rule(sweep.rules[0], fitted.centres, columns);
    for (std::size_t i = 0; i < rows; i += 3) {
      for (const double change : {-3.0, -1.1, -0.3, 0.7, 2.1}) {
        rule.take(row_of(x, i), fitted.labels[i]);
        Matrix moved(3, columns);
        for (std::size_t m = 0; m < 3; ++m)
          for (std::size_t j = 0; j < columns; ++j) moved.at(m, j) = x.at(i, j) + (m == j ? change : 0);
        const HugeArray<std::int32_t> expected = assign(sweep.rules[0], moved, fitted.centres);
        for (std::size_t m = 0; m < 3; ++m) {
          EXPECT_EQ(rule.label_with(m, moved.at(m, m)), expected[m]) << name << " row " << i;
          EXPECT_EQ(rule.label_of(row_of(moved, m)), expected[m]) << name << " row " << i;
        }
      }
    }
  }
}

// What the columns say adds up to what the header promises, and certainty is of the same two numbers.
void expect_sums(const std::string& name, const Sweep& sweep, const Matrix& x, const auto& cost, const auto& certainty) {
  const Clustering& fitted = sweep.clusterings[0];
  RowRule rule(sweep.rules[0], fitted.centres, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    rule.take(row_of(x, i), fitted.labels[i]);
    ASSERT_GE(rule.next(), 0);
    ASSERT_NE(rule.next(), fitted.labels[i]);
    double sum = 0;
    for (std::size_t j = 0; j < columns; ++j) sum += rule.speaks(j);
    const double own = cost(i, fitted.labels[i]), next = cost(i, rule.next());
    EXPECT_NEAR(sum, next - own, 1e-7 * (1 + std::abs(next))) << name;
    EXPECT_NEAR(rule.certainty(), std::max(0.0, certainty(i, fitted.labels[i], rule.next())), 1e-7) << name;
    for (std::int32_t c = 0; c < static_cast<std::int32_t>(fitted.k); ++c)
      EXPECT_TRUE(c == fitted.labels[i] || cost(i, c) >= cost(i, rule.next()) - 1e-9) << name;
  }
}

double squared_to_centre(const Sweep& sweep, const Matrix& x, std::size_t i, std::int32_t c) {
  double sum = 0;
  for (std::size_t j = 0; j < columns; ++j) sum += std::pow(x.at(i, j) - sweep.clusterings[0].centres[static_cast<std::size_t>(c) * columns + j], 2);
  return sum;
}

TEST(RowRule, ByCentresIsTheSimplifiedSilhouette) {
  const Matrix x = clouds();
  for (const char* name : {"kmeans", "mini-batch", "hierarchical"}) {
    const Sweep sweep = fit(name, x);
    const auto cost = [&](std::size_t i, std::int32_t c) { return squared_to_centre(sweep, x, i, c); };
    expect_sums(name, sweep, x, cost, [&](std::size_t i, std::int32_t own, std::int32_t next) { return 1 - std::sqrt(cost(i, own) / cost(i, next)); });
  }
}

TEST(RowRule, PricesCountInCertaintyAndAreNoColumns) {
  const Matrix x = clouds();
  const Sweep sweep = fit("constrained-kmeans", x);
  const std::vector<double>& prices = std::get<PricedCentres>(sweep.rules[0]).prices;
  const Clustering& fitted = sweep.clusterings[0];
  RowRule rule(sweep.rules[0], fitted.centres, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    rule.take(row_of(x, i), fitted.labels[i]);
    const double a = squared_to_centre(sweep, x, i, fitted.labels[i]), b = squared_to_centre(sweep, x, i, rule.next());
    const double dearer = prices[static_cast<std::size_t>(rule.next())] - prices[static_cast<std::size_t>(fitted.labels[i])];
    const double own = std::sqrt(a + std::max(0.0, -dearer)), next = std::sqrt(b + std::max(0.0, dearer));
    EXPECT_NEAR(rule.certainty(), std::max(0.0, (next - own) / next), 1e-9);
    double sum = 0;
    for (std::size_t j = 0; j < columns; ++j) sum += rule.speaks(j);
    EXPECT_NEAR(sum, b - a, 1e-9);
  }
}

TEST(RowRule, KPrototypesAndKMedoidsSayTheirOwnCosts) {
  const Matrix x = clouds();
  for (const char* name : {"k-prototypes", "k-medoids"}) {
    const Sweep sweep = fit(name, x);
    const MixedRows mixed = mixed_rows(x, layout);
    const auto cost = [&](std::size_t i, std::int32_t label) {
      const auto c = static_cast<std::size_t>(label);
      if (const auto* medoids = std::get_if<GowerMedoids>(&sweep.rules[0]))
        return 4 * gower_distance(medoids->scale, mixed.view(), i, mixed_rows(matrix_from_rows(medoids->rows, columns), layout).view(), c);
      const auto& prototypes = std::get<Prototypes>(sweep.rules[0]);
      double sum = prototypes.gamma * (mixed.codes[i] != prototypes.modes[c]);
      for (std::size_t j = 0; j < 3; ++j) sum += std::pow(x.at(i, j) - prototypes.centres[c * 3 + j], 2);
      return sum;
    };
    expect_sums(name, sweep, x, cost, [&](std::size_t i, std::int32_t own, std::int32_t next) {
      const double share = cost(i, own) / cost(i, next);
      return 1 - (std::string(name) == "k-medoids" ? share : std::sqrt(share));
    });
  }
}

TEST(RowRule, OfMixturesCertaintyComparesProbabilitiesAndColumnsAddUpToTheDistances) {
  const Matrix x = clouds();
  for (const Covariance covariance : {Covariance::full, Covariance::tied, Covariance::diagonal, Covariance::spherical}) {
    const Sweep sweep = fit("gaussian-mixture", x, covariance);
    const auto& model = std::get<GaussianMixtureModel>(sweep.rules[0]);
    const Matrix probabilities = responsibilities(model, x);
    RowRule rule(sweep.rules[0], sweep.clusterings[0].centres, columns);
    for (std::size_t i = 0; i < rows; ++i) {
      const std::int32_t label = sweep.clusterings[0].labels[i];
      rule.take(row_of(x, i), label);
      const auto own = static_cast<std::size_t>(label), next = static_cast<std::size_t>(rule.next());
      EXPECT_NEAR(rule.certainty(), 1 - probabilities.at(i, next) / probabilities.at(i, own), 1e-9);
      double sum = 0;
      for (std::size_t j = 0; j < columns; ++j) sum += rule.speaks(j);
      // log p(own) - log p(next) = (sum + log det N - log det C) / 2 + log weights: the same constant for all rows of a pair.
      const double constant = std::log(probabilities.at(i, own) / probabilities.at(i, next)) - sum / 2;
      static std::map<std::tuple<Covariance, std::size_t, std::size_t>, double> constants;
      if (probabilities.at(i, next) < 1e-8) continue;
      const auto [it, is_first] = constants.try_emplace({covariance, own, next}, constant);
      EXPECT_NEAR(it->second, constant, 1e-6);
    }
  }
}

TEST(RowRule, OfDensityItHasTheProbabilityAndWhatSpeaksOnTheComponents) {
  const Matrix x = clouds();
  const Sweep sweep = fit("hdbscan", x);
  const auto& density = std::get<Density>(sweep.rules[0]);
  const Clustering& fitted = sweep.clusterings[0];
  ASSERT_GE(fitted.k, 2u);
  const Membership known = membership(sweep.rules[0], x);
  Matrix both(rows + fitted.k, columns);  // the rows, then the centres
  for (std::size_t j = 0; j < columns; ++j) {
    for (std::size_t i = 0; i < rows; ++i) both.at(i, j) = x.at(i, j);
    for (std::size_t c = 0; c < fitted.k; ++c) both.at(rows + c, j) = fitted.centres[c * columns + j];
  }
  const Matrix at = project(both, density.projection);
  const auto distance = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t p = 0; p < at.columns(); ++p) sum += std::pow(at.at(a, p) - at.at(b, p), 2);
    return sum;
  };
  RowRule rule(sweep.rules[0], fitted.centres, columns);
  std::size_t noises = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    rule.take(row_of(x, i), fitted.labels[i]);
    const bool is_noise = fitted.labels[i] == noise;
    noises += is_noise;
    EXPECT_EQ(rule.certainty(), known.values.at(i, is_noise));
    double sum = 0;
    for (std::size_t j = 0; j < columns; ++j) sum += rule.speaks(j);
    const double own = is_noise ? 0 : distance(i, rows + static_cast<std::size_t>(fitted.labels[i])), next = distance(i, rows + static_cast<std::size_t>(rule.next()));
    EXPECT_NEAR(sum, next - own, 1e-9 * (1 + next));
    for (std::size_t c = 0; c < fitted.k; ++c)
      EXPECT_TRUE(static_cast<std::int32_t>(c) == fitted.labels[i] || distance(i, rows + c) >= next - 1e-9);
  }
  EXPECT_GT(noises, 5u);
}

TEST(RowRule, OneClusterHasNoNext) {
  const std::vector<double> centre{1, 2};
  RowRule rule(NearestCentre{}, centre, 2);
  rule.take(std::vector<double>{3, 4}, 0);
  EXPECT_EQ(rule.next(), -1);
  EXPECT_EQ(rule.certainty(), 1);
  EXPECT_EQ(rule.speaks(0), 0);
}

}  // namespace
}  // namespace coterie
