#include "coterie/matrix/cramers_v.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace coterie {
namespace {

struct Table {
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> cells;
  std::map<std::uint32_t, double> rows, columns;
  double all = 0;
};

Table cross(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, std::span<const double> weights) {
  Table table;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == missing_level || b[i] == missing_level) continue;
    const double w = weights.empty() ? 1 : weights[i];
    if (w == 0) continue;
    table.cells[{a[i], b[i]}] += w, table.rows[a[i]] += w, table.columns[b[i]] += w, table.all += w;
  }
  return table;
}

// chi^2 / n = sum over cells of n_ij^2 / (n_i n_j), less 1: cells of 0 add nothing.
double phi_squared(const Table& table) {
  double sum = 0;
  for (const auto& [cell, n] : table.cells) sum += n * n / (table.rows.at(cell.first) * table.columns.at(cell.second));
  return std::max(0.0, sum - 1);
}

}  // namespace

CramersV cramers_v(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, std::span<const double> weights) {
  const Table table = cross(a, b, weights);
  const double nan = std::numeric_limits<double>::quiet_NaN(), n = table.all;
  CramersV v{nan, nan, static_cast<std::uint64_t>(n)};
  const auto r = static_cast<double>(table.rows.size()), c = static_cast<double>(table.columns.size());
  if (r < 2 || c < 2 || n < 2) return v;
  const double phi2 = phi_squared(table);
  v.plain = std::sqrt(std::min(1.0, phi2 / std::min(r - 1, c - 1)));
  const double unbiased = std::max(0.0, phi2 - (r - 1) * (c - 1) / (n - 1));
  const double rows = r - (r - 1) * (r - 1) / (n - 1), columns = c - (c - 1) * (c - 1) / (n - 1);
  const double least = std::min(rows - 1, columns - 1);
  v.corrected = least > 0 ? std::sqrt(std::min(1.0, unbiased / least)) : 0;
  return v;
}

}  // namespace coterie
