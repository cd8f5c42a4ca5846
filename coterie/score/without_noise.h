// The rows of a clustering that are in a cluster: silhouettes and indices know no noise.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

struct ClusteredRows {
  Matrix rows;
  std::vector<double> weights;       // empty where x has none
  std::vector<std::int32_t> labels;  // none below 0
  MatrixView view() const;
};

// The rows with labels of 0 or more, in order.
ClusteredRows without_noise(MatrixView x, std::span<const std::int32_t> labels);

}  // namespace coterie
