#include "coterie/cluster/distances.h"

#include "coterie/base/cpu.h"

namespace coterie {

#define COTERIE_DECLARE(name)                                                                                        \
  namespace name {                                                                                                   \
  void squared_distances(const double* values, std::size_t stride, std::size_t columns, const double* point,         \
                         std::size_t rows, double* out);                                                             \
  }
COTERIE_DECLARE(plain)
COTERIE_DECLARE(avx2)
COTERIE_DECLARE(avx512)
#undef COTERIE_DECLARE

void squared_distances(const MatrixView& x, const double* point, std::size_t begin, std::size_t end, double* out) {
  const auto kernel = isa() == Isa::avx512 ? avx512::squared_distances
                      : isa() == Isa::avx2 ? avx2::squared_distances
                                           : plain::squared_distances;
  kernel(x.values + begin, x.stride, x.columns, point, end - begin, out);
}

std::vector<double> row_of(const MatrixView& x, std::size_t row) {
  std::vector<double> point(x.columns);
  for (std::size_t j = 0; j < x.columns; ++j) point[j] = x.at(row, j);
  return point;
}

}  // namespace coterie
