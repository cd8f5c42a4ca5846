// Which segment of a later run is which of an earlier one, from what the runs know of their customers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/score/match_clusters.h"

namespace coterie {

// Customers with a label and features; a view. NaN is missing.
struct SegmentedCustomers {
  std::size_t k = 0;
  std::span<const std::int32_t> labels;
  std::vector<std::span<const double>> columns;  // a feature each; the same features in both runs that are matched
};

// `common` is earlier x later, row-major: customers that both runs have. Centres are means of z-scores by the earlier run's
// means and deviations, so that both runs are measured by one rule.
ClusterMatches match_segments(const SegmentedCustomers& earlier, const SegmentedCustomers& later, const std::vector<std::uint64_t>& common);

}  // namespace coterie
