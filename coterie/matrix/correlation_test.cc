#include "coterie/matrix/correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "coterie/matrix/cramers_v.h"

namespace coterie {
namespace {

const double nan = std::nan("");

// The slow obvious twin: a rank is 1 + how many are less + half of how many others are equal.
std::vector<double> slow_ranks(const std::vector<double>& x) {
  std::vector<double> ranks;
  for (const double own : x) {
    double less = 0, equal = 0;
    for (const double other : x) less += other < own, equal += other == own;
    ranks.push_back(1 + less + (equal - 1) / 2);
  }
  return ranks;
}

std::vector<double> tied(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> values(n);
  for (double& value : values) value = static_cast<double>(random() % 40) - 7.5;
  return values;
}

TEST(Correlation, RanksWithTiesAreTheirMean) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    const std::vector<double> x = tied(500, seed);
    EXPECT_EQ(average_ranks(x), slow_ranks(x));
  }
  const std::vector<double> zeros = {0.0, -0.0, 1};
  EXPECT_EQ(average_ranks(zeros), (std::vector<double>{1.5, 1.5, 3}));
}

TEST(Correlation, AWeightCountsAsSoManyEqualRows) {
  const std::vector<double> x = {3, 1, 2, 2}, y = {1, 5, 2, 9}, w = {2, 1, 3, 1};
  std::vector<double> long_x, long_y;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (int k = 0; k < w[i]; ++k) long_x.push_back(x[i]), long_y.push_back(y[i]);
  EXPECT_NEAR(pearson(x, y, w), pearson(long_x, long_y), 1e-15);
  EXPECT_NEAR(pearson(average_ranks(x, w), average_ranks(y, w), w), pearson(average_ranks(long_x), average_ranks(long_y)), 1e-15);
}

// scipy.stats.pearsonr and spearmanr (tests/reference/exploration.py).
TEST(Correlation, ScipyGivesTheSame) {
  const std::vector<double> x = {1, 2, 2, 3, 5, 8, 8, 8, 13, 0}, y = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};
  EXPECT_NEAR(pearson(x, y), 0.5111534840228558, 1e-14);
  EXPECT_NEAR(pearson(average_ranks(x), average_ranks(y)), 0.5062209449062024, 1e-14);
}

TEST(Correlation, PairsAreTakenOverTheRowsBothHave) {
  Matrix x(6, 2);
  const double a[] = {1, 2, nan, 4, 5, 6}, b[] = {2, nan, 9, 1, 4, 3};
  std::copy(a, a + 6, x.column(0).begin());
  std::copy(b, b + 6, x.column(1).begin());
  const std::vector<double> both_a = {1, 4, 5, 6}, both_b = {2, 1, 4, 3};
  const Correlations found = correlate(x);
  EXPECT_NEAR(found.pearson[1], pearson(both_a, both_b), 1e-15);
  EXPECT_NEAR(found.spearman[1], pearson(slow_ranks(both_a), slow_ranks(both_b)), 1e-15);
}

TEST(Correlation, AConstantHasNone) {
  const std::vector<double> x = {0.1, 0.1, 0.1}, y = {1, 2, 3};
  EXPECT_TRUE(std::isnan(pearson(x, y)));
}

TEST(Correlation, AnyNumberOfThreadsGivesTheSameBits) {
  Matrix x(3000, 6);
  for (std::size_t c = 0; c < 6; ++c) {
    const std::vector<double> own = tied(3000, static_cast<unsigned>(c));
    std::copy(own.begin(), own.end(), x.column(c).begin());
  }
  const Correlations one = correlate(x, 1), four = correlate(x, 4);
  EXPECT_EQ(one.pearson, four.pearson);
  EXPECT_EQ(one.spearman, four.spearman);
}

// By the textbook: chi^2 of the table of counts against what independence expects.
double slow_cramers_v(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b, std::uint32_t levels_a, std::uint32_t levels_b) {
  const auto n = static_cast<double>(a.size());
  double chi2 = 0;
  for (std::uint32_t i = 0; i < levels_a; ++i)
    for (std::uint32_t j = 0; j < levels_b; ++j) {
      double both = 0, own_a = 0, own_b = 0;
      for (std::size_t r = 0; r < a.size(); ++r) both += a[r] == i && b[r] == j, own_a += a[r] == i, own_b += b[r] == j;
      const double expected = own_a * own_b / n;
      chi2 += (both - expected) * (both - expected) / expected;
    }
  return std::sqrt(chi2 / n / (std::min(levels_a, levels_b) - 1));
}

TEST(CramersV, IsThatOfTheTextbook) {
  std::mt19937 random(5);
  std::vector<std::uint32_t> a, b;
  for (int i = 0; i < 400; ++i) a.push_back(static_cast<std::uint32_t>(random() % 4)), b.push_back((a.back() + static_cast<std::uint32_t>(random() % 2)) % 3);
  EXPECT_NEAR(cramers_v(a, b).plain, slow_cramers_v(a, b, 4, 3), 1e-12);
}

// scipy.stats.contingency.association(table, "cramer"), and Bergsma's formula by hand (tests/reference/exploration.py).
TEST(CramersV, ScipyGivesTheSame) {
  std::vector<std::uint32_t> a, b;
  std::vector<double> weights;
  const double table[3][4] = {{100, 150, 30, 5}, {203, 186, 20, 10}, {420, 100, 60, 40}};
  for (std::uint32_t i = 0; i < 3; ++i)
    for (std::uint32_t j = 0; j < 4; ++j) a.push_back(i), b.push_back(j), weights.push_back(table[i][j]);
  const CramersV v = cramers_v(a, b, weights);
  EXPECT_NEAR(v.plain, 0.2535281506047652, 1e-14);
  EXPECT_NEAR(v.corrected, 0.2492043965985444, 1e-14);
  EXPECT_EQ(v.rows, 1324u);
}

TEST(CramersV, IsOneWhereOneTellsTheOtherAndNearZeroOfChanceAfterCorrection) {
  std::mt19937 random(6);
  std::vector<std::uint32_t> a, same, chance;
  for (int i = 0; i < 3000; ++i) a.push_back(static_cast<std::uint32_t>(random() % 30)), same.push_back(29 - a.back()), chance.push_back(static_cast<std::uint32_t>(random() % 30));
  EXPECT_NEAR(cramers_v(a, same).plain, 1, 1e-12);
  EXPECT_GT(cramers_v(a, chance).plain, 0.08);
  EXPECT_LT(cramers_v(a, chance).corrected, 0.03);
}

TEST(CramersV, DoesNotExistForOneLevelAndLeavesBlanksOut) {
  const std::vector<std::uint32_t> one = {0, 0, 0, missing_level}, two = {0, 1, 0, 1};
  EXPECT_TRUE(std::isnan(cramers_v(one, two).plain));
  EXPECT_EQ(cramers_v(one, two).rows, 3u);
}

}  // namespace
}  // namespace coterie
