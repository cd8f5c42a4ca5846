// Many points in labelled groups, and which group's point is the nearest to one row, also when that row is moved along a column:
// squared distances are kept, so a move costs one column instead of all. Eight points at once; the same bits on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

class GroupedPoints {
 public:
  // points: row-major; labels: one each, in [0, groups).
  GroupedPoints(std::span<const double> points, std::span<const std::int32_t> labels, std::size_t columns);

  // The row that is moved from now on. Cost O(points columns).
  void take(std::span<const double> row);
  // The group of the point nearest to the row with another value in one column; ties to the lower group. Cost O(points).
  std::int32_t nearest_with(std::size_t column, double value) const;

 private:
  Matrix points_, distances_;      // sorted by label, each group filled up to a multiple of eight; squared, infinite where filled up
  std::vector<std::size_t> ends_;  // of each group
  std::vector<std::size_t> filled_up_;
  std::span<const double> row_;
};

// The kernel: the group with the least distance[i] + (value - point[i])^2 - (x - point[i])^2.
struct MovedRow {
  const double* distance;
  const double* point;  // of one column
  const std::size_t* ends;
  std::size_t groups;
  double x, value;
};
namespace plain { std::size_t nearest_group(const MovedRow& moved); }
namespace avx2 { std::size_t nearest_group(const MovedRow& moved); }
namespace avx512 { std::size_t nearest_group(const MovedRow& moved); }

}  // namespace coterie
