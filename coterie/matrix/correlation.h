// How columns of numbers go together: Pearson's correlation, and Spearman's, which is Pearson's of ranks.
#pragma once

#include <span>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

// Over the rows where neither is NaN; `weights` (empty: 1 each) count as so many equal rows. NaN where a column is constant there.
// Two passes, in the order of the rows.
double pearson(std::span<const double> x, std::span<const double> y, std::span<const double> weights = {});

// Ranks from 1; equal values share the mean of theirs ("average", as scipy's rankdata). NaN stays NaN and takes no rank. A row of
// weight w takes w ranks.
std::vector<double> average_ranks(std::span<const double> x, std::span<const double> weights = {});

// Square, row-major, 1 on the diagonal (NaN of a constant column). Pairs of columns with blanks are ranked over the rows both have.
struct Correlations {
  std::vector<double> pearson, spearman;
};
Correlations correlate(MatrixView x, int threads = 0);

}  // namespace coterie
