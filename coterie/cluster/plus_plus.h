// k-means++ seeds (Arthur, Vassilvitskii 2007): each further seed is drawn with a chance in proportion to weight x
// squared distance to the nearest seed so far. Expected cost within 8 (ln k + 2) of the optimum.
#pragma once

#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/random.h"

namespace coterie {

// An index with a chance in proportion to `chances` (>= 0); any index when all are 0.
std::size_t draw(std::span<const double> chances, Random& random);

// k x columns. scale (one a column; empty: all 1) multiplies the squared differences. With more than sample_rows rows
// the seeds come from so many rows drawn at random. Cost O(k columns min(rows, sample_rows)).
std::vector<double> plus_plus_seeds(MatrixView x, std::size_t k, Random& random, std::span<const double> scale = {},
                                    std::size_t sample_rows = 50000);

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
