#include "coterie/cluster/gower.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "coterie/base/parallel.h"

namespace coterie {

GowerScale fit_gower(MixedView x) {
  GowerScale scale;
  for (std::size_t j = 0; j < x.numbers.columns; ++j) {
    double least = std::numeric_limits<double>::infinity(), most = -least;
    for (double value : x.numbers.column(j))
      if (!std::isnan(value)) least = std::min(least, value), most = std::max(most, value);
    scale.inverse_ranges.push_back(most > least ? 1 / (most - least) : 0);
  }
  return scale;
}

double gower_distance(const GowerScale& scale, MixedView x, std::size_t a, MixedView y, std::size_t b) {
  double sum = 0;
  int columns = 0;
  for (std::size_t j = 0; j < x.numbers.columns; ++j) {
    const double difference = std::abs(x.numbers.at(a, j) - y.numbers.at(b, j));
    if (!std::isnan(difference)) sum += difference * scale.inverse_ranges[j], ++columns;
  }
  for (std::size_t j = 0; j < x.categories.columns; ++j) {
    const std::uint32_t left = x.categories.at(a, j), right = y.categories.at(b, j);
    if (left != missing_code && right != missing_code) sum += left != right, ++columns;
  }
  return columns == 0 ? 1.0 : sum / columns;
}

double gower_distance(const GowerScale& scale, MixedView x, std::size_t a, std::size_t b) { return gower_distance(scale, x, a, x, b); }

std::vector<double> gower_matrix(const GowerScale& scale, MixedView x, std::span<const std::size_t> rows, int threads) {
  const std::size_t n = rows.size();
  std::vector<double> out(n * n);
  for_each_block(n, threads, [&](std::size_t i, int) {
    for (std::size_t j = 0; j < i; ++j) out[i * n + j] = gower_distance(scale, x, rows[i], rows[j]);
  });
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j) out[i * n + j] = out[j * n + i];
  return out;
}

}  // namespace coterie
