// What: distances from 16 rows to a few centres held in registers (rows in lanes, centres broadcast).
// Cost: one subtraction and one fused multiply-add a value and centre. Direct differences, (x - c)^2: the cheaper
// |x|^2 - 2xc + |c|^2 cancels where tails are heavy, and on processors with separate add and fma units it is no
// faster here. Each lane does the same IEEE operations in the same order whatever its position, so a row's
// label does not depend on the rows around it. Tested by kmeans_kernels_test.cc against plain loops.
#include "coterie/base/simd.h"
#include "coterie/cluster/kmeans_kernels.h"

#include <limits>

namespace coterie::COTERIE_ISA {
namespace {

#if defined(COTERIE_ISA_avx512)
constexpr int centres_at_once = 4;  // 8 of 32 registers hold sums
#else
constexpr int centres_at_once = 2;
#endif

template <int count>
struct Squared {
  F64x8 low[count], high[count];  // rows 0..7 and 8..15
};

template <int count>
inline Squared<count> squared_to(const double* group, std::size_t columns, const double* centres) {
  Squared<count> sums;
#pragma GCC unroll 4
  for (int c = 0; c < count; ++c) sums.low[c] = sums.high[c] = F64x8::all(0);
  for (std::size_t j = 0; j < columns; ++j) {
    const F64x8 low = F64x8::load(group + 16 * j), high = F64x8::load(group + 16 * j + 8);
#pragma GCC unroll 4
    for (int c = 0; c < count; ++c) {
      const F64x8 centre = F64x8::all(centres[static_cast<std::size_t>(c) * columns + j]);
      const F64x8 a = low - centre, b = high - centre;
      sums.low[c] = fma(a, a, sums.low[c]);
      sums.high[c] = fma(b, b, sums.high[c]);
    }
  }
  return sums;
}

// Calls take(centre, low, high) for each centre in rising order.
template <class Take>
inline void for_each_centre(const double* group, std::size_t columns, const double* centres, std::size_t k,
                            const Take& take) {
  std::size_t first = 0;
  for (; first + centres_at_once <= k; first += centres_at_once) {
    const auto sums = squared_to<centres_at_once>(group, columns, centres + first * columns);
#pragma GCC unroll 4
    for (int c = 0; c < centres_at_once; ++c) take(first + static_cast<std::size_t>(c), sums.low[c], sums.high[c]);
  }
  for (; first < k; ++first) {
    const auto sums = squared_to<1>(group, columns, centres + first * columns);
    take(first, sums.low[0], sums.high[0]);
  }
}

struct Nearest {
  F64x8 best = F64x8::all(std::numeric_limits<double>::infinity()), label = F64x8::all(0), second = best;

  template <bool with_second>
  void offer(F64x8 squared, F64x8 index) {
    const Mask8 closer = squared < best;
    if constexpr (with_second) {
      const F64x8 beaten = select(closer, best, squared);
      second = select(beaten < second, beaten, second);
    }
    label = select(closer, index, label);
    best = select(closer, squared, best);
  }
};

template <bool with_second>
inline void find_nearest(const double* group, std::size_t columns, const double* centres, std::size_t k, Nearest& low,
                         Nearest& high) {
  for_each_centre(group, columns, centres, k, [&](std::size_t c, F64x8 a, F64x8 b) {
    const F64x8 index = F64x8::all(static_cast<double>(c));
    low.template offer<with_second>(a, index);
    high.template offer<with_second>(b, index);
  });
}

void nearest(const double* group, std::size_t columns, const double* centres, std::size_t k, std::int32_t* labels,
             double* squared) {
  Nearest low, high;
  find_nearest<false>(group, columns, centres, k, low, high);
  low.label.to_i32(labels), high.label.to_i32(labels + 8);
  low.best.store(squared), high.best.store(squared + 8);
}

inline F64x8 gap_of(const Nearest& found) {
  const F64x8 second = sqrt(found.second);
  return second * F64x8::all(1 - 1e-12) - sqrt(found.best);
}

void nearest_with_gap(const double* group, std::size_t columns, const double* centres, std::size_t k,
                      std::int32_t* labels, double* gap) {
  Nearest low, high;
  find_nearest<true>(group, columns, centres, k, low, high);
  low.label.to_i32(labels), high.label.to_i32(labels + 8);
  gap_of(low).store(gap), gap_of(high).store(gap + 8);
}

void squared_distances(const double* group, std::size_t columns, const double* centres, std::size_t k,
                       double* squared) {
  for_each_centre(group, columns, centres, k, [&](std::size_t c, F64x8 a, F64x8 b) {
    a.store(squared + 16 * c), b.store(squared + 16 * c + 8);
  });
}

// masked[i] = weights[i] where labels[i] == c, else 0; returns whether any label is c.
bool mask_weights(const double* weights, const std::int32_t* labels, std::size_t rows, std::size_t c, double* masked) {
  const F64x8 below = F64x8::all(static_cast<double>(c) - 0.5), above = F64x8::all(static_cast<double>(c) + 0.5);
  unsigned any = 0;
  for (std::size_t i = 0; i < rows; i += 8) {
    const F64x8 label = F64x8::from_i32(labels + i), zero = F64x8::all(0);
    const Mask8 high_enough = below < label, low_enough = label < above;
    select(high_enough, select(low_enough, F64x8::load(weights + i), zero), zero).store(masked + i);
    any |= bits(high_enough) & bits(low_enough);
  }
  return any != 0;
}

// Sums of `count` neighbouring columns.
template <int count>
void add_columns(const double* packed, std::size_t groups, std::size_t columns, const double* masked, double* sums) {
  F64x8 low[count], high[count];
#pragma GCC unroll 4
  for (int c = 0; c < count; ++c) low[c] = high[c] = F64x8::all(0);
  for (std::size_t g = 0; g < groups; ++g) {
    const F64x8 a = F64x8::load(masked + 16 * g), b = F64x8::load(masked + 16 * g + 8);
    const double* group = packed + g * 16 * columns;
#pragma GCC unroll 4
    for (int c = 0; c < count; ++c) {
      low[c] = fma(a, F64x8::load(group + 16 * c), low[c]);
      high[c] = fma(b, F64x8::load(group + 16 * c + 8), high[c]);
    }
  }
#pragma GCC unroll 4
  for (int c = 0; c < count; ++c) sums[c] += sum(low[c] + high[c]);
}

void add_by_label(const double* packed, std::size_t groups, std::size_t columns, const double* weights,
                  const std::int32_t* labels, std::size_t k, double* sums, double* cluster_weights) {
  double masked[16 * most_groups];
  for (std::size_t c = 0; c < k; ++c) {
    if (!mask_weights(weights, labels, 16 * groups, c, masked)) continue;
    F64x8 weight = F64x8::all(0);
    for (std::size_t i = 0; i < 16 * groups; i += 8) weight = weight + F64x8::load(masked + i);
    cluster_weights[c] += sum(weight);
    std::size_t j = 0;
    for (; j + centres_at_once <= columns; j += centres_at_once)
      add_columns<centres_at_once>(packed + 16 * j, groups, columns, masked, sums + c * columns + j);
    for (; j < columns; ++j) add_columns<1>(packed + 16 * j, groups, columns, masked, sums + c * columns + j);
  }
}

}  // namespace

extern const KmeansKernels kmeans_kernels;
const KmeansKernels kmeans_kernels = {nearest, nearest_with_gap, squared_distances, add_by_label};

}  // namespace coterie::COTERIE_ISA
