// Exactly equal rows become one row with a weight. About half of all customers of a shop do next to nothing and have
// equal rows; k-means, mixtures, PCA and silhouettes give the same answer on weighted unique rows at half the cost.
// Merge the raw features, then standardise the unique rows with their weights.
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/memory.h"

namespace coterie {

struct EqualRows {
  Matrix rows;                            // unique rows in the order of their first appearance
  HugeArray<double> weights;              // a unique row: the weight of all its equals (their number, if x has none)
  HugeArray<std::uint32_t> unique_of_row; // a row of x: its place in `rows`

  MatrixView view() const;  // rows with weights
};

// Two rows are equal when all values compare equal; -0 equals 0, and a NaN equals a NaN of the same bits. Exact:
// rows are grouped by a 64-bit hash, then every row is compared with its unique row, and a collision makes
// everything be hashed again. At most 2^32 - 1 rows (Error(usage)). Same result for any number of threads.
EqualRows merge_equal_rows(MatrixView x, int threads = 0);

// The first row of x that each unique row stands for.
std::vector<std::uint32_t> first_rows(const EqualRows& merged);

}  // namespace coterie
