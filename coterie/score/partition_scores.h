// The other scores of a clustering under their right names, of a sample of customers, with intervals where it is a sample.
//
//   squared_silhouette   Rousseeuw's formula on squared Euclidean distances. O(rows k): the mean squared distance to a cluster's rows is the
//                        squared distance to its mean + the mean squared distance of its rows to that.
//   medoid_silhouette    (b - a) / max(a, b) of distances to medoids, the own and the nearest other one (van der Laan, Pollard, Bryan 2003).
//   xie_beni, dunn       score/indices.h; dbcv: score/dbcv.h.
// None of these is the silhouette, and they cannot be compared with it or with each other.
// Intervals: of silhouettes over rows; of indices, which are no means over rows, over `parts` disjoint samples, which are smaller (Dunn's
//   index falls with the number of rows). Where the sample holds all customers everything is exact and low = high.
// Tested by: the definitions written out.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/clustering.h"
#include "coterie/score/estimate.h"

namespace coterie {

struct PartitionScores {
  std::size_t k = 0;
  Estimate squared_silhouette, medoid_silhouette, xie_beni, dunn, dbcv;  // NaN where not defined
};

struct PartitionScoresOptions {
  std::size_t sample_customers = 4000;
  std::size_t parts = 5;
  std::uint64_t seed = 1;
  int threads = 0;
};

struct PartitionScoresTable {
  bool exact = true;
  std::size_t customers = 0;       // in the sample
  std::size_t part_customers = 0;  // in each part, that xie_beni, dunn and dbcv are of; all where exact
  std::vector<PartitionScores> rows = {};  // a clustering each
};

// Of each clustering with 2 clusters or more; noise is left out, but for DBCV, which counts it.
PartitionScoresTable score_partitions(MatrixView x, std::span<const Clustering> sweep, const PartitionScoresOptions& options = {});

// A row each; labels in [0, k). 0 for the only row of a cluster.
std::vector<double> squared_silhouettes(MatrixView x, std::span<const std::int32_t> labels, std::size_t k);
// The row of each cluster with the least sum of distances to its rows, ties to the lowest. O(rows^2 / k).
std::vector<std::size_t> medoids_of(MatrixView x, std::span<const std::int32_t> labels, std::size_t k);

}  // namespace coterie
