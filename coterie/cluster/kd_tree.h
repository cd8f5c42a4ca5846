// A kd-tree as plain data (Bentley 1975; Friedman, Bentley, Finkel 1977): for nearest neighbours in few
// columns (up to about ten; beyond, every search becomes a scan).
//
// Rows are put into tree order: `position` p holds row row_at[p], and the 8 rows of a leaf stand together.
// The nodes are a heap: node 1 is the root, node i has the children 2i and 2i + 1, leaf b is node
// leaves + b and holds the positions 8b .. 8b + 7. A node is cut across its longest side so that every
// leaf but the last is full. Leaves after the last row are empty: their box is [inf, -inf].
//
// Build: O(n log n) time, in parallel below the topmost levels; the same tree for any number of threads.
#pragma once

#include <cstdint>

#include "coterie/base/matrix.h"

namespace coterie {

inline constexpr std::size_t leaf_rows = 8;

struct KdTree {
  std::size_t rows = 0, columns = 0;
  std::size_t leaves = 0;           // a power of two, >= rows / 8
  HugeArray<double> boxes;          // node i: its lowest values at [2i * columns], its highest at [(2i + 1) * columns]
  HugeArray<double> points;         // column j of position 8b + l at [(b * columns + j) * 8 + l]; infinite after the last row
  HugeArray<std::uint32_t> row_at;  // the row at each position

  double at(std::size_t position, std::size_t column) const {
    return points[(position / leaf_rows * columns + column) * leaf_rows + position % leaf_rows];
  }
};

// x must be finite, with at least one column and fewer than 2^32 - 1 rows. Weights are not looked at.
KdTree build_kd_tree(const MatrixView& x, int threads = 0);

}  // namespace coterie
