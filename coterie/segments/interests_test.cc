#include "coterie/segments/interests.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

// Customers in two segments with one share each of a kind: `own(segment)` draws the brand.
Activity activity_of(std::size_t customers, std::size_t brands, const std::vector<std::int32_t>& labels, const auto& brand_of) {
  Activity activity;
  for (std::size_t b = 0; b < brands; ++b) activity.texts[1].push_back("brand " + std::to_string(b));
  for (std::size_t i = 0; i < customers; ++i) {
    activity.rows.push_back(static_cast<std::uint32_t>(i));
    activity.shares.push_back({ActivityKind::brand, static_cast<std::uint32_t>(brand_of(labels[i])), 1.0});
    activity.shares.push_back({ActivityKind::hour, labels[i] == 0 ? 9u : 20u, 1.0});
    activity.first.push_back(activity.shares.size());
  }
  return activity;
}

TEST(ProfileActivity, FindsWhatASegmentIsAboutAndWhen) {
  Random random(6);
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 3000; ++i) labels.push_back(random.below(4) == 0 ? 1 : 0);
  // Segment 1 likes brand 3: half of its customers, of the others a tenth.
  const Activity activity = activity_of(3000, 10, labels, [&](std::int32_t segment) { return segment == 1 && random.below(2) == 0 ? 3 : random.below(10); });
  const ActivityProfile profile = profile_activity(activity, labels, 2);
  ASSERT_EQ(profile.segments[1].interests[1].size(), 1u);
  const Interest& interest = profile.segments[1].interests[1][0];
  EXPECT_EQ(interest.text, "brand 3");
  // By hand.
  double own = 0, all = 0, n = 0;
  for (std::size_t i = 0; i < 3000; ++i) {
    const bool has = activity.shares[2 * i].value == 3;
    all += has, own += has && labels[i] == 1, n += labels[i] == 1;
  }
  EXPECT_NEAR(interest.own, own / n, 1e-12);
  EXPECT_NEAR(interest.everyone, all / 3000, 1e-12);
  EXPECT_NEAR(interest.lift, own / n / (all / 3000), 1e-12);
  EXPECT_EQ(profile.segments[0].hours[9], 1);
  EXPECT_EQ(profile.segments[1].hours[20], 1);
  EXPECT_NEAR(profile.everyone.hours[20], n / 3000, 1e-12);
}

TEST(ProfileActivity, WhereThereIsNothingItFindsNothing) {
  // 100 brands, drawn alike in both segments, 40 times: rarely may one be called significant.
  Random random(8);
  std::size_t found = 0;
  for (int trial = 0; trial < 40; ++trial) {
    std::vector<std::int32_t> labels;
    for (int i = 0; i < 4000; ++i) labels.push_back(static_cast<std::int32_t>(random.below(2)));
    const ActivityProfile profile = profile_activity(activity_of(4000, 100, labels, [&](std::int32_t) { return random.below(100); }), labels, 2);
    found += !profile.segments[0].interests[1].empty() || !profile.segments[1].interests[1].empty();
  }
  EXPECT_LE(found, 3u);
}

TEST(ProfileActivity, SaysNothingOfAHandfulOfCustomers) {
  std::vector<std::int32_t> labels(500, 0);
  for (std::size_t i = 0; i < 15; ++i) labels[i] = 1;
  const Activity activity = activity_of(500, 2, labels, [](std::int32_t segment) { return segment; });
  EXPECT_TRUE(profile_activity(activity, labels, 2).segments[1].interests[1].empty());
}

TEST(ProfileActivity, OfNoActivityIsNothing) {
  EXPECT_EQ(profile_activity(Activity(), {}, 3).customers, 0u);
}

}  // namespace
}  // namespace coterie
