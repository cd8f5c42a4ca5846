// Single linkage as the minimum spanning tree of all distances.
//
// Cost: O(rows^2 * columns) time, O(rows) memory beside a copy of the data; no matrix.
// Paper: Gower, Ross 1969 (tree and single linkage are the same); Prim 1957.
// Numerical care: compares squared distances, takes the root once an edge.
// Tested by: R's heights, a naive twin, weights.
#pragma once

#include <vector>

#include "coterie/cluster/merge_tree.h"

namespace coterie {

// The rows - 1 edges of the tree, in the order Prim's walk from row 0 finds them; height is the distance.
// Among equally near rows the walk takes the lowest.
std::vector<Link> spanning_links(const MatrixView& x);

}  // namespace coterie
