#include "coterie/score/valley.h"

#include <Eigen/Dense>
#include <algorithm>
#include <numeric>

#include "coterie/base/parallel.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/score/dip.h"

namespace coterie {
namespace {

using Rows = std::vector<std::uint32_t>;

constexpr std::size_t most_times_as_many = 2;
constexpr std::size_t rows_a_column = 10;  // fewer in a cluster say too little of its shape

std::vector<double> direction_between(const double* a, const double* b, std::size_t columns) {
  std::vector<double> direction(columns);
  for (std::size_t j = 0; j < columns; ++j) direction[j] = b[j] - a[j];
  return direction;
}

// Adds the squares around the mean of the rows.
void add_scatter(MatrixView x, const Rows& rows, Eigen::MatrixXd& scatter) {
  Eigen::MatrixXd part(rows.size(), x.columns);
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < rows.size(); ++i) part(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = x.at(rows[i], j);
  part.rowwise() -= part.colwise().mean().eval();
  scatter += part.transpose() * part;
}

// Fisher 1936: the direction in which the clusters are farthest apart for their spread; shrunk a little towards that between the centres.
std::vector<double> discriminant(MatrixView x, const Rows& a, const Rows& b, const std::vector<double>& between) {
  const auto columns = static_cast<Eigen::Index>(x.columns);
  Eigen::MatrixXd scatter = Eigen::MatrixXd::Zero(columns, columns);
  add_scatter(x, a, scatter), add_scatter(x, b, scatter);
  scatter += 0.05 * scatter.trace() / static_cast<double>(columns) * Eigen::MatrixXd::Identity(columns, columns);
  const Eigen::VectorXd direction = scatter.ldlt().solve(Eigen::Map<const Eigen::VectorXd>(between.data(), columns));
  return {direction.begin(), direction.end()};
}

// Places of rows along a direction, in rising order.
std::vector<double> projected(MatrixView x, const Rows& rows, std::span<const double> direction) {
  std::vector<double> places(rows.size());
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < rows.size(); ++i) places[i] += direction[j] * x.at(rows[i], j);
  std::ranges::sort(places);
  return places;
}

Valley valley_along(MatrixView x, std::span<const double> direction, const Rows& a, const Rows& b) {
  const std::vector<double> left = projected(x, a, direction), right = projected(x, b, direction);
  // Of the larger cluster only the rows next to the border.
  const std::size_t of_left = std::min(left.size(), most_times_as_many * right.size()), of_right = std::min(right.size(), most_times_as_many * left.size());
  std::vector<double> places(left.end() - static_cast<std::ptrdiff_t>(of_left), left.end());
  places.insert(places.end(), right.begin(), right.begin() + static_cast<std::ptrdiff_t>(of_right));
  std::ranges::sort(places);
  Valley valley{.rows = places.size(), .dip = dip(places)};
  valley.p_value = dip_p_value(valley.dip, places.size());
  valley.separation = std::min(1.0, 2 * valley.dip * static_cast<double>(places.size()) / static_cast<double>(std::min(of_left, of_right)));
  return valley;
}

Valley valley_between(MatrixView x, std::span<const double> centres, const std::vector<Rows>& rows, std::size_t a, std::size_t b) {
  Valley valley{.a = a, .b = b};
  if (rows[a].empty() || rows[b].empty()) return valley;
  const auto direction = direction_between(&centres[a * x.columns], &centres[b * x.columns], x.columns);
  valley = valley_along(x, direction, rows[a], rows[b]);
  if (x.columns > 1 && std::min(rows[a].size(), rows[b].size()) >= rows_a_column * x.columns) {
    const Valley other = valley_along(x, discriminant(x, rows[a], rows[b], direction), rows[a], rows[b]);
    if (other.separation > valley.separation) valley = other;
    valley.p_value = std::min(1.0, 2 * valley.p_value);  // Bonferroni: the better of two
  }
  valley.a = a, valley.b = b;
  return valley;
}

}  // namespace

std::vector<Valley> valleys(MatrixView x, std::span<const double> centres, int threads) {
  const std::size_t k = centres.size() / x.columns;
  const Assignment assignment = assign(x, centres, threads);
  std::vector<Rows> rows(k);
  for (std::size_t i = 0; i < x.rows; ++i) rows[static_cast<std::size_t>(assignment.labels[i])].push_back(static_cast<std::uint32_t>(i));
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
