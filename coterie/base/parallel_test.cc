#include "coterie/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace coterie {
namespace {

TEST(ForEachBlock, RunsEveryBlockOnceOnAnyNumberOfThreads) {
  for (int threads : {0, 1, 2, 7}) {
    std::vector<std::atomic<int>> seen(1000);
    for_each_block(seen.size(), threads, [&](std::size_t block, int) { ++seen[block]; });
    for (const auto& count : seen) EXPECT_EQ(count, 1);
  }
}

TEST(ForEachBlock, RethrowsTheExceptionOfTheLowestBlockOnOneThread) {
  const auto fail_from_three = [](std::size_t block, int) {
    if (block >= 3) throw std::runtime_error(std::to_string(block));
  };
  try {
    for_each_block(10, 1, fail_from_three);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "3");
  }
  EXPECT_THROW(for_each_block(10, 4, fail_from_three), std::runtime_error);
}

}  // namespace
}  // namespace coterie
