// z-scores: (value - mean) / deviation, a column each.
#pragma once

#include <cstddef>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

// The fitted step, as plain data.
struct Standardisation {
  std::vector<double> means;                  // a column
  std::vector<double> deviations;             // a column: population deviation; 1 where the column is constant
  std::vector<std::size_t> constant_columns;  // their z-scores are 0
};

// Weighted mean = sum(w x) / sum(w); deviation = sqrt(sum(w (x - mean)^2) / sum(w)): the population's (ddof 0, as
// scikit-learn's StandardScaler; R's scale() and pandas' std() divide by n - 1). A weight w counts as w equal rows.
// Two passes, the second corrected by its own sum of deviations (Chan, Golub, LeVeque 1983), sums compensated
// (Neumaier 1974): within 1e-15 relative of the exact value of the data as given, save for the rounding of single terms.
// A column is constant when all its values are equal. Throws Error(usage) on NaN or infinite values, and
// Error(no_usable_rows) without rows.
Standardisation fit_standardisation(MatrixView x, int threads = 0);

// z-scores of x (weights are not carried over); x has as many columns as were fitted.
Matrix standardise(MatrixView x, const Standardisation& fitted, int threads = 0);
// The same in place.
void standardise_in_place(Matrix& x, const Standardisation& fitted, int threads = 0);

}  // namespace coterie
