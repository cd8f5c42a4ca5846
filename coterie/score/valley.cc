#include "coterie/score/valley.h"

#include <algorithm>
#include <numeric>

#include "coterie/base/parallel.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/score/dip.h"

namespace coterie {
namespace {

std::vector<double> direction_between(const double* a, const double* b, std::size_t columns) {
  std::vector<double> direction(columns);
  for (std::size_t j = 0; j < columns; ++j) direction[j] = b[j] - a[j];
  return direction;
}

// Places of rows along a direction, in rising order.
std::vector<double> projected(MatrixView x, std::span<const std::uint32_t> rows, std::span<const double> direction) {
  std::vector<double> places(rows.size());
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < rows.size(); ++i) places[i] += direction[j] * x.at(rows[i], j);
  std::ranges::sort(places);
  return places;
}

// The border leaves as many rows on either side as the clusters have: where clusters are nearest centres, those very rows.
Valley valley_between(MatrixView x, std::span<const double> centres, const std::vector<std::vector<std::uint32_t>>& rows, std::size_t a, std::size_t b) {
  Valley valley{.a = a, .b = b};
  if (rows[a].empty() || rows[b].empty()) return valley;
  std::vector<std::uint32_t> both = rows[a];
  both.insert(both.end(), rows[b].begin(), rows[b].end());
  const std::vector<double> all = projected(x, both, direction_between(&centres[a * x.columns], &centres[b * x.columns], x.columns));
  // Of the larger cluster only the rows next to the border.
  const std::size_t side = std::min(rows[a].size(), rows[b].size());
  const std::span<const double> places = std::span(all).subspan(rows[a].size() - side, 2 * side);
  valley.rows = places.size();
  valley.dip = dip(places);
  valley.p_value = dip_p_value(valley.dip, places.size());
  valley.separation = std::min(1.0, 4 * valley.dip);
  return valley;
}

}  // namespace

std::vector<Valley> valleys(MatrixView x, std::span<const double> centres, int threads) {
  return valleys(x, centres, assign(x, centres, threads).labels, threads);
}

std::vector<Valley> valleys(MatrixView x, std::span<const double> centres, std::span<const std::int32_t> labels, int threads) {
  const std::size_t k = centres.size() / x.columns;
  std::vector<std::vector<std::uint32_t>> rows(k);
  for (std::size_t i = 0; i < x.rows; ++i)
    if (labels[i] >= 0) rows[static_cast<std::size_t>(labels[i])].push_back(static_cast<std::uint32_t>(i));
  std::vector<Valley> found;
  for (std::size_t a = 0; a < k; ++a)
    for (std::size_t b = a + 1; b < k; ++b) found.push_back({.a = a, .b = b});
  for_each_block(found.size(), threads, [&](std::size_t pair, int) { found[pair] = valley_between(x, centres, rows, found[pair].a, found[pair].b); });
  return found;
}

std::vector<std::size_t> groups_without_valley(std::span<const Valley> found, std::size_t k) {
  std::vector<std::size_t> first(k);  // the lowest cluster of the group
  std::iota(first.begin(), first.end(), 0);
  for (const Valley& v : found) {
    if (is_separated(v)) continue;
    const auto [low, high] = std::minmax(first[v.a], first[v.b]);
    std::ranges::replace(first, std::size_t{high}, std::size_t{low});
  }
  std::vector<std::size_t> groups(k);
  std::size_t count = 0;
  for (std::size_t c = 0; c < k; ++c) groups[c] = first[c] == c ? count++ : groups[first[c]];
  return groups;
}

}  // namespace coterie
