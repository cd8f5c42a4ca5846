// Ward's linkage by the nearest-neighbour chain, on centroids.
//
// What: follows nearest neighbours until two clusters are each other's nearest, and merges those; Ward's
// dissimilarity only depends on centroids and weights, and no merge brings others nearer (reducibility),
// so the merges, sorted by height, are those of always merging the closest pair.
// Cost: about 3 rows searches of all clusters, each cut short: O(rows^2 * columns) at worst, O(rows) memory.
// Papers: Benzecri 1982, Juan 1982 (the chain); Murtagh 1983; Murtagh, Legendre 2014 (the criterion).
//
// How a search is cut short: clusters lie in groups of 32 near each other (kd order), with a bounding
// box and a least weight. A group whose box is too far is skipped; in the others float distances rule
// out what is surely too far; only the rest is computed in double. Everything is ordered anew when a
// third of the clusters is gone.
// Notation: D(A, B) = 2 |A||B| / (|A|+|B|) d^2 = 2 d^2 / (1/|A| + 1/|B|), the squared height.
// Numerical care: the float tests carry a margin for every rounding they make (see WardQuery), so the
// result is the exact double argmin, and the same on every processor. Ties: the chain's previous element,
// else the lowest row.
// Tested by: R's heights, the same linkage on a matrix, weights against duplicates, every ISA.
#pragma once

#include <vector>

#include "coterie/cluster/merge_tree.h"

namespace coterie {

// The rows - 1 merges as links between first rows, not sorted; height = sqrt(D).
std::vector<Link> link_by_ward_chain(const MatrixView& x);

}  // namespace coterie
