#include "coterie/model/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/model/comparison_files.h"
#include "coterie/model/match_segments.h"
#include "coterie/score/agreement.h"
#include "coterie/table/customer_ids.h"

namespace coterie {
namespace {

constexpr double much_farther = 1.2;  // mean squared distance to the centres
constexpr std::size_t fewest_for_drift = 50;  // customers a segment must have in both runs

void count_movement(Comparison& comparison) {
  const SavedRun &before = comparison.earlier, &after = comparison.later;
  const std::size_t ka = before.model.k, kb = after.model.k;
  comparison.movement.assign(ka + 1, std::vector<std::uint64_t>(kb + 1));
  walk_together(before.ids, after.ids, [&](std::size_t i, std::size_t j) {
    ++comparison.movement[i == no_row ? ka : static_cast<std::size_t>(before.labels[i])][j == no_row ? kb : static_cast<std::size_t>(after.labels[j])];
  });
}

// A feature that both runs have, by its number in each.
struct CommonFeature {
  std::string name;
  std::size_t before, after;
};

std::vector<CommonFeature> common_features(const SavedFeatures& before, const SavedFeatures& after) {
  std::vector<CommonFeature> common;
  for (std::size_t f = 0; f < before.names().size(); ++f) {
    const auto it = std::find(after.names().begin(), after.names().end(), before.names()[f]);
    if (it != after.names().end()) common.push_back({before.names()[f], f, static_cast<std::size_t>(it - after.names().begin())});
  }
  return common;
}

std::vector<std::uint64_t> common_members(const Comparison& comparison) {
  std::vector<std::uint64_t> common;
  for (std::size_t a = 0; a < comparison.earlier.model.k; ++a) common.insert(common.end(), comparison.movement[a].begin(), comparison.movement[a].end() - 1);
  return common;
}

// One feature's part of the squared distances of customers to the centres of their segments, in the model's own scaling.
double squared_distances(const SavedRun& run, std::size_t feature, std::span<const double> column) {
  Matrix scaled(column.size(), 1);
  std::copy(column.begin(), column.end(), scaled.column(0).begin());
  scale_in_place(scaled, scaling_of_column(run.model.scaling, feature), 1);
  std::vector<double> centre;
  for (std::size_t c = 0; c < run.model.k; ++c) centre.push_back(run.model.centres[c * run.model.features.size() + feature]);
  double sum = 0;
  for (std::size_t row = 0; row < column.size(); ++row) {
    const double difference = scaled.at(row, 0) - centre[static_cast<std::size_t>(run.labels[row])];
    sum += difference * difference;
  }
  return sum;
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

FeatureDrift drift_of(std::optional<std::size_t> segment, const std::string& feature, std::span<const double> before, std::span<const double> after) {
  return {segment, feature, population_stability(before, after), mean_of(before), mean_of(after)};
}

// A column's values segment by segment, in the order of the rows.
class ColumnBySegment {
 public:
  ColumnBySegment(const SavedRun& run, std::span<const double> column) : begin_(run.model.k + 1), values_(column.size()) {
    for (const std::int32_t label : run.labels) ++begin_[static_cast<std::size_t>(label) + 1];
    for (std::size_t c = 0; c < run.model.k; ++c) begin_[c + 1] += begin_[c];
    std::vector<std::size_t> next = begin_;
    for (std::size_t row = 0; row < column.size(); ++row) values_[next[static_cast<std::size_t>(run.labels[row])]++] = column[row];
  }
  std::span<const double> of(std::size_t cluster) const { return std::span<const double>(values_).subspan(begin_[cluster], begin_[cluster + 1] - begin_[cluster]); }

 private:
  std::vector<std::size_t> begin_;
  HugeArray<double> values_;
};

// What one feature tells.
struct FeatureComparison {
  std::vector<FeatureDrift> drift;  // of all customers, then of each segment with enough of them
  double distances_before = 0, distances_after = 0;  // with the same model
};

FeatureComparison compare_feature(const Comparison& comparison, const CommonFeature& feature, std::span<const double> before, std::span<const double> after) {
  FeatureComparison result;
  result.drift.push_back(drift_of({}, feature.name, before, after));
  const ColumnBySegment then(comparison.earlier, before), now(comparison.later, after);
  for (std::size_t a = 0; a < comparison.earlier.model.k; ++a) {
    const auto b = comparison.matches.successor[a];
    if (b && then.of(a).size() >= fewest_for_drift && now.of(*b).size() >= fewest_for_drift) result.drift.push_back(drift_of(a, feature.name, then.of(a), now.of(*b)));
  }
  if (!comparison.same_model) return result;
  result.distances_before = squared_distances(comparison.earlier, feature.before, before);
  result.distances_after = squared_distances(comparison.later, feature.after, after);
  return result;
}

double mean_over(const SavedRun& run, double sum) { return sum / static_cast<double>(std::max<std::size_t>(1, run.customers())); }

// Feature by feature, so that a few columns are in memory at a time.
void compare_features(const std::vector<CommonFeature>& common, const SavedFeatures& before, const SavedFeatures& after, int threads, Comparison& comparison) {
  std::vector<FeatureComparison> results(common.size());
  for_each_block(common.size(), threads, [&](std::size_t f, int) {
    HugeArray<double> then, now;
    results[f] = compare_feature(comparison, common[f], before.column(common[f].before, then), after.column(common[f].after, now));
  });
  double distance_before = 0, distance_after = 0;
  for (const FeatureComparison& result : results) {
    distance_before += mean_over(comparison.earlier, result.distances_before), distance_after += mean_over(comparison.later, result.distances_after);
    comparison.drift.insert(comparison.drift.end(), result.drift.begin(), result.drift.end());
  }
  std::stable_sort(comparison.drift.begin(), comparison.drift.end(), [](const FeatureDrift& a, const FeatureDrift& b) { return a.segment < b.segment; });  // all customers first
  if (distance_before > 0) comparison.distance_ratio = distance_after / distance_before;
}

// By members and centres, for which all columns are needed at once.
ClusterMatches match_by_features(const Comparison& comparison, const std::vector<CommonFeature>& common, const SavedFeatures& before, const SavedFeatures& after) {
  SegmentedCustomers then{comparison.earlier.model.k, comparison.earlier.labels, {}}, now{comparison.later.model.k, comparison.later.labels, {}};
  std::vector<HugeArray<double>> room(2 * common.size());
  for (std::size_t f = 0; f < common.size(); ++f) {
    then.columns.push_back(before.column(common[f].before, room[2 * f]));
    now.columns.push_back(after.column(common[f].after, room[2 * f + 1]));
  }
  return match_segments(then, now, common_members(comparison));
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

Comparison compare(SavedRun earlier, const SavedFeatures& before, SavedRun later, const SavedFeatures& after, int threads) {
  Comparison comparison;
  comparison.earlier = std::move(earlier), comparison.later = std::move(later);
  for (const SavedRun* run : {&comparison.earlier, &comparison.later}) require_ids(*run, "another run");
  count_movement(comparison);
  comparison.agreement = agreement_of(comparison.movement);
  const std::vector<CommonFeature> common = common_features(before, after);
  comparison.same_model = comparison.earlier.model.features == comparison.later.model.features && comparison.earlier.model.centres == comparison.later.model.centres;
  comparison.matches = comparison.same_model ? same_clusters(comparison.earlier.model.k) : match_by_features(comparison, common, before, after);
  compare_features(common, before, after, threads, comparison);
  comparison.segment_shares = stability_of_shares(comparison);
  advise(comparison);
  return comparison;
}

Comparison compare(const std::string& earlier, const std::string& later, int threads) {
  SavedRun before = load_saved_run(earlier), after = load_saved_run(later);
  const SavedFeatures then(before), now(after);
  return compare(std::move(before), then, std::move(after), now, threads);
}

Comparison compare_runs(const CompareOptions& options) {
  Comparison comparison = compare(options.earlier, options.later, options.threads);
  write_comparison(options.out, comparison);
  return comparison;
}

}  // namespace coterie
