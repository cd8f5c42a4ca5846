#include "coterie/segments/profile.h"

#include <gtest/gtest.h>

#include <algorithm>

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
        EXPECT_EQ(profile.means[f], plain_mean(own));
      }
    }
    const Profiles other = profile_clusters(table, labels, k, 3);
    for (std::size_t c = 0; c < k; ++c) EXPECT_EQ(other.clusters[c].medians, profiles.clusters[c].medians);
    EXPECT_EQ(other.everyone.means, profiles.everyone.means);
  }
}

}  // namespace
}  // namespace coterie
