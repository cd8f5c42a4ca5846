#include "coterie/matrix/correlation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "coterie/base/parallel.h"

namespace coterie {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Keyed {
  std::uint64_t key;  // orders as the double does
  std::uint32_t row;
};

std::uint64_t key_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);  // -0 is 0
  return bits >> 63 != 0 ? ~bits : bits | std::uint64_t{1} << 63;
}

// Least-significant-digit radix sort by 11 bits; digits that are all alike are skipped, which most are of whole numbers.
void sort_keyed(HugeArray<Keyed>& rows, std::size_t n) {
  HugeArray<Keyed> room(n);
  for (unsigned shift = 0; shift < 64; shift += 11) {
    std::vector<std::size_t> start(2049);
    for (std::size_t i = 0; i < n; ++i) ++start[(rows[i].key >> shift & 2047) + 1];
    if (std::find(start.begin(), start.end(), n) != start.end()) continue;
    for (std::size_t d = 1; d < start.size(); ++d) start[d] += start[d - 1];
    for (std::size_t i = 0; i < n; ++i) room[start[rows[i].key >> shift & 2047]++] = rows[i];
    std::swap(rows, room);
  }
}

struct Sums {
  double weight = 0, x = 0, y = 0;
};

double weight_of(std::span<const double> weights, std::size_t i) { return weights.empty() ? 1 : weights[i]; }
bool both(double x, double y) { return !std::isnan(x) && !std::isnan(y); }
bool has_blanks(std::span<const double> x) {
  return std::any_of(x.begin(), x.end(), [](double v) { return std::isnan(v); });
}

double spearman_with_blanks(std::span<const double> x, std::span<const double> y, std::span<const double> weights) {
  std::vector<double> a, b, w;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (both(x[i], y[i])) a.push_back(x[i]), b.push_back(y[i]), w.push_back(weight_of(weights, i));
  return pearson(average_ranks(a, w), average_ranks(b, w), w);
}

}  // namespace

double pearson(std::span<const double> x, std::span<const double> y, std::span<const double> weights) {
  Sums sums;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double w = both(x[i], y[i]) ? weight_of(weights, i) : 0;
    if (w != 0) sums.weight += w, sums.x += w * x[i], sums.y += w * y[i];
  }
  const double mean_x = sums.x / sums.weight, mean_y = sums.y / sums.weight;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!both(x[i], y[i])) continue;
    const double w = weight_of(weights, i), dx = x[i] - mean_x, dy = y[i] - mean_y;
    xx += w * dx * dx, yy += w * dy * dy, xy += w * dx * dy;
  }
  // What rounding leaves of a constant is no spread.
  const auto is_constant = [&](double squares, double mean) { return !(squares > 1e-24 * sums.weight * mean * mean) || squares == 0; };
  if (is_constant(xx, mean_x) || is_constant(yy, mean_y)) return nan;
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

std::vector<double> average_ranks(std::span<const double> x, std::span<const double> weights) {
  HugeArray<Keyed> rows(x.size());
  std::size_t n = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!std::isnan(x[i])) rows[n++] = {key_of(x[i]), static_cast<std::uint32_t>(i)};
  sort_keyed(rows, n);
  std::vector<double> ranks(x.size(), nan);
  double before = 0;
  for (std::size_t begin = 0; begin < n;) {
    std::size_t end = begin;
    double weight = 0;
    for (; end < n && rows[end].key == rows[begin].key; ++end) weight += weight_of(weights, rows[end].row);
    for (; begin < end; ++begin) ranks[rows[begin].row] = before + (weight + 1) / 2;
    before += weight;
  }
  return ranks;
}

Correlations correlate(MatrixView x, int threads) {
  const std::size_t n = x.columns;
  const std::span<const double> weights = x.weights == nullptr ? std::span<const double>() : std::span(x.weights, x.rows);
  Matrix ranks(x.rows, n);
  std::vector<char> blanks(n);
  for_each_block(n, threads, [&](std::size_t c, int) {
    blanks[c] = has_blanks(x.column(c));
    const std::vector<double> own = average_ranks(x.column(c), weights);
    std::copy(own.begin(), own.end(), ranks.column(c).begin());
  });
  Correlations result{std::vector<double>(n * n), std::vector<double>(n * n)};
  for_each_block(n * n, threads, [&](std::size_t cell, int) {
    const std::size_t a = cell / n, b = cell % n;
    if (b < a) return;
    const bool complete = !blanks[a] && !blanks[b];
    result.pearson[a * n + b] = result.pearson[b * n + a] = pearson(x.column(a), x.column(b), weights);
    result.spearman[a * n + b] = result.spearman[b * n + a] =
        complete ? pearson(ranks.column(a), ranks.column(b), weights) : spearman_with_blanks(x.column(a), x.column(b), weights);
  });
  return result;
}

}  // namespace coterie
