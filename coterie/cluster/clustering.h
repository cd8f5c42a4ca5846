// What every algorithm gives: rows in numbered clusters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "coterie/base/memory.h"

namespace coterie {

// A part of a row that stands for several equal customers.
struct RowPart {
  std::size_t row;
  std::int32_t cluster;
  double weight;
  bool operator==(const RowPart&) const = default;
};

// Clusters are numbered by weight, heaviest first.
struct Clustering {
  std::size_t k = 0, columns = 0;
  std::vector<double> centres = {};  // k x columns, row-major: the means, or what stands for them
  HugeArray<std::int32_t> labels = {};  // one a row, in [0, k); -1 is noise (HDBSCAN)
  std::vector<double> sizes = {};    // weight of each cluster
  double inertia = 0;                // sum of w |x - c|^2, noise left out
  int iterations = 0;                // of k-means: Lloyd passes over all rows of the winning run
  bool converged = false;            // false: the limit of iterations came first
  int refilled = 0;                  // times an empty cluster was given the farthest row, in the winning run
  int hartigan_moves = 0;            // single-row moves after Lloyd's convergence
  int restarts_agreeing = 0;         // of k-means: restarts that ended in the winning optimum; 0 when only a swap found it
  std::optional<double> runner_up_inertia = {};  // of k-means: the next best distinct optimum that was carried to the end
  std::vector<RowPart> parts = {};   // rows that a bound divides among clusters (constrained k-means); the label is the largest part's
  std::optional<double> log_likelihood = {}, bic = {}, icl = {};  // of mixtures; larger is better
};

}  // namespace coterie
