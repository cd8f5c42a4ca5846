// Rows drawn at random.
#pragma once

#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/random.h"

namespace coterie {

// An index with a chance in proportion to `chances` (>= 0); any index when all are 0.
std::size_t draw(std::span<const double> chances, Random& random);

// Different rows in rising order, every set of them equally likely (Fan, Muller, Rezucha 1962), with their weights.
struct RowSample {
  Matrix values;
  std::vector<double> weights;
  MatrixView view() const {
    MatrixView v = values;
    v.weights = weights.data();
    return v;
  }
};
RowSample sample_rows(MatrixView x, std::size_t count, Random random);

}  // namespace coterie
