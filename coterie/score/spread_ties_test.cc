#include "coterie/score/spread_ties.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "coterie/base/random.h"

namespace coterie {
namespace {

TEST(SpreadTies, LeavesDifferentValuesAlone) {
  Matrix x(200, 2);
  Random random(3);
  for (std::size_t i = 0; i < 200; ++i) x.at(i, 0) = random.normal(), x.at(i, 1) = 7;  // the other column is constant
  const Matrix y = spread_ties(x, 1);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(y.at(i, 0), x.at(i, 0));
    EXPECT_EQ(y.at(i, 1), 7);
  }
}

TEST(SpreadTies, GivesTheHeapOfNeverTheValuesOfOthers) {
  Matrix x(1000, 1);
  for (std::size_t i = 0; i < 1000; ++i) x.at(i, 0) = i < 600 ? 0 : 50 + 0.1 * static_cast<double>(i);
  const Matrix y = spread_ties(x, 1);
  std::set<double> different(y.column(0).begin(), y.column(0).end());
  EXPECT_GE(*different.begin(), 110 - 1e-9);
  EXPECT_LE(*different.rbegin(), 150);
}

TEST(SpreadTies, MakesCountsDifferentAndKeepsThemNear) {
  Matrix x(3000, 1);
  Random random(4);
  for (double& v : x.column(0)) v = 10 + static_cast<double>(random.below(20));
  const Matrix y = spread_ties(x, 1);
  std::vector<double> values(y.column(0).begin(), y.column(0).end());
  std::sort(values.begin(), values.end());
  EXPECT_EQ(std::unique(values.begin(), values.end()), values.end());
  int moved_far = 0;
  for (std::size_t i = 0; i < 3000; ++i)
    moved_far += x.at(i, 0) > 10 && x.at(i, 0) < 29 && std::abs(y.at(i, 0) - x.at(i, 0)) > 1.5 + 1e-9;
  EXPECT_LT(moved_far, 150);  // nearly always at most one value away, and half of the way to the next
}

}  // namespace
}  // namespace coterie
