#include "coterie/table/sorted_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace coterie {
namespace {

// The slow obvious twin: every value written out.
double slow_quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  return values[below] + (place - static_cast<double>(below)) * (values[std::min(below + 1, values.size() - 1)] - values[below]);
}

std::vector<double> tied_values(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> values(n);
  for (double& value : values) value = std::floor(std::exp(static_cast<double>(random() % 1000) / 150.0)) - 5;
  return values;
}

TEST(SortedValues, QuantilesOfCountedValuesAreThoseOfAllWrittenOut) {
  for (const std::size_t n : {1u, 2u, 3u, 10u, 999u, 5000u}) {
    const std::vector<double> values = tied_values(n, static_cast<unsigned>(n));
    const SortedValues sorted{std::span<const double>(values)};
    for (const double share : {0.0, 0.01, 0.1, 0.25, 0.5, 0.77, 0.99, 1.0}) EXPECT_DOUBLE_EQ(sorted.quantile(share), slow_quantile(values, share)) << n << " " << share;
    EXPECT_EQ(sorted.count(), n);
  }
}

TEST(SortedValues, WeightsCountAsEqualValues) {
  const SortedValues weighted(std::vector<WeightedValue>{{3, 2}, {1, 1}, {3, 1}, {10, 4}});
  const std::vector<double> values = {1, 3, 3, 3, 10, 10, 10, 10};
  const SortedValues plain{std::span<const double>(values)};
  EXPECT_EQ(weighted.different().size(), 3u);
  for (const double share : {0.0, 0.2, 0.5, 0.9}) EXPECT_EQ(weighted.quantile(share), plain.quantile(share));
  EXPECT_EQ(weighted.deviation(), plain.deviation());
}

// numpy 2: a = [2, 2, 3, 5, 8, 13, 21, 34, 55, 1000]; mean, std (ddof 0), scipy.stats.skew, scipy.stats.median_abs_deviation
// (tests/reference/exploration.py).
TEST(SortedValues, MomentsAreThoseOfScipy) {
  const std::vector<double> values = {2, 2, 3, 5, 8, 13, 21, 34, 55, 1000};
  const SortedValues sorted{std::span<const double>(values)};
  EXPECT_DOUBLE_EQ(sorted.mean(), 114.3);
  EXPECT_NEAR(sorted.deviation(), 295.67754395624974, 1e-10);
  EXPECT_NEAR(sorted.skewness(), 2.651886942613293, 1e-12);
  EXPECT_DOUBLE_EQ(sorted.median_deviation(), 8.5);
}

TEST(SortedValues, BlanksAreLeftOut) {
  const std::vector<double> values = {std::nan(""), 4, std::nan(""), 6};
  const SortedValues sorted{std::span<const double>(values)};
  EXPECT_EQ(sorted.count(), 2u);
  EXPECT_EQ(sorted.quantile(0.5), 5);
}

TEST(SortedValues, CountsWhatLiesBeyondALimit) {
  const std::vector<double> values = {1, 2, 2, 3};
  const SortedValues sorted{std::span<const double>(values)};
  EXPECT_EQ(sorted.count_below(2), 1u);
  EXPECT_EQ(sorted.count_above(2), 1u);
  EXPECT_EQ(sorted.count_below(0), 0u);
  EXPECT_EQ(sorted.count_above(0), 4u);
}

TEST(Histogram, EveryValueIsInOneIntervalAndInTheRightOne) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    const std::vector<double> values = tied_values(3000, seed);
    const Histogram h = histogram_of(SortedValues{std::span<const double>(values)});
    ASSERT_EQ(h.edges.size(), h.counts.size() + 1);
    std::vector<std::uint64_t> slow(h.counts.size());
    for (const double value : values) {
      std::size_t bin = 0;
      while (bin + 1 < slow.size() && value >= h.edges[bin + 1]) ++bin;
      ++slow[bin];
    }
    EXPECT_EQ(h.counts, slow);
    EXPECT_EQ(std::accumulate(h.counts.begin(), h.counts.end(), std::uint64_t{0}), values.size());
  }
}

TEST(Histogram, SmallWholeNumbersHaveAnIntervalEachAndFarValuesALogarithmicScale) {
  const std::vector<double> few = {1, 1, 2, 5};
  const Histogram whole = histogram_of(SortedValues{std::span<const double>(few)});
  EXPECT_EQ(whole.counts, (std::vector<std::uint64_t>{2, 1, 0, 0, 1}));
  std::vector<double> far(1000, 3);
  for (std::size_t i = 0; i < far.size(); ++i) far[i] += static_cast<double>(i % 10);
  far.push_back(-80995), far.push_back(80995);
  const Histogram bent = histogram_of(SortedValues{std::span<const double>(far)});
  EXPECT_TRUE(bent.logarithmic);
  EXPECT_EQ(bent.edges.front(), -80995);
  EXPECT_EQ(bent.edges.back(), 80995);
}

TEST(Histogram, AConstantHasOneInterval) {
  const std::vector<double> constant = {2.5, 2.5};
  EXPECT_EQ(histogram_of(SortedValues{std::span<const double>(constant)}).counts, std::vector<std::uint64_t>{2});
}

}  // namespace
}  // namespace coterie
