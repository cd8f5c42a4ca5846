#include "coterie/model/distributions.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "coterie/base/parallel.h"
#include "coterie/model/saved_features.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

// The values in the model's scaling, less the centre, squared and summed.
double squared_distances(const Scaling& scaling, const GroupValues& values, double centre) {
  Matrix scaled(values.counts.size() + values.others.size(), 1);
  const std::span<double> column = scaled.column(0);
  std::iota(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(values.counts.size()), 0.0);
  std::copy(values.others.begin(), values.others.end(), column.begin() + static_cast<std::ptrdiff_t>(values.counts.size()));
  scale_in_place(scaled, scaling, 1);
  double sum = 0;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const double times = i < values.counts.size() ? values.counts[i] : 1, difference = column[i] - centre;
    if (times != 0) sum += times * (difference * difference);
  }
  return sum;
}

FeatureDistribution::Group group_of(const GroupValues& values) { return {decile_bins(values), values.mean(), values.deviation()}; }

FeatureDistribution feature_from_json(const Json& json) {
  FeatureDistribution distribution{json.at("feature"), {}, json.at("squared_distances")};
  for (const Json& group : json.at("groups")) distribution.groups.push_back({{group.at("edges"), group.at("counts")}, group.at("mean"), group.at("deviation")});
  return distribution;
}

bool fits(const Distributions& distributions, const Model& model) {
  if (distributions.size() != model.features.size()) return false;
  for (std::size_t f = 0; f < distributions.size(); ++f) {
    if (distributions[f].feature != model.features[f] || distributions[f].groups.size() != model.k + 1) return false;
    for (const FeatureDistribution::Group& group : distributions[f].groups)
      if (group.bins.counts.size() != group.bins.edges.size() + 2) return false;
  }
  return true;
}

// None where there is no such file, or not of these labels: an earlier version wrote the run, or labels were changed.
std::optional<Distributions> load(const SavedRun& run) {
  std::ifstream file(run.folder + "/distributions.json");
  if (!file) return std::nullopt;
  try {
    const Json json = Json::parse(file);
    if (json.at("customer_segments_hash") != run.labels_hash) return std::nullopt;
    Distributions distributions;
    for (const Json& feature : json.at("features")) distributions.push_back(feature_from_json(feature));
    return fits(distributions, run.model) ? std::optional(std::move(distributions)) : std::nullopt;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::uint64_t FeatureDistribution::Group::customers() const { return std::accumulate(bins.counts.begin(), bins.counts.end(), std::uint64_t{0}); }

FeatureDistribution distribution_of(const Model& model, std::size_t feature, const GroupedValues& values) {
  FeatureDistribution distribution{model.features[feature], {group_of(values.all())}, 0};
  const Scaling scaling = scaling_of_column(model.scaling, feature);
  for (std::size_t c = 0; c < model.k; ++c) {
    distribution.groups.push_back(group_of(values.of(c)));
    distribution.squared_distances += squared_distances(scaling, values.of(c), model.centres[c * model.features.size() + feature]);
  }
  return distribution;
}

std::string distributions_to_json(const Distributions& distributions, const std::string& labels_hash) {
  Json features = Json::array();
  for (const FeatureDistribution& distribution : distributions) {
    Json groups = Json::array();
    for (const FeatureDistribution::Group& group : distribution.groups) groups.push_back({{"mean", group.mean}, {"deviation", group.deviation}, {"edges", group.bins.edges}, {"counts", group.bins.counts}});
    features.push_back({{"feature", distribution.feature}, {"squared_distances", distribution.squared_distances}, {"groups", groups}});
  }
  const Json json = {{"customer_segments_hash", labels_hash}, {"features", features}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Distributions distributions_of(const SavedRun& run, int threads) {
  if (std::optional<Distributions> saved = load(run)) return std::move(*saved);
  const SavedFeatures features(run);
  Distributions distributions(run.model.features.size());
  for_each_block(distributions.size(), threads, [&](std::size_t f, int) {
    HugeArray<double> room;
    GroupedValues values;
    values.take(features.column(f, room), run.labels, run.model.k);
    distributions[f] = distribution_of(run.model, f, values);
  });
  return distributions;
}

}  // namespace coterie
