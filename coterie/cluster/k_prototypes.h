// k-prototypes: k-means for rows of numbers and categories.
//
// What: the cost of a row in a cluster is  sum (x - mean)^2 + gamma x (number of categories that differ from the modes).
//   Lloyd's way: all rows to the cheapest prototype, then all means and modes anew (Huang moves one row at a time; the
//   fixed points are the same kind, the path differs).
// When to use it: a few categories matter beside the numbers. With numbers only it is k-means, with categories only k-modes.
// Cost: O(n k (numbers + categories)) an iteration.
// Paper: Huang 1998, "Extensions to the k-means algorithm for clustering large data sets with categorical values".
// gamma: what one differing category weighs, in squared units of the numbers. Left out, it is half the mean standard
//   deviation (ddof 0) of the number columns (Huang advises 1/3 to 2/3 of it; the kmodes package takes half), or 1 without
//   number columns. Scale the numbers first: for z-scores that is 0.5.
// A missing category (missing_code) is a category of its own. Ties go to the lowest cluster and the lowest code. A cluster
// that loses all rows is refilled with the row that costs most (counted in `refills`).
// Tested by: all partitions of tiny data, an obvious objective, equal bits on any number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "coterie/cluster/mixed_view.h"

namespace coterie {

struct KPrototypesOptions {
  std::optional<double> gamma = std::nullopt;  // >= 0
  int restarts = 10;         // the least objective wins, ties to the earliest
  std::uint64_t seed = 1;
  int max_iterations = 100;  // of each start
  double tolerance = 0;      // stop when the objective falls by no more than this share
  int threads = 0;           // 0: all processors
};

struct KPrototypes {
  std::vector<std::int32_t> labels;   // rows
  std::vector<double> centres;        // k x number columns
  std::vector<std::uint32_t> modes;   // k x category columns
  double gamma = 0;                   // the one used
  double objective = 0;               // sum of weight x cost
  int iterations = 0;
  bool converged = false;
  int refills = 0;
};

// Numbers finite. Throws Error(usage) when k < 1 or k > rows.
KPrototypes k_prototypes(MixedView x, std::size_t k, const KPrototypesOptions& options = {});

// The cheapest prototype of each row.
std::vector<std::int32_t> assign(const KPrototypes& model, MixedView x, int threads = 0);

}  // namespace coterie
