// Why a customer is in a segment, how sure that is, and what would move them to another.
//
// Notation: x a scaled row, c its own centre, n the next nearest, a = |x - c|, b = |x - n|.
// certainty = (b - a) / b: the simplified silhouette of one row (Hruschka, de Castro & Campello 2004); 1 at the own centre, 0
//   halfway between the two.
// Reasons: the columns j with the greatest (x_j - n_j)^2 - (x_j - c_j)^2; over all columns these add up to b^2 - a^2.
// Move: of one column alone, the least change in scaled units to a value that customers have, by which another centre
//   becomes the nearest. Along column j the two are equally near at x_j + (b^2 - a^2) / (2 (n_j - c_j)).
//   It is arithmetic on the model, not a promise: features move together, and nobody's recency changes by being told.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/memory.h"

namespace coterie {

struct RowReason {
  double certainty = 1;                                   // in [0, 1]; 1 where there is one segment only
  std::int32_t next = -1;                                 // the next nearest segment; -1: there is none
  std::array<std::int32_t, 2> columns{-1, -1};            // that speak most for the own segment; -1: no further one does
  std::int32_t move_column = -1;                          // -1: no single column moves the row
  double move_value = 0;                                  // in the column's own unit
  std::int32_t move_to = -1;                              // the segment it would be in then
};

// scaled: rows with their `labels`, each the nearest of `centres` (k x columns, row-major). raw: the same columns in their own
// units; row i of scaled is row raw_rows[i] of raw. Ties go to the lower segment or column. Same result for any threads.
HugeArray<RowReason> reasons_of_rows(MatrixView scaled, std::span<const double> centres, std::span<const std::int32_t> labels, MatrixView raw,
                                     std::span<const std::uint32_t> raw_rows, int threads = 0);

}  // namespace coterie
