// The inner loop of silhouettes. Compiled three times (base/cpu.h), same bits each.
#pragma once

#include <cstddef>

#include "coterie/base/cpu.h"

namespace coterie {

inline constexpr std::size_t queries_at_once = 4;

// totals[q] += sum over rows of weight * |row - query q|, for four queries (4 x columns, row-major) and `groups` packed
// groups of 16 rows (matrix/group.h), weights 16 a group; a row that is only padding has weight 0.
using AddDistances = void (*)(const double* rows, const double* weights, std::size_t groups, std::size_t columns,
                              const double* queries, double* totals);
AddDistances add_distances(Isa isa);

}  // namespace coterie
