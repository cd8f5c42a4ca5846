// The choice of an algorithm, and the one place where it is taken: whichever it is, out come clusterings and their rules.
//
// What happens to more rows than an algorithm can bear is part of its options: restarts of k-means, constrained k-means and
// mixtures compete on a sample and the best goes on with all rows; k-prototypes and k-medoids are fitted to a sample; a tree is
// made of micro-clusters, and each row belongs to the nearest. `Sweep::notes` says what was done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "coterie/cluster/clustering.h"
#include "coterie/cluster/constrained_kmeans.h"
#include "coterie/cluster/fitted.h"
#include "coterie/cluster/gaussian_mixture.h"
#include "coterie/cluster/hdbscan.h"
#include "coterie/cluster/hierarchical.h"
#include "coterie/cluster/k_medoids.h"
#include "coterie/cluster/k_prototypes.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/cluster/mini_batch_kmeans.h"

namespace coterie {

struct HierarchicalChoice {
  Linkage linkage = Linkage::ward;
  std::size_t micro_clusters = 4096;       // leaves; with no more different rows than that the tree is that of the rows
  std::optional<double> cut = {};          // a height: as many clusters as have no merge above it, instead of a k
};

struct HdbscanChoice {
  std::size_t components = 2;              // principal components of the columns that densities are looked at in
  std::size_t min_cluster_size = 0;        // customers; 0: 1 % of them, at least 10
  std::size_t min_samples = 0;             // the customer itself not counted; 0: min_cluster_size, at most 10
  Selection selection = Selection::excess_of_mass;
  double epsilon = 0;
  bool allow_single_cluster = false;
  double smallest_distance = 0.01;         // distances below count as this one: else a thousand equal customers are infinitely dense
};

// restarts, seed and threads in these are overwritten by those of SweepOptions.
using Algorithm = std::variant<KmeansOptions, ConstrainedKmeansOptions, HierarchicalChoice, HdbscanChoice, GaussianMixtureOptions, KPrototypesOptions, KMedoidsOptions, MiniBatchOptions>;

const char* name_of(const Algorithm& algorithm);  // "kmeans", "constrained-kmeans", ...: as in --algorithm
// With default options. Throws Error(usage) that lists the names.
Algorithm algorithm_from_name(const std::string& name);
// "ward", "full", "excess-of-mass". Throw Error(usage) that lists the names.
Linkage linkage_from_name(const std::string& name);
Covariance covariance_from_name(const std::string& name);
Selection selection_from_name(const std::string& name);
// Seedings a k that are tried when nothing else is asked for; 1 where there are none.
int own_restarts(const Algorithm& algorithm);
// HDBSCAN, and a tree that is cut at a height, find the number of clusters themselves.
bool finds_k(const Algorithm& algorithm);

struct SweepOptions {
  KRange range = {3, 7};              // not looked at where finds_k
  std::optional<int> restarts = {};   // none: each algorithm's own
  std::uint64_t seed = 1;
  int threads = 0;
  bool keep_empty = false;            // also a k of which a cluster is nobody's
};

struct Sweep {
  std::vector<Clustering> clusterings;   // rising k
  std::vector<FittedRule> rules;         // one for each
  std::optional<MergeTree> tree;         // hierarchical: of the leaves, which are the points of the rules
  std::vector<double> leaf_customers;    // hierarchical
  std::vector<std::string> notes;
};

// x: scaled rows with weights. layout: which of its columns are words. A k of which a cluster is nobody's is left out with
// a note, unless keep_empty.
// Throws Error(usage) as the algorithms do, and when no k is left.
Sweep cluster_sweep(const Algorithm& algorithm, MatrixView x, const MixedLayout& layout, const SweepOptions& options = {});

}  // namespace coterie
