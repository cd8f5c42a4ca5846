#include "coterie/score/population_stability.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <iterator>
#include <numeric>

#include "coterie/matrix/order_statistics.h"

namespace coterie {
namespace {

constexpr double some_shift = 0.1, strong_shift = 0.25, half_customer = 0.5;
constexpr std::size_t deciles = 10;

// No NaN.
std::vector<double> edges_of(std::span<const double> values) {
  if (values.empty()) return {};
  std::vector<std::size_t> places;
  for (std::size_t i = 1; i < deciles; ++i) places.push_back((i * values.size() + deciles - 1) / deciles - 1);
  places.push_back(values.size() - 1);
  std::vector<double> edges = order_statistics(values, places);
  const double largest = edges.back();
  edges.pop_back();
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  // Nothing lies above an edge that is the largest value.
  if (edges.back() == largest) edges.pop_back();
  return edges;
}

std::uint64_t count_above(std::span<const double> values, double edge) {
  std::uint64_t above = 0;
  for (const double value : values) above += value > edge;
  return above;
}

// A bin each between the edges, and one for NaN. Comparing with every edge needs no branch, which searching does.
std::vector<std::uint64_t> counts_of(std::span<const double> values, const std::vector<double>& edges) {
  constexpr std::size_t block = 1024;  // stays in the nearest cache
  std::vector<std::uint64_t> counts(edges.size() + 2), above(edges.size());
  for (std::size_t begin = 0; begin < values.size(); begin += block) {
    const std::span<const double> part = values.subspan(begin, std::min(block, values.size() - begin));
    for (const double value : part) counts.back() += std::isnan(value);
    for (std::size_t e = 0; e < edges.size(); ++e) above[e] += count_above(part, edges[e]);
  }
  std::uint64_t left = values.size() - counts.back();
  for (std::size_t e = 0; e < edges.size(); ++e) counts[e] = left - above[e], left = above[e];
  counts[edges.size()] = left;
  return counts;
}

std::vector<double> without_nan(std::span<const double> values) {
  std::vector<double> numbers;
  std::copy_if(values.begin(), values.end(), std::back_inserter(numbers), [](double value) { return !std::isnan(value); });
  return numbers;
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

PopulationStability population_stability(std::span<const double> before, std::span<const double> after) {
  const bool complete = std::none_of(before.begin(), before.end(), [](double value) { return std::isnan(value); });
  const std::vector<double> edges = complete ? edges_of(before) : edges_of(without_nan(before));
  std::vector<std::uint64_t> a = counts_of(before, edges), b = counts_of(after, edges);
  if (a.back() + b.back() == 0) a.pop_back(), b.pop_back();
  return population_stability(a, b);
}

}  // namespace coterie
