#include "coterie/segments/rfm.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace coterie {
namespace {

// Index into rfm_names by [recency - 1][frequency - 1].
constexpr std::uint8_t names_by_score[5][5] = {{0, 0, 1, 1, 2}, {0, 0, 1, 1, 2}, {3, 3, 4, 5, 5}, {6, 8, 8, 5, 5}, {7, 8, 8, 9, 9}};

std::array<double, 4> quintiles_of(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  std::array<double, 4> edges{};
  for (std::size_t q = 0; q < 4; ++q) {
    const double place = 0.2 * static_cast<double>(q + 1) * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    edges[q] = sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
  }
  return edges;
}

std::vector<std::uint8_t> fifths_of(std::span<const double> values) {
  std::vector<std::uint8_t> scores;
  if (values.empty()) return scores;
  const auto edges = quintiles_of(values);
  for (const double value : values) scores.push_back(static_cast<std::uint8_t>(1 + std::count_if(edges.begin(), edges.end(), [&](double edge) { return edge < value; })));
  return scores;
}

// 1 for the least; equal values in the order of the table.
std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) ranks[order[i]] = static_cast<double>(i + 1);
  return ranks;
}

}  // namespace

RfmScores score_rfm(std::span<const double> recency_days, std::span<const double> frequency, std::span<const double> monetary, RfmTies ties) {
  RfmScores scores;
  scores.recency = fifths_of(recency_days);
  for (std::uint8_t& score : scores.recency) score = static_cast<std::uint8_t>(6 - score);
  scores.frequency = ties == RfmTies::first ? fifths_of(ranks_of(frequency)) : fifths_of(frequency);
  scores.monetary = fifths_of(monetary);
  for (std::size_t i = 0; i < scores.recency.size(); ++i) scores.name.push_back(names_by_score[scores.recency[i] - 1][scores.frequency[i] - 1]);
  return scores;
}

RfmScores score_rfm(const CustomerTable& table, RfmTies ties) {
  std::vector<std::span<const double>> columns;
  for (const char* name : {"recency_days", "frequency", "monetary"}) {
    const auto it = std::find(table.names.begin(), table.names.end(), name);
    if (it == table.names.end()) return {};
    columns.push_back(table.values.column(static_cast<std::size_t>(it - table.names.begin())));
  }
  return score_rfm(columns[0], columns[1], columns[2], ties);
}

std::array<std::uint64_t, 10> count_rfm_names(const RfmScores& scores) {
  std::array<std::uint64_t, 10> counts{};
  for (const std::uint8_t name : scores.name) ++counts[name];
  return counts;
}

}  // namespace coterie
