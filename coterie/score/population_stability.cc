#include "coterie/score/population_stability.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <numeric>
namespace coterie {
namespace {

constexpr double some_shift = 0.1, strong_shift = 0.25, half_customer = 0.5;
constexpr std::size_t deciles = 10;

std::vector<double> edges_of(const GroupValues& values, std::size_t n) {
  if (n == 0) return {};
  std::vector<std::size_t> places;
  for (std::size_t i = 1; i < deciles; ++i) places.push_back((i * n + deciles - 1) / deciles - 1);
  places.push_back(n - 1);
  std::vector<double> edges = values.at(places);
  const double largest = edges.back();
  edges.pop_back();
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  // Nothing lies above an edge that is the largest value.
  if (edges.back() == largest) edges.pop_back();
  return edges;
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

std::vector<std::uint64_t> count_in_bins(const GroupValues& values, std::span<const double> edges) {
  std::vector<std::uint64_t> counts;
  std::uint64_t left = values.size();
  for (const double edge : edges) {
    const std::uint64_t above = values.count_above(edge);
    counts.push_back(left - above), left = above;
  }
  counts.push_back(left), counts.push_back(values.missing);
  return counts;
}

DecileBins decile_bins(const GroupValues& values) {
  DecileBins bins{edges_of(values, values.size()), {}};
  bins.counts = count_in_bins(values, bins.edges);
  return bins;
}

PopulationStability population_stability(const DecileBins& before, std::vector<std::uint64_t> after) {
  std::span<const std::uint64_t> a = before.counts, b = after;
  if (a.back() + b.back() == 0) a = a.first(a.size() - 1), b = b.first(b.size() - 1);
  return population_stability(a, b);
}

}  // namespace coterie
