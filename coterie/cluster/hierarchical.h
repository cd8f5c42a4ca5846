// Hierarchical (agglomerative) clustering: each row starts alone, and the two closest clusters are
// merged until one is left. Gives a whole tree, so the number of clusters can be chosen afterwards.
//
// When to use it: for up to some ten thousand rows, or with hierarchical_large for millions, when the
// nesting of the clusters is of interest. Ward finds compact clusters of similar size, as k-means does;
// average and complete are alternatives; single finds chains and outliers.
//
// Linkage, and the height of a merge of clusters A and B (|A| = weight, c = mean, d = Euclidean distance):
//   ward      sqrt(2 |A||B| / (|A|+|B|)) d(c_A, c_B), so that height^2 / 2 is the rise of inertia; R's
//             "ward.D2", scipy's and fastcluster's "ward"              O(rows) memory (ward_linkage.h)
//   ward_d    the same update formula on distances that are not squared; R's "ward.D" (D2 is Ward's
//             criterion, this one is not; Murtagh, Legendre 2014)      matrix (linkage_matrix.h)
//   single    least d(a, b)                                            O(rows) memory (single_linkage.h)
//   complete  largest d(a, b)                                          matrix
//   average   weighted mean of d(a, b); "UPGMA"                        matrix
//   weighted  mean of the two parts' heights; "WPGMA", R's "mcquitty"  matrix
//   centroid  d(c_A, c_B)^2; "UPGMC"; heights may fall                 matrix
//   median    as centroid, parts weighing equally; "WPGMC"             matrix
// Centroid and median heights are squared distances, as R gives them for squared input; scipy's are
// their roots.
//
// A row of weight w is w equal rows that were merged at height 0 before: the tree is that of the
// duplicated rows without those merges. (Weights do not change single, complete, weighted and median.)
// Ties go to the lowest rows for the matrix linkages; Ward's and single linkage give one of the
// trees the ties allow, always the same one.
// Numerical care: all in double; float only in tests that rule out far pairs with a proven margin.
// Tested by: R's heights and merges on two data sets and 8 linkages, naive twins, weights, threads.
#pragma once

#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/merge_tree.h"

namespace coterie {

enum class Linkage { ward, ward_d, single, complete, average, weighted, centroid, median };

// "ward", "ward_d", ... as the enumerators are spelled.
const char* name_of(Linkage linkage);

struct HierarchicalOptions {
  Linkage linkage = Linkage::ward;
  int threads = 0;  // for the matrix; 0 = all processors; never changes the result
};

// The tree of all rows of x (1 to 2^31, finite values, weights > 0). O(rows^2 * columns) time.
// Throws Error(no_usable_rows) on no rows, Error(usage) on values that are not finite or weights that are
// not positive, Error(memory) when a matrix linkage does not fit.
MergeTree hierarchical(const MatrixView& x, const HierarchicalOptions& options = {});

struct LargeOptions {
  std::size_t micro_clusters = 4096;  // at most so many; more is finer and costs their square
  int clusters = 0;                   // k to label the rows with; 0 = only the tree
  Linkage linkage = Linkage::ward;
  int threads = 0;
};

struct LargeResult {
  std::vector<int> micro_of_row;  // a row's micro-cluster
  MergeTree tree;                 // of the micro-clusters; sizes are total weights of rows
  std::vector<int> labels;        // a row's cluster in 0 .. clusters-1, by first row; empty for clusters = 0
  double micro_inertia = 0;       // weighted squared distances lost inside the micro-clusters
};

// For any number of rows: compresses them into weighted micro-clusters (micro_clusters.h) and clusters
// those. Exact when no more than micro_clusters different rows exist. O(rows * columns * log) time.
LargeResult hierarchical_large(const MatrixView& x, const LargeOptions& options = {});

}  // namespace coterie
