// Would other customers of the same shop give the same clusters? Three answers by resampling.
//
//   prediction_strength   Tibshirani, Walther 2005: fit both halves of the rows; of the pairs one half puts
//                         into a cluster, how many are together when the other half's clusters are assigned
//                         to them? The worst cluster counts. 1 for k = 1; choose the largest k with > 0.8.
//   bootstrap_jaccard     Hennig 2007 (fpc's clusterboot): how much of each cluster is found again in
//                         samples drawn with replacement, multiple points left out? >= .75 is stable,
//                         below .6 nothing to rely on, <= .5 dissolved.
//   half_split_agreement  adjusted Rand index between the labels two halves give to all rows.
//
// A row of weight w is w equal customers: halves and samples are drawn among customers, so a row may be in
// both halves. Weights must be whole numbers (Error(usage)).
// Cost: 2 (or 1) fits a replicate. The same seed draws the same halves for any k.
// Numerical care: none needed; counts of pairs are exact in doubles up to 9e15.
// Tested by: fpc's values within Monte-Carlo error; a twin over all pairs; weights; threads.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/score/estimate.h"
#include "coterie/score/gap.h"

namespace coterie {

// What was fitted: the labels of its rows, and its rule for any others. Called from several threads at once.
struct Fitted {
  std::vector<int> labels;
  std::function<std::vector<int>(const MatrixView& rows)> assign;
};
using FitAndAssign = std::function<Fitted(const MatrixView& x, int k, std::uint64_t seed)>;

// Other rows get the cluster with the nearest mean.
FitAndAssign with_nearest_centre(Fit fit);

struct StabilityOptions {
  int replicates = 50;
  std::uint64_t seed = 1;
  int threads = 0;
};

// Both answers of halves, from the same fits. Of the prediction strength both halves take both parts; a replicate's value is the mean
// of the two minima (as fpc). A cluster of one customer has no pairs to lose and counts as 1 (as fpc).
struct HalfSplit {
  Estimate agreement, prediction_strength;
};
HalfSplit half_split(const MatrixView& x, int k, const FitAndAssign& fit, const StabilityOptions& options = {});

struct ClusterStability {
  Estimate jaccard;
  int dissolved = 0;  // replicates with Jaccard <= .5
  int recovered = 0;  // replicates with Jaccard >= .75
};

struct BootstrapJaccard {
  std::vector<int> labels;                 // of the fit to all rows
  std::vector<ClusterStability> clusters;  // one for each of its clusters
};

// A cluster without customers in a sample counts as 0 there. Noise (-1) is no cluster. The second form judges labels
// that are there already (0 .. k-1, or -1) instead of those of a fit to all rows.
BootstrapJaccard bootstrap_jaccard(const MatrixView& x, int k, const Fit& fit, const StabilityOptions& options = {});
BootstrapJaccard bootstrap_jaccard(const MatrixView& x, std::vector<int> labels, int k, const Fit& fit, const StabilityOptions& options = {});

}  // namespace coterie
