// The inner loop of silhouettes. Compiled three times (base/cpu.h), same bits each.
#pragma once

#include <cstddef>

#include "coterie/base/cpu.h"

namespace coterie {

inline constexpr std::size_t queries_at_once = 8;

// Each: totals[q] += sum over rows of weight * |row - query q|, for eight queries (8 x columns, row-major) and `groups`
// packed groups of 16 rows (matrix/group.h), weights 16 a group; a row that is only padding has weight 0.
struct SilhouetteKernels {
  void (*add_distances)(const double* rows, const double* weights, std::size_t groups, std::size_t columns, const double* queries, double* totals);
  void (*add_single_distances)(const float* rows, const double* weights, std::size_t groups, std::size_t columns, const float* queries, double* totals);
};
const SilhouetteKernels& silhouette_kernels(Isa isa);

}  // namespace coterie
