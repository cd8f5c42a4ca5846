// How many clusters: the silhouette with its interval decides, the elbow stands beside it.
//
// Rule. Let "best" be the k of the highest mean silhouette (ties: the smaller k). Chosen is the smallest k whose
//   paired difference to best has a 95 % interval that includes zero: the sample does not show that more
//   clusters are better, and fewer are easier to understand and to act on. When silhouettes are exact there is no
//   sampling error to allow for, and best is chosen.
// Mixtures: the highest BIC decides instead (Schwarz 1978; 2 log L - parameters log n), ties to the smaller k; they overlap, which
//   a silhouette punishes.
// Noise (HDBSCAN) is left out of silhouettes. An algorithm that finds less than two clusters has nothing to choose from.
// Limit: a k whose smallest cluster weighs less than least_size is shown but cannot be chosen, unless it is the only one swept.
// Elbow: the k whose point (k, inertia), both scaled to [0, 1] over the sweep, lies farthest below the chord from first
//   to last (the knee of Kneedle, Satopää et al. 2011, unsmoothed). It needs 3 values of k, depends on the range
//   swept, and always finds something: reported, never decisive.
// A high silhouette is no proof of clusters (score/ has tests for that).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coterie/cluster/kmeans.h"
#include "coterie/score/silhouette.h"

namespace coterie {

struct KChoiceRow {
  std::size_t k = 0;
  double inertia = 0;
  std::optional<Estimate> silhouette;  // none for k = 1
  std::optional<Estimate> behind_best;  // best's mean minus this one's, paired; none for k = 1
  std::vector<double> sizes;           // weight of each cluster, heaviest first
  int restarts_agreeing = 0;
  std::optional<double> runner_up_inertia;
  std::optional<double> log_likelihood = {}, bic = {}, icl = {};  // of mixtures; larger is better
};

struct KChoice {
  std::vector<KChoiceRow> rows;      // in the order of the sweep
  std::size_t chosen = 0;            // a k
  std::size_t best = 0;              // k of the highest mean silhouette
  std::optional<std::size_t> elbow;  // a k
  bool by_bic = false;               // a mixture: BIC chose, not the silhouette
  bool exact = true;                 // silhouettes of all rows, not of a sample
  std::size_t judged_rows = 0;
  std::vector<std::size_t> allowed;  // the ks within the limit, rising
  std::string reason;                // one or two sentences
};

// sweep: clusterings of x, at least one with k >= 2, and one within the limit (else Error(usage)).
KChoice choose_k(MatrixView x, std::span<const Clustering> sweep, const SilhouetteOptions& options = {}, double least_size = 0);

// Where an algorithm finds k itself and that is less than 2: one row without silhouette.
KChoice no_choice(const Clustering& found);

// The elbow of points (k, inertia) in rising order of k; none for fewer than 3 points or if none is below the chord.
std::optional<std::size_t> find_elbow(std::span<const std::size_t> ks, std::span<const double> inertias);

}  // namespace coterie
