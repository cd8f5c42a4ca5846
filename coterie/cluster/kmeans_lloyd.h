// Lloyd's iteration for many runs (k, restart) at once: one pass over the rows updates every run not yet
// converged. Inner part of kmeans.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/memory.h"

namespace coterie {

struct LloydRun {
  LloydRun(MatrixView x, std::vector<double> start);

  std::size_t k;
  std::vector<double> centres;      // k x columns, row-major
  std::vector<double> sums;         // k x columns: weighted sum of the rows of each cluster
  std::vector<double> weights;      // k
  HugeArray<std::int32_t> labels;   // -1 = none yet; rows rounded up to whole groups
  HugeArray<float> expiry;          // of a group of 16 rows: no need to look at them again while drift < expiry
  double drift = 0;                 // total of (largest + second largest) centre movement
  bool keep_bounds = false;         // worth its square roots once few rows change; true at the start when few will
  double changed_weight = 0;        // in the last pass
  double inertia = 0;               // set by evaluate()
  int iterations = 0;
  bool done = false, converged = false;
  int refilled = 0;
};

struct LloydLimits {
  int max_iterations = 300;
  double tolerance = 0;  // share of the total weight
  int threads = 0;
};

// Iterates every run to convergence; afterwards `centres` are the means of `labels`.
void run_lloyd(MatrixView x, std::span<LloydRun* const> runs, const LloydLimits& limits);

// Labels, sums, weights and inertia of each run anew from its centres (sums in the order of rows).
void evaluate(MatrixView x, std::span<LloydRun* const> runs, int threads);

// The inertia of each set of centres (k x columns), bit for bit that of evaluate(): one pass, no labels kept.
std::vector<double> inertias_of(MatrixView x, std::span<const std::vector<double>* const> centres, int threads);

// Sets centres to the means of the labels as they stand: sums anew, no distances.
void centre_on_labels(MatrixView x, std::span<LloydRun* const> runs, int threads);

// Rows a block: few enough blocks that their partial sums stay small, for any k.
std::size_t lloyd_block_rows(std::size_t rows);

}  // namespace coterie
