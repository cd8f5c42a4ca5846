#include "coterie/table/sorted_values.h"

#include <algorithm>
#include <cmath>

namespace coterie {
namespace {

double bend(double x) { return std::copysign(std::log1p(std::abs(x)), x); }
double unbend(double y) { return std::copysign(std::expm1(std::abs(y)), y); }

// The range is 10 times what nine tenths of the values take.
bool reaches_far(const SortedValues& values) {
  const double range = values.most() - values.least(), middle = values.quantile(0.95) - values.quantile(0.05);
  return range > 10 * middle && range > 20;
}

// Whole numbers close together have an interval each.
bool is_small_count(const SortedValues& values, std::size_t most_bins) {
  const auto all = values.different();
  return values.most() - values.least() < static_cast<double>(most_bins) && std::all_of(all.begin(), all.end(), [](const WeightedValue& v) { return v.value == std::floor(v.value); });
}

}  // namespace

SortedValues::SortedValues(std::span<const double> values) {
  std::vector<double> sorted;
  sorted.reserve(values.size());
  for (const double value : values)
    if (!std::isnan(value)) sorted.push_back(value);
  std::sort(sorted.begin(), sorted.end());
  for (const double value : sorted)
    if (!values_.empty() && values_.back().value == value) ++values_.back().count;
    else values_.push_back({value, 1});
  add_up();
}

SortedValues::SortedValues(std::vector<WeightedValue> values) : values_(std::move(values)) {
  std::erase_if(values_, [](const WeightedValue& v) { return std::isnan(v.value) || v.count == 0; });
  std::sort(values_.begin(), values_.end(), [](const WeightedValue& a, const WeightedValue& b) { return a.value < b.value; });
  merge_equal();
  add_up();
}

void SortedValues::merge_equal() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (kept > 0 && values_[kept - 1].value == values_[i].value) values_[kept - 1].count += values_[i].count;
    else values_[kept++] = values_[i];
  values_.resize(kept);
}

// Sums in extended precision and in the order of the values, so that they depend on nothing else.
void SortedValues::add_up() {
  before_.assign(1, 0);
  before_.reserve(values_.size() + 1);
  long double sum = 0, squares = 0, cubes = 0;
  for (const WeightedValue& v : values_) {
    before_.push_back(before_.back() + v.count);
    sum += static_cast<long double>(v.value) * static_cast<long double>(v.count);
  }
  if (values_.empty()) return;
  const auto n = static_cast<long double>(count());
  const long double mean = sum / n;
  for (const WeightedValue& v : values_) {
    const long double d = static_cast<long double>(v.value) - mean, w = static_cast<long double>(v.count);
    squares += w * d * d, cubes += w * d * d * d;
  }
  mean_ = static_cast<double>(mean);
  deviation_ = static_cast<double>(std::sqrt(squares / n));
  skewness_ = values_.size() < 2 ? 0 : static_cast<double>(cubes / n / (squares / n * std::sqrt(squares / n)));
}

double SortedValues::at(std::uint64_t place) const {
  const auto it = std::upper_bound(before_.begin(), before_.end(), place);
  return values_[static_cast<std::size_t>(it - before_.begin()) - 1].value;
}

double SortedValues::quantile(double share) const {
  const double place = share * static_cast<double>(count() - 1);
  const auto below = static_cast<std::uint64_t>(place);
  const double low = at(below), high = at(std::min(below + 1, count() - 1));
  return low + (place - static_cast<double>(below)) * (high - low);
}

double SortedValues::median_deviation() const {
  const double median = quantile(0.5);
  std::vector<WeightedValue> distances = values_;
  for (WeightedValue& v : distances) v.value = std::abs(v.value - median);
  return SortedValues(std::move(distances)).quantile(0.5);
}

std::uint64_t SortedValues::count_below(double limit) const {
  const auto it = std::lower_bound(values_.begin(), values_.end(), limit, [](const WeightedValue& v, double x) { return v.value < x; });
  return before_[static_cast<std::size_t>(it - values_.begin())];
}

std::uint64_t SortedValues::count_above(double limit) const {
  const auto it = std::upper_bound(values_.begin(), values_.end(), limit, [](double x, const WeightedValue& v) { return x < v.value; });
  return count() - before_[static_cast<std::size_t>(it - values_.begin())];
}

Histogram histogram_of(const SortedValues& values, std::size_t most_bins) {
  Histogram histogram;
  if (values.empty()) return histogram;
  const bool whole = is_small_count(values, most_bins);
  histogram.logarithmic = !whole && reaches_far(values);
  const auto forth = [&](double x) { return histogram.logarithmic ? bend(x) : x; };
  const double first = whole ? values.least() - 0.5 : forth(values.least()), last = whole ? values.most() + 0.5 : forth(values.most());
  const std::size_t bins = whole ? static_cast<std::size_t>(last - first) : last > first ? most_bins : 1;
  histogram.counts.resize(bins);
  for (std::size_t b = 0; b <= bins; ++b) {
    const double edge = first + (last - first) * static_cast<double>(b) / static_cast<double>(bins);
    histogram.edges.push_back(histogram.logarithmic ? unbend(edge) : edge);
  }
  // What an edge is said to be decides, not the logarithm of a value.
  if (!whole) histogram.edges.front() = values.least(), histogram.edges.back() = values.most();
  std::size_t bin = 0;
  for (const WeightedValue& v : values.different()) {
    while (bin + 1 < bins && v.value >= histogram.edges[bin + 1]) ++bin;
    histogram.counts[bin] += v.count;
  }
  return histogram;
}

}  // namespace coterie
