// What the customers of a segment are about more than others, and when they come; from a sample (features/activity.h).
//
// The unit is the customer: own = the mean, over the segment's sampled customers, of the share of their events that have a
// value; lift = own / the same of all. Significance: Welch's test of the segment's customers against all others (normal
// approximation, both with at least 20), and Benjamini & Hochberg 1995 over all segments and values of a kind that at
// least 20 sampled customers have.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coterie/features/activity.h"

namespace coterie {

struct Interest {
  std::string text;
  std::string product_name;      // of a product, beside its code; "" where none is known
  double own = 0, everyone = 0;  // mean shares
  double lift = 1;
  double p_value = 1;            // two-sided, of this value alone
};

struct SegmentActivity {
  std::size_t customers = 0;               // sampled
  std::vector<Interest> interests[3];      // categories, brands, products; lift above 1, significant, highest lift first
  std::array<double, 24> hours{};          // mean shares, UTC
  std::array<double, 7> weekdays{};        // from Monday
  std::array<double, 12> months{};
};

struct ActivityProfile {
  std::size_t customers = 0;  // sampled; 0: nothing is known
  std::vector<SegmentActivity> segments;
  SegmentActivity everyone;   // without interests
};

struct InterestOptions {
  double false_discoveries = 0.01;   // rate
  std::size_t least_customers = 20;  // see above; and 10 of the segment
  double least_share = 0.001;        // of the events of the segment's customers: what is rarer is no interest
  std::size_t most = 8;              // a segment and kind
};

// labels: one a row of the customer table, in [0, k).
ActivityProfile profile_activity(const Activity& activity, std::span<const std::int32_t> labels, std::size_t k, const InterestOptions& options = {});

}  // namespace coterie
