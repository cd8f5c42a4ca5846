// What a cluster looks like, in the features' own units.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/table/customer_table.h"

namespace coterie {

struct ClusterProfile {
  std::uint64_t customers = 0;
  double share = 0;             // of all customers
  std::vector<double> medians;  // a column; of an even number the mean of the middle two
  std::vector<double> means;    // a column
};

struct Profiles {
  std::vector<ClusterProfile> clusters;  // a cluster each, by its number
  ClusterProfile everyone;
};

// labels: one a row of the table, in [0, k). Same result for any number of threads.
Profiles profile_clusters(const CustomerTable& table, std::span<const std::int32_t> labels, std::size_t k, int threads = 0);

}  // namespace coterie
