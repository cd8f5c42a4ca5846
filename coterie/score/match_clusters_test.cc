#include "coterie/score/match_clusters.h"

#include <gtest/gtest.h>

namespace coterie {
namespace {

using Counts = std::vector<std::uint64_t>;
using Fates = std::vector<Fate>;

// Of clusters whose members are all common.
ClusterMatches match(const Counts& common, std::size_t earlier, std::size_t later) {
  ClusterMembers members{Counts(earlier), Counts(later), common};
  for (std::size_t i = 0; i < common.size(); ++i) {
    members.earlier[i / later] += common[i];
    members.later[i % later] += common[i];
  }
  return match_clusters(members);
}

TEST(MatchClusters, FollowsMembersWhateverTheNumbers) {
  const ClusterMatches m = match({5, 900, 20, 300, 10, 0, 0, 15, 70}, 3, 3);
  EXPECT_EQ(m.successor, (std::vector<std::optional<std::size_t>>{1, 0, 2}));
  EXPECT_EQ(m.predecessor, (std::vector<std::optional<std::size_t>>{1, 0, 2}));
  EXPECT_EQ(m.fate_before, Fates(3, Fate::continues));
  EXPECT_EQ(m.fate_after, Fates(3, Fate::continues));
}

TEST(MatchClusters, ASplitGoesOnInItsLargestPart) {
  const ClusterMatches m = match({400, 300, 300, 0, 0, 0, 0, 500}, 2, 4);
  EXPECT_EQ(m.fate_before, (Fates{Fate::split, Fate::continues}));
  EXPECT_EQ(m.fate_after, (Fates{Fate::split, Fate::split, Fate::split, Fate::continues}));
  EXPECT_EQ(m.successor[0], 0u);
  EXPECT_EQ(m.linked_after[0], (std::vector<std::size_t>{0, 1, 2}));
}

TEST(MatchClusters, AMergerGoesOnAsItsLargestPart) {
  const ClusterMatches m = match({400, 0, 500, 0, 0, 700}, 3, 2);
  EXPECT_EQ(m.fate_before, (Fates{Fate::merged, Fate::merged, Fate::continues}));
  EXPECT_EQ(m.fate_after, (Fates{Fate::merged, Fate::continues}));
  EXPECT_EQ(m.predecessor[0], 1u);
  EXPECT_FALSE(m.successor[0]);
}

TEST(MatchClusters, WhatScattersDiesAndWhatGathersIsBorn) {
  // Earlier 2 goes to everybody; later 2 comes from everybody.
  const ClusterMatches m = match({1000, 0, 90, 0, 1000, 90, 60, 60, 50}, 3, 3);
  EXPECT_EQ(m.fate_before, (Fates{Fate::continues, Fate::continues, Fate::died}));
  EXPECT_EQ(m.fate_after, (Fates{Fate::continues, Fate::continues, Fate::born}));
}

// A small segment that is swallowed by a large one dies; the large one goes on unchanged.
TEST(MatchClusters, WhatIsSwallowedDies) {
  const ClusterMatches m = match({1000, 0, 30, 0, 0, 500}, 3, 2);
  EXPECT_EQ(m.fate_before, (Fates{Fate::continues, Fate::died, Fate::continues}));
  EXPECT_EQ(m.fate_after, (Fates{Fate::continues, Fate::continues}));
}

TEST(MatchClusters, WithoutCommonMembersCentresDecide) {
  const std::vector<double> distances = {3.0, 0.2, 9.0, 0.3, 3.1, 9.0}, own = {3.0, 3.0};
  const ClusterMatches m = match_clusters({{50, 60}, {40, 70, 90}, Counts(6)}, {distances, own});
  EXPECT_EQ(m.successor, (std::vector<std::optional<std::size_t>>{1, 0}));
  EXPECT_EQ(m.fate_after, (Fates{Fate::continues, Fate::continues, Fate::born}));
  const ClusterMatches far = match_clusters({{50, 60}, {40, 70, 90}, Counts(6)}, {distances, {0.3, 0.3}});
  EXPECT_EQ(far.fate_before, (Fates{Fate::died, Fate::died}));
  const ClusterMatches blind = match_clusters({{50, 60}, {40, 70, 90}, Counts(6)});
  EXPECT_EQ(blind.fate_after, Fates(3, Fate::born));
}

TEST(MatchClusters, ASmallClusterThatKeepsItsMembersGoesOn) {
  EXPECT_EQ(match({900, 0, 0, 3}, 2, 2).successor[1], 1u);
  EXPECT_EQ(match_clusters({{900, 80}, {900, 80}, {900, 0, 0, 3}}).fate_before[1], Fate::died);  // 3 of 80 say nothing
}

TEST(MatchClusters, ManyCommonMembersCountMoreThanCentres) {
  const std::vector<double> distances = {5.0, 0.1, 0.1, 5.0}, own = {5.0, 5.0};
  const ClusterMatches m = match_clusters({{100, 100}, {100, 100}, {100, 0, 0, 100}}, {distances, own});
  EXPECT_EQ(m.successor, (std::vector<std::optional<std::size_t>>{0, 1}));
}

}  // namespace
}  // namespace coterie
