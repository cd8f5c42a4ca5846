// The customers that stand for a segment, and the segment next to it. Both are read off the scaled rows and centres
// that the clustering saw.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

// For each of k clusters the `count` different rows of x nearest to its centre, nearest first, ties to the lower row;
// fewer where it has fewer. The first is the cluster's medoid under squared Euclidean distance: the sum over members
// of |x - m|^2 is n |m - centre|^2 plus a constant, so the member nearest to the mean has the least.
// x: rows all different (weights do not matter); centres: k x columns, row-major; labels: one a row, in [0, k).
std::vector<std::vector<std::uint32_t>> typical_rows(MatrixView x, std::span<const double> centres, std::span<const std::int32_t> labels,
                                                     std::size_t count, int threads = 0);

struct NearestSegment {
  std::int32_t cluster = -1;         // -1: there is no other
  double distance = 0;               // between the centres, in the scaled units
  std::vector<std::size_t> columns;  // by how much the two centres differ in them, most first
};

// The nearest other centre of each, ties to the lower cluster.
std::vector<NearestSegment> nearest_segments(std::span<const double> centres, std::size_t columns);

}  // namespace coterie
