#include "coterie/cluster/centre_distances.h"

#include <cassert>

#include "coterie/base/cpu.h"
#include "coterie/base/parallel.h"

namespace coterie {
namespace {

auto block_kernel() {
  switch (isa()) {
    case Isa::avx512: return avx512::distance_block;
    case Isa::avx2: return avx2::distance_block;
    default: return plain::distance_block;
  }
}

}  // namespace

void centre_distances(MatrixView x, std::span<const double> centres, Matrix& out, int threads) {
  const std::size_t k = out.columns();
  assert(out.rows() == x.rows && centres.size() == k * x.columns);
  constexpr std::size_t block_rows = 4096;
  for_each_block(block_count(x.rows, block_rows), threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, x.rows, block_rows);
    const double* values = x.columns == 0 ? nullptr : x.values + begin;
    block_kernel()({values, x.stride, end - begin, x.columns, centres.data(), k, out.column(0).data() + begin, out.view().stride});
  });
}

}  // namespace coterie
