#include "coterie/model/memory_plan.h"

#include <gtest/gtest.h>

#include <string>

#include "coterie/base/error.h"
#include "coterie/base/memory.h"

namespace coterie {
namespace {

TEST(PlanMemory, SharesOutWhatThereIs) {
  for (const int threads : {1, 2, 16, 64})
    for (const std::size_t limit : {std::size_t{4} << 30, std::size_t{64} << 30}) {
      const MemoryPlan plan = plan_memory(limit, threads);
      EXPECT_EQ(plan.limit, limit);
      EXPECT_GT(plan.events, limit / 8);
  
    }
  EXPECT_EQ(plan_memory(0, 2).limit, machine_memory() / 2);
}

TEST(PlanMemory, TheLeastItAsksForIsEnough) {
  for (const int threads : {1, 2, 7, 64}) {
    std::string hint;
    try {
      plan_memory(1'000'000, threads);
      FAIL() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::usage);
      hint = error.hint;
    }
    ASSERT_TRUE(hint.starts_with("give at least --memory ")) << hint;
    EXPECT_NO_THROW(plan_memory(std::stoull(hint.substr(23)) * 1'000'000, threads)) << hint;
  }
}

}  // namespace
}  // namespace coterie
