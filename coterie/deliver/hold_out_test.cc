#include "coterie/deliver/hold_out.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "coterie/base/error.h"

namespace coterie {
namespace {

// For 20,000 customers and a share of 0.1 the standard deviation is 42: 250 is six of them.
TEST(HoldOut, HoldsOutTheShareAskedFor) {
  for (const std::uint64_t seed : {1u, 2u, 77u}) {
    int held_out = 0;
    for (int i = 0; i < 20000; ++i) held_out += is_held_out(std::to_string(500'000'000 + i), 0.1, seed);
    EXPECT_NEAR(held_out, 2000, 250) << seed;
  }
}

TEST(HoldOut, IsTheSameCustomersAtEveryTimeAndWithinEveryLargerShare) {
  for (int i = 0; i < 5000; ++i) {
    const std::string customer = "customer " + std::to_string(i);
    EXPECT_EQ(is_held_out(customer, 0.1, 7), is_held_out(customer, 0.1, 7));
    EXPECT_TRUE(!is_held_out(customer, 0.1, 7) || is_held_out(customer, 0.2, 7));
    EXPECT_FALSE(is_held_out(customer, 0, 7));
    EXPECT_TRUE(is_held_out(customer, 1, 7));
  }
}

TEST(HoldOut, SeedsChooseIndependently) {
  int both = 0;
  for (int i = 0; i < 20000; ++i) both += is_held_out(std::to_string(i), 0.2, 1) && is_held_out(std::to_string(i), 0.2, 2);
  EXPECT_NEAR(both, 800, 170);  // 0.04 of 20,000; six standard deviations
}

TEST(HoldOut, IsSavedAndReadBack) {
  const std::string folder = testing::TempDir() + "coterie-hold-out";
  std::filesystem::create_directories(folder);
  std::filesystem::remove(folder + "/hold_out.json");
  EXPECT_FALSE(load_hold_out(folder));
  const HoldOut hold_out{0.1, {{"high n_view, low recency", 0.25}}, ~std::uint64_t{0}};
  save_hold_out(hold_out, folder);
  EXPECT_EQ(load_hold_out(folder), hold_out);
  EXPECT_EQ(hold_out.share_of("high n_view, low recency"), 0.25);
  EXPECT_EQ(hold_out.share_of("other"), 0.1);
  std::ofstream(folder + "/hold_out.json") << "{}";
  try {
    load_hold_out(folder);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::damaged_input);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace coterie
