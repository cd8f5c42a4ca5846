// HDBSCAN*: clusters of any shape as regions denser than what surrounds them, with noise.
//
// When to use it: two to about five columns (first principal components), clusters of unknown number and
// uneven density, and an honest "belongs nowhere" for the rest. For a segment for every customer: k-means.
// Papers: Campello, Moulavi, Zimek, Sander 2015 "Hierarchical density estimates for data clustering,
// visualization, and outlier detection" (ACM TKDD 10); McInnes, Healy 2017 "Accelerated hierarchical density
// based clustering"; Malzer, Baum 2020 for epsilon.
//
// Notation. core(p) is the distance from p to its min_samples-th other row: p itself is NOT counted, as in
// the Python package `hdbscan`; in the paper, and in scikit-learn, p is counted, so that their value is
// higher by one. reach(p, q) = max(core(p), core(q), |p - q|), Euclidean. lambda = 1 / reach.
// Equal rows are merged first and count as often as they stand there: exactly the answer of the rows unmerged.
// Where more than min_samples rows are equal their density is infinite, and so is the stability of a cluster
// of min_cluster_size of them: by the definition every such mass is a cluster. Give smallest_distance (the
// precision of the data, say) to have no density above 1 / smallest_distance.
// Ties: see condensed_tree.h; nothing depends on the order of rows but the numbers of the labels.
//
// Cost: O(n log n) in few columns; 5.3 million rows: see bench/hdbscan.cc. Memory about 200 bytes a distinct row.
// Numerical care: distances are compared squared, and squared in one way everywhere, so ties are exact.
// Tested by: hdbscan_test.cc against Prim's algorithm and the definition cut by cut, and against `hdbscan`.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/cluster/condensed_tree.h"
#include "coterie/cluster/kd_tree.h"
#include "coterie/base/matrix.h"

namespace coterie {

struct HdbscanOptions {
  std::size_t min_cluster_size = 5;                  // smaller groups are noise; at least 2
  std::size_t min_samples = 0;                       // rows about a row, itself not counted; 0: as min_cluster_size. More: smoother, more noise
  Selection selection = Selection::excess_of_mass;   // leaf: more, smaller, more even clusters
  double epsilon = 0;                                // clusters are not split below this distance
  bool allow_single_cluster = false;                 // one cluster and noise may be the answer
  double smallest_distance = 0;                      // distances below are taken for this one
  int threads = 0;                                   // 0: all; the answer is the same
};

inline constexpr std::int32_t noise = -1;

// All that assigning new rows needs. Positions are the kd-tree's, of distinct rows.
struct HdbscanModel {
  KdTree tree;
  HugeArray<std::uint32_t> count;          // rows merged at each position, cut off at min_samples + 1
  HugeArray<double> core;                  // squared core distances
  CondensedTree condensed;
  std::vector<std::int32_t> selected;      // the condensed clusters that are labels 0, 1, ...
  std::uint32_t min_samples = 1;
  double smallest_distance = 0, epsilon = 0;
};

struct HdbscanLabels {
  HugeArray<std::int32_t> label;    // 0, 1, ... in the order of the condensed tree, or `noise`
  HugeArray<double> probability;    // min(lambda, death) / death of its cluster, in [0, 1]; 0 for noise
  HugeArray<double> outlier_score;  // GLOSH: 1 - lambda / (largest lambda in the cluster it fell out of), in [0, 1]
};

// An edge of the spanning tree between given rows (the first of equal ones); rows equal to a row hang on it
// at its core distance and are not listed.
struct ReachEdge {
  std::uint32_t a, b;  // a < b
  double distance;     // mutual reachability
};

struct Hdbscan {
  HdbscanLabels rows;                // a given row each
  std::vector<double> size;          // by label: rows, by weight
  std::vector<double> persistence;   // by label: stability / (size * the tree's largest lambda), 1 if that is infinite; in [0, 1]
  double noise_size = 0;
  HugeArray<ReachEdge> spanning_tree;  // rising
  HugeArray<std::uint32_t> row_at;     // the given row (the first of equal ones) at each position of the model
  HdbscanModel model;
};

// x.weights, if given, must be whole numbers (how often the row stands there).
// With fewer rows than min_cluster_size all are noise with outlier score 0.
// With allow_single_cluster and the root selected, a row is labelled if it is still there when the root ends
// (or, with epsilon, at distance epsilon), as in `hdbscan`.
// Throws Error(usage): no column, min_cluster_size < 2, a negative distance, a value that is not finite or
// beyond 1e150, a weight that is not a whole number.
Hdbscan hdbscan(const MatrixView& x, const HdbscanOptions& options = {});

// Labels for rows that were not there, without changing a cluster and without a new one. A row p takes the
// core distance it has among the old rows, and the old row q nearest to it by mutual reachability (ties: by
// distance, then the lower row). It joins the tree with q at lambda = min(1 / reach(p, q), lambda(q)), in the
// cluster that q was in at that density: noise if that is not within a selected one. A row equal to an old
// one gets its answer exactly. (As approximate_predict of `hdbscan`, which looks at 2 min_samples rows only.)
HdbscanLabels assign(const HdbscanModel& model, const MatrixView& x, int threads = 0);

// The same, one row at a time. The model must live as long.
class HdbscanAnswers {
 public:
  explicit HdbscanAnswers(const HdbscanModel& model);

  struct Answer {
    std::int32_t label = noise;
    double probability = 0, outlier_score = 0;
  };
  // row: a value a column, finite and no larger than 1e150.
  Answer of_row(std::span<const double> row) const;
  // Of what left condensed cluster `cluster` at density `lambda`.
  Answer of_cluster(std::int32_t cluster, double lambda) const;
  std::int32_t label(std::int32_t cluster, double lambda) const;

 private:
  double root_threshold() const;

  const HdbscanModel* model_;
  std::vector<std::int32_t> above_;  // of each condensed cluster: the selected one that holds it
  std::vector<double> last_death_;
  std::vector<std::int32_t> label_;
};

}  // namespace coterie
