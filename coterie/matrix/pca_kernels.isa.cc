// What: products of one column with four others at a time over a tile in the L1 cache.
// Tested by pca_test.cc against plain loops.
#include "coterie/base/simd.h"
#include "coterie/matrix/pca_kernels.h"

namespace coterie::COTERIE_ISA {
namespace {

template <int count>
void add_some(const double* weighted, const double* centred, double* products) {
  F64x8 sums[count];
#pragma GCC unroll 4
  for (F64x8& sum : sums) sum = F64x8::all(0);
  for (std::size_t i = 0; i < covariance_tile_rows; i += 8) {
    const F64x8 w = F64x8::load(weighted + i);
#pragma GCC unroll 4
    for (std::size_t c = 0; c < count; ++c) sums[c] = fma(w, F64x8::load(centred + c * covariance_tile_rows + i), sums[c]);
  }
#pragma GCC unroll 4
  for (int c = 0; c < count; ++c) products[c] += sum(sums[c]);
}

void add_all(const double* weighted, const double* centred, std::size_t columns, double* products) {
  for (std::size_t j = 0; j < columns; ++j) {
    std::size_t l = j;
    const double* row = weighted + j * covariance_tile_rows;
    for (; l + 4 <= columns; l += 4) add_some<4>(row, centred + l * covariance_tile_rows, products + j * columns + l);
    for (; l < columns; ++l) add_some<1>(row, centred + l * covariance_tile_rows, products + j * columns + l);
  }
}

}  // namespace

extern const AddProducts add_products;
const AddProducts add_products = add_all;

}  // namespace coterie::COTERIE_ISA
