#include "coterie/cluster/grouped_points.h"

#include <algorithm>
#include <limits>

#include "coterie/base/cpu.h"
#include "coterie/cluster/centre_distances.h"

namespace coterie {

GroupedPoints::GroupedPoints(std::span<const double> points, std::span<const std::int32_t> labels, std::size_t columns) {
  const std::size_t groups = labels.empty() ? 0 : static_cast<std::size_t>(*std::ranges::max_element(labels)) + 1;
  std::vector<std::size_t> sizes(groups), at(groups);
  for (const std::int32_t label : labels) ++sizes[static_cast<std::size_t>(label)];
  std::size_t end = 0;
  for (std::size_t group = 0; group < groups; ++group) {
    at[group] = end;
    for (std::size_t i = sizes[group]; i < (sizes[group] + 7) / 8 * 8; ++i) filled_up_.push_back(end + i);
    ends_.push_back(end += (sizes[group] + 7) / 8 * 8);
  }
  points_ = Matrix(end, columns), distances_ = Matrix(end, 1);
  for (std::size_t p = 0; p < labels.size(); ++p) {
    const std::size_t to = at[static_cast<std::size_t>(labels[p])]++;
    for (std::size_t j = 0; j < columns; ++j) points_.at(to, j) = points[p * columns + j];
  }
}

void GroupedPoints::take(std::span<const double> row) {
  row_ = row;
  centre_distances(points_, row, distances_, 1);
  for (const std::size_t i : filled_up_) distances_.at(i, 0) = std::numeric_limits<double>::infinity();
}

std::int32_t GroupedPoints::nearest_with(std::size_t column, double value) const {
  const MovedRow moved{distances_.column(0).data(), points_.column(column).data(), ends_.data(), ends_.size(), row_[column], value};
  switch (isa()) {
    case Isa::avx512: return static_cast<std::int32_t>(avx512::nearest_group(moved));
    case Isa::avx2: return static_cast<std::int32_t>(avx2::nearest_group(moved));
    default: return static_cast<std::int32_t>(plain::nearest_group(moved));
  }
}

}  // namespace coterie
