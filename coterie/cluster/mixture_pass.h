// One pass over the rows of a Gaussian mixture: log densities (E step) and the weighted sums of the next
// parameters (M step) of a block of rows while it is in cache, so that the data is read once an iteration.
// For cluster/gaussian_mixture.cc; not meant for callers of the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

// A mixture made ready for the pass. d = columns, p = d + 1 rounded up to 4.
struct PreparedMixture {
  std::size_t clusters = 0, columns = 0, padded = 0;
  bool diagonal = false;
  std::vector<double> means;          // clusters x columns
  std::vector<double> factors;        // full: clusters x (p/4) x p x 4, factor (i, j) of the inverse Cholesky factor
                                      // at [i / 4][j][i % 4]; diagonal: clusters x columns, 1 / standard deviation
  std::vector<double> log_constants;  // clusters: log weight - d/2 log(2 pi) + log det(factor)
};

// What the M step needs, about the means of the model that was passed in (no cancellation of large means):
// with r = weight of the row x responsibility and z = row - mean,
struct MixtureSums {
  std::size_t clusters = 0, columns = 0;
  std::vector<double> total;    // clusters: sum r
  std::vector<double> first;    // clusters x columns: sum r z
  std::vector<double> second;   // full: clusters x columns x columns: sum r z z'; diagonal: clusters x columns: sum r z z
  double log_likelihood = 0;    // sum over rows of weight x log density
  double log_certainty = 0;     // sum over rows of weight x log of the largest responsibility (<= 0)
};

// Where to write what is known of each row; null is not wanted.
struct RowOutputs {
  double* log_density = nullptr;       // rows
  std::int32_t* labels = nullptr;      // rows; the likeliest component, ties to the lowest
  double* responsibilities = nullptr;  // rows x clusters, column c at c * stride
  std::size_t stride = 0;
};

enum class MixtureStep { expect, expect_and_sum };

// Same bits for any number of threads: blocks of 16384 rows, added in their order.
MixtureSums mixture_pass(const PreparedMixture& mixture, MatrixView x, MixtureStep step, RowOutputs rows, int threads);

// --- the kernel (mixture_pass.isa.cc) ---

struct MixtureBlock {
  const PreparedMixture* mixture = nullptr;
  const double* values = nullptr;   // the block's first row of column 0
  std::size_t stride = 0, count = 0;
  const double* weights = nullptr;  // may be null
  RowOutputs rows;                  // already moved to the block
  MixtureStep step = MixtureStep::expect;
  double* scratch = nullptr;        // mixture_scratch_size() doubles, aligned to 64 bytes
  double* sums = nullptr;           // mixture_sums_size(): log likelihood, log certainty, sums a component
};
std::size_t mixture_sums_size(const PreparedMixture& mixture);
std::size_t mixture_scratch_size(const PreparedMixture& mixture);
// Doubles a component in `sums`: full: the 4 x 4 tiles on and below the diagonal of the p x p moment matrix of
// (z, 1, 0...); diagonal: sum r, sum r z, sum r z z.
std::size_t mixture_component_size(const PreparedMixture& mixture);

inline constexpr std::size_t mixture_strip = 128;  // rows handled at once; what they need stays in the L1 cache

namespace plain { void mixture_block(const MixtureBlock& block); }
namespace avx2 { void mixture_block(const MixtureBlock& block); }
namespace avx512 { void mixture_block(const MixtureBlock& block); }

}  // namespace coterie
