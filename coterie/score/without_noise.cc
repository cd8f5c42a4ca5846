#include "coterie/score/without_noise.h"

#include <algorithm>

namespace coterie {

MatrixView ClusteredRows::view() const {
  MatrixView all = rows;
  if (!weights.empty()) all.weights = weights.data();
  return all;
}

ClusteredRows without_noise(MatrixView x, std::span<const std::int32_t> labels) {
  ClusteredRows clustered;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < x.rows; ++i)
    if (labels[i] >= 0) kept.push_back(i);
  clustered.rows = Matrix(kept.size(), x.columns);
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < kept.size(); ++i) clustered.rows.at(i, j) = x.at(kept[i], j);
  for (const std::size_t i : kept) {
    clustered.labels.push_back(labels[i]);
    if (x.weights != nullptr) clustered.weights.push_back(x.weights[i]);
  }
  return clustered;
}

}  // namespace coterie
