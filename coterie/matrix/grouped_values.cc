#include "coterie/matrix/grouped_values.h"

#include <algorithm>
#include <numeric>

#include "coterie/matrix/order_statistics.h"

namespace coterie {
namespace {

// The value as a small whole number; anything from `most` on where it is none. The conversion of what does not fit gives 2^31 unsigned.
std::uint32_t whole_of(double value, std::size_t most) {
  const auto whole = static_cast<std::int32_t>(value > -1 && value < static_cast<double>(most) ? value : -1.0);
  return static_cast<double>(whole) == value ? static_cast<std::uint32_t>(whole) : ~std::uint32_t{0};
}

// Comparing without a branch takes eight values at once.
std::uint64_t count_above_in(std::span<const double> values, double limit) {
  std::uint64_t above = 0;
  for (const double value : values) above += value > limit;
  return above;
}

}  // namespace

std::uint64_t GroupValues::size() const { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{others.size()}); }

double GroupValues::mean() const {
  const std::uint64_t n = size();
  return n == 0 ? 0 : sum([](double value) { return value; }) / static_cast<double>(n);
}

double GroupValues::deviation() const {
  const std::uint64_t n = size();
  const double centre = mean();
  return n == 0 ? 0 : std::sqrt(sum([centre](double value) { return (value - centre) * (value - centre); }) / static_cast<double>(n));
}

std::uint64_t GroupValues::count_above(double limit) const {
  const double first = std::floor(limit) + 1;
  const auto from = first <= 0 ? std::size_t{0} : first >= static_cast<double>(counts.size()) ? counts.size() : static_cast<std::size_t>(first);
  return std::accumulate(counts.begin() + static_cast<std::ptrdiff_t>(from), counts.end(), count_above_in(others, limit));
}

// Counted values and runs of others take turns: what lies below 0, then 0, what lies between 0 and 1, then 1, and so on.
std::vector<double> GroupValues::at(std::span<const std::size_t> places) const {
  std::vector<std::uint64_t> others_in(counts.size() + 2);  // below 0, then from each whole number to the next, then beyond
  const auto limit = static_cast<double>(counts.size());
  for (const double value : others) ++others_in[value < 0 ? 0 : value >= limit ? counts.size() + 1 : static_cast<std::size_t>(value) + 1];
  std::vector<double> result(places.size());
  std::vector<std::size_t> among_others, of_result;
  std::size_t next = 0;
  std::uint64_t passed = 0, others_passed = 0;
  const auto pass_others = [&](std::uint64_t n) {
    for (; next < places.size() && places[next] < passed + n; ++next) among_others.push_back(others_passed + places[next] - passed), of_result.push_back(next);
    passed += n, others_passed += n;
  };
  pass_others(others_in[0]);
  for (std::size_t value = 0; value < counts.size(); ++value) {
    for (passed += counts[value]; next < places.size() && places[next] < passed; ++next) result[next] = static_cast<double>(value);
    pass_others(others_in[value + 1]);
  }
  pass_others(others_in.back());
  const std::vector<double> found = order_statistics(others, among_others);
  for (std::size_t i = 0; i < found.size(); ++i) result[of_result[i]] = found[i];
  return result;
}

std::vector<double> GroupValues::quantiles(std::span<const double> probabilities) const {
  const std::uint64_t n = size();
  if (n == 0) return std::vector<double>(probabilities.size());
  std::vector<std::size_t> places;
  const auto place_of = [&](double p) { return p * static_cast<double>(n - 1); };
  for (const double p : probabilities) {
    const auto low = static_cast<std::size_t>(place_of(p));
    places.insert(places.end(), {low, std::min<std::size_t>(low + 1, n - 1)});
  }
  std::sort(places.begin(), places.end());
  const std::vector<double> values = at(places);
  const auto value_at = [&](std::size_t place) { return values[static_cast<std::size_t>(std::lower_bound(places.begin(), places.end(), place) - places.begin())]; };
  std::vector<double> result;
  for (const double p : probabilities) {
    const double place = place_of(p), weight = place - std::floor(place);
    const auto low = static_cast<std::size_t>(place);
    const double below = value_at(low), above = value_at(std::min<std::size_t>(low + 1, n - 1));
    result.push_back(weight == 0 ? below : weight == 0.5 ? (below + above) / 2 : below + weight * (above - below));
  }
  return result;
}

void GroupedValues::clear(std::size_t k) {
  if (counts_.size() != (k + 1) * most) counts_.assign((k + 1) * most, 0);
  else
    for (std::size_t group = 0; group <= k; ++group) std::fill_n(counts_.begin() + static_cast<std::ptrdiff_t>(group * most), limit_, 0);
  limit_ = 0;
  begin_.assign(k + 1, 0), missing_.assign(k + 1, 0);
}

void GroupedValues::take(std::span<const double> values, std::span<const std::int32_t> groups, std::size_t k) {
  clear(k);
  std::vector<std::size_t> others(k);
  std::uint32_t greatest = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    const std::uint32_t whole = whole_of(values[row], most);
    const auto group = static_cast<std::size_t>(groups[row]);
    if (whole < most) ++counts_[group * most + whole], greatest = std::max(greatest, whole);
    else if (std::isnan(values[row])) ++missing_[group];
    else ++others[group];
  }
  limit_ = values.empty() ? 0 : greatest + 1;
  std::partial_sum(others.begin(), others.end(), begin_.begin() + 1);
  others_.resize(begin_.back());
  if (!others_.empty()) {
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    for (std::size_t row = 0; row < values.size(); ++row)
      if (whole_of(values[row], most) >= most && !std::isnan(values[row])) others_[next[static_cast<std::size_t>(groups[row])]++] = values[row];
  }
  add_up();
}

void GroupedValues::add_up() {
  const std::size_t k = groups();
  for (std::size_t group = 0; group < k; ++group) {
    missing_[k] += missing_[group];
    for (std::size_t value = 0; value < limit_; ++value) counts_[k * most + value] += counts_[group * most + value];
  }
}

GroupValues GroupedValues::of(std::size_t group) const {
  const std::size_t first = group == groups() ? 0 : begin_[group], last = group == groups() ? begin_.back() : begin_[group + 1];
  return {std::span(counts_).subspan(group * most, limit_), std::span(others_).subspan(first, last - first), missing_[group]};
}

}  // namespace coterie
