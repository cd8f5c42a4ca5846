// k-means with a least and a most number of customers in each cluster.
//
// What: Lloyd's two steps, but rows go to centres by the cheapest assignment that keeps the bounds (exact, see
//   cluster/bounded_assignment.h), so the sum of squares never rises.
// When to use it: when a segment must be worth a campaign (least) or fit a budget (most).
// Cost: an iteration is O(n k d) for distances and the assignment's O(n k) plus the rows it moves.
// Paper: Bennett, Bradley, Demiriz 2000, "Constrained k-means clustering".
// Tested by: brute force over all partitions on tiny data, falling objective, kept bounds.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/bounded_assignment.h"

namespace coterie {

struct ConstrainedKmeansOptions {
  double least = 0;                                        // customers (sum of weights) a cluster must have
  double most = std::numeric_limits<double>::infinity();   // and may have
  int restarts = 10;                // k-means++ starts; the least objective wins, ties to the earliest
  std::uint64_t seed = 1;
  int max_iterations = 100;
  double tolerance = 1e-6;          // stop when the objective falls by less than this share
  std::size_t sample_rows = 20000;  // restarts compete on so many random rows (bounds in proportion) when there are
                                    // more, and the best goes on with all; 0: every restart on all rows
  int threads = 0;                  // 0: all processors
};

struct ConstrainedKmeans {
  std::vector<std::int32_t> labels;  // rows; of a divided row the cluster of its largest part
  std::vector<RowPart> parts;        // rows of weight > 1 that a bound divides among clusters (bounded_assignment.h)
  std::vector<double> centres;       // k x columns
  std::vector<double> sizes;         // k: customers, within [least, most]
  double objective = 0;              // sum of weight x squared distance to the own centre
  double gap = 0;                    // of the last assignment to its dual bound: no assignment to the centres it was
                                     // made for is cheaper by more
  int iterations = 0;
  bool converged = false;
};

// Throws Error(usage) when k < 1, k > rows, or the bounds cannot be kept.
ConstrainedKmeans constrained_kmeans(MatrixView x, std::size_t k, const ConstrainedKmeansOptions& options = {});

}  // namespace coterie
