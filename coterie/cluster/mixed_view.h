// Rows of numbers and categories: what k-prototypes and k-medoids see.
#pragma once

#include <cstddef>
#include <cstdint>

#include "coterie/base/matrix.h"

namespace coterie {

// rows x columns of category codes, column-major: column j is contiguous at codes + j * stride.
struct CodesView {
  const std::uint32_t* codes = nullptr;
  std::size_t rows = 0, columns = 0, stride = 0;
  std::uint32_t at(std::size_t row, std::size_t column) const { return codes[column * stride + row]; }
};

inline constexpr std::uint32_t missing_code = 0xffffffff;

// Either part may have no columns; both have the same number of rows, and the weights are the numbers' (set
// numbers.rows also when there are no number columns).
struct MixedView {
  MatrixView numbers;
  CodesView categories;
  std::size_t rows() const { return numbers.rows; }
  double weight(std::size_t row) const { return numbers.weight(row); }
};

}  // namespace coterie
