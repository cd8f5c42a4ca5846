// What: distances of 16 rows (in lanes) to 4 queries (broadcast), summed with weights. Direct differences in f64 and a
// correctly rounded square root: no cancellation, however heavy the tails. Eight running sums a query, added up in a
// fixed order at the end. In single precision 8 queries at once, the sums still in double. Tested by silhouette_test.cc against plain loops.
#include "coterie/base/simd_single.h"
#include "coterie/score/silhouette_kernels.h"

namespace coterie::COTERIE_ISA {
namespace {

#if defined(COTERIE_ISA_avx512)
constexpr int together = 4;
#else
constexpr int together = 2;
#endif

// `together` queries over all groups.
void add_some(const double* rows, const double* weights, std::size_t groups, std::size_t columns, const double* queries,
              double* totals) {
  F64x8 sums[together];
#pragma GCC unroll 4
  for (F64x8& sum : sums) sum = F64x8::all(0);
  for (std::size_t g = 0; g < groups; ++g) {
    const double* group = rows + g * 16 * columns;
    F64x8 low[together], high[together];
#pragma GCC unroll 4
    for (int q = 0; q < together; ++q) low[q] = high[q] = F64x8::all(0);
    for (std::size_t j = 0; j < columns; ++j) {
      const F64x8 a = F64x8::load(group + 16 * j), b = F64x8::load(group + 16 * j + 8);
#pragma GCC unroll 4
      for (int q = 0; q < together; ++q) {
        const F64x8 value = F64x8::all(queries[static_cast<std::size_t>(q) * columns + j]);
        const F64x8 c = a - value, d = b - value;
        low[q] = fma(c, c, low[q]);
        high[q] = fma(d, d, high[q]);
      }
    }
    const F64x8 low_weights = F64x8::load(weights + 16 * g), high_weights = F64x8::load(weights + 16 * g + 8);
#pragma GCC unroll 4
    for (int q = 0; q < together; ++q)
      sums[q] = fma(high_weights, sqrt(high[q]), fma(low_weights, sqrt(low[q]), sums[q]));
  }
#pragma GCC unroll 4
  for (int q = 0; q < together; ++q) totals[q] += sum(sums[q]);
}

void add_all(const double* rows, const double* weights, std::size_t groups, std::size_t columns, const double* queries,
             double* totals) {
  for (std::size_t q = 0; q < queries_at_once; q += together)
    add_some(rows, weights, groups, columns, queries + q * columns, totals + q);
}

#if defined(COTERIE_ISA_avx512)
constexpr int single_together = 8;
#else
constexpr int single_together = 4;
#endif

void add_some_single(const float* rows, const double* weights, std::size_t groups, std::size_t columns, const float* queries, double* totals) {
  F64x8 sums[single_together];
#pragma GCC unroll 8
  for (F64x8& sum : sums) sum = F64x8::all(0);
  for (std::size_t g = 0; g < groups; ++g) {
    const float* group = rows + g * 16 * columns;
    F32x16 squared[single_together];
#pragma GCC unroll 8
    for (F32x16& s : squared) s = F32x16::all(0);
    for (std::size_t j = 0; j < columns; ++j) {
      const F32x16 values = F32x16::load(group + 16 * j);
#pragma GCC unroll 8
      for (int q = 0; q < single_together; ++q) {
        const F32x16 c = values - F32x16::all(queries[static_cast<std::size_t>(q) * columns + j]);
        squared[q] = fma(c, c, squared[q]);
      }
    }
    const F64x8 low_weights = F64x8::load(weights + 16 * g), high_weights = F64x8::load(weights + 16 * g + 8);
#pragma GCC unroll 8
    for (int q = 0; q < single_together; ++q) {
      const F32x16 distance = sqrt(squared[q]);
      sums[q] = fma(high_weights, distance.high(), fma(low_weights, distance.low(), sums[q]));
    }
  }
#pragma GCC unroll 8
  for (int q = 0; q < single_together; ++q) totals[q] += sum(sums[q]);
}

void add_all_single(const float* rows, const double* weights, std::size_t groups, std::size_t columns, const float* queries, double* totals) {
  for (std::size_t q = 0; q < queries_at_once; q += single_together)
    add_some_single(rows, weights, groups, columns, queries + q * columns, totals + q);
}

}  // namespace

extern const SilhouetteKernels silhouette_kernels;
const SilhouetteKernels silhouette_kernels = {add_all, add_all_single};

}  // namespace coterie::COTERIE_ISA
