#include "coterie/segments/name.h"

#include <gtest/gtest.h>

#include <set>

namespace coterie {
namespace {

const std::vector<std::string> names = {"total_events", "n_view", "n_cart", "n_purchase", "revenue", "recency_days", "tenure_days"};

Profiles profiles_of(const std::vector<std::vector<double>>& means, const std::vector<double>& everyone) {
  Profiles profiles;
  profiles.everyone = {100 * means.size(), 1, everyone, everyone};
  for (const auto& mean : means) profiles.clusters.push_back({100, 1.0 / static_cast<double>(means.size()), mean, mean});
  return profiles;
}

TEST(NameSegments, NamesByWhatAClusterIs) {
  const auto segments = name_segments(profiles_of({{100, 60, 20, 20, 900, 3, 40}, {30, 25, 5, 0.1, 3, 10, 4}, {3, 3, 0, 0, 0, 30, 0}},
                                                  {10, 8, 1, 0.4, 20, 15, 5}), names);
  EXPECT_EQ(segments[0].name, "high-value loyal");
  EXPECT_EQ(segments[0].because, "n_purchase 20 on average against 0.4 for everyone; revenue 900 on average against 20 for everyone");
  EXPECT_EQ(segments[1].name, "cart abandoners");
  EXPECT_EQ(segments[1].because, "n_cart 5 on average against 1 for everyone; n_purchase 0.1 on average against 0.4 for everyone");
  EXPECT_EQ(segments[2].name, "lapsed browsers");
}

TEST(NameSegments, DescribesWhatNoRuleFitsByTheTwoGreatestDifferences) {
  const auto segments = name_segments(profiles_of({{10, 2, 1, 1, 1, 15, 1}}, {10, 8, 1, 1, 1, 5, 1}), names);
  EXPECT_EQ(segments[0].name, "low n_view, high recency_days");
  EXPECT_EQ(segments[0].because, "n_view 2 on average against 8 for everyone; recency_days 15 on average against 5 for everyone");
}

TEST(NameSegments, CallsNothingHighOrLowThatIsLikeEveryone) {
  const std::vector<double> same = {10, 8, 1, 1, 20, 15, 5};
  EXPECT_EQ(name_segments(profiles_of({same}, same), names)[0].name, "typical customers");
  EXPECT_EQ(name_segments(profiles_of({{10, 12, 1, 1, 20, 15, 5}}, same), names)[0].name, "high n_view");
}

TEST(NameSegments, EveryNameIsUnique) {
  const std::vector<double> same = {10, 8, 1, 1, 20, 15, 5};
  for (const auto& means : {std::vector<std::vector<double>>(4, same), std::vector<std::vector<double>>(3, {10, 2, 1, 1, 1, 15, 1})}) {
    std::set<std::string> different;
    for (const SegmentName& segment : name_segments(profiles_of(means, same), names)) different.insert(segment.name);
    EXPECT_EQ(different.size(), means.size());
  }
  Profiles sizes = profiles_of(std::vector<std::vector<double>>(2, same), same);
  sizes.clusters[0].share = 0.75, sizes.clusters[1].share = 0.25;
  EXPECT_EQ(name_segments(sizes, names)[0].name, "typical customers (75.00 % of customers)");
  EXPECT_EQ(name_segments(sizes, names)[1].name, "typical customers (25.00 % of customers)");
}

TEST(NameSegments, DoesWithoutFeaturesThatTheLogLacks) {
  const auto segments = name_segments(profiles_of({{50, 0}, {2, 0}}, {5, 0}), {"total_events", "n_purchase"});
  EXPECT_EQ(segments.size(), 2u);
  EXPECT_NE(segments[0].name, segments[1].name);
}

}  // namespace
}  // namespace coterie
