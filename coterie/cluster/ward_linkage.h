// Ward's linkage by pairs that are each other's nearest, on centroids.
//
// What: in rounds, every cluster knows its nearest one, and all pairs that are each other's nearest are merged. Ward's
// dissimilarity only depends on centroids and weights, and no merge brings others nearer (reducibility), so
// the merges, sorted by height, are those of always merging the closest pair.
// Cost: O(rows^2 * columns) at worst, O(rows) memory; see ward_search.h for how a search is cut short.
// Papers: Benzecri 1982, Juan 1982 (reciprocal neighbours, reducibility); Murtagh 1983; Murtagh, Legendre 2014 (the
// criterion); Lance, Williams 1967 (the update from which the bound below follows).
//
// Few clusters are searched for: each keeps its few nearest ones and a bound that all others are not below. What they were
// merged into stands for them, and while the nearest of these is within the bound it is the nearest of all. A and B of
// weights a, b, with bounds p and q, merged at D(A, B) = h, have, for any other cluster C of weight c >= l,
//   D(AB, C) = ((a+c) D(A,C) + (b+c) D(B,C) - c h) / (a+b+c) >= min(((a+l) p + (b+l) q - l h) / (a+b+l), p + q - h),
// the middle being monotone in c. l is the least weight of all.
// Notation: D(A, B) = 2 |A||B| / (|A|+|B|) d^2 = 2 d^2 / (1/|A| + 1/|B|), the squared height.
// Numerical care: D in double from centroids; ties go to the pair with the lowest rows, so the same merges come out on
// every processor.
// Tested by: R's heights, the same linkage on a matrix, weights against duplicates, every ISA.
#pragma once

#include <vector>

#include "coterie/cluster/merge_tree.h"

namespace coterie {

// The rows - 1 merges as links between first rows, not sorted; height = sqrt(D).
std::vector<Link> link_by_ward(const MatrixView& x);

}  // namespace coterie
