#include "coterie/score/near_optimum.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

TEST(NearOptimum, OfARingIsAsGoodAndQuiteDifferent) {
  Matrix x(400, 2);  // any rotation of three arcs is as good
  for (std::size_t i = 0; i < 400; ++i) x.at(i, 0) = std::cos(0.0157 * static_cast<double>(i)), x.at(i, 1) = std::sin(0.0157 * static_cast<double>(i));
  const NearOptimum found = near_optima(x, {3, 3})[0];
  EXPECT_LT(found.agreement, 0.6);
  EXPECT_LE(found.excess, 0.01);
}

TEST(NearOptimum, OfFarCloudsIsTheOptimumItself) {
  Random random(1);
  Matrix x(600, 2);
  for (std::size_t i = 0; i < 600; ++i) x.at(i, 0) = 20 * static_cast<double>(i % 3) + random.normal(), x.at(i, 1) = random.normal();
  const auto one = near_optima(x, {2, 4}, {.threads = 1}), four = near_optima(x, {2, 4}, {.threads = 4});
  EXPECT_EQ(one[1].agreement, 1);
  EXPECT_EQ(one[1].excess, 0);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(one[i].agreement, four[i].agreement);
    EXPECT_EQ(one[i].k, 2 + i);
  }
}

}  // namespace
}  // namespace coterie
