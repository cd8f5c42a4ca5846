// Makes columns with equal values continuous, so that what only comes from counting or from "never" is no gap.
//
// What: counts, ratios and columns that are mostly zero have heaps: 0 orders, 1 order, half of the coupons. Between
//   heaps there is nobody, which a test for valleys would take for a border between segments. Each column is spread:
//   1. A heap at an end of the column (the lowest or highest value, shared by at least 5 %: "never", "always") says nothing
//      but that: each of its rows gets the value of another row outside of the heap, drawn at random.
//   2. Another value that m rows share is replaced by one drawn at random from the 3 m rows that are ranked around it (m
//      below, itself, m above): the heaps of ratios (1/2, 1/3, 2/3) are smoothed, clusters wider than a heap stay.
//   3. What is still shared is spread evenly over half of the way to the next different values.
//   Values that only one row has stay as they are: data without ties come back unchanged.
// When to use it: before score/valley.h. Ours; there is no paper. What it is good for is measured in bench/verdict.cc.
// Cost: O(columns * rows log rows).
#pragma once

#include <cstdint>

#include "coterie/base/matrix.h"

namespace coterie {

inline constexpr double heap_share = 0.05;

// x without weights (a row a customer). Same seed, same result.
Matrix spread_ties(MatrixView x, std::uint64_t seed);

}  // namespace coterie
