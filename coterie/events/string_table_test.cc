#include "coterie/events/string_table.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "coterie/base/error.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

TEST(StringTable, NumbersTextsInTheOrderOfTheirAppearance) {
  Random random(1);
  StringTable table;
  std::map<std::string, std::uint32_t> expected;
  for (int i = 0; i < 200'000; ++i) {
    std::string text = random.below(100) == 0 ? "" : std::to_string(random.below(50'000));
    if (random.below(4) == 0) text += std::string(random.below(40), '\0');
    const auto [it, is_new] = expected.emplace(text, static_cast<std::uint32_t>(expected.size()));
    const std::uint32_t code = table.add(text, hash_text(text));
    ASSERT_EQ(code, it->second);
    ASSERT_EQ(table.text(code), text);
    ASSERT_EQ(table.hash(code), hash_text(text));
  }
  EXPECT_EQ(table.size(), expected.size());
}

TEST(StringTable, GivesNoNumberBeyondItsMostAndKeepsTheOldOnes) {
  StringTable table(2);
  EXPECT_EQ(table.add("a", hash_text("a")), 0u);
  EXPECT_EQ(table.add("b", hash_text("b")), 1u);
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_EQ(table.add("c", hash_text("c")), StringTable::none);
    EXPECT_EQ(table.add("b", hash_text("b")), 1u);
  }
  EXPECT_EQ(table.size(), 2u);
}

TEST(StringTable, ReportsTwoTextsOfOneHash) {
  StringTable table;
  table.add("one", 42);
  EXPECT_EQ(table.add("one", 42), 0u);
  try {
    table.add("other", 42);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::usage);
  }
}

TEST(StringTable, TakesTextsWhoseHashesFallIntoOneSlot) {
  StringTable table;
  for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_EQ(table.add(std::to_string(i), i << 40), i);
  for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_EQ(table.add(std::to_string(i), i << 40), i);
}

}  // namespace
}  // namespace coterie
