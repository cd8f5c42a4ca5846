// Squared Euclidean distances of rows to a few centres, eight rows at once; the same bits on every machine.
#pragma once

#include <span>

#include "coterie/base/matrix.h"

namespace coterie {

// out: rows x k, out.at(i, c) = sum_j (x_ij - c_j)^2, added in rising j. centres: k x columns. Cost O(rows k columns).
void centre_distances(MatrixView x, std::span<const double> centres, Matrix& out, int threads = 0);

// One block: column j of the rows at values + j * stride, distances to centre c at out + c * out_stride.
struct DistanceBlock {
  const double* values;
  std::size_t stride, count, columns;
  const double* centres;
  std::size_t clusters;
  double* out;
  std::size_t out_stride;
};
namespace plain { void distance_block(const DistanceBlock& block); }
namespace avx2 { void distance_block(const DistanceBlock& block); }
namespace avx512 { void distance_block(const DistanceBlock& block); }

}  // namespace coterie
