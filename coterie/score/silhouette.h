// Silhouettes: how much nearer a row is to its own cluster than to the next one.
//
// Definition (Rousseeuw 1987): s = (b - a) / max(a, b), a = mean distance to the other rows of its own cluster, b = least
//   mean distance to the rows of another cluster; 0 for the only row of a cluster (as R's cluster and scikit-learn),
//   and 0 when a = b = 0. Euclidean distance. In [-1, 1].
// Weights: a row of weight w stands for w equal rows, so that it has w - 1 others at distance 0 in its cluster; merged
//   equal rows have exactly the silhouettes of the rows they were merged from. Means are weighted.
// Many k at once: rows are put in the order of their joint label (the tuple of labels in all partitions); sums of
//   distances are kept a joint label, and added up to the clusters of each partition: one pass serves all.
// Cost: rows x queries distances, direct differences; queries = all rows (exact, in f64) or a sample (in f32, twice as fast).
// Error of the sampled ones, u = 2^-24: a distance d between x and y is off by at most u (|x| + |y| + (columns / 2 + 3) d),
//   a silhouette by about twice the mean of that over max(a, b): 10^-6, where the sampling error is 10^-2. Sums are f64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/score/estimate.h"

namespace coterie {

// One clustering to judge: a label in [0, k) a row, every cluster inhabited, k >= 2.
struct Partition {
  std::span<const std::int32_t> labels;
  std::size_t k = 0;
};

struct SilhouetteOptions {
  std::size_t exact_up_to = 20'000;  // rows; all of them are judged then, and nothing is estimated
  std::size_t sample_rows = 2'000;   // else so many are drawn, by weight, with replacement
  std::uint64_t seed = 1;
  int threads = 0;
};

struct Silhouette {
  Estimate mean;
  std::vector<double> values;  // one for each of SilhouetteScores::rows
};

struct SilhouetteScores {
  bool exact = true;
  std::vector<std::size_t> rows;       // judged rows: all in order, or the sample (a row may occur again)
  std::vector<double> weights;         // what each counts in a mean: its weight, or 1 in a sample
  std::vector<Silhouette> partitions;  // in the order given
};

// Exact or sampled by options; the same rows are judged in every partition, always against all rows.
// Sampled: mean +- 1.96 standard errors (deviation with ddof 1 / sqrt(sample rows)); draws are independent, so the
// interval is of the mean over all rows, weights included.
// Throws Error(usage): labels of another length or outside [0, k), an empty cluster, k < 2, not finite values.
SilhouetteScores silhouettes(MatrixView x, std::span<const Partition> partitions, const SilhouetteOptions& options = {});

// Silhouette of every row of one partition, and their weighted mean: always exact, rows^2 distances.
SilhouetteScores exact_silhouette(MatrixView x, const Partition& partition, int threads = 0);

// mean(a) - mean(b) over the same rows, with the interval of the paired differences: far narrower than the two
// intervals suggest, because rows that are hard in one partition are hard in the other.
Estimate paired_difference(const SilhouetteScores& scores, std::size_t a, std::size_t b);

// Another number, O(rows * k): distances to centres stand for mean distances (Hruschka, Campello & Castro 2006:
// simplified silhouette): s = (b - a) / max(a, b), a = distance to the own centre, b = to the nearest other one.
// Not comparable with the silhouette: usually higher; the only row of a cluster has 1, not 0. centres: row-major,
// k x x.columns.
struct SimplifiedSilhouette {
  double mean = 0;
  std::vector<double> values;  // a row
};
SimplifiedSilhouette simplified_silhouette(MatrixView x, std::span<const double> centres, const Partition& partition,
                                           int threads = 0);

}  // namespace coterie
