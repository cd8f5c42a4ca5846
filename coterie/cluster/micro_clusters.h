// Compresses any number of rows into a few thousand weighted ones, for algorithms that look at all pairs.
//
// What: splits the cell with the largest inertia in two, at the mean of its column of largest variance,
// until there are enough cells; a micro-cluster is a cell's weighted mean and total weight.
// When to use it: before hierarchical clustering of more than some ten thousand rows.
// Cost: O(rows * columns * log(count)) time, O(rows) memory beside the data, which is not copied.
// Papers: the splits of Wu 1991 (variance-based colour quantisation) and Boley 1998 (divisive
// partitioning); the use of weighted cells of Zhang, Ramakrishnan, Livny 1996 (BIRCH).
// Numerical care: two passes for means and variances.
// Tested by: inertia and means against direct sums; as many cells as different rows lose nothing; threads.
#pragma once

#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

struct MicroOptions {
  std::size_t count = 4096;  // at most so many cells
  int threads = 0;
};

struct MicroClusters {
  Matrix centres;               // cells x columns, weighted means; cells in order of their first row
  std::vector<double> weights;  // total weight of each cell
  std::vector<int> of_row;      // each row's cell
  double inertia = 0;           // weighted squared distances from the rows to their centres
};

// Equal rows always share a cell. Throws Error(usage) on count 0.
MicroClusters micro_clusters(const MatrixView& x, const MicroOptions& options = {});

}  // namespace coterie
