// Which segment of a later run is which of an earlier one, from what the runs know of their customers.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "coterie/model/distributions.h"
#include "coterie/score/match_clusters.h"

namespace coterie {

// Features that both runs have, by their numbers in each.
std::vector<std::pair<std::size_t, std::size_t>> common_features(const Distributions& earlier, const Distributions& later);

// `members` of the runs' segments. Centres are means of z-scores of the common features by the earlier run's means and deviations, so that both runs
// are measured by one rule; without a common feature members alone count.
ClusterMatches match_segments(const Distributions& earlier, const Distributions& later, const ClusterMembers& members);

}  // namespace coterie
