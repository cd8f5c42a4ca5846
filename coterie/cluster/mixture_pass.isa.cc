// The E and M step of one block of rows, eight rows at once. See cluster/mixture_pass.h.
//
// Rows go by in strips of 128. E: z = x - mean, y = F z with F the inverse Cholesky factor, log density =
// constant - y'y / 2; then log-sum-exp over components. M: z scaled by sqrt(r), and z z' added tile by tile
// (4 x 4 columns in registers). Each sum keeps its eight lanes until the end of the block: the order of every
// addition is fixed by the data alone.
#include <algorithm>
#include <utility>

#include "coterie/base/simd_math.h"
#include "coterie/cluster/mixture_pass.h"

namespace coterie::COTERIE_ISA {
namespace {

constexpr std::size_t strip = mixture_strip;
// The loops over a tile are unrolled by name: else the sixteen sums live in memory, three times slower.

struct Scratch {
  double* z;          // padded x strip
  double* densities;  // clusters x strip: log densities, then responsibilities
  double* weights;    // strip
  double* copy;       // columns x strip, for the last, ragged strip
  double* lanes;      // (2 + clusters x component size) x 8
};

Scratch scratch_of(const MixtureBlock& block) {
  const PreparedMixture& m = *block.mixture;
  double* at = block.scratch;
  const auto take = [&](std::size_t n) { return std::exchange(at, at + n); };
  return {take(m.padded * strip), take(m.clusters * strip), take(strip), take(m.columns * strip), take(0)};
}

// A strip of rows: column j starts at values + j * stride; rows from `count` on are padding of weight 0.
struct Strip {
  const double* values;
  std::size_t stride, first, count;
};

Strip strip_at(const MixtureBlock& block, const Scratch& scratch, std::size_t first) {
  const std::size_t count = std::min(strip, block.count - first);
  for (std::size_t i = 0; i < strip; ++i)
    scratch.weights[i] = i >= count ? 0.0 : block.weights == nullptr ? 1.0 : block.weights[first + i];
  if (count == strip) return {block.values + first, block.stride, first, count};
  for (std::size_t j = 0; j < block.mixture->columns; ++j) {
    const double* from = block.values + j * block.stride + first;
    for (std::size_t i = 0; i < strip; ++i) scratch.copy[j * strip + i] = from[std::min(i, count - 1)];
  }
  return {scratch.copy, strip, first, count};
}

// y'y of four groups of eight rows; F is stored in tiles of four output rows.
void squared_norms(const PreparedMixture& m, const double* factors, const double* z, double* out) {
  F64x8 q[4] = {F64x8::all(0), F64x8::all(0), F64x8::all(0), F64x8::all(0)};
  for (std::size_t tile = 0; tile * 4 < m.columns; ++tile) {
    const double* f = factors + tile * m.padded * 4;
    F64x8 y[4][4];
#pragma GCC unroll 4
    for (int g = 0; g < 4; ++g)
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) y[g][i] = F64x8::all(0);
    const std::size_t last = std::min(tile * 4 + 4, m.columns);
    for (std::size_t j = 0; j < last; ++j, f += 4)
#pragma GCC unroll 4
      for (int g = 0; g < 4; ++g) {
        const F64x8 zj = F64x8::load(z + j * strip + g * 8);
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) y[g][i] = fma(F64x8::all(f[i]), zj, y[g][i]);
      }
#pragma GCC unroll 4
    for (int g = 0; g < 4; ++g)
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) q[g] = fma(y[g][i], y[g][i], q[g]);
  }
#pragma GCC unroll 4
  for (int g = 0; g < 4; ++g) q[g].store(out + g * 8);
}

void log_densities_full(const PreparedMixture& m, const Strip& s, const Scratch& scratch, std::size_t c) {
  const double* mean = m.means.data() + c * m.columns;
  for (std::size_t j = 0; j < m.columns; ++j)
    for (std::size_t i = 0; i < strip; i += 8)
      (F64x8::load(s.values + j * s.stride + i) - F64x8::all(mean[j])).store(scratch.z + j * strip + i);
  double* out = scratch.densities + c * strip;
  for (std::size_t i = 0; i < strip; i += 32)
    squared_norms(m, m.factors.data() + c * m.padded * m.padded, scratch.z + i, out + i);
  const F64x8 constant = F64x8::all(m.log_constants[c]), minus_half = F64x8::all(-0.5);
  for (std::size_t i = 0; i < strip; i += 8) fma(F64x8::load(out + i), minus_half, constant).store(out + i);
}

void log_densities_diagonal(const PreparedMixture& m, const Strip& s, const Scratch& scratch, std::size_t c) {
  const double* mean = m.means.data() + c * m.columns;
  const double* factor = m.factors.data() + c * m.columns;
  const F64x8 constant = F64x8::all(m.log_constants[c]), minus_half = F64x8::all(-0.5);
  for (std::size_t i = 0; i < strip; i += 8) {
    F64x8 q = F64x8::all(0);
    for (std::size_t j = 0; j < m.columns; ++j) {
      const F64x8 y = (F64x8::load(s.values + j * s.stride + i) - F64x8::all(mean[j])) * F64x8::all(factor[j]);
      q = fma(y, y, q);
    }
    fma(q, minus_half, constant).store(scratch.densities + c * strip + i);
  }
}

void add_to(double* lanes, F64x8 x) { (F64x8::load(lanes) + x).store(lanes); }

// Log densities of the components become responsibilities; the log density of the rows goes to `log_density`.
void normalise(const PreparedMixture& m, const Scratch& scratch, double* log_density) {
  for (std::size_t i = 0; i < strip; i += 8) {
    F64x8 most = F64x8::load(scratch.densities + i);
    for (std::size_t c = 1; c < m.clusters; ++c) {
      const F64x8 next = F64x8::load(scratch.densities + c * strip + i);
      most = select(most < next, next, most);
    }
    F64x8 total = F64x8::all(0);
    for (std::size_t c = 0; c < m.clusters; ++c) {
      double* at = scratch.densities + c * strip + i;
      const F64x8 e = exp(F64x8::load(at) - most);
      total = total + e;
      e.store(at);
    }
    const F64x8 scale = F64x8::all(1) / total, log_total = log(total), weight = F64x8::load(scratch.weights + i);
    for (std::size_t c = 0; c < m.clusters; ++c) {
      double* at = scratch.densities + c * strip + i;
      (F64x8::load(at) * scale).store(at);
    }
    (most + log_total).store(log_density + i);
    add_to(scratch.lanes, (most + log_total) * weight);
    add_to(scratch.lanes + 8, (F64x8::all(0) - log_total) * weight);
  }
}

std::int32_t likeliest(const PreparedMixture& m, const double* responsibilities) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < m.clusters; ++c)
    if (responsibilities[c * strip] > responsibilities[best * strip]) best = c;
  return static_cast<std::int32_t>(best);
}

void write_rows(const MixtureBlock& block, const Strip& s, const Scratch& scratch, const double* log_density) {
  const PreparedMixture& m = *block.mixture;
  if (block.rows.log_density != nullptr) std::copy_n(log_density, s.count, block.rows.log_density + s.first);
  if (block.rows.labels != nullptr)
    for (std::size_t i = 0; i < s.count; ++i) block.rows.labels[s.first + i] = likeliest(m, scratch.densities + i);
  if (block.rows.responsibilities != nullptr)
    for (std::size_t c = 0; c < m.clusters; ++c)
      std::copy_n(scratch.densities + c * strip, s.count, block.rows.responsibilities + c * block.rows.stride + s.first);
}

// lanes[a][b] += sum over the strip of z_a z_b for the 4 x 4 tile (a0, b0).
void add_tile(const double* za, const double* zb, double* lanes) {
  F64x8 t[4][4];
#pragma GCC unroll 4
  for (int a = 0; a < 4; ++a)
#pragma GCC unroll 4
    for (int b = 0; b < 4; ++b) t[a][b] = F64x8::load(lanes + (a * 4 + b) * 8);
  for (std::size_t i = 0; i < strip; i += 8) {
    F64x8 right[4];
#pragma GCC unroll 4
    for (int b = 0; b < 4; ++b) right[b] = F64x8::load(zb + b * strip + i);
#pragma GCC unroll 4
    for (int a = 0; a < 4; ++a) {
      const F64x8 left = F64x8::load(za + a * strip + i);
#pragma GCC unroll 4
      for (int b = 0; b < 4; ++b) t[a][b] = fma(left, right[b], t[a][b]);
    }
  }
#pragma GCC unroll 4
  for (int a = 0; a < 4; ++a)
#pragma GCC unroll 4
    for (int b = 0; b < 4; ++b) t[a][b].store(lanes + (a * 4 + b) * 8);
}

void add_moments_full(const PreparedMixture& m, const Strip& s, const Scratch& scratch, std::size_t c, double* lanes) {
  const double* mean = m.means.data() + c * m.columns;
  double* root = scratch.z + m.columns * strip;  // the column of ones, times sqrt(r)
  for (std::size_t i = 0; i < strip; i += 8)
    sqrt(F64x8::load(scratch.densities + c * strip + i) * F64x8::load(scratch.weights + i)).store(root + i);
  for (std::size_t j = 0; j < m.columns; ++j)
    for (std::size_t i = 0; i < strip; i += 8) {
      const F64x8 z = F64x8::load(s.values + j * s.stride + i) - F64x8::all(mean[j]);
      (z * F64x8::load(root + i)).store(scratch.z + j * strip + i);
    }
  for (std::size_t a = 0; a < m.padded; a += 4)
    for (std::size_t b = 0; b <= a; b += 4, lanes += 16 * 8) add_tile(scratch.z + a * strip, scratch.z + b * strip, lanes);
}

void add_moments_diagonal(const PreparedMixture& m, const Strip& s, const Scratch& scratch, std::size_t c, double* lanes) {
  const double* mean = m.means.data() + c * m.columns;
  double* r = scratch.z;
  F64x8 total = F64x8::load(lanes);
  for (std::size_t i = 0; i < strip; i += 8) {
    const F64x8 ri = F64x8::load(scratch.densities + c * strip + i) * F64x8::load(scratch.weights + i);
    total = total + ri;
    ri.store(r + i);
  }
  total.store(lanes);
  for (std::size_t j = 0; j < m.columns; ++j) {
    double *first = lanes + (1 + j) * 8, *second = lanes + (1 + m.columns + j) * 8;
    F64x8 a = F64x8::load(first), b = F64x8::load(second);
    for (std::size_t i = 0; i < strip; i += 8) {
      const F64x8 z = F64x8::load(s.values + j * s.stride + i) - F64x8::all(mean[j]);
      const F64x8 rz = z * F64x8::load(r + i);
      a = a + rz;
      b = fma(rz, z, b);
    }
    a.store(first);
    b.store(second);
  }
}

}  // namespace

void mixture_block(const MixtureBlock& block) {
  const PreparedMixture& m = *block.mixture;
  const Scratch scratch = scratch_of(block);
  const std::size_t component = mixture_component_size(m), sums = mixture_sums_size(m);
  std::fill_n(scratch.lanes, sums * 8, 0.0);
  std::fill_n(scratch.z, m.padded * strip, 0.0);
  alignas(64) double log_density[strip];
  for (std::size_t first = 0; first < block.count; first += strip) {
    const Strip s = strip_at(block, scratch, first);
    for (std::size_t c = 0; c < m.clusters; ++c)
      m.diagonal ? log_densities_diagonal(m, s, scratch, c) : log_densities_full(m, s, scratch, c);
    normalise(m, scratch, log_density);
    write_rows(block, s, scratch, log_density);
    if (block.step == MixtureStep::expect) continue;
    for (std::size_t c = 0; c < m.clusters; ++c) {
      double* lanes = scratch.lanes + (2 + c * component) * 8;
      m.diagonal ? add_moments_diagonal(m, s, scratch, c, lanes) : add_moments_full(m, s, scratch, c, lanes);
    }
  }
  for (std::size_t i = 0; i < sums; ++i) block.sums[i] = sum(F64x8::load(scratch.lanes + i * 8));
}

}  // namespace coterie::COTERIE_ISA
