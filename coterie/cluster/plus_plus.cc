#include "coterie/cluster/plus_plus.h"

#include <algorithm>
#include <limits>

namespace coterie {
namespace {

double distance(MatrixView x, std::size_t row, const double* centre, std::span<const double> scale) {
  double sum = 0;
  for (std::size_t j = 0; j < x.columns; ++j) {
    const double z = x.at(row, j) - centre[j];
    sum += z * z * (scale.empty() ? 1.0 : scale[j]);
  }
  return sum;
}

}  // namespace

std::size_t draw(std::span<const double> chances, Random& random) {
  double total = 0;
  for (double chance : chances) total += chance;
  if (!(total > 0)) return random.below(chances.size());
  double left = random.uniform() * total;
  for (std::size_t i = 0; i < chances.size(); ++i)
    if ((left -= chances[i]) < 0) return i;
  return chances.size() - 1;
}

std::vector<double> plus_plus_seeds(MatrixView x, std::size_t k, Random& random, std::span<const double> scale, std::size_t sample) {
  if (x.rows > std::max(sample, k)) {
    const RowSample rows = sample_rows(x, std::max(sample, k), Random(random.bits()));
    return plus_plus_seeds(rows.view(), k, random, scale, sample);
  }
  std::vector<double> centres(k * x.columns), nearest(x.rows, std::numeric_limits<double>::infinity()), chances(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) chances[i] = x.weight(i);
  for (std::size_t c = 0; c < k; ++c) {
    const std::size_t row = draw(chances, random);
    for (std::size_t j = 0; j < x.columns; ++j) centres[c * x.columns + j] = x.at(row, j);
    for (std::size_t i = 0; i < x.rows; ++i) {
      nearest[i] = std::min(nearest[i], distance(x, i, centres.data() + c * x.columns, scale));
      chances[i] = nearest[i] * x.weight(i);
    }
  }
  return centres;
}

RowSample sample_rows(MatrixView x, std::size_t count, Random random) {
  RowSample sample{Matrix(count, x.columns), std::vector<double>(count)};
  for (std::size_t i = 0, taken = 0; taken < count; ++i) {
    if (random.below(x.rows - i) >= count - taken) continue;
    for (std::size_t j = 0; j < x.columns; ++j) sample.values.at(taken, j) = x.at(i, j);
    sample.weights[taken++] = x.weight(i);
  }
  return sample;
}

}  // namespace coterie
