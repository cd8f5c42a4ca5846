#include "coterie/score/population_stability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "coterie/base/random.h"

namespace coterie {
namespace {

PopulationStability stability_of(const std::vector<double>& before, const std::vector<double>& after) {
  GroupedValues then, now;
  then.take(before, std::vector<std::int32_t>(before.size()), 1), now.take(after, std::vector<std::int32_t>(after.size()), 1);
  const DecileBins bins = decile_bins(then.all());
  return population_stability(bins, count_in_bins(now.all(), bins.edges));
}

TEST(PopulationStability, IsTheSumOfItsDefinition) {
  const std::vector<std::uint64_t> before = {100, 200, 700}, after = {300, 300, 400};
  double expected = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double a = (static_cast<double>(before[i]) + 0.5) / 1001.5, b = (static_cast<double>(after[i]) + 0.5) / 1001.5;
    expected += (b - a) * std::log(b / a);
  }
  const PopulationStability result = population_stability(before, after);
  EXPECT_NEAR(result.index, expected, 1e-15);
  EXPECT_NEAR(result.noise_95, 5.991464547107979 * 2 / 1000, 1e-12);  // R: qchisq(0.95, 2)
  EXPECT_EQ(result.shift(), Shift::strong);
}

TEST(PopulationStability, IsNothingForTheSameCountsAndForEmptySides) {
  const std::vector<std::uint64_t> counts = {5, 0, 9}, none = {0, 0, 0}, one = {7};
  EXPECT_EQ(population_stability(counts, counts).index, 0);
  EXPECT_EQ(population_stability(counts, none).index, 0);
  EXPECT_EQ(population_stability(one, one).index, 0);
}

// 2,000 pairs of samples without a shift: 95 % of the indices lie below the noise, within four standard errors.
TEST(PopulationStability, ExceedsItsNoiseInFivePercentOfCasesWithoutAShift) {
  Random random(3);
  int above = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> before(1000), after(700);
    for (double& value : before) value = random.normal();
    for (double& value : after) value = random.normal();
    const PopulationStability result = stability_of(before, after);
    EXPECT_EQ(result.bins, 10u);
    above += result.index > result.noise_95;
  }
  EXPECT_NEAR(above, 100, 40);
}

TEST(PopulationStability, BinsOfEqualValuesAreOneAndNanIsItsOwn) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> before = {0, 0, 0, 0, 0, 0, 0, 0, 3, nan};
  const std::vector<double> after = {0, 5, nan, nan};
  const PopulationStability result = stability_of(before, after);
  EXPECT_EQ(result.bins, 3u);  // up to 0, above 0, NaN
  EXPECT_NEAR(result.index, population_stability(std::vector<std::uint64_t>{8, 1, 1}, std::span<const std::uint64_t>(std::vector<std::uint64_t>{1, 1, 2})).index, 1e-15);
  std::vector<double> constant(50, 2.0);
  EXPECT_EQ(stability_of(constant, {2, 2, 2}).bins, 1u);
}

// The slow twin sorts, and looks each value up.
PopulationStability by_sorting(std::vector<double> before, const std::vector<double>& after) {
  std::sort(before.begin(), before.end());
  std::vector<double> edges;
  for (std::size_t i = 1; i < 10; ++i) {
    const double edge = before[(i * before.size() + 9) / 10 - 1];
    if ((edges.empty() || edge > edges.back()) && edge < before.back()) edges.push_back(edge);
  }
  std::vector<std::uint64_t> a(edges.size() + 1), b(edges.size() + 1);
  const auto bin = [&](double value) { return static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin()); };
  for (const double value : before) ++a[bin(value)];
  for (const double value : after) ++b[bin(value)];
  return population_stability(a, b);
}

TEST(PopulationStability, IsTheOneOfSortedValues) {
  Random random(8);
  for (const std::size_t n : {1, 9, 10, 11, 1000, 9000}) {
    std::vector<double> before(n), after(n / 2 + 3);
    for (double& value : before) value = std::floor(std::exp(2 * random.normal())) - 1;
    for (double& value : after) value = std::floor(std::exp(2.2 * random.normal())) - 1;
    const PopulationStability found = stability_of(before, after), expected = by_sorting(before, after);
    EXPECT_EQ(found.index, expected.index) << n;
    EXPECT_EQ(found.bins, expected.bins) << n;
  }
}

TEST(PopulationStability, AShiftedSampleIsFound) {
  Random random(4);
  std::vector<double> before(5000), after(5000);
  for (double& value : before) value = random.normal();
  for (double& value : after) value = random.normal() + 0.6;
  EXPECT_EQ(stability_of(before, after).shift(), Shift::strong);
}

}  // namespace
}  // namespace coterie
