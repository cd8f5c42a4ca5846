#include "coterie/segments/profile.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "coterie/base/parallel.h"

namespace coterie {
namespace {

std::vector<std::uint64_t> sizes_of(std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<std::uint64_t> sizes(k);
  for (const std::int32_t label : labels) ++sizes[static_cast<std::size_t>(label)];
  return sizes;
}

ClusterProfile empty_profile(std::uint64_t size, std::size_t rows, std::size_t columns) {
  const std::vector<double> zeros(columns);
  return {size, static_cast<double>(size) / static_cast<double>(rows), zeros, zeros, zeros, zeros, zeros, zeros, zeros, zeros};
}

void describe_column(ClusterProfile& profile, std::size_t column, const GroupValues& values) {
  constexpr double probabilities[] = {0.05, 0.25, 0.5, 0.75, 0.95};
  const std::vector<double> found = values.quantiles(probabilities);
  profile.means[column] = values.mean();
  profile.deviations[column] = values.deviation();
  profile.above_zero[column] = profile.customers == 0 ? 0 : static_cast<double>(values.count_above(0)) / static_cast<double>(profile.customers);
  profile.quantile_05[column] = found[0];
  profile.quantile_25[column] = found[1];
  profile.medians[column] = found[2];
  profile.quantile_75[column] = found[3];
  profile.quantile_95[column] = found[4];
}

}  // namespace

Profiles profile_clusters(const CustomerTable& table, std::span<const std::int32_t> labels, std::size_t k, int threads, const ColumnVisitor& visit) {
  const std::size_t columns = table.names.size(), rows = table.values.rows();
  Profiles profiles;
  for (const std::uint64_t size : sizes_of(labels, k)) profiles.clusters.push_back(empty_profile(size, rows, columns));
  profiles.everyone = empty_profile(rows, rows, columns);
  std::vector<GroupedValues> grouped(static_cast<std::size_t>(threads > 0 ? threads : default_threads()));
  for_each_block(columns, threads, [&](std::size_t column, int worker) {
    GroupedValues& values = grouped[static_cast<std::size_t>(worker)];
    values.take(table.values.column(column), labels, k);
    for (std::size_t c = 0; c < k; ++c) describe_column(profiles.clusters[c], column, values.of(c));
    describe_column(profiles.everyone, column, values.all());
    if (visit) visit(column, values);
  });
  return profiles;
}

Lift lift_of(const ClusterProfile& cluster, const ClusterProfile& everyone, std::size_t column) {
  const double p = cluster.share, a = cluster.means[column], m = everyone.means[column];
  if (!(m > 0)) return {1, 1, 1};
  const double times = a / m;
  if (!(times > 0) || cluster.customers == everyone.customers) return {times, times, times};
  const double n_own = static_cast<double>(cluster.customers), n_rest = static_cast<double>(everyone.customers) - n_own;
  const double b = (m - p * a) / (1 - p);
  // The others' variance from the sums of squares of everyone and of the cluster.
  const auto square_mean = [&](const ClusterProfile& c) { return c.deviations[column] * c.deviations[column] + c.means[column] * c.means[column]; };
  const double rest = std::max(0.0, (square_mean(everyone) - p * square_mean(cluster)) / (1 - p) - b * b);
  const double own = cluster.deviations[column] * cluster.deviations[column];
  const double variance = std::pow((1 - p) / m, 2) * (b * b * own / n_own / (a * a) + rest / n_rest);
  const double margin = std::exp(1.959963984540054 * std::sqrt(variance));
  return {times, times / margin, times * margin};
}

double share_of_sum(const ClusterProfile& cluster, const ClusterProfile& everyone, std::size_t column) {
  return everyone.means[column] > 0 ? cluster.share * cluster.means[column] / everyone.means[column] : 0;
}

std::optional<std::size_t> revenue_column(const std::vector<std::string>& names) {
  for (const std::string wanted : {"revenue", "monetary", "spend", "sales", "amount"})
    for (std::size_t c = 0; c < names.size(); ++c) {
      std::string name;
      for (const char letter : names[c]) name += letter == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
      if (name == wanted || name == "total_" + wanted) return c;
    }
  return std::nullopt;
}

}  // namespace coterie
