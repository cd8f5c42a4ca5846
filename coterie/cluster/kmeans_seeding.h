// Where k-means and its kin start: k-means++ seeds, and the sample of rows on which restarts run. Inner part of kmeans.h.
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/memory.h"
#include "coterie/base/random.h"

namespace coterie {

// One sequence of seeds a restart; its first k are the start for k. Restart r draws from Random(seed, r).
// Each new seed is drawn with probability w * squared distance to the nearest seed so far (Arthur &
// Vassilvitskii 2007). Even restarts draw three candidates and keep the best (greedy, finds better optima on
// average), odd ones draw one (finds other optima). A sequence ends early when every row is a seed already.
struct Seeds {
  std::size_t columns = 0;
  std::vector<std::vector<double>> centres;  // a restart: seeds x columns, row-major

  // Seeds found in every restart.
  std::size_t complete() const;
};
Seeds seed_kmeans(MatrixView x, std::size_t k, int restarts, std::uint64_t seed, int threads);

// k seeds (k x columns), drawn greedily as those of restart 0, from at most 50,000 rows drawn at random; some are equal where there
// are fewer different rows.
std::vector<double> one_seeding(MatrixView x, std::size_t k, Random& random);

// Rows that stand for all, `wanted` of them or up to half fewer when outliers dominate the spread: a row is drawn with probability p = min(1, wanted * q),
// q = (w / total weight + w |x - mean|^2 / total of the same) / 2, and weighs w / p: the lightweight coreset of
// Bachem, Lucic & Krause 2018. Every sum over rows is estimated without bias, and outliers, which decide where
// k-means ends on heavy tails, are always in.
struct WeightedSample {
  Matrix rows;
  HugeArray<double> weights;
  MatrixView view() const;
};
WeightedSample draw_coreset(MatrixView x, std::size_t wanted, std::uint64_t seed, int threads);

}  // namespace coterie
