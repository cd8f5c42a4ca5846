// What a cluster looks like, in the features' own units.
//
// Quantiles are those of type 7 of Hyndman & Fan 1996 (as numpy, R and DuckDB's quantile_cont): of an even number the
// median is the mean of the middle two. Deviations are the population's (ddof 0).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coterie/matrix/grouped_values.h"
#include "coterie/table/customer_table.h"

namespace coterie {

struct ClusterProfile {
  std::uint64_t customers = 0;
  double share = 0;                // of all customers
  std::vector<double> medians;     // a column, as all that follow
  std::vector<double> means;
  std::vector<double> deviations;
  std::vector<double> quantile_05, quantile_25, quantile_75, quantile_95;
  std::vector<double> above_zero;  // share of the cluster's customers whose value is above 0
};

struct Profiles {
  std::vector<ClusterProfile> clusters;  // a cluster each, by its number
  ClusterProfile everyone;
};

// Sees a column's values by cluster, for who wants to know more of them; any thread.
using ColumnVisitor = std::function<void(std::size_t column, const GroupedValues& values)>;

// labels: one a row of the table, in [0, k). Of a cluster without customers everything is 0. Same result for any
// number of threads.
Profiles profile_clusters(const CustomerTable& table, std::span<const std::int32_t> labels, std::size_t k, int threads = 0, const ColumnVisitor& visit = {});

// How many times everyone's mean a cluster's mean is, with a 95 % interval.
struct Lift {
  double times = 1, low = 1, high = 1;
};

// Delta method on log(a / (p a + (1 - p) b)), a and b the means of the cluster and of all other customers, p the
// cluster's share: the two are independent samples, so Var = ((1 - p) / m)^2 (b^2 Va / a^2 + Vb), m = everyone's mean.
// No interval (low = high = times) where a mean is not positive, or where the cluster is everyone; 1 where everyone's is
// not positive. The interval is that of the mean given the
// segments: it says nothing about whether the segments are real.
Lift lift_of(const ClusterProfile& cluster, const ClusterProfile& everyone, std::size_t column);

// A cluster's part of everyone's sum of a column, in [0, 1]; 0 where the sum is not positive.
double share_of_sum(const ClusterProfile& cluster, const ClusterProfile& everyone, std::size_t column);

// The column that money is counted in, by its name (revenue, monetary, spend, sales, amount, also with "total" before
// it; in any case, blanks as _); none where no name fits.
std::optional<std::size_t> revenue_column(const std::vector<std::string>& names);

}  // namespace coterie
