// k-means: k centres such that the weighted sum of squared distances of rows to their nearest centre is least.
//
// When to use it: numeric columns on one scale (standardise first), compact clusters of similar spread.
// Cost: O(rows * columns * k) a pass; about 50 passes. All k of a sweep and all restarts share each pass.
// Papers: Lloyd 1982 (the iteration); Arthur & Vassilvitskii 2007 (k-means++ seeding), greedy as in Celebi et
//   al. 2013; Hartigan 1975 and Telgarsky & Vattani 2010 (single-row moves); Fränti 2018 (swaps, small data only);
//   Bachem, Lucic & Krause 2018 (lightweight coresets: the sample on which restarts run).
// Notation: x a row, w its weight, c a centre, W the weight of a cluster; inertia = sum of w |x - c|^2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/memory.h"
#include "coterie/cluster/clustering.h"

namespace coterie {

struct KmeansOptions {
  int restarts = 10;                  // seedings a k; more find better optima and cost more
  std::uint64_t seed = 1;             // same seed, same result, on any machine and number of threads
  int max_iterations = 300;           // Lloyd passes a run; a run that needs more has converged = false
  double tolerance = 0;               // stop when at most this share of the weight changes cluster; 0 = none does
  std::size_t sample_rows = 50'000;   // restarts run on about so many rows, then the best on all; 0 = on all rows
  bool exact = false;                 // true: restarts run on all rows (the same as sample_rows = 0)
  int polished = 2;                   // optima a k that are iterated on all rows: of twice as many of the sample, the best there
  bool thorough = true;               // up to 5,000 rows: improve every optimum, and try centres put elsewhere; above: move single
                                      // rows at the end. false is ten times cheaper on small data, 1.3 times on large
  int threads = 0;                    // 0 = all processors; no influence on the result
};

// Its clustering keeps the invariant: labels, inertia and sizes are those of assign(x, centres), bit for bit. Clusters of
// equal weight are in the lexicographic order of centres.
using KmeansResult = Clustering;

struct KRange {
  std::size_t first = 2, last = 10;  // inclusive
};

// Result of each k in order. kmeans(x, k, o) gives the same bits as the entry of k in any sweep with the same
// options: seeds of a restart are a sequence of which each k takes the first k.
// Throws Error(usage): k < 1, k above the number of distinct rows, no rows, NaN or infinite values.
std::vector<KmeansResult> kmeans_sweep(MatrixView x, KRange range, const KmeansOptions& options = {});
KmeansResult kmeans(MatrixView x, std::size_t k, const KmeansOptions& options = {});

// The nearest centre of each row, ties to the lowest index, and the squared distance to it.
struct Assignment {
  HugeArray<std::int32_t> labels;
  HugeArray<double> squared_distances;
};
// centres: row-major, as many as centres.size() / x.columns. The same kernel and arithmetic as in training, so
// training rows get their training labels; a row's label does not depend on the other rows.
Assignment assign(MatrixView x, std::span<const double> centres, int threads = 0);

}  // namespace coterie
