#include "coterie/model/match_segments.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace coterie {
namespace {

struct Spread {
  double mean = 0, deviation = 1;
};

Spread spread_of(std::span<const double> values) {
  double sum = 0, squares = 0, n = 0;
  for (const double value : values)
    if (!std::isnan(value)) sum += value, ++n;
  const double mean = n == 0 ? 0 : sum / n;
  for (const double value : values)
    if (!std::isnan(value)) squares += (value - mean) * (value - mean);
  const double deviation = n == 0 ? 0 : std::sqrt(squares / n);
  return {mean, deviation > 0 ? deviation : 1};
}

std::vector<Spread> spreads_of(const SegmentedCustomers& customers) {
  std::vector<Spread> spreads;
  for (const std::span<const double> column : customers.columns) spreads.push_back(spread_of(column));
  return spreads;
}

// k x features, row-major.
std::vector<double> centres_of(const SegmentedCustomers& customers, const std::vector<Spread>& spreads) {
  const std::size_t columns = customers.columns.size();
  std::vector<double> centres(customers.k * columns), sizes(customers.k);
  for (std::size_t f = 0; f < columns; ++f) {
    std::fill(sizes.begin(), sizes.end(), 0);
    for (std::size_t row = 0; row < customers.labels.size(); ++row) {
      const double value = customers.columns[f][row];
      if (std::isnan(value)) continue;
      const auto label = static_cast<std::size_t>(customers.labels[row]);
      centres[label * columns + f] += (value - spreads[f].mean) / spreads[f].deviation;
      ++sizes[label];
    }
    for (std::size_t c = 0; c < customers.k; ++c)
      if (sizes[c] > 0) centres[c * columns + f] /= sizes[c];
  }
  return centres;
}

double distance(const double* a, const double* b, std::size_t columns) {
  double sum = 0;
  for (std::size_t f = 0; f < columns; ++f) sum += (a[f] - b[f]) * (a[f] - b[f]);
  return std::sqrt(sum);
}

std::vector<std::uint64_t> sizes_of(const SegmentedCustomers& customers) {
  std::vector<std::uint64_t> sizes(customers.k);
  for (const std::int32_t label : customers.labels) ++sizes[static_cast<std::size_t>(label)];
  return sizes;
}

CentreDistances distances_of(const std::vector<double>& before, const std::vector<double>& after, std::size_t ka, std::size_t kb, std::size_t columns) {
  CentreDistances distances{std::vector<double>(ka * kb), std::vector<double>(ka, std::numeric_limits<double>::infinity())};
  for (std::size_t a = 0; a < ka; ++a) {
    for (std::size_t b = 0; b < kb; ++b) distances.across[a * kb + b] = distance(&before[a * columns], &after[b * columns], columns);
    for (std::size_t other = 0; other < ka; ++other)
      if (other != a) distances.own[a] = std::min(distances.own[a], distance(&before[a * columns], &before[other * columns], columns));
  }
  return distances;
}

}  // namespace

ClusterMatches match_segments(const SegmentedCustomers& earlier, const SegmentedCustomers& later, const std::vector<std::uint64_t>& common) {
  const ClusterMembers members{sizes_of(earlier), sizes_of(later), common};
  if (earlier.columns.empty()) return match_clusters(members);
  const std::vector<Spread> spreads = spreads_of(earlier);
  return match_clusters(members, distances_of(centres_of(earlier, spreads), centres_of(later, spreads), earlier.k, later.k, earlier.columns.size()));
}

}  // namespace coterie
