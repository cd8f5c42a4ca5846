#include "coterie/cluster/centre_distances.h"

#include "coterie/base/simd.h"

namespace coterie::COTERIE_ISA {
namespace {

// Centres c .. c + count - 1 (at most 4) of eight rows, each value read once for all of them.
template <int count>
void eight_rows(const DistanceBlock& b, std::size_t i, std::size_t c) {
  F64x8 sums[count];
#pragma GCC unroll 4
  for (int k = 0; k < count; ++k) sums[k] = F64x8::all(0);
  for (std::size_t j = 0; j < b.columns; ++j) {
    const F64x8 x = F64x8::load(b.values + j * b.stride + i);
#pragma GCC unroll 4
    for (int k = 0; k < count; ++k) {
      const F64x8 z = x - F64x8::all(b.centres[(c + static_cast<std::size_t>(k)) * b.columns + j]);
      sums[k] = fma(z, z, sums[k]);
    }
  }
#pragma GCC unroll 4
  for (int k = 0; k < count; ++k) sums[k].store(b.out + (c + static_cast<std::size_t>(k)) * b.out_stride + i);
}

void one_row(const DistanceBlock& b, std::size_t i) {
  for (std::size_t c = 0; c < b.clusters; ++c) {
    double sum = 0;
    for (std::size_t j = 0; j < b.columns; ++j) {
      const double z = b.values[j * b.stride + i] - b.centres[c * b.columns + j];
      sum = std::fma(z, z, sum);
    }
    b.out[c * b.out_stride + i] = sum;
  }
}

}  // namespace

void distance_block(const DistanceBlock& b) {
  std::size_t i = 0;
  for (; i + 8 <= b.count; i += 8) {
    std::size_t c = 0;
    for (; c + 4 <= b.clusters; c += 4) eight_rows<4>(b, i, c);
    for (; c < b.clusters; ++c) eight_rows<1>(b, i, c);
  }
  for (; i < b.count; ++i) one_row(b, i);
}

}  // namespace coterie::COTERIE_ISA
