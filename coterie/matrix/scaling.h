// Ways to make columns comparable: an optional bend of each column's scale, then shift and stretch.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coterie/matrix/standardise.h"

namespace coterie {

enum class ScalingMethod {
  z,            // (x - mean) / population deviation
  robust,       // (x - median) / interquartile range; the deviation where half of all values are alike
  min_max,      // (x - least) / (greatest - least)
  log_z,        // sign(x) log(1 + |x|), then z: for money and counts
  yeo_johnson,  // the power that makes the column most like a normal distribution (Yeo & Johnson 2000), then z
};
const char* name_of(ScalingMethod method);  // "min-max": as in --scale min-max
std::optional<ScalingMethod> scaling_method_from_name(const std::string& name);

// The fitted steps as plain data. Medians and quartiles of weighted rows are those of the single rows; quantiles are
// interpolated linearly (type 7 of Hyndman & Fan 1996, as numpy and R).
struct Scaling {
  ScalingMethod method = ScalingMethod::z;
  std::vector<double> lambdas = {};  // a column, for yeo_johnson: in [-5, 5], the likeliest to within 1e-8
  Standardisation linear = {};            // of the bent columns: what is taken off, what is divided by
};

// Same result for any number of threads. Throws as fit_standardisation does.
Scaling fit_scaling(MatrixView x, ScalingMethod method, int threads = 0);
void scale_in_place(Matrix& x, const Scaling& scaling, int threads = 0);
// What a single column is scaled by.
Scaling scaling_of_column(const Scaling& scaling, std::size_t column);

// Columns of scaled x whose greatest magnitude is above `limit`: a few rows there decide where k-means puts its centres.
struct HeavyTail {
  std::size_t column;
  double greatest;  // magnitude, in deviations
};
std::vector<HeavyTail> heavy_tails(MatrixView scaled, double limit = 20);

}  // namespace coterie
