#include "coterie/score/population_stability.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "coterie/base/random.h"

namespace coterie {
namespace {

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
    const PopulationStability result = population_stability(std::span<double>(before), after);
    EXPECT_EQ(result.bins, 10u);
    above += result.index > result.noise_95;
  }
  EXPECT_NEAR(above, 100, 40);
}

TEST(PopulationStability, BinsOfEqualValuesAreOneAndNanIsItsOwn) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> before = {0, 0, 0, 0, 0, 0, 0, 0, 3, nan};
  const std::vector<double> after = {0, 5, nan, nan};
  const PopulationStability result = population_stability(std::span<double>(before), after);
  EXPECT_EQ(result.bins, 3u);  // up to 0, above 0, NaN
  EXPECT_NEAR(result.index, population_stability(std::vector<std::uint64_t>{8, 1, 1}, std::vector<std::uint64_t>{1, 1, 2}).index, 1e-15);
  std::vector<double> constant(50, 2.0);
  EXPECT_EQ(population_stability(std::span<double>(constant), std::vector<double>{2, 2, 2}).bins, 1u);
}

TEST(PopulationStability, AShiftedSampleIsFound) {
  Random random(4);
  std::vector<double> before(5000), after(5000);
  for (double& value : before) value = random.normal();
  for (double& value : after) value = random.normal() + 0.6;
  EXPECT_EQ(population_stability(std::span<double>(before), after).shift(), Shift::strong);
}

}  // namespace
}  // namespace coterie
