#include "coterie/segments/typical.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "coterie/base/parallel.h"

namespace coterie {
namespace {

struct Near {
  double distance;
  std::uint32_t row;
  bool operator<(const Near& other) const { return distance != other.distance ? distance < other.distance : row < other.row; }
};

// Keeps the `count` least, sorted.
void offer(std::vector<Near>& nearest, Near candidate, std::size_t count) {
  if (nearest.size() == count && !(candidate < nearest.back())) return;
  nearest.insert(std::upper_bound(nearest.begin(), nearest.end(), candidate), candidate);
  if (nearest.size() > count) nearest.pop_back();
}

double squared_distance(MatrixView x, std::size_t row, const double* centre) {
  double sum = 0;
  for (std::size_t c = 0; c < x.columns; ++c) sum += (x.at(row, c) - centre[c]) * (x.at(row, c) - centre[c]);
  return sum;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> typical_rows(MatrixView x, std::span<const double> centres, std::span<const std::int32_t> labels,
                                                     std::size_t count, int threads) {
  constexpr std::size_t block = 1 << 14;
  const std::size_t k = centres.size() / x.columns;
  std::vector<std::vector<std::vector<Near>>> nearest(block_count(x.rows, block), std::vector<std::vector<Near>>(k));
  for_each_block(nearest.size(), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, x.rows, block);
    for (std::size_t row = range.begin; row < range.end; ++row) {
      const auto cluster = static_cast<std::size_t>(labels[row]);
      offer(nearest[b][cluster], {squared_distance(x, row, centres.data() + cluster * x.columns), static_cast<std::uint32_t>(row)}, count);
    }
  });
  std::vector<std::vector<std::uint32_t>> rows(k);
  for (std::size_t c = 0; c < k; ++c) {
    std::vector<Near> all;
    for (const auto& part : nearest)
      for (const Near& near : part[c]) offer(all, near, count);
    for (const Near& near : all) rows[c].push_back(near.row);
  }
  return rows;
}

std::vector<NearestSegment> nearest_segments(std::span<const double> centres, std::size_t columns) {
  const std::size_t k = centres.size() / columns;
  std::vector<NearestSegment> nearest(k);
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t b = 0; b < k; ++b) {
      if (a == b) continue;
      double sum = 0;
      for (std::size_t c = 0; c < columns; ++c) sum += std::pow(centres[a * columns + c] - centres[b * columns + c], 2);
      const double distance = std::sqrt(sum);
      if (nearest[a].cluster < 0 || distance < nearest[a].distance) nearest[a].cluster = static_cast<std::int32_t>(b), nearest[a].distance = distance;
    }
    if (nearest[a].cluster < 0) continue;
    const auto other = static_cast<std::size_t>(nearest[a].cluster);
    const auto difference = [&](std::size_t c) { return std::abs(centres[a * columns + c] - centres[other * columns + c]); };
    nearest[a].columns.resize(columns);
    std::iota(nearest[a].columns.begin(), nearest[a].columns.end(), std::size_t{0});
    std::stable_sort(nearest[a].columns.begin(), nearest[a].columns.end(), [&](std::size_t i, std::size_t j) { return difference(i) > difference(j); });
  }
  return nearest;
}

}  // namespace coterie
