#include "coterie/base/simd.h"

#include <cstddef>

namespace coterie::COTERIE_ISA {

// Rows on lanes, columns in the inner loop; two blocks of eight hide the latency of the additions.
void squared_distances(const double* values, std::size_t stride, std::size_t columns, const double* point,
                       std::size_t rows, double* out) {
  std::size_t i = 0;
  for (; i + 16 <= rows; i += 16) {
    F64x8 a = F64x8::all(0), b = F64x8::all(0);
    for (std::size_t j = 0; j < columns; ++j) {
      const double* column = values + j * stride + i;
      const F64x8 p = F64x8::all(point[j]);
      const F64x8 da = F64x8::load(column) - p, db = F64x8::load(column + 8) - p;
      a = a + da * da;
      b = b + db * db;
    }
    a.store(out + i);
    b.store(out + i + 8);
  }
  for (; i < rows; ++i) {
    double total = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      const double difference = values[j * stride + i] - point[j];
      total += difference * difference;
    }
    out[i] = total;
  }
}

}  // namespace coterie::COTERIE_ISA
