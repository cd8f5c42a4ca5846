#include "coterie/model/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/model/comparison_files.h"
#include "coterie/model/match_segments.h"
#include "coterie/model/saved_features.h"
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

std::vector<std::uint64_t> sizes_of(const SavedRun& run) {
  std::vector<std::uint64_t> sizes(run.model.k);
  for (const std::int32_t label : run.labels) ++sizes[static_cast<std::size_t>(label)];
  return sizes;
}

ClusterMembers members_of(const Comparison& comparison) {
  ClusterMembers members{sizes_of(comparison.earlier), sizes_of(comparison.later), {}};
  for (std::size_t a = 0; a < comparison.earlier.model.k; ++a) members.common.insert(members.common.end(), comparison.movement[a].begin(), comparison.movement[a].end() - 1);
  return members;
}

FeatureDrift drift_of_group(std::optional<std::size_t> segment, const std::string& feature, const FeatureDistribution::Group& before, const FeatureDistribution::Group& after, const GroupValues& values) {
  return {segment, feature, population_stability(before.bins, count_in_bins(values, before.bins.edges)), before.mean, after.mean};
}

double mean_squared_distance(const SavedRun& run, const Distributions& distributions) {
  double sum = 0;
  for (const FeatureDistribution& feature : distributions) sum += feature.squared_distances;
  return sum / static_cast<double>(std::max<std::size_t>(1, run.customers()));
}

// Feature by feature, so that a few columns are in memory at a time.
std::vector<std::vector<FeatureDrift>> drift_of_features(const Distributions& before, const SavedRun& later, const Distributions& after, const ClusterMatches& matches, int threads) {
  const auto common = common_features(before, after);
  const SavedFeatures features(later);
  std::vector<std::vector<FeatureDrift>> drift(common.size());
  for_each_block(common.size(), threads, [&](std::size_t i, int) {
    const auto [f, g] = common[i];
    HugeArray<double> room;
    GroupedValues values;
    values.take(features.column(g, room), later.labels, later.model.k);
    drift[i] = drift_of(before[f], after[g], values, matches);
  });
  return drift;
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

ClusterMatches same_segments(std::size_t k) {
  ClusterMatches matches{{}, {}, {}, {}, std::vector<Fate>(k, Fate::continues), std::vector<Fate>(k, Fate::continues)};
  for (std::size_t c = 0; c < k; ++c) {
    matches.successor.emplace_back(c);
    matches.predecessor.emplace_back(c);
    matches.linked_after.push_back({c});
    matches.linked_before.push_back({c});
  }
  return matches;
}

std::vector<FeatureDrift> drift_of(const FeatureDistribution& before, const FeatureDistribution& after, const GroupedValues& values, const ClusterMatches& matches) {
  std::vector<FeatureDrift> drift = {drift_of_group({}, before.feature, before.groups[0], after.groups[0], values.all())};
  for (std::size_t a = 0; a < matches.successor.size(); ++a) {
    const auto b = matches.successor[a];
    if (b && before.groups[a + 1].customers() >= fewest_for_drift && after.groups[*b + 1].customers() >= fewest_for_drift)
      drift.push_back(drift_of_group(a, before.feature, before.groups[a + 1], after.groups[*b + 1], values.of(*b)));
  }
  return drift;
}

namespace {

Comparison side_by_side(SavedRun earlier, SavedRun later) {
  Comparison comparison;
  comparison.earlier = std::move(earlier), comparison.later = std::move(later);
  for (const SavedRun* run : {&comparison.earlier, &comparison.later}) require_ids(*run, "another run");
  count_movement(comparison);
  comparison.agreement = agreement_of(comparison.movement);
  comparison.same_model = comparison.earlier.model.features == comparison.later.model.features && comparison.earlier.model.centres == comparison.later.model.centres;
  return comparison;
}

void take_drift(Comparison& comparison, const std::vector<std::vector<FeatureDrift>>& drift) {
  for (const std::vector<FeatureDrift>& of_feature : drift) comparison.drift.insert(comparison.drift.end(), of_feature.begin(), of_feature.end());
  std::stable_sort(comparison.drift.begin(), comparison.drift.end(), [](const FeatureDrift& a, const FeatureDrift& b) { return a.segment < b.segment; });  // all customers first
  comparison.segment_shares = stability_of_shares(comparison);
}

void take_distances(Comparison& comparison, const Distributions& before, const Distributions& after) {
  const double distance_before = mean_squared_distance(comparison.earlier, before);
  if (distance_before > 0) comparison.distance_ratio = mean_squared_distance(comparison.later, after) / distance_before;
}

}  // namespace

Comparison compare_by_same_model(ComparedRun earlier, ComparedRun later, const std::vector<std::vector<FeatureDrift>>& drift) {
  Comparison comparison = side_by_side(std::move(earlier.run), std::move(later.run));
  comparison.matches = same_segments(comparison.earlier.model.k);
  take_distances(comparison, earlier.distributions, later.distributions);
  take_drift(comparison, drift);
  advise(comparison);
  return comparison;
}

Comparison compare(const std::string& earlier, const std::string& later, int threads) {
  Comparison comparison = side_by_side(load_saved_run(earlier), load_saved_run(later));
  const Distributions before = distributions_of(comparison.earlier, threads), after = distributions_of(comparison.later, threads);
  comparison.matches = comparison.same_model ? same_segments(comparison.earlier.model.k) : match_segments(before, after, members_of(comparison));
  if (comparison.same_model) take_distances(comparison, before, after);
  take_drift(comparison, drift_of_features(before, comparison.later, after, comparison.matches, threads));
  advise(comparison);
  return comparison;
}

Comparison compare_runs(const CompareOptions& options) {
  Comparison comparison = compare(options.earlier, options.later, options.threads);
  write_comparison(options.out, comparison);
  return comparison;
}

}  // namespace coterie
