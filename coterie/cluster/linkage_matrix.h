// Hierarchical clustering on a matrix of all dissimilarities.
//
// When to use it: for the linkages no shorter description of a cluster exists for (complete, average,
// weighted, Ward's D), and for centroid and median, whose heights may fall. Ward and single linkage
// have their own files, without a matrix.
// Cost: rows^2 / 2 doubles of memory; O(rows^2) time in practice, O(rows^3) at worst.
// Paper: Lance, Williams 1967 (updates); Anderberg 1973 and Muellner 2011, arXiv:1109.2378, "generic
// algorithm" (a nearest neighbour per row, as a lower bound that is looked up again only when it leads).
// Chosen over the nearest-neighbour chain, which has the better worst case, because it always merges the
// closest pair: ties go to the lowest pair of first rows whatever the linkage, as in R.
// Numerical care: dissimilarities are updated by the formulas in R's order of operations.
// Tested by: R's merges on 8 linkages; a naive O(rows^3) twin; weights against duplicates; threads.
#pragma once

#include <vector>

#include "coterie/cluster/hierarchical.h"
#include "coterie/cluster/merge_tree.h"

namespace coterie {

// The links in the order of merging. Every Linkage but single and ward. Throws Error(memory).
std::vector<Link> link_by_matrix(const MatrixView& x, Linkage linkage, int threads);

}  // namespace coterie
