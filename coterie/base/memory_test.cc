#include "coterie/base/memory.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace coterie {
namespace {

TEST(HugeArray, IsZeroAlsoWhereFreedPagesComeBack) {
  for (int round = 0; round < 3; ++round)
    for (const std::size_t n : {std::size_t{10}, std::size_t{1} << 20, std::size_t{3} << 20}) {
      HugeArray<double> array(n);
      ASSERT_TRUE(std::all_of(array.begin(), array.end(), [](double x) { return x == 0; }));
      std::fill(array.begin(), array.end(), 7.0);
    }
}

TEST(HugeArray, NeighboursThatWereFreedMakeRoomForALargerOne) {
  const std::size_t before = pages_in_use();
  {
    HugeArray<char> a(std::size_t{4} << 20), b(std::size_t{4} << 20), c(std::size_t{4} << 20);
    EXPECT_EQ(pages_in_use(), before + (std::size_t{12} << 20));
    std::fill(b.begin(), b.end(), 'x');
  }
  EXPECT_EQ(pages_in_use(), before);
  const HugeArray<char> large(std::size_t{10} << 20);
  EXPECT_TRUE(std::all_of(large.begin(), large.end(), [](char x) { return x == 0; }));
}

TEST(Memory, TheMachineHasSomeAndTheProcessUsesLess) {
  EXPECT_GT(peak_memory(), 0u);
  EXPECT_GT(machine_memory(), peak_memory());
}

}  // namespace
}  // namespace coterie
