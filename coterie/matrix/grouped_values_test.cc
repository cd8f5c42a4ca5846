#include "coterie/matrix/grouped_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "coterie/base/random.h"

namespace coterie {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Counts, amounts that most do not have, shares, large and negative numbers, awkward ones.
double value_of(Random& random, int kind) {
  const double awkward[] = {-0.0, 4095, 4096, 4095.5, -1, -0.5, 1e300, -1e300, 0x1p31, 0x1p40, nan, std::numeric_limits<double>::infinity()};
  switch (kind) {
    case 0: return static_cast<double>(random.below(60));
    case 1: return random.below(5) == 0 ? std::floor(std::exp(5 * random.uniform()) * 100) / 100 : 0;
    case 2: return random.uniform();
    case 3: return 5000 * random.normal();
    case 4: return 7;
    default: return random.below(3) == 0 ? awkward[random.below(std::size(awkward))] : static_cast<double>(random.below(4));
  }
}

void expect_same(const GroupValues& found, std::vector<double> values, const std::string& what) {
  const auto missing = static_cast<std::uint64_t>(std::erase_if(values, [](double value) { return std::isnan(value); }));
  std::sort(values.begin(), values.end());
  EXPECT_EQ(found.missing, missing) << what;
  ASSERT_EQ(found.size(), values.size()) << what;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < values.size(); i += 1 + values.size() / 50) places.insert(places.end(), {i, i});
  const std::vector<double> at = found.at(places);
  double sum = 0;
  for (const double value : values) sum += value;
  for (std::size_t i = 0; i < places.size(); ++i) {
    ASSERT_EQ(at[i], values[places[i]]) << what << " at " << places[i];
    EXPECT_FALSE(at[i] == 0 && std::signbit(at[i]));
    for (const double limit : {values[places[i]], values[places[i]] + 0.25, values[places[i]] - 0.25})
      EXPECT_EQ(found.count_above(limit), static_cast<std::uint64_t>(values.end() - std::upper_bound(values.begin(), values.end(), limit))) << what << " above " << limit;
  }
  const double magnitude = found.sum([](double value) { return std::abs(value); });
  if (!std::isfinite(magnitude) || values.empty()) return;
  const auto n = static_cast<double>(values.size());
  EXPECT_NEAR(found.mean(), sum / n, 1e-13 * magnitude / n) << what;
  double squares = 0;
  for (const double value : values) squares += (value - sum / n) * (value - sum / n);
  if (std::isfinite(squares)) EXPECT_NEAR(found.deviation(), std::sqrt(squares / n), 1e-12 * magnitude / n + 1e-12 * std::sqrt(squares / n)) << what;
}

// One object takes all columns in turn: nothing of an earlier one is left.
TEST(GroupedValues, AreThoseOfTheSortedGroups) {
  Random random(5);
  GroupedValues grouped;
  for (int round = 0; round < 60; ++round) {
    const int kind = round % 6;
    const std::size_t rows = std::vector<std::size_t>{0, 1, 10, 5000, 20'000}[static_cast<std::size_t>(round) % 5], k = 1 + random.below(5);
    std::vector<double> values(rows);
    std::vector<std::int32_t> groups(rows);
    std::vector<std::vector<double>> of_group(k);
    for (std::size_t row = 0; row < rows; ++row) {
      values[row] = value_of(random, kind), groups[row] = static_cast<std::int32_t>(random.below(k));
      of_group[static_cast<std::size_t>(groups[row])].push_back(values[row]);
    }
    grouped.take(values, groups, k);
    ASSERT_EQ(grouped.groups(), k);
    for (std::size_t group = 0; group < k; ++group) expect_same(grouped.of(group), of_group[group], std::to_string(kind) + " of " + std::to_string(rows));
    expect_same(grouped.all(), values, std::to_string(kind) + " of all " + std::to_string(rows));
  }
}

std::vector<double> quantiles_of(const std::vector<double>& values, const std::vector<double>& probabilities) {
  GroupedValues grouped;
  grouped.take(values, std::vector<std::int32_t>(values.size()), 1);
  return grouped.all().quantiles(probabilities);
}

TEST(GroupedValues, QuantilesAreLinearBetweenNeighbours) {
  EXPECT_EQ(quantiles_of({3, 1, 2, 4}, {0, 0.25, 0.5, 1}), (std::vector<double>{1, 1.75, 2.5, 4}));
  EXPECT_EQ(quantiles_of({}, {0.5, 0.7}), (std::vector<double>{0, 0}));
  EXPECT_EQ(quantiles_of({5}, {0.1, 0.9}), (std::vector<double>{5, 5}));
  EXPECT_EQ(quantiles_of({0.5, 1, 2.5}, {0.25, 0.75}), (std::vector<double>{0.75, 1.75}));
}

}  // namespace
}  // namespace coterie
