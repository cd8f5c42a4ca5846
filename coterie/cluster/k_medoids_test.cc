#include "coterie/cluster/k_medoids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

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
  for (std::size_t i = 0; i < rows; ++i) {
    const auto cloud = random.below(3);
    for (std::size_t j = 0; j < 2; ++j) {
      x.numbers.at(i, j) = random.normal() + 3 * static_cast<double>(cloud);
      x.codes[j * rows + i] = static_cast<std::uint32_t>(random.below(4) == 0 ? random.below(3) : cloud);
    }
  }
  return x;
}

std::vector<std::size_t> all_rows(std::size_t n) {
  std::vector<std::size_t> rows(n);
  for (std::size_t i = 0; i < n; ++i) rows[i] = i;
  return rows;
}

double cost_of(const std::vector<double>& d, std::size_t n, const std::vector<std::size_t>& medoids, const std::vector<double>& weights) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t m : medoids) least = std::min(least, d[i * n + m]);
    sum += weights[i] * least;
  }
  return sum;
}

TEST(Gower, IsTheMeanOverTheColumnsThatBothRowsHave) {
  Mixed x{Matrix(4, 2), {0, 1, 0, missing_code}, 1};
  const double values[4][2] = {{0, 5}, {10, 7}, {5, NAN}, {NAN, NAN}};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 2; ++j) x.numbers.at(i, j) = values[i][j];
  const GowerScale scale = fit_gower(x.view());
  EXPECT_DOUBLE_EQ(gower_distance(scale, x.view(), 0, 1), 1.0);             // (10/10 + 2/2 + 1) / 3
  EXPECT_DOUBLE_EQ(gower_distance(scale, x.view(), 0, 2), 0.25);            // (5/10 + 0) / 2
  EXPECT_DOUBLE_EQ(gower_distance(scale, x.view(), 1, 2), 0.75);            // (5/10 + 1) / 2
  EXPECT_DOUBLE_EQ(gower_distance(scale, x.view(), 0, 3), 1.0);             // nothing in common
  const auto d = gower_matrix(scale, x.view(), all_rows(4), 2);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      EXPECT_EQ(d[i * 4 + j], i == j ? 0 : gower_distance(scale, x.view(), j, i));
}

TEST(KMedoids, AreTheBestOfAllChoicesOnTinyData) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Mixed x = random_mixed(11, seed);
    const auto d = gower_matrix(fit_gower(x.view()), x.view(), all_rows(11));
    std::vector<double> weights(11, 1.0);
    if (seed % 2 == 1)
      for (std::size_t i = 0; i < 11; ++i) weights[i] = 1 + static_cast<double>(i % 4);
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a < 11; ++a)
      for (std::size_t b = a + 1; b < 11; ++b)
        for (std::size_t c = b + 1; c < 11; ++c) best = std::min(best, cost_of(d, 11, {a, b, c}, weights));
    const auto m = faster_pam(d, 11, 3, weights, {.restarts = 20});
    EXPECT_NEAR(m.objective, best, 1e-12);
    EXPECT_NEAR(cost_of(d, 11, m.rows, weights), m.objective, 1e-12);
    EXPECT_TRUE(m.converged);
  }
}

TEST(KMedoids, CannotBeImprovedByAnySwap) {
  const std::size_t n = 150;
  const Mixed x = random_mixed(n, 3);
  const auto d = gower_matrix(fit_gower(x.view()), x.view(), all_rows(n));
  const std::vector<double> weights(n, 1.0);
  for (std::uint64_t seed : {1, 2, 3}) {
    const auto m = faster_pam(d, n, 5, {}, {.restarts = 2, .seed = seed});
    for (std::size_t out = 0; out < 5; ++out)
      for (std::size_t in = 0; in < n; ++in) {
        auto swapped = m.rows;
        swapped[out] = in;
        EXPECT_GE(cost_of(d, n, swapped, weights), m.objective - 1e-9);
      }
  }
}

TEST(KMedoids, OfOneClusterIsTheRowOfLeastSumAndOfAllRowsCostsNothing) {
  const Mixed x = random_mixed(30, 5);
  const auto d = gower_matrix(fit_gower(x.view()), x.view(), all_rows(30));
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < 30; ++i) best = std::min(best, cost_of(d, 30, {i}, std::vector<double>(30, 1.0)));
  EXPECT_NEAR(k_medoids(x.view(), 1).objective, best, 1e-12);
  EXPECT_EQ(k_medoids(x.view(), 30).objective, 0);
  EXPECT_THROW(k_medoids(x.view(), 31), Error);
  EXPECT_THROW(k_medoids(x.view(), 0), Error);
}

TEST(KMedoids, BySamplesComesNearToPamOnAllRowsAndIsTheSameOnAnyNumberOfThreads) {
  const Mixed x = random_mixed(1500, 7);
  const auto exact = k_medoids(x.view(), 3);
  const auto clara = k_medoids(x.view(), 3, {.sample_rows = 150, .threads = 1});
  const auto again = k_medoids(x.view(), 3, {.sample_rows = 150, .threads = 3});
  EXPECT_LT(clara.objective, exact.objective * 1.03);
  EXPECT_GE(clara.objective, exact.objective * (1 - 1e-9));
  EXPECT_EQ(clara.labels, again.labels);
  EXPECT_EQ(clara.objective, again.objective);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(exact.labels[exact.medoids[c]], static_cast<std::int32_t>(c));
}

}  // namespace
}  // namespace coterie
