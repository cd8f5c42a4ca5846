// Principal components: the orthogonal directions in which rows vary most.
//
// When to use it: to draw rows in two dimensions, or to see how many independent things the columns say. Standardise
//   first unless columns share a unit.
// Cost: O(rows * columns^2), one pass after the means; columns are few (up to some hundreds).
// Source: Pearson 1901, Hotelling 1933: eigenvectors of the covariance matrix (Eigen's SelfAdjointEigenSolver).
// Care: covariance of centred values in fixed blocks. Very small components (below 1e-14 of the largest) are rounding.
#pragma once

#include <cstddef>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

// The fitted step, as plain data.
struct Pca {
  std::size_t columns = 0, components = 0;
  std::vector<double> means;               // a column
  std::vector<double> axes;                // components x columns, row-major; unit length
  std::vector<double> explained_variance;  // a component, falling; population variance (ddof 0; scikit-learn: n - 1)
  std::vector<double> explained_ratio;     // share of the total variance of all columns; 0 if there is none
};

// The first `components` (0 = all, at most as many as columns; else Error(usage)). Weights count as equal rows.
// Sign: an axis' largest value by magnitude (ties: the lowest column) is positive.
Pca fit_pca(MatrixView x, std::size_t components = 0, int threads = 0);

// Coordinates of rows on the axes: rows x components.
Matrix project(MatrixView x, const Pca& pca, int threads = 0);

}  // namespace coterie
