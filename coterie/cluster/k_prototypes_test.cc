#include "coterie/cluster/k_prototypes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "coterie/base/error.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

struct Mixed {
  Matrix numbers;
  std::vector<std::uint32_t> codes;
  std::size_t categories = 0;
  MixedView view() const { return {numbers, {codes.data(), numbers.rows(), categories, numbers.rows()}}; }
};

Mixed random_mixed(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Mixed x{Matrix(rows, 2), std::vector<std::uint32_t>(rows * 2), 2};
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < 2; ++j) {
      x.numbers.at(i, j) = random.normal();
      x.codes[j * rows + i] = static_cast<std::uint32_t>(random.below(3));
    }
  return x;
}

// The least objective of a partition: sum of squares about the means + gamma x rows that are not the mode.
double partition_cost(MixedView x, const std::vector<std::size_t>& labels, std::size_t k, double gamma) {
  double cost = 0;
  for (std::size_t c = 0; c < k; ++c) {
    double size = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) size += labels[i] == c ? x.weight(i) : 0;
    for (std::size_t j = 0; j < x.numbers.columns; ++j) {
      double mean = 0;
      for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] == c) mean += x.weight(i) * x.numbers.at(i, j) / size;
      for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] == c) cost += x.weight(i) * std::pow(x.numbers.at(i, j) - mean, 2);
    }
    for (std::size_t j = 0; j < x.categories.columns; ++j) {
      std::map<std::uint32_t, double> counts;
      double most = 0;
      for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] == c) most = std::max(most, counts[x.categories.at(i, j)] += x.weight(i));
      cost += gamma * (size - most);
    }
  }
  return cost;
}

TEST(KPrototypes, ReachTheBestOfAllPartitionsOnTinyData) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Mixed x = random_mixed(8, seed);
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t code = 0; code < 6561; ++code) {
      std::vector<std::size_t> labels;
      for (std::size_t i = 0, rest = code; i < 8; ++i, rest /= 3) labels.push_back(rest % 3);
      best = std::min(best, partition_cost(x.view(), labels, 3, 0.7));
    }
    EXPECT_NEAR(k_prototypes(x.view(), 3, {.gamma = 0.7, .restarts = 200}).objective, best, 1e-12) << seed;
  }
}

TEST(KPrototypes, HaveTheObjectiveOfTheirLabelsWhenConvergedWithWeightsToo) {
  const Mixed x = random_mixed(500, 9);
  std::vector<double> weights;
  for (std::size_t i = 0; i < 500; ++i) weights.push_back(1 + static_cast<double>(i % 5));
  MixedView weighted = x.view();
  weighted.numbers.weights = weights.data();
  for (const MixedView& view : {x.view(), weighted}) {
    const auto fit = k_prototypes(view, 4);
    EXPECT_TRUE(fit.converged);
    EXPECT_NEAR(fit.objective, partition_cost(view, {fit.labels.begin(), fit.labels.end()}, 4, fit.gamma), 1e-8);
    EXPECT_EQ(assign(fit, view), fit.labels);
  }
}

TEST(KPrototypes, TakeHalfTheMeanDeviationAsGamma) {
  const Mixed x = random_mixed(1000, 11);
  double sum = 0;
  for (std::size_t j = 0; j < 2; ++j) {
    double mean = 0, variance = 0;
    for (double value : x.numbers.column(j)) mean += value / 1000;
    for (double value : x.numbers.column(j)) variance += (value - mean) * (value - mean) / 1000;
    sum += std::sqrt(variance) / 2;
  }
  EXPECT_NEAR(k_prototypes(x.view(), 2, {.restarts = 1}).gamma, sum / 2, 1e-12);
}

TEST(KPrototypes, AreKModesWithoutNumbersAndKMeansWithoutCategories) {
  const Mixed x = random_mixed(300, 13);
  MixedView codes = x.view(), numbers = x.view();
  codes.numbers.columns = 0;
  numbers.categories.columns = 0;
  const auto modes = k_prototypes(codes, 3), means = k_prototypes(numbers, 3);
  EXPECT_EQ(modes.gamma, 1);
  EXPECT_NEAR(modes.objective, partition_cost(codes, {modes.labels.begin(), modes.labels.end()}, 3, 1), 1e-12);
  EXPECT_NEAR(means.objective, partition_cost(numbers, {means.labels.begin(), means.labels.end()}, 3, 0), 1e-9);
}

TEST(KPrototypes, GiveTheSameAnswerOnAnyNumberOfThreadsAndRefillEmptyClusters) {
  const Mixed x = random_mixed(40000, 15);
  const auto a = k_prototypes(x.view(), 3, {.restarts = 1, .max_iterations = 5, .threads = 1});
  const auto b = k_prototypes(x.view(), 3, {.restarts = 1, .max_iterations = 5, .threads = 3});
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.objective, b.objective);
  Mixed equal{Matrix(6, 1), std::vector<std::uint32_t>(6), 1};
  const auto fit = k_prototypes(equal.view(), 3, {.restarts = 1});
  EXPECT_GT(fit.refills, 0);
  EXPECT_EQ(fit.objective, 0);
  EXPECT_THROW(k_prototypes(equal.view(), 7), Error);
}

}  // namespace
}  // namespace coterie
