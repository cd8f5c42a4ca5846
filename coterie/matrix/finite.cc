#include "coterie/matrix/finite.h"

#include <fmt/format.h>

#include <cmath>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"

namespace coterie {
namespace {

constexpr std::size_t block_rows = 1 << 16;

// x * 0 is 0 for a finite x and NaN for any other, and a sum keeps a NaN: no branch a value.
bool all_finite(std::span<const double> values) {
  double lanes[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= values.size(); i += 8)
    for (std::size_t lane = 0; lane < 8; ++lane) lanes[lane] += values[i + lane] * 0.0;
  for (; i < values.size(); ++i) lanes[0] += values[i] * 0.0;
  double sum = 0;
  for (double lane : lanes) sum += lane;
  return sum == 0;
}

[[noreturn]] void report(std::span<const double> values, std::size_t first_row, std::size_t column) {
  std::size_t i = 0;
  while (std::isfinite(values[i])) ++i;
  throw Error(ErrorKind::usage, fmt::format("column {} holds {} in row {}; distances need finite numbers", column, values[i], first_row + i),
              "impute or drop the rows with missing values first");
}

void require_positive(std::span<const double> weights, std::size_t first_row) {
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (!(weights[i] > 0) || !std::isfinite(weights[i]))
      throw Error(ErrorKind::usage, fmt::format("row {} has weight {}", first_row + i, weights[i]),
                  "give every row a positive finite weight, or drop the row");
}

}  // namespace

void require_finite(MatrixView x, int threads) {
  for_each_block(block_count(x.rows, block_rows), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, block_rows);
    for (std::size_t j = 0; j < x.columns; ++j) {
      const auto values = x.column(j).subspan(begin, end - begin);
      if (!all_finite(values)) report(values, begin, j);
    }
    if (x.weights != nullptr) require_positive({x.weights + begin, end - begin}, begin);
  });
}

}  // namespace coterie
