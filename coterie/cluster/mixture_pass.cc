#include "coterie/cluster/mixture_pass.h"

#include "coterie/base/cpu.h"
#include "coterie/base/parallel.h"

namespace coterie {
namespace {

constexpr std::size_t block_rows = 16384;

auto block_kernel() {
  switch (isa()) {
    case Isa::avx512: return avx512::mixture_block;
    case Isa::avx2: return avx2::mixture_block;
    default: return plain::mixture_block;
  }
}

RowOutputs moved(RowOutputs rows, std::size_t by) {
  if (rows.log_density != nullptr) rows.log_density += by;
  if (rows.labels != nullptr) rows.labels += by;
  if (rows.responsibilities != nullptr) rows.responsibilities += by;
  return rows;
}

// The tiles of one component, as total, first and second moments.
void read_full(const double* tiles, std::size_t c, MixtureSums& sums) {
  const std::size_t d = sums.columns;
  const auto moment = [&](std::size_t a, std::size_t b) {  // a >= b
    const std::size_t row = a / 4, column = b / 4;
    return tiles[(row * (row + 1) / 2 + column) * 16 + a % 4 * 4 + b % 4];
  };
  sums.total[c] = moment(d, d);
  for (std::size_t j = 0; j < d; ++j) {
    sums.first[c * d + j] = moment(d, j);
    for (std::size_t i = 0; i <= j; ++i)
      sums.second[(c * d + i) * d + j] = sums.second[(c * d + j) * d + i] = moment(j, i);
  }
}

void read_diagonal(const double* values, std::size_t c, MixtureSums& sums) {
  const std::size_t d = sums.columns;
  sums.total[c] = values[0];
  for (std::size_t j = 0; j < d; ++j) {
    sums.first[c * d + j] = values[1 + j];
    sums.second[c * d + j] = values[1 + d + j];
  }
}

MixtureSums sums_of(const PreparedMixture& m, const std::vector<double>& values) {
  const std::size_t k = m.clusters, d = m.columns, component = mixture_component_size(m);
  MixtureSums sums{k, d, std::vector<double>(k), std::vector<double>(k * d),
                   std::vector<double>(m.diagonal ? k * d : k * d * d), values[0], values[1]};
  for (std::size_t c = 0; c < k; ++c) {
    const double* at = values.data() + 2 + c * component;
    m.diagonal ? read_diagonal(at, c, sums) : read_full(at, c, sums);
  }
  return sums;
}

}  // namespace

std::size_t mixture_component_size(const PreparedMixture& m) {
  const std::size_t tiles = m.padded / 4;
  return m.diagonal ? 1 + 2 * m.columns : tiles * (tiles + 1) / 2 * 16;
}

std::size_t mixture_sums_size(const PreparedMixture& m) { return 2 + m.clusters * mixture_component_size(m); }

std::size_t mixture_scratch_size(const PreparedMixture& m) {
  return (m.padded + m.clusters + 1 + m.columns) * mixture_strip + mixture_sums_size(m) * 8;
}

MixtureSums mixture_pass(const PreparedMixture& mixture, MatrixView x, MixtureStep step, RowOutputs rows, int threads) {
  const std::size_t blocks = block_count(x.rows, block_rows), size = mixture_sums_size(mixture);
  std::vector<double> partial(blocks * size);
  const int workers = threads > 0 ? threads : default_threads();
  std::vector<HugeArray<double>> scratch(static_cast<std::size_t>(workers));
  for_each_block(blocks, workers, [&](std::size_t b, int worker) {
    auto& space = scratch[static_cast<std::size_t>(worker)];
    if (space.empty()) space = HugeArray<double>(mixture_scratch_size(mixture));
    const auto [begin, end] = block_range(b, x.rows, block_rows);
    block_kernel()({&mixture, x.values + begin, x.stride, end - begin, x.weights == nullptr ? nullptr : x.weights + begin,
                    moved(rows, begin), step, space.data(), partial.data() + b * size});
  });
  std::vector<double> values(size);
  for (std::size_t b = 0; b < blocks; ++b)
    for (std::size_t i = 0; i < size; ++i) values[i] += partial[b * size + i];
  return sums_of(mixture, values);
}

}  // namespace coterie
