// Squared Euclidean distances from one point to many rows: the inner loop of everything that looks at
// all pairs. Summed column by column without fused multiply-add, as R's dist() and scipy's pdist() do,
// so that ties in the data are ties here too.
#pragma once

#include <cstddef>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

// out[i] = sum over j of (x.at(begin + i, j) - point[j])^2 for rows begin <= begin + i < end.
// point has x.columns values, out has end - begin places. Weights play no part.
void squared_distances(const MatrixView& x, const double* point, std::size_t begin, std::size_t end, double* out);

// Row `row` of x as a contiguous point.
std::vector<double> row_of(const MatrixView& x, std::size_t row);

}  // namespace coterie
