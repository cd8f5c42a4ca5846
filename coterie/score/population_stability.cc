#include "coterie/score/population_stability.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <numeric>

namespace coterie {
namespace {

constexpr double some_shift = 0.1, strong_shift = 0.25, half_customer = 0.5;
constexpr std::size_t deciles = 10;

std::vector<double> edges_of(std::span<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<double> edges;
  for (std::size_t i = 1; i < deciles && !values.empty(); ++i) {
    const double edge = values[(i * values.size() + deciles - 1) / deciles - 1];
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  // Nothing lies above an edge that is the largest value.
  if (!edges.empty() && edges.back() == values.back()) edges.pop_back();
  return edges;
}

// A bin each between the edges, and one for NaN.
std::vector<std::uint64_t> counts_of(std::span<const double> values, const std::vector<double>& edges) {
  std::vector<std::uint64_t> counts(edges.size() + 2);
  for (const double value : values) {
    const auto bin = std::isnan(value) ? edges.size() + 1 : static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin());
    ++counts[bin];
  }
  return counts;
}

}  // namespace

const char* name_of(Shift shift) { return shift == Shift::none ? "none" : shift == Shift::some ? "some" : "strong"; }

Shift PopulationStability::shift() const {
  if (index < some_shift || index <= noise_95) return Shift::none;
  return index < strong_shift ? Shift::some : Shift::strong;
}

PopulationStability population_stability(std::span<const std::uint64_t> before, std::span<const std::uint64_t> after) {
  const auto total = [](std::span<const std::uint64_t> counts) { return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})); };
  const double n = total(before), m = total(after);
  PopulationStability result{0, 0, before.size()};
  if (before.size() < 2 || n == 0 || m == 0) return result;
  const double added = half_customer * static_cast<double>(before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double a = (static_cast<double>(before[i]) + half_customer) / (n + added), b = (static_cast<double>(after[i]) + half_customer) / (m + added);
    result.index += (b - a) * std::log(b / a);
  }
  const boost::math::chi_squared chi_squared(static_cast<double>(before.size() - 1));
  result.noise_95 = (1 / n + 1 / m) * boost::math::quantile(chi_squared, 0.95);
  return result;
}

PopulationStability population_stability(std::span<double> before, std::span<const double> after) {
  const auto first_nan = std::partition(before.begin(), before.end(), [](double value) { return !std::isnan(value); });
  const std::vector<double> edges = edges_of(before.first(static_cast<std::size_t>(first_nan - before.begin())));
  std::vector<std::uint64_t> a = counts_of(before, edges), b = counts_of(after, edges);
  if (a.back() + b.back() == 0) a.pop_back(), b.pop_back();
  return population_stability(a, b);
}

}  // namespace coterie
