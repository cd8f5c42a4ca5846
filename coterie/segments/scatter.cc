#include "coterie/segments/scatter.h"

#include <algorithm>
#include <cmath>

namespace coterie {
namespace {

double coordinate(MatrixView x, std::size_t row, const Pca& pca, std::size_t axis) {
  if (axis >= pca.components) return 0;
  double sum = 0;
  for (std::size_t c = 0; c < x.columns; ++c) sum += (x.at(row, c) - pca.means[c]) * pca.axes[axis * x.columns + c];
  return sum;
}

}  // namespace

std::vector<ScatterPoint> scatter_points(MatrixView x, std::span<const std::int32_t> labels, std::size_t k, const Pca& pca, const ScatterOptions& options) {
  std::vector<double> weight(k), step(k), met(k);
  double all = 0;
  for (std::size_t row = 0; row < x.rows; ++row) weight[static_cast<std::size_t>(labels[row])] += x.weight(row), all += x.weight(row);
  for (std::size_t c = 0; c < k; ++c) {
    const double share = std::round(static_cast<double>(options.points) * weight[c] / all);
    const double draws = std::min(weight[c], std::max(static_cast<double>(options.least), share));
    step[c] = draws > 0 ? weight[c] / draws : 1;
  }
  std::vector<ScatterPoint> points;
  for (std::size_t row = 0; row < x.rows; ++row) {
    const auto c = static_cast<std::size_t>(labels[row]);
    // Draws stand at the middle of each step.
    const auto before = std::floor(met[c] / step[c] + 0.5);
    met[c] += x.weight(row);
    const auto drawn = static_cast<std::uint32_t>(std::floor(met[c] / step[c] + 0.5) - before);
    if (drawn > 0) points.push_back({coordinate(x, row, pca, 0), coordinate(x, row, pca, 1), labels[row], drawn});
  }
  std::stable_sort(points.begin(), points.end(), [](const ScatterPoint& a, const ScatterPoint& b) { return a.cluster < b.cluster; });
  return points;
}

}  // namespace coterie
