// k-medoids: k real rows such that the rows' distances to the nearest of them are least in sum.
//
// What: PAM's swaps in the form FasterPAM (all k removals of one candidate judged in one O(n) pass, improving swaps done
//   at once); for many rows CLARA: PAM on several samples, the medoids that serve all rows best win.
// When to use it: mixed columns (Gower), missing values, outliers, or when each segment wants a typical real customer.
// Cost: PAM O(n^2) memory and O(n^2) a round over n = min(rows, sample_rows); CLARA adds O(rows k columns) a sample.
// Papers: Kaufman, Rousseeuw 1990 (PAM, CLARA); Schubert, Rousseeuw 2021 (FasterPAM).
// A result is optimal under single swaps (no medoid can be exchanged with profit), not over all choices.
// Tested by: every choice of medoids on tiny data, the naive cost of every swap.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/cluster/gower.h"
#include "coterie/cluster/mixed_view.h"

namespace coterie {

struct Medoids {
  std::vector<std::size_t> rows;     // k, rising
  std::vector<std::int32_t> labels;  // rows: position in `rows`; ties to the lowest
  double objective = 0;              // sum of weight x distance to the own medoid
  int iterations = 0;                // swaps
  bool converged = false;            // no swap is left that gains
};

struct PamOptions {
  int restarts = 3;            // the first starts from PAM's greedy BUILD, the others at random
  std::uint64_t seed = 1;
  int max_iterations = 10000;  // swaps of each start
};
// On any symmetric n x n distances (>= 0, diagonal 0); weights n or empty for 1 each.
// Throws Error(usage) when k < 1 or k > n.
Medoids faster_pam(std::span<const double> distances, std::size_t n, std::size_t k, std::span<const double> weights = {}, const PamOptions& options = {});

struct KMedoidsOptions {
  int restarts = 3;                // of PAM on each sample
  std::uint64_t seed = 1;
  int max_iterations = 10000;      // swaps of each start
  std::size_t sample_rows = 2000;  // up to so many rows PAM sees all; above, CLARA with samples of this size
  int samples = 5;                 // CLARA: samples drawn; each further one holds the best medoids so far
  int threads = 0;                 // 0: all processors
};

struct KMedoids {
  std::vector<std::int32_t> labels;  // rows
  std::vector<std::size_t> medoids;  // k rows of x, rising
  GowerScale scale;
  double objective = 0;              // sum of weight x Gower distance to the own medoid
  int iterations = 0;                // swaps in the winning sample
  bool converged = false;
};

KMedoids k_medoids(MixedView x, std::size_t k, const KMedoidsOptions& options = {});

}  // namespace coterie
