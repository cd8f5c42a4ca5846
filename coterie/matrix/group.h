// Sixteen rows of a column-major matrix packed for the kernels: value j of row i at group[16 * j + i].
#pragma once

#include <cstring>

#include "coterie/base/matrix.h"

namespace coterie {

inline constexpr std::size_t group_rows = 16;

// Packs rows [first, first + 16) of x; rows past the end are zeros. `group` holds 16 * x.columns doubles.
inline void pack_group(MatrixView x, std::size_t first, double* group) {
  const std::size_t count = first + 16 <= x.rows ? 16 : x.rows - first;
  for (std::size_t j = 0; j < x.columns; ++j) {
    const double* from = x.values + j * x.stride + first;
    double* to = group + 16 * j;
    if (count == 16) {
      std::memcpy(to, from, 16 * sizeof(double));
      continue;
    }
    std::memset(to, 0, 16 * sizeof(double));
    std::memcpy(to, from, count * sizeof(double));
  }
}

}  // namespace coterie
