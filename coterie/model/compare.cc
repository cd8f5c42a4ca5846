#include "coterie/model/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "coterie/base/error.h"
#include "coterie/model/comparison_files.h"
#include "coterie/model/match_segments.h"
#include "coterie/model/saved_features.h"
#include "coterie/score/agreement.h"

namespace coterie {
namespace {

constexpr double much_farther = 1.2;  // mean squared distance to the centres
constexpr std::size_t fewest_for_drift = 50;  // customers a segment must have in both runs

void count_movement(Comparison& comparison) {
  const SavedRun &before = comparison.earlier, &after = comparison.later;
  const std::size_t ka = before.model.k, kb = after.model.k;
  comparison.movement.assign(ka + 1, std::vector<std::uint64_t>(kb + 1));
  const CustomerIndex index(before);
  std::vector<bool> met(before.customers());
  for (std::size_t row = 0; row < after.customers(); ++row) {
    const auto customer = index.find(after.ids[row]);
    if (customer) met[*customer] = true;
    ++comparison.movement[customer ? static_cast<std::size_t>(before.labels[*customer]) : ka][static_cast<std::size_t>(after.labels[row])];
  }
  for (std::size_t row = 0; row < before.customers(); ++row)
    if (!met[row]) ++comparison.movement[static_cast<std::size_t>(before.labels[row])][kb];
}

// Of the customers that both runs have.
LabelAgreement agreement_of(const std::vector<std::vector<std::uint64_t>>& movement) {
  std::vector<int> before, after;
  std::vector<double> customers;
  for (std::size_t a = 0; a + 1 < movement.size(); ++a)
    for (std::size_t b = 0; b + 1 < movement[a].size(); ++b)
      if (movement[a][b] > 0) before.push_back(static_cast<int>(a)), after.push_back(static_cast<int>(b)), customers.push_back(static_cast<double>(movement[a][b]));
  const Contingency table = contingency(before, after, customers);
  if (table.total == 0) return {};
  return {static_cast<std::uint64_t>(table.total), adjusted_rand(table), normalised_mutual_information(table), adjusted_mutual_information(table), fowlkes_mallows(table)};
}

// The features that both runs have, a column of each.
struct CommonFeatures {
  std::vector<std::string> names;
  std::vector<std::span<const double>> before, after;
};

CommonFeatures common_features(const SavedFeatures& before, const SavedFeatures& after) {
  CommonFeatures common;
  for (std::size_t f = 0; f < before.names.size(); ++f) {
    const auto it = std::find(after.names.begin(), after.names.end(), before.names[f]);
    if (it == after.names.end()) continue;
    common.names.push_back(before.names[f]);
    common.before.emplace_back(before.columns[f]);
    common.after.emplace_back(after.columns[static_cast<std::size_t>(it - after.names.begin())]);
  }
  return common;
}

std::vector<std::uint64_t> common_members(const Comparison& comparison) {
  std::vector<std::uint64_t> common;
  for (std::size_t a = 0; a < comparison.earlier.model.k; ++a) common.insert(common.end(), comparison.movement[a].begin(), comparison.movement[a].end() - 1);
  return common;
}

// The mean over customers of the squared distance to the centre of their segment, in the model's own scaling.
double mean_squared_distance(const SavedRun& run, const SavedFeatures& features) {
  const std::size_t columns = features.columns.size();
  Matrix scaled(run.customers(), columns);
  for (std::size_t f = 0; f < columns; ++f) std::copy(features.columns[f].begin(), features.columns[f].end(), scaled.column(f).begin());
  scale_in_place(scaled, run.model.scaling);
  double sum = 0;
  for (std::size_t f = 0; f < columns; ++f)
    for (std::size_t row = 0; row < run.customers(); ++row) {
      const double difference = scaled.at(row, f) - run.model.centres[static_cast<std::size_t>(run.labels[row]) * columns + f];
      sum += difference * difference;
    }
  return sum / static_cast<double>(std::max<std::size_t>(1, run.customers()));
}

ClusterMatches same_clusters(std::size_t k) {
  ClusterMatches matches{{}, {}, {}, {}, std::vector<Fate>(k, Fate::continues), std::vector<Fate>(k, Fate::continues)};
  for (std::size_t c = 0; c < k; ++c) {
    matches.successor.emplace_back(c);
    matches.predecessor.emplace_back(c);
    matches.linked_after.push_back({c});
    matches.linked_before.push_back({c});
  }
  return matches;
}

double mean_of(std::span<const double> values) {
  double sum = 0, n = 0;
  for (const double value : values)
    if (!std::isnan(value)) sum += value, ++n;
  return n == 0 ? 0 : sum / n;
}

FeatureDrift drift_of(std::optional<std::size_t> segment, const std::string& feature, std::vector<double> before, std::span<const double> after) {
  FeatureDrift drift{segment, feature, {}, mean_of(before), mean_of(after)};
  drift.stability = population_stability(std::span<double>(before), after);
  return drift;
}

std::vector<double> values_of_segment(const SavedRun& run, std::span<const double> column, std::size_t cluster) {
  std::vector<double> values;
  for (std::size_t row = 0; row < run.customers(); ++row)
    if (static_cast<std::size_t>(run.labels[row]) == cluster) values.push_back(column[row]);
  return values;
}

void measure_drift(const CommonFeatures& features, Comparison& comparison) {
  for (std::size_t f = 0; f < features.names.size(); ++f) comparison.drift.push_back(drift_of({}, features.names[f], {features.before[f].begin(), features.before[f].end()}, features.after[f]));
  for (std::size_t a = 0; a < comparison.earlier.model.k; ++a) {
    if (!comparison.matches.successor[a]) continue;
    for (std::size_t f = 0; f < features.names.size(); ++f) {
      const std::vector<double> after = values_of_segment(comparison.later, features.after[f], *comparison.matches.successor[a]);
      std::vector<double> before = values_of_segment(comparison.earlier, features.before[f], a);
      if (before.size() < fewest_for_drift || after.size() < fewest_for_drift) break;
      comparison.drift.push_back(drift_of(a, features.names[f], std::move(before), after));
    }
  }
}

// Sizes of the earlier segments then and now, and of what is none of them any more.
PopulationStability stability_of_shares(const Comparison& comparison) {
  const std::size_t ka = comparison.earlier.model.k;
  std::vector<std::uint64_t> before(ka + 1), after(ka + 1);
  for (const std::int32_t label : comparison.earlier.labels) ++before[static_cast<std::size_t>(label)];
  for (const std::int32_t label : comparison.later.labels) ++after[comparison.matches.predecessor[static_cast<std::size_t>(label)].value_or(ka)];
  if (after[ka] == 0) before.pop_back(), after.pop_back();
  return population_stability(before, after);
}

void advise(Comparison& comparison) {
  std::vector<std::string>& reasons = comparison.reasons;
  for (const FeatureDrift& drift : comparison.drift)
    if (!drift.segment && drift.stability.shift() == Shift::strong)
      reasons.push_back(fmt::format("{} has shifted strongly (PSI {:.2f}; mean {:.4g}, was {:.4g})", drift.feature, drift.stability.index, drift.mean_after, drift.mean_before));
  if (comparison.segment_shares.shift() == Shift::strong) reasons.push_back(fmt::format("the segments' shares have shifted strongly (PSI {:.2f})", comparison.segment_shares.index));
  if (comparison.distance_ratio && *comparison.distance_ratio > much_farther)
    reasons.push_back(fmt::format("customers lie {:.0f} % farther from their segment's centre (mean squared distance)", 100 * (*comparison.distance_ratio - 1)));
  comparison.refit_is_due = comparison.same_model && !reasons.empty();
  if (!comparison.same_model) reasons.insert(reasons.begin(), "the later run was fitted anew");
  else if (reasons.empty()) reasons.emplace_back("no feature and no share has shifted strongly, and the centres fit as well as before");
}

}  // namespace

std::uint64_t Comparison::stayed() const {
  std::uint64_t sum = 0;
  for (std::size_t a = 0; a < earlier.model.k; ++a)
    if (matches.successor[a]) sum += movement[a][*matches.successor[a]];
  return sum;
}

std::uint64_t Comparison::moved() const { return earlier.customers() - left() - stayed(); }

std::uint64_t Comparison::entered() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : movement.back()) sum += count;
  return sum;
}

std::uint64_t Comparison::left() const {
  std::uint64_t sum = 0;
  for (const auto& row : movement) sum += row.back();
  return sum;
}

Comparison compare(const std::string& earlier, const std::string& later) {
  Comparison comparison;
  comparison.earlier = load_saved_run(earlier);
  comparison.later = load_saved_run(later);
  for (const SavedRun* run : {&comparison.earlier, &comparison.later}) require_ids(*run, "another run");
  count_movement(comparison);
  comparison.agreement = agreement_of(comparison.movement);
  const SavedFeatures before = load_saved_features(comparison.earlier), after = load_saved_features(comparison.later);
  const CommonFeatures features = common_features(before, after);
  const SegmentedCustomers then{comparison.earlier.model.k, comparison.earlier.labels, features.before}, now{comparison.later.model.k, comparison.later.labels, features.after};
  comparison.same_model = comparison.earlier.model.features == comparison.later.model.features && comparison.earlier.model.centres == comparison.later.model.centres;
  if (comparison.same_model) {
    comparison.matches = same_clusters(comparison.earlier.model.k);
    const double before_distance = mean_squared_distance(comparison.earlier, before), after_distance = mean_squared_distance(comparison.later, after);
    if (before_distance > 0) comparison.distance_ratio = after_distance / before_distance;
  } else {
    comparison.matches = match_segments(then, now, common_members(comparison));
  }
  measure_drift(features, comparison);
  comparison.segment_shares = stability_of_shares(comparison);
  advise(comparison);
  return comparison;
}

Comparison compare_runs(const CompareOptions& options) {
  const Comparison comparison = compare(options.earlier, options.later);
  write_comparison(options.out, comparison);
  return comparison;
}

}  // namespace coterie
