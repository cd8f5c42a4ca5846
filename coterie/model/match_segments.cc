#include "coterie/model/match_segments.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace coterie {
namespace {

using Centre = std::vector<double>;

// By the mean and deviation of all customers of the earlier run; a segment without customers lies at their mean.
std::vector<Centre> centres_of(const std::vector<const FeatureDistribution*>& features, const std::vector<const FeatureDistribution*>& earlier, std::size_t k) {
  std::vector<Centre> centres(k);
  for (std::size_t f = 0; f < features.size(); ++f) {
    const FeatureDistribution::Group& everyone = earlier[f]->groups.front();
    for (std::size_t c = 0; c < k; ++c) {
      const FeatureDistribution::Group& segment = features[f]->groups[c + 1];
      const bool is_empty = segment.customers() == segment.bins.counts.back();
      centres[c].push_back(is_empty ? 0 : (segment.mean - everyone.mean) / (everyone.deviation > 0 ? everyone.deviation : 1));
    }
  }
  return centres;
}

double distance(const Centre& a, const Centre& b) {
  double sum = 0;
  for (std::size_t f = 0; f < a.size(); ++f) sum += (a[f] - b[f]) * (a[f] - b[f]);
  return std::sqrt(sum);
}

CentreDistances distances_of(const std::vector<Centre>& before, const std::vector<Centre>& after) {
  CentreDistances distances{{}, std::vector<double>(before.size(), std::numeric_limits<double>::infinity())};
  for (std::size_t a = 0; a < before.size(); ++a) {
    for (const Centre& centre : after) distances.across.push_back(distance(before[a], centre));
    for (std::size_t other = 0; other < before.size(); ++other)
      if (other != a) distances.own[a] = std::min(distances.own[a], distance(before[a], before[other]));
  }
  return distances;
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> common_features(const Distributions& earlier, const Distributions& later) {
  std::vector<std::pair<std::size_t, std::size_t>> common;
  for (std::size_t f = 0; f < earlier.size(); ++f) {
    const auto it = std::ranges::find(later, earlier[f].feature, &FeatureDistribution::feature);
    if (it != later.end()) common.emplace_back(f, static_cast<std::size_t>(it - later.begin()));
  }
  return common;
}

ClusterMatches match_segments(const Distributions& earlier, const Distributions& later, const ClusterMembers& members) {
  std::vector<const FeatureDistribution*> before, after;
  for (const auto& [f, g] : common_features(earlier, later)) before.push_back(&earlier[f]), after.push_back(&later[g]);
  if (before.empty()) return match_clusters(members);
  return match_clusters(members, distances_of(centres_of(before, before, members.earlier.size()), centres_of(after, before, members.later.size())));
}

}  // namespace coterie
