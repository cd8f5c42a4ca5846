// The inner loop of PCA. Compiled three times (base/cpu.h), same bits each.
#pragma once

#include <cstddef>

#include "coterie/base/cpu.h"

namespace coterie {

inline constexpr std::size_t covariance_tile_rows = 256;

// products[j * columns + l] += sum over 256 rows of weighted[j] * centred[l], for l >= j. Both tiles are column-major:
// value j of row i at [256 * j + i].
using AddProducts = void (*)(const double* weighted, const double* centred, std::size_t columns, double* products);
AddProducts add_products(Isa isa);

}  // namespace coterie
