// A mean with its uncertainty: what every sampled score comes as.
#pragma once

#include <cmath>
#include <span>

namespace coterie {

// A mean and its 95 % interval (mean +- 1.96 standard errors); error 0 and low = mean = high when it is exact.
struct Estimate {
  double mean = 0, standard_error = 0, low = 0, high = 0;
};

inline Estimate estimate_from(double mean, double standard_error) {
  const double reach = 1.959963984540054 * standard_error;
  return {mean, standard_error, mean - reach, mean + reach};
}

// Mean of independent values; error = deviation (ddof 1) / sqrt(n), NaN for a single value.
inline Estimate estimate_of(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double value : values) mean += value;
  mean /= n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return estimate_from(mean, n > 1 ? std::sqrt(squares / (n - 1) / n) : std::nan(""));
}

}  // namespace coterie
