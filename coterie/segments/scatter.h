// A few customers of each segment in two dimensions, to be drawn.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/matrix/pca.h"

namespace coterie {

struct ScatterPoint {
  double x = 0, y = 0;        // coordinates on the first two axes; y is 0 where there is only one
  std::int32_t cluster = 0;
  std::uint32_t drawn = 1;    // how often this row was drawn: equal customers are one point
};

struct ScatterOptions {
  std::size_t points = 1500;  // draws, about
  std::size_t least = 40;     // draws of each cluster, however small
};

// Systematic sampling in the order of rows: of each cluster every so-many-th unit of weight. By cluster, then row.
// labels: one a row of x, in [0, k).
std::vector<ScatterPoint> scatter_points(MatrixView x, std::span<const std::int32_t> labels, std::size_t k, const Pca& pca, const ScatterOptions& options = {});

}  // namespace coterie
