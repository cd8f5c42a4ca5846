// Why a customer is in a segment, how sure that is, and what would move them to another: as the fitted rule says (cluster/row_rule.h
// has what each algorithm means by it).
//
// Reasons: the two columns that speak most for the own segment against the next.
// Move: the least change of one number alone (in scaled units), or of one category's word, by which the rule gives another segment
//   (never noise). Numbers take values that customers have: of each column and direction the farthest value (not of HDBSCAN, where there is only noise),
//   and the one nearest to the next segment's mean, are tried, and from one that moves the row the search halves the way back. So a smaller value does not move the row where a
//   segment is convex along a column, as all are by nearest centre; elsewhere a smaller change may exist, or one where none is named, but a move that is named is one.
//   It is arithmetic on the model, not a promise: features move together, and nobody's recency changes by being told.
// Cost: O(columns) changes a row, as a move found leaves little to search.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "coterie/base/matrix.h"
#include "coterie/base/memory.h"
#include "coterie/cluster/fitted.h"

namespace coterie {

struct RowReason {
  double certainty = 1;                                   // in [0, 1]; 1 where there is one segment only
  std::int32_t next = -1;                                 // the next segment; -1: there is none
  std::array<std::int32_t, 2> columns{-1, -1};            // that speak most for the own segment; -1: no further one does
  std::int32_t move_column = -1;                          // of a category the column of the new word; -1: nothing alone moves the row
  double move_value = 0;                                  // in the column's own unit
  std::int32_t move_to = -1;                              // the segment it would be in then
};

// The clustering that is explained.
struct ExplainedRows {
  MatrixView scaled;                       // different rows
  std::span<const std::int32_t> labels;    // one each, by `rule`; noise as the last of the segments
  const FittedRule& rule;
  std::span<const double> centres;         // segments x columns, row-major, scaled
  const MixedLayout& layout;
  MatrixView raw;                          // the same columns in their own units
  std::span<const std::uint32_t> raw_rows;  // row i of scaled is row raw_rows[i] of raw
};

// Ties go to the lower segment, and of columns to the one that speaks more. Same result for any threads.
HugeArray<RowReason> reasons_of_rows(const ExplainedRows& explained, int threads = 0);

// Customers whom a rule deals out (constrained k-means) may be in another segment than their row: theirs are added behind `reasons`,
// and reason_of_customer is changed to them. labels: a customer each.
void add_dealt_reasons(const ExplainedRows& explained, std::span<const std::int32_t> labels, HugeArray<RowReason>& reasons, std::span<std::uint32_t> reason_of_customer);

}  // namespace coterie
