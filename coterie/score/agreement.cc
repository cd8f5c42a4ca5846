#include "coterie/score/agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <unordered_map>

#include "coterie/base/error.h"

namespace coterie {
namespace {

// Labels renumbered from 0 in rising order.
struct Renumbered {
  std::vector<int> of_row, label;
};

// Through a table when the labels are dense (the usual case), else by sorting.
Renumbered renumbered(std::span<const int> labels) {
  Renumbered result;
  if (labels.empty()) return result;
  const auto [low, high] = std::ranges::minmax(labels);
  const std::int64_t range = std::int64_t{high} - low + 1;
  result.of_row.resize(labels.size());
  if (range > static_cast<std::int64_t>(labels.size()) + 1024) {
    result.label.assign(labels.begin(), labels.end());
    std::ranges::sort(result.label);
    result.label.erase(std::ranges::unique(result.label).begin(), result.label.end());
    for (std::size_t i = 0; i < labels.size(); ++i)
      result.of_row[i] = static_cast<int>(std::ranges::lower_bound(result.label, labels[i]) - result.label.begin());
    return result;
  }
  std::vector<int> number(range, -1);
  for (const int label : labels) number[std::int64_t{label} - low] = 0;
  for (std::int64_t r = 0; r < range; ++r)
    if (number[r] == 0) number[r] = static_cast<int>(result.label.size()), result.label.push_back(static_cast<int>(low + r));
  for (std::size_t i = 0; i < labels.size(); ++i) result.of_row[i] = number[std::int64_t{labels[i]} - low];
  return result;
}

using Cells = std::vector<Contingency::Cell>;

Cells dense_cells(const Renumbered& a, const Renumbered& b, std::span<const double> weights) {
  const std::size_t width = b.label.size();
  std::vector<double> table(a.label.size() * width);
  for (std::size_t i = 0; i < a.of_row.size(); ++i) table[a.of_row[i] * width + b.of_row[i]] += weights.empty() ? 1 : weights[i];
  Cells cells;
  for (std::size_t c = 0; c < table.size(); ++c)
    if (table[c] > 0) cells.push_back({static_cast<int>(c / width), static_cast<int>(c % width), table[c]});
  return cells;
}

Cells sparse_cells(const Renumbered& a, const Renumbered& b, std::span<const double> weights) {
  std::unordered_map<std::uint64_t, double> table;
  for (std::size_t i = 0; i < a.of_row.size(); ++i)
    table[static_cast<std::uint64_t>(a.of_row[i]) << 32 | static_cast<std::uint32_t>(b.of_row[i])] += weights.empty() ? 1 : weights[i];
  Cells cells;
  for (const auto& [key, weight] : table) cells.push_back({static_cast<int>(key >> 32), static_cast<int>(key & 0xffffffff), weight});
  std::ranges::sort(cells, {}, [](const Contingency::Cell& cell) { return std::pair(cell.a, cell.b); });
  return cells;
}

double pairs(double n) { return n * (n - 1) / 2; }

double pairs_of(std::span<const double> margin) {
  double total = 0;
  for (const double n : margin) total += pairs(n);
  return total;
}

double pairs_of(const Contingency& table) {
  double total = 0;
  for (const auto& cell : table.cells) total += pairs(cell.weight);
  return total;
}

double entropy(std::span<const double> margin, double n) {
  double total = 0;
  for (const double part : margin) total -= part / n * std::log(part / n);
  return total;
}

double mutual_information(const Contingency& table) {
  double total = 0;
  for (const auto& [i, j, weight] : table.cells)
    total += weight / table.total * std::log(weight * table.total / (table.a[i] * table.b[j]));
  return std::max(0.0, total);
}

// The partition is all one cluster, or all single rows, on both sides: nothing for chance to do.
bool leaves_no_choice(const Contingency& table) {
  const auto single_rows = [&](const std::vector<double>& margin) { return static_cast<double>(margin.size()) == table.total; };
  return (table.a.size() == 1 && table.b.size() == 1) || (single_rows(table.a) && single_rows(table.b));
}

// E of m/n log(n m / (a b)) for m hypergeometric: m of the a rows fall among the b of all n.
double expected_cell(double a, double b, double n) {
  const double low = std::max(0.0, a + b - n), high = std::min(a, b);
  const double mode = std::clamp(std::floor((a + 1) * (b + 1) / (n + 2)), low, high);
  const auto value = [&](double m) { return m > 0 ? m / n * std::log(n * m / (a * b)) : 0.0; };
  double mass = 1, total = value(mode);
  for (double m = mode, p = 1; m < high && p > 1e-22;) {
    p *= (a - m) * (b - m) / ((m + 1) * (n - a - b + m + 1));
    ++m;
    mass += p, total += p * value(m);
  }
  for (double m = mode, p = 1; m > low && p > 1e-22;) {
    p *= m * (n - a - b + m) / ((a - m + 1) * (b - m + 1));
    --m;
    mass += p, total += p * value(m);
  }
  return total / mass;
}

// Many clusters have equal sizes; each pair of sizes is summed once.
std::vector<std::pair<double, double>> sizes_with_counts(std::vector<double> margin) {
  std::ranges::sort(margin);
  std::vector<std::pair<double, double>> sizes;
  for (const double size : margin) {
    if (sizes.empty() || sizes.back().first != size) sizes.push_back({size, 0});
    ++sizes.back().second;
  }
  return sizes;
}

double expected_mutual_information(const Contingency& table) {
  double total = 0;
  const auto sizes_b = sizes_with_counts(table.b);
  for (const auto& [a, count_a] : sizes_with_counts(table.a))
    for (const auto& [b, count_b] : sizes_b) total += count_a * count_b * expected_cell(a, b, table.total);
  return total;
}

}  // namespace

Contingency contingency(std::span<const int> a, std::span<const int> b, std::span<const double> weights) {
  if (a.size() != b.size() || (!weights.empty() && weights.size() != a.size()))
    throw Error(ErrorKind::usage, fmt::format("{} and {} labels with {} weights", a.size(), b.size(), weights.size()),
                "give two labels a row, and a weight for each row or for none");
  constexpr std::size_t dense_limit = std::size_t{1} << 22;
  const Renumbered ra = renumbered(a), rb = renumbered(b);
  Contingency table;
  table.cells = ra.label.size() * rb.label.size() <= dense_limit ? dense_cells(ra, rb, weights) : sparse_cells(ra, rb, weights);
  table.a.resize(ra.label.size());
  table.b.resize(rb.label.size());
  for (const auto& [i, j, weight] : table.cells) table.a[i] += weight, table.b[j] += weight;
  table.total = std::accumulate(table.a.begin(), table.a.end(), 0.0);
  table.label_of_a = ra.label;
  table.label_of_b = rb.label;
  return table;
}

double adjusted_rand(const Contingency& table) {
  if (table.cells.empty() || leaves_no_choice(table)) return 1;
  const double both = pairs_of(table), in_a = pairs_of(table.a), in_b = pairs_of(table.b);
  const double expected = in_a * in_b / pairs(table.total), most = (in_a + in_b) / 2;
  return most == expected ? 1 : (both - expected) / (most - expected);
}

double normalised_mutual_information(const Contingency& table) {
  const double mean = (entropy(table.a, table.total) + entropy(table.b, table.total)) / 2;
  return mean > 0 ? mutual_information(table) / mean : 1;
}

double adjusted_mutual_information(const Contingency& table) {
  for (const auto& cell : table.cells)
    if (cell.weight != std::floor(cell.weight))
      throw Error(ErrorKind::usage, fmt::format("adjusted mutual information needs whole weights, not {}", cell.weight));
  if (table.cells.empty() || leaves_no_choice(table)) return 1;
  const double mean = (entropy(table.a, table.total) + entropy(table.b, table.total)) / 2;
  const double expected = expected_mutual_information(table), information = mutual_information(table);
  return mean == expected ? 1 : (information - expected) / (mean - expected);
}

double fowlkes_mallows(const Contingency& table) {
  const double both = pairs_of(table);
  return both > 0 ? both / std::sqrt(pairs_of(table.a)) / std::sqrt(pairs_of(table.b)) : 0;
}

std::vector<double> jaccard_of_clusters(const Contingency& table) {
  std::vector<double> best(table.a.size());
  for (const auto& [i, j, weight] : table.cells)
    if (table.label_of_b[j] != -1) best[i] = std::max(best[i], weight / (table.a[i] + table.b[j] - weight));
  return best;
}

}  // namespace coterie
