#include "coterie/segments/profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

CustomerTable random_table(std::size_t rows, std::size_t columns, Random& random) {
  CustomerTable table;
  table.values = Matrix(rows, columns);
  for (std::size_t c = 0; c < columns; ++c) {
    table.names.push_back("f" + std::to_string(c));
    for (double& value : table.values.column(c)) value = random.below(2) == 0 ? static_cast<double>(random.below(5)) : random.normal();
  }
  return table;
}

double plain_median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n == 0 ? 0 : n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
// numpy.quantile(values, p), method "linear".
double plain_quantile(std::vector<double> values, double p) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double place = p * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const double above = values[std::min(low + 1, values.size() - 1)];
  return values[low] + (place - static_cast<double>(low)) * (above - values[low]);
}
double plain_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

TEST(ProfileClusters, AgreesWithSortingEachClusterForAnyThreads) {
  Random random(1);
  for (const std::size_t rows : {1, 2, 3, 10, 101, 1000}) {
    const CustomerTable table = random_table(rows, 4, random);
    constexpr std::size_t k = 5;  // some clusters may be empty
    std::vector<std::int32_t> labels(rows);
    for (auto& label : labels) label = static_cast<std::int32_t>(random.below(k - 1));
    const Profiles profiles = profile_clusters(table, labels, k, 1);
    for (std::size_t c = 0; c <= k; ++c) {
      const ClusterProfile& profile = c == k ? profiles.everyone : profiles.clusters[c];
      for (std::size_t f = 0; f < 4; ++f) {
        std::vector<double> own;
        for (std::size_t i = 0; i < rows; ++i)
          if (c == k || labels[i] == static_cast<std::int32_t>(c)) own.push_back(table.values.at(i, f));
        EXPECT_EQ(profile.customers, own.size());
        EXPECT_EQ(profile.share, static_cast<double>(own.size()) / static_cast<double>(rows));
        EXPECT_EQ(profile.medians[f], plain_median(own));
        EXPECT_NEAR(profile.means[f], plain_mean(own), 1e-14);
        EXPECT_NEAR(profile.quantile_05[f], plain_quantile(own, 0.05), 1e-15);
        EXPECT_NEAR(profile.quantile_25[f], plain_quantile(own, 0.25), 1e-15);
        EXPECT_NEAR(profile.quantile_75[f], plain_quantile(own, 0.75), 1e-15);
        EXPECT_NEAR(profile.quantile_95[f], plain_quantile(own, 0.95), 1e-15);
        double squares = 0, above = 0;
        for (const double value : own) squares += std::pow(value - profile.means[f], 2), above += value > 0;
        const double n = std::max(1.0, static_cast<double>(own.size()));
        EXPECT_NEAR(profile.deviations[f], std::sqrt(squares / n), 1e-14);
        EXPECT_EQ(profile.above_zero[f], above / n);
      }
    }
    const Profiles other = profile_clusters(table, labels, k, 3);
    for (std::size_t c = 0; c < k; ++c) EXPECT_EQ(other.clusters[c].medians, profiles.clusters[c].medians);
    EXPECT_EQ(other.everyone.means, profiles.everyone.means);
    EXPECT_EQ(other.everyone.quantile_95, profiles.everyone.quantile_95);
  }
}

// A table of one column and its profile: `own` is cluster 0, `others` cluster 1.
Profiles two_clusters(const std::vector<double>& own, const std::vector<double>& others) {
  CustomerTable table;
  table.names = {"x"};
  table.values = Matrix(own.size() + others.size(), 1);
  std::copy(others.begin(), others.end(), std::copy(own.begin(), own.end(), table.values.column(0).begin()));
  std::vector<std::int32_t> labels(own.size() + others.size(), 1);
  std::fill_n(labels.begin(), own.size(), 0);
  return profile_clusters(table, labels, 2, 1);
}

TEST(Lift, IsTheRatioOfMeansAndItsIntervalTheDeltaMethods) {
  const Profiles profiles = two_clusters({2, 4, 6}, {1, 1, 2, 4, 0});
  const Lift lift = lift_of(profiles.clusters[0], profiles.everyone, 0);
  EXPECT_NEAR(lift.times, 4 / 2.5, 1e-15);
  // a = 4, Va = (8 / 3) / 3; b = 1.6, Vb = 1.84 / 5; p = 3 / 8, m = 2.5
  const double error = std::sqrt(0.25 * 0.25 * (1.6 * 1.6 * (8.0 / 9) / 16 + 1.84 / 5));
  EXPECT_NEAR(lift.low, 1.6 / std::exp(1.959963984540054 * error), 1e-12);
  EXPECT_NEAR(lift.high, 1.6 * std::exp(1.959963984540054 * error), 1e-12);
}

TEST(Lift, CoversTheTrueRatioInNinetyFiveOfAHundredSamples) {
  Random random(3);
  int covered = 0;
  constexpr int trials = 2000;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> own(150), others(350);
    for (double& value : own) value = -3 * std::log(1 - random.uniform());  // mean 3
    for (double& value : others) value = -std::log(1 - random.uniform());   // mean 1
    const Profiles profiles = two_clusters(own, others);
    const Lift lift = lift_of(profiles.clusters[0], profiles.everyone, 0);
    covered += lift.low <= 3 / 1.6 && 3 / 1.6 <= lift.high;
  }
  EXPECT_NEAR(covered / double{trials}, 0.95, 0.015);
}

TEST(Lift, OfWhatIsNotThereIsNothingAndOfEveryoneIsOne) {
  const Profiles none = two_clusters({0, 0}, {1, 2});
  EXPECT_EQ(lift_of(none.clusters[0], none.everyone, 0).times, 0);
  const Profiles zeros = two_clusters({0, 0}, {0, 0});
  EXPECT_EQ(lift_of(zeros.clusters[0], zeros.everyone, 0).times, 1);
  EXPECT_EQ(lift_of(zeros.clusters[0], zeros.everyone, 0).low, 1);
  const Lift everyone = lift_of(none.everyone, none.everyone, 0);
  EXPECT_EQ(everyone.times, 1);
  EXPECT_EQ(everyone.low, 1);
}

TEST(ShareOfSum, AddsUpToOne) {
  const Profiles profiles = two_clusters({2, 4, 6}, {1, 1, 2, 4, 0});
  EXPECT_NEAR(share_of_sum(profiles.clusters[0], profiles.everyone, 0), 12 / 20.0, 1e-15);
  EXPECT_NEAR(share_of_sum(profiles.clusters[1], profiles.everyone, 0), 8 / 20.0, 1e-15);
}

TEST(RevenueColumn, IsFoundByItsName) {
  EXPECT_EQ(revenue_column({"n_view", "revenue"}), 1u);
  EXPECT_EQ(revenue_column({"Age", "Total Spend", "amount"}), 1u);
  EXPECT_EQ(revenue_column({"Age", "spending habit"}), std::nullopt);
}

}  // namespace
}  // namespace coterie
