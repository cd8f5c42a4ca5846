// The gap statistic: is inertia lower than in data without clusters, and for how many clusters most so?
//
// What: compares log W_k with its mean over reference data drawn uniformly from a box around the rows.
// When to use it: to choose k when "no clusters at all" (k = 1) must be a possible answer. It finds it
// hard to settle when clusters overlap or lie in clusters themselves; then the result says so.
// Cost: (references + 1) * k_max fits, each on as many rows as x has.
// Paper: Tibshirani, Walther, Hastie 2001.
// Notation: W_k = sum over clusters of (sum of squared distances over ordered pairs) / (2 n_j) / 2 =
//   inertia / 2, the convention of R's clusGap with d.power = 2; the factor 1/2 cancels in the gap.
//   gap(k) = E*[log W_k] - log W_k; se(k) = sd(log W*_k) sqrt(1 + 1 / references), sd by references.
// Numerical care: the box along principal axes comes from the covariance of the rows, by Eigen.
// Tested by: R's log W exactly; its gaps within Monte-Carlo error; threads; weights.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

// Labels 0 .. k-1 of the rows of x. Called from several threads at once, so it must not share state, and
// had better use one thread itself. The same arguments must give the same labels.
using Fit = std::function<std::vector<int>(const MatrixView& x, int k, std::uint64_t seed)>;

enum class GapBox {
  principal,  // along the principal axes of the rows (the paper's choice (b), clusGap's default)
  plain,      // the range of each column (choice (a))
};

struct GapOptions {
  int k_max = 8;         // looks at 1 .. k_max
  int references = 50;   // data sets drawn; the error falls with their square root
  GapBox box = GapBox::principal;
  std::size_t reference_rows = 0;  // rows of each; 0 = the total weight of x, rounded
  std::uint64_t seed = 1;
  int threads = 0;
};

struct GapRow {
  int k;
  double log_w, expected_log_w, gap, se;
};

struct GapResult {
  std::vector<GapRow> rows;  // k = 1 .. k_max
  int tibshirani = 0;        // least k with gap(k) >= gap(k+1) - se(k+1); k_max if there is none
  int first_se_max = 0;      // least k with gap(k) >= gap(m) - se(m), m the first local maximum; clusGap's
  bool settled = false;      // both rules give this k, it is below k_max, and no gap is higher than its own
};

// Throws Error(usage) on k_max or references below 1 (2 references are needed for an error above 0), or
// k_max above the number of rows.
GapResult gap_statistic(const MatrixView& x, const Fit& fit, const GapOptions& options = {});

// The two rules and `settled`, from the rows of a result.
void choose_by_gap(GapResult& result);

}  // namespace coterie
