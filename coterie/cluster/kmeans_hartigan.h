// Single-row moves after Lloyd has converged: they leave local optima that Lloyd cannot. Inner part of kmeans.h.
#pragma once

#include "coterie/cluster/kmeans_lloyd.h"

namespace coterie {

struct HartiganPass {
  std::size_t moves = 0;
  double gain = 0;  // by how much the inertia fell
};

// One pass. A row x of weight w in cluster a goes to b when that lowers the inertia (Hartigan 1975):
//   W_b / (W_b + w) |x - c_b|^2 < W_a / (W_a - w) |x - c_a|^2,
// each side being what the row costs its cluster, the shift of the mean included. A cluster's only row stays.
// Candidates are found in parallel from the centres at the start of the pass, then tried again and moved one by
// one in the order of rows with centres kept up to date, so every move gains and the order never matters.
// Needs centres = means of labels, and leaves them so.
// One a run; all runs share the pass over the rows, and none sees another.
std::vector<HartiganPass> hartigan_pass(MatrixView x, std::span<LloydRun* const> runs, int threads);

// Hartigan passes and Lloyd in turn, at most `rounds` times, until no row moves or a pass lowers the inertia by less than
// `least_gain` of it (run.inertia: an estimate will do). Returns the number of moves of each run.
struct SingleRowLimits {
  int rounds = 100;
  double least_gain = 0;
  LloydLimits lloyd = {};
};
std::vector<int> improve_by_single_rows(MatrixView x, std::span<LloydRun* const> runs, const SingleRowLimits& limits);

}  // namespace coterie
