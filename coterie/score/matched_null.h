// How far scores stand above those of data without clusters (score/null_data.h), fitted the same way.
//
// What: for each k and each null, three scores of the data beside their mean and deviation over drawings of the null:
//   silhouette   mean over all rows
//   gap          - log(inertia): how much more compact; Tibshirani's gap against this null is value - null_mean
//   agreement    adjusted Rand index of the labels that two halves of the rows give to all
//   p_value = (1 + drawings at least as high) / (1 + drawings) (Davison, Hinkley 1997); z = (value - mean) / deviation.
// What it does not say: that there are segments. `normal` is beaten by any skewed crowd, and `permuted` by any correlated
//   one; the silhouette on `copula` data is the one to beat, and clusters that single columns show are in it as well.
// Cost: (drawings * 3 + 1) * 3 fits of half to all of the rows for all k at once.
// Tested by: one normal is not above `normal`, planted clusters are above all; any number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/score/null_data.h"
#include "coterie/score/refit.h"

namespace coterie {

struct NullComparison {
  double value = 0;
  double null_mean = 0, null_deviation = 0;  // deviation with ddof 1
  double z = 0;                              // 0 when the deviation is 0
  double p_value = 1;
};

struct NullTest {
  std::size_t k = 0;
  NullKind null = NullKind::permuted;
  NullComparison silhouette, gap, agreement;
};

struct NullTestOptions {
  int drawings = 19;  // of each null; the least p-value is 1 / (1 + drawings)
  std::uint64_t seed = 1;
  int threads = 0;
};

// One for each k of the range (2 or more) and null, k first. x: a sample of rows without weights. refit: how rows are clustered.
std::vector<NullTest> null_tests(MatrixView x, KRange range, const Refit& refit, const NullTestOptions& options = {});

}  // namespace coterie
