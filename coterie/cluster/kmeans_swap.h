// Out of a local optimum: a centre is taken away and put elsewhere (random swap, Fränti 2018). Inner part of kmeans.h.
#pragma once

#include <cstdint>
#include <optional>

#include "coterie/cluster/kmeans_hartigan.h"

namespace coterie {

struct SwapOptions {
  std::uint64_t seed = 1;
  int proposals = 8;  // a round; run in one fused Lloyd
  int rounds = 20;    // at most
  int patience = 6;   // rounds that gain less than 1e-5 of the inertia before giving up
  SingleRowLimits single_rows = {};
};

// A round proposes swaps of the best run so far: a random centre goes to a row drawn by w * squared distance to its
// centre; Lloyd and single-row moves follow. Returns the best found if its inertia is lower than run.inertia (by
// more than 1e-9 of it), else nothing. For small data: each round costs as much as `proposals` restarts.
std::optional<LloydRun> improve_by_swaps(MatrixView x, const LloydRun& run, const SwapOptions& options);

}  // namespace coterie
