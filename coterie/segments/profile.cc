#include "coterie/segments/profile.h"

#include <algorithm>
#include <numeric>

#include "coterie/base/parallel.h"

namespace coterie {
namespace {

// Reorders values.
double median_of(std::span<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

double mean_of(std::span<const double> values) {
  return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<std::uint64_t> sizes_of(std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<std::uint64_t> sizes(k);
  for (const std::int32_t label : labels) ++sizes[static_cast<std::size_t>(label)];
  return sizes;
}

}  // namespace

Profiles profile_clusters(const CustomerTable& table, std::span<const std::int32_t> labels, std::size_t k, int threads) {
  const std::size_t columns = table.names.size(), rows = table.values.rows();
  const std::vector<std::uint64_t> sizes = sizes_of(labels, k);
  Profiles profiles;
  const auto empty_profile = [&](std::uint64_t size) {
    return ClusterProfile{size, static_cast<double>(size) / static_cast<double>(rows), std::vector<double>(columns), std::vector<double>(columns)};
  };
  for (const std::uint64_t size : sizes) profiles.clusters.push_back(empty_profile(size));
  profiles.everyone = empty_profile(rows);

  for_each_block(columns, threads, [&](std::size_t column, int) {
    // The column's values in the order of their clusters, each cluster a run.
    HugeArray<double> values(rows);
    std::vector<std::size_t> next(k + 1);
    for (std::size_t c = 0; c < k; ++c) next[c + 1] = next[c] + sizes[c];
    const std::span<const double> source = table.values.column(column);
    for (std::size_t i = 0; i < rows; ++i) values[next[static_cast<std::size_t>(labels[i])]++] = source[i];
    double* begin = values.data();
    for (ClusterProfile& cluster : profiles.clusters) {
      const std::span<double> run(begin, cluster.customers);
      cluster.means[column] = mean_of(run);
      cluster.medians[column] = median_of(run);
      begin += cluster.customers;
    }
    profiles.everyone.means[column] = mean_of(source);
    profiles.everyone.medians[column] = median_of({values.data(), rows});
  });
  return profiles;
}

}  // namespace coterie
