#include "coterie/cluster/row_sample.h"

namespace coterie {

std::size_t draw(std::span<const double> chances, Random& random) {
  double total = 0;
  for (double chance : chances) total += chance;
  if (!(total > 0)) return random.below(chances.size());
  double left = random.uniform() * total;
  for (std::size_t i = 0; i < chances.size(); ++i)
    if ((left -= chances[i]) < 0) return i;
  return chances.size() - 1;
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
