// The tree a hierarchical clustering gives: which two clusters were merged, when, and how high.
//
// Numbering as in scipy: cluster i < rows is row i alone, cluster rows + m is what merge m made. In each
// merge left < right, which is also the order R prints (single rows first, then older clusters).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

struct Merge {
  std::uint32_t left, right;  // numbers of the two clusters, left < right
  double height;              // their dissimilarity, in the unit of the linkage (cluster/hierarchical.h)
  double size;                // total weight of the rows below
  bool operator==(const Merge&) const = default;
};

struct MergeTree {
  std::size_t rows = 0;
  std::vector<Merge> merges;         // rows - 1 of them; heights rise except at inversions
  std::vector<std::uint32_t> order;  // the rows, left to right, so that no branch crosses another
  bool squared = false;              // heights are squared distances (centroid, median)
  std::size_t inversions = 0;        // merges lower than the one before (centroid, median only)
};

// A merge before numbering: `a` and `b` are any rows of the two clusters.
struct Link {
  std::uint32_t a, b;
  double height;
};

// Numbers the links (in the order of merging), fills sizes, order and inversions.
// sort: stable by height first; right for every linkage without inversions.
MergeTree tree_of(std::vector<Link> links, const MatrixView& x, bool sort);

// Labels 0 .. k-1 of the k clusters left before the last k - 1 merges, numbered by first row (as R's
// cutree). Throws Error(usage) unless 1 <= k <= rows.
std::vector<int> cut(const MergeTree& tree, int k);

// Labels of the largest clusters in which no merge is higher than `height`. With inversions a cluster
// counts by the highest merge anywhere below it (scipy's "distance" criterion).
std::vector<int> cut_at_height(const MergeTree& tree, double height);

// Pearson's correlation over all pairs of rows between their distance and the height at which the tree
// joins them (Sokal, Rohlf 1962); 1 is a perfect picture. Squared distances where tree.squared. A row of
// weight w counts as w equal rows joined at height 0. O(rows^2 * columns) time, O(rows) memory.
// NaN if either side is constant.
double cophenetic_correlation(const MatrixView& x, const MergeTree& tree, int threads = 0);

}  // namespace coterie
