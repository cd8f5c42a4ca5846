// Gower's distance between rows of numbers and categories.
//
// d(a, b) = mean over the columns that both rows have of
//   numbers: |a - b| / range of the column;  categories: 0 if equal, else 1.    In [0, 1].
// Source: Gower 1971 (as 1 - similarity; categories are nominal, no asymmetric binaries), the same as R's daisy with
// metric "gower". NaN and missing_code are missing: the column is left out for that pair; rows with no column in
// common are at distance 1 (daisy says NA). A column without range counts 0.
#pragma once

#include <span>
#include <vector>

#include "coterie/cluster/mixed_view.h"

namespace coterie {

// 1 / range of each number column (0 where there is no range); plain data, so new rows are measured as the old ones.
struct GowerScale {
  std::vector<double> inverse_ranges;
};
GowerScale fit_gower(MixedView x);

double gower_distance(const GowerScale& scale, MixedView x, std::size_t a, std::size_t b);
// a of x against b of y.
double gower_distance(const GowerScale& scale, MixedView x, std::size_t a, MixedView y, std::size_t b);

// Distances of the given rows to each other: n x n, symmetric. Cost O(n^2 columns).
std::vector<double> gower_matrix(const GowerScale& scale, MixedView x, std::span<const std::size_t> rows, int threads = 0);

}  // namespace coterie
