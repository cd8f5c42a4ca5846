#include "coterie/base/nearest_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace coterie {
namespace {

TEST(NearestName, IsTheOneWithTheFewestEdits) {
  const std::vector<std::string> known = {"restarts", "seed", "scale", "shape", "City"};
  EXPECT_EQ(nearest_name("restart", known), "restarts");
  EXPECT_EQ(nearest_name("sede", known), "seed");  // neighbours swapped are one edit
  EXPECT_EQ(nearest_name("city", known), "City");
  EXPECT_EQ(nearest_name("scape", known), "scale");  // as near as "shape": the first
}

TEST(NearestName, IsNoneWhereNothingIsNear) {
  const std::vector<std::string> known = {"restarts", "seed"};
  EXPECT_EQ(nearest_name("delimiter", known), std::nullopt);
  EXPECT_EQ(nearest_name("", known), std::nullopt);
  EXPECT_EQ(did_you_mean("x", known), "");
  EXPECT_EQ(did_you_mean("restrats", known), " (did you mean \"restarts\"?)");
}

}  // namespace
}  // namespace coterie
