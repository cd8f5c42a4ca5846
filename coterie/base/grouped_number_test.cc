#include "coterie/base/grouped_number.h"

#include <gtest/gtest.h>

namespace coterie {
namespace {

TEST(GroupedNumber, SetsThousandsApart) {
  for (const auto& [value, text] : {std::pair<double, const char*>{0, "0"}, {999, "999"}, {1000, "1,000"}, {1234567.2, "1,234,567"}, {-999, "-999"}, {-1000, "-1,000"}, {9007199254740992, "9,007,199,254,740,992"}})
    EXPECT_EQ(grouped(value), text);
}

}  // namespace
}  // namespace coterie
