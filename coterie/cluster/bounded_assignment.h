// The cheapest assignment of rows to k clusters when each cluster must hold between `least` and `most` of the weight.
//
// What: a transportation problem, min sum f_ic cost_ic, sum_c f_ic = weight_i, least <= sum_i f_ic <= most, solved
//   exactly by successive shortest paths on a graph of k + 1 nodes (the clusters and the outside). The arc from cluster a
//   to b costs what moving the cheapest row of a to b costs, kept in a heap.
// Cost: O(n k) for the heaps, then a shortest path, O(k^2), and O(k log n) of heap work for each row moved. Given
//   good prices few rows move: prices come from the caller (the iteration before), or from a sample of 20,000 rows.
// Source: Ahuja, Magnanti, Orlin 1993, ch. 9 (successive shortest path); Bennett, Bradley, Demiriz 2000 (constrained k-means).
// Proof: every result carries the gap to its dual bound
//   sum_i weight_i min_c (cost_ic + price_c) - sum_c max(price_c most, price_c least),
//   which no assignment can undercut; the gap of an optimum is rounding only.
// Weighted rows: a row of weight w stands for w equal customers and may be divided among clusters when a bound binds. With
//   whole weights and bounds the parts are whole. The label is the cluster of the largest part, ties to the lowest; all
//   parts of a divided row are listed in `parts`.
// Tested by: brute force on tiny data, the gap on larger.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/clustering.h"

namespace coterie {

struct BoundedAssignment {
  std::vector<std::int32_t> labels;  // rows
  std::vector<RowPart> parts;        // of divided rows only, by row, then cluster
  std::vector<double> sizes;         // k: weight in each cluster
  std::vector<double> prices;        // k: > 0 where `most` binds, < 0 where `least` binds, else 0
  double cost = 0;                   // sum f_ic cost_ic
  double gap = 0;                    // cost - dual bound, >= 0 but for rounding
  std::size_t moves = 0;             // shortest paths used
};

// costs: rows x k, finite. weights: rows, > 0, or empty for 1 each. prices: a guess, k, or empty.
// Deterministic; ties to the lowest row and cluster.
// Throws Error(usage) when k least > total weight or k most < total weight.
BoundedAssignment assign_within_bounds(const Matrix& costs, std::span<const double> weights, double least, double most,
                                       std::vector<double> prices = {});

}  // namespace coterie
