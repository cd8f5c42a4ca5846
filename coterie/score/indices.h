// Indices of how good a partition is, from the data alone ("internal validity").
//
// Notation: n total weight, k clusters, c_j weighted mean and n_j weight of cluster j, c the mean of all,
// W = sum of w |x - c_label|^2 (inertia), B = sum of n_j |c_j - c|^2; all distances Euclidean.
// Labels are 0 .. k-1; a row with label -1 (noise) is left out everywhere. Clusters without rows are left
// out too, and do not count in k. A row of weight w is w equal rows.
// Tested by: R's and scikit-learn's values on iris, ruspini, xclara, faithful, usarrests; direct twins.
#pragma once

#include <span>

#include "coterie/base/matrix.h"

namespace coterie {

struct ValidityIndices {
  int clusters = 0;              // k, those with rows
  double inertia = 0;            // W; lower is better, but always falls with k
  double calinski_harabasz = 0;  // (B / (k-1)) / (W / (n-k)); higher is better
  double davies_bouldin = 0;     // lower is better
  double xie_beni = 0;           // W / (n min |c_i - c_j|^2); lower is better
};

// O(rows * columns). Calinski, Harabasz 1974; Davies, Bouldin 1979 with mean distance to the centre as
// spread and q = 1 (as scikit-learn and clusterCrit): mean over i of the largest (s_i + s_j) / |c_i - c_j|;
// Xie, Beni 1991 for a crisp partition. All three are NaN for k = 1; Calinski-Harabasz also for k = n.
// Centres that coincide give infinity. Throws Error(usage) when sizes differ or a label is below -1, and
// Error(no_usable_rows) when every row is noise.
ValidityIndices validity_indices(const MatrixView& x, std::span<const int> labels);

// Dunn 1973: least distance between rows of different clusters / largest distance within one cluster;
// higher is better. Exact, O(rows^2 * columns) time. NaN for one cluster; infinity when every cluster is
// a single point.
double dunn_index(const MatrixView& x, std::span<const int> labels, int threads = 0);

}  // namespace coterie
