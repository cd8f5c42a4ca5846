#include "coterie/score/spread_ties.h"

#include <algorithm>
#include <vector>

#include "coterie/base/random.h"

namespace coterie {
namespace {

// A column in order, and its different values.
struct SortedColumn {
  std::vector<double> values, different;

  std::size_t below(double value) const { return static_cast<std::size_t>(std::ranges::lower_bound(values, value) - values.begin()); }
  std::size_t up_to(double value) const { return static_cast<std::size_t>(std::ranges::upper_bound(values, value) - values.begin()); }
};

SortedColumn sorted(std::span<const double> column) {
  SortedColumn s{{column.begin(), column.end()}, {}};
  std::ranges::sort(s.values);
  std::ranges::unique_copy(s.values, std::back_inserter(s.different));
  return s;
}

// Steps 1 and 2.
double another_value(const SortedColumn& s, double value, Random& random) {
  const std::size_t begin = s.below(value), end = s.up_to(value), rows = s.values.size(), heap = end - begin;
  if (heap < 2) return value;
  const bool lowest = begin == 0, highest = end == rows;
  if ((lowest || highest) && static_cast<double>(heap) >= heap_share * static_cast<double>(rows)) {
    const std::size_t other = random.below(rows - heap);
    return s.values[lowest ? end + other : other];
  }
  const std::size_t first = begin - std::min(begin, heap), last = std::min(rows, end + heap);
  return s.values[first + random.below(last - first)];
}

// Step 3. At an end of the column the inner distance counts on both sides.
double between_neighbours(const SortedColumn& s, double value, Random& random) {
  if (s.up_to(value) - s.below(value) < 2) return value;
  const auto place = static_cast<std::size_t>(std::ranges::lower_bound(s.different, value) - s.different.begin());
  const bool lowest = place == 0, highest = place + 1 == s.different.size();
  const double down = value - s.different[lowest ? 0 : place - 1], up = s.different[highest ? place : place + 1] - value;
  const double below = (lowest ? up : down) / 2, above = (highest ? down : up) / 2;
  return value - below + (below + above) * random.uniform();
}

}  // namespace

Matrix spread_ties(MatrixView x, std::uint64_t seed) {
  Matrix spread(x.rows, x.columns);
  for (std::size_t j = 0; j < x.columns; ++j) {
    Random random(seed, j);
    const SortedColumn s = sorted(x.column(j));
    const bool constant = s.different.size() < 2;
    for (std::size_t i = 0; i < x.rows; ++i)
      spread.at(i, j) = constant ? x.at(i, j) : between_neighbours(s, another_value(s, x.at(i, j), random), random);
  }
  return spread;
}

}  // namespace coterie
