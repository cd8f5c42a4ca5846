// Data like the ones at hand, but without clusters: what scores have to beat.
//
//   permuted   every column by itself in random order: the same margins, no connection between columns.
//   copula     the same margins with the same correlation: rows of a normal distribution, whose column-wise ranks are
//              replaced by the data's sorted values (Gaussian copula). The normal's correlations are corrected until
//              the normal scores of what comes out correlate as those of the data do (ties share the mean of their scores).
//   normal     one normal distribution of the data's mean and covariance.
//
// When to use it: a silhouette of 0.47 means nothing by itself: skewed data without clusters have it too. Clusters that the
//   margins show by themselves (one column with two peaks) are in `permuted` and `copula` as well; only `normal`, and
//   score/valley.h, can see those.
// Cost: fitting O(columns * rows log rows + columns^2 rows), five times for the correction; a drawing O(rows * columns^2).
// Papers: Liu et al. 2008 (one normal as the null); Sklar 1959, Nelsen 2006 (copula).
// Numerical care: corrected correlations that are no longer positive are shrunk towards the identity.
// Tested by: margins exactly, correlations within their error, one number of threads or many.
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/random.h"

namespace coterie {

enum class NullKind { permuted, copula, normal };
inline constexpr NullKind null_kinds[] = {NullKind::permuted, NullKind::copula, NullKind::normal};
const char* name_of(NullKind kind);

// All that is needed to draw from the nulls of x.
struct NullModel {
  std::size_t rows = 0, columns = 0;
  Matrix sorted;                    // each column of x in rising order
  std::vector<double> copula_root;  // columns x columns, row-major, lower triangle: rows of independent normals become correlated ones
  std::vector<double> means;
  std::vector<double> normal_root;  // the same for `normal`
};

// x without weights, at least 2 rows.
NullModel fit_null(MatrixView x, std::uint64_t seed);

// As many rows as x has.
Matrix draw_null(const NullModel& model, NullKind kind, Random random);

}  // namespace coterie
