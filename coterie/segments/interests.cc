#include "coterie/segments/interests.h"

#include <algorithm>
#include <cmath>

namespace coterie {
namespace {

struct Sums {
  double sum = 0, squares = 0;
  std::size_t customers = 0;
};

// Sums of shares of the values of one kind that enough customers have: [value][segment].
struct KindSums {
  std::vector<std::uint32_t> values;
  std::vector<std::vector<Sums>> sums;
};

KindSums sum_kind(const Activity& activity, std::span<const std::int32_t> labels, std::size_t k, ActivityKind kind, std::size_t least) {
  std::vector<std::uint32_t> support(activity.texts[static_cast<int>(kind)].size()), place(support.size());
  for (const ActivityShare& share : activity.shares)
    if (share.kind == kind) ++support[share.value];
  KindSums result;
  for (std::uint32_t v = 0; v < support.size(); ++v)
    if (support[v] >= least) place[v] = static_cast<std::uint32_t>(result.values.size()), result.values.push_back(v);
  result.sums.assign(result.values.size(), std::vector<Sums>(k));
  for (std::size_t i = 0; i < activity.rows.size(); ++i)
    for (std::size_t s = activity.first[i]; s < activity.first[i + 1]; ++s) {
      const ActivityShare& share = activity.shares[s];
      if (share.kind != kind || support[share.value] < least) continue;
      Sums& sums = result.sums[place[share.value]][static_cast<std::size_t>(labels[activity.rows[i]])];
      sums.sum += share.share, sums.squares += share.share * share.share, ++sums.customers;
    }
  return result;
}

// Welch's test of n and m values with these sums, by the normal distribution; two-sided.
double welch_p_value(const Sums& own, double n, const Sums& rest, double m) {
  const auto variance = [](const Sums& s, double count) { return std::max(0.0, s.squares - s.sum * s.sum / count) / (count - 1); };
  const double error = std::sqrt(variance(own, n) / n + variance(rest, m) / m);
  const double difference = own.sum / n - rest.sum / m;
  return error > 0 ? std::erfc(std::abs(difference) / error / std::sqrt(2.0)) : difference == 0 ? 1 : 0;
}

struct Tested {
  std::size_t segment;
  std::size_t segment_customers;  // that have the value
  Interest interest;
};

std::vector<Tested> test_kind(const Activity& activity, const KindSums& kind, ActivityKind which, const std::vector<std::size_t>& sizes, std::size_t least) {
  std::vector<Tested> tested;
  const auto all = static_cast<double>(activity.rows.size());
  for (std::size_t v = 0; v < kind.values.size(); ++v) {
    Sums everyone;
    for (const Sums& s : kind.sums[v]) everyone.sum += s.sum, everyone.squares += s.squares, everyone.customers += s.customers;
    for (std::size_t c = 0; c < sizes.size(); ++c) {
      const Sums& own = kind.sums[v][c];
      const auto n = static_cast<double>(sizes[c]);
      if (sizes[c] < least || activity.rows.size() - sizes[c] < least) continue;
      const Sums rest{everyone.sum - own.sum, everyone.squares - own.squares, everyone.customers - own.customers};
      const double mean = own.sum / n, mean_all = everyone.sum / all;
      const std::string product_name = which == ActivityKind::product ? activity.product_names[kind.values[v]] : "";
      tested.push_back({c, own.customers, {activity.texts[static_cast<int>(which)][kind.values[v]], product_name, mean, mean_all, mean / mean_all, welch_p_value(own, n, rest, all - n)}});
    }
  }
  return tested;
}

// The greatest p-value that Benjamini and Hochberg still call significant; -1: none is.
double significant_p_value(const std::vector<Tested>& tested, double rate) {
  std::vector<double> p;
  for (const Tested& t : tested) p.push_back(t.interest.p_value);
  std::sort(p.begin(), p.end());
  for (std::size_t i = p.size(); i-- > 0;)
    if (p[i] <= rate * static_cast<double>(i + 1) / static_cast<double>(p.size())) return p[i];
  return -1;
}

void find_interests(const Activity& activity, std::span<const std::int32_t> labels, ActivityKind kind, const InterestOptions& options, ActivityProfile& profile) {
  std::vector<std::size_t> sizes;
  for (const SegmentActivity& segment : profile.segments) sizes.push_back(segment.customers);
  const KindSums sums = sum_kind(activity, labels, sizes.size(), kind, options.least_customers);
  const std::vector<Tested> tested = test_kind(activity, sums, kind, sizes, options.least_customers);
  const double limit = significant_p_value(tested, options.false_discoveries);
  for (const Tested& t : tested)
    if (t.interest.p_value <= limit && t.interest.lift > 1 && t.interest.own >= options.least_share && 2 * t.segment_customers >= options.least_customers)
      profile.segments[t.segment].interests[static_cast<int>(kind)].push_back(t.interest);
  for (SegmentActivity& segment : profile.segments) {
    std::vector<Interest>& list = segment.interests[static_cast<int>(kind)];
    std::stable_sort(list.begin(), list.end(), [](const Interest& a, const Interest& b) { return a.lift > b.lift; });
    list.resize(std::min(list.size(), options.most));
  }
}

void add_time(SegmentActivity& segment, const ActivityShare& share) {
  if (share.kind == ActivityKind::hour) segment.hours[share.value] += share.share;
  if (share.kind == ActivityKind::weekday) segment.weekdays[share.value] += share.share;
  if (share.kind == ActivityKind::month) segment.months[share.value] += share.share;
}

void divide_times(SegmentActivity& segment) {
  const double n = std::max<double>(1, static_cast<double>(segment.customers));
  for (double& share : segment.hours) share /= n;
  for (double& share : segment.weekdays) share /= n;
  for (double& share : segment.months) share /= n;
}

}  // namespace

ActivityProfile profile_activity(const Activity& activity, std::span<const std::int32_t> labels, std::size_t k, const InterestOptions& options) {
  ActivityProfile profile;
  profile.customers = activity.rows.size();
  profile.segments.resize(k);
  profile.everyone.customers = profile.customers;
  for (std::size_t i = 0; i < activity.rows.size(); ++i) {
    SegmentActivity& segment = profile.segments[static_cast<std::size_t>(labels[activity.rows[i]])];
    ++segment.customers;
    for (std::size_t s = activity.first[i]; s < activity.first[i + 1]; ++s) add_time(segment, activity.shares[s]), add_time(profile.everyone, activity.shares[s]);
  }
  for (SegmentActivity& segment : profile.segments) divide_times(segment);
  divide_times(profile.everyone);
  for (const ActivityKind kind : {ActivityKind::category, ActivityKind::brand, ActivityKind::product}) find_interests(activity, labels, kind, options, profile);
  return profile;
}

}  // namespace coterie
