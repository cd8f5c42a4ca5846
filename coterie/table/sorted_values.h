// A column of numbers in rising order, each different one once with how often it occurs: what quantiles, outliers and
// histograms are read off.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace coterie {

struct WeightedValue {
  double value = 0;
  std::uint64_t count = 1;
};

class SortedValues {
 public:
  // In any order; NaN is left out.
  explicit SortedValues(std::span<const double> values);
  explicit SortedValues(std::vector<WeightedValue> values);

  std::span<const WeightedValue> different() const { return values_; }
  std::uint64_t count() const { return before_.back(); }
  bool empty() const { return values_.empty(); }
  double least() const { return values_.front().value; }
  double most() const { return values_.back().value; }
  // Interpolated (type 7 of Hyndman & Fan 1996, as numpy and R). Not of an empty column.
  double quantile(double share) const;
  double mean() const { return mean_; }
  double deviation() const { return deviation_; }  // the population's (ddof 0)
  double skewness() const { return skewness_; }    // third moment over the cube of the deviation; 0 of a constant
  double median_deviation() const;                 // median distance from the median
  std::uint64_t count_below(double limit) const;   // strictly
  std::uint64_t count_above(double limit) const;   // strictly

 private:
  void add_up();
  double at(std::uint64_t place) const;  // of the values written out one by one
  void merge_equal();

  std::vector<WeightedValue> values_;
  std::vector<std::uint64_t> before_;  // occurrences before each, and at the end of all
  double mean_ = 0, deviation_ = 0, skewness_ = 0;
};

// How many values lie in each of up to 30 intervals of the same width. Where a few values lie far outside of the others the
// widths are the same on the scale sign(x) log(1 + |x|).
struct Histogram {
  bool logarithmic = false;
  std::vector<double> edges;          // one more than counts; each interval has its lower edge, the last one both
  std::vector<std::uint64_t> counts;
};
Histogram histogram_of(const SortedValues& values, std::size_t most_bins = 30);

}  // namespace coterie
