#include "coterie/score/centres.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "coterie/base/error.h"
#include "coterie/cluster/distances.h"

namespace coterie {

void check_labels(const MatrixView& x, std::span<const int> labels) {
  if (labels.size() != x.rows)
    throw Error(ErrorKind::usage, fmt::format("{} labels for {} rows", labels.size(), x.rows), "give one label a row");
  for (const int label : labels)
    if (label < -1)
      throw Error(ErrorKind::usage, fmt::format("{} is no label", label), "number clusters from 0; -1 is noise");
}

Centres centres_of(const MatrixView& x, std::span<const int> labels) {
  check_labels(x, labels);
  const std::size_t k = labels.empty() ? 0 : static_cast<std::size_t>(*std::ranges::max_element(labels) + 1);
  Centres centres{std::vector<double>(k * x.columns), std::vector<double>(k), x.columns};
  for (std::size_t i = 0; i < x.rows; ++i)
    if (labels[i] >= 0) centres.weights[labels[i]] += x.weight(i);
  for (std::size_t j = 0; j < x.columns; ++j) {
    const auto column = x.column(j);
    for (std::size_t i = 0; i < x.rows; ++i)
      if (labels[i] >= 0) centres.values[labels[i] * x.columns + j] += x.weight(i) * column[i];
  }
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < x.columns && centres.weights[c] > 0; ++j) centres.values[c * x.columns + j] /= centres.weights[c];
  return centres;
}

std::vector<int> nearest_centres(const MatrixView& x, const Centres& centres) {
  std::vector<double> distance(x.rows), best(x.rows, std::numeric_limits<double>::infinity());
  std::vector<int> nearest(x.rows, -1);
  for (int c = 0; c < centres.count(); ++c) {
    if (centres.weights[c] == 0) continue;
    squared_distances(x, centres.at(c), 0, x.rows, distance.data());
    for (std::size_t i = 0; i < x.rows; ++i)
      if (distance[i] < best[i]) best[i] = distance[i], nearest[i] = c;
  }
  return nearest;
}

}  // namespace coterie
