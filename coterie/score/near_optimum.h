// Is there another solution that is nearly as good, and how different is it?
//
// What: k-means from many seedings ends in several optima. Among those whose inertia is at most 1 % above the least, the
//   one whose labels agree least with the best optimum's (adjusted Rand index). If that is low, the segments that came out
//   were decided by a coin.
// Cost: `starts` runs of Lloyd's iteration a k, all k and starts in one pass over the rows.
// Source: Steinley 2008 (local optima as a sign of missing structure).
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/kmeans.h"

namespace coterie {

struct NearOptimum {
  std::size_t k = 0;
  double excess = 0;     // inertia above the least, as a share of it, in [0, 0.01]
  double agreement = 1;  // adjusted Rand index with the best; 1 and excess 0 when there is no other
};

struct NearOptimumOptions {
  int starts = 20;
  double most_excess = 0.01;
  std::uint64_t seed = 1;
  int threads = 0;
};

// Of each k of the range; x has at least range.last different rows.
std::vector<NearOptimum> near_optima(MatrixView x, KRange range, const NearOptimumOptions& options = {});

}  // namespace coterie
