#include "coterie/source/rounded_id.h"

#include <gtest/gtest.h>

#include <vector>

namespace coterie {
namespace {

TEST(RoundedId, ScientificNotationIsWhatSpreadsheetsShow) {
  for (const char* text : {"1.23457E+12", "1,23457E+12", "1E+12", "9.9e+15"}) EXPECT_TRUE(is_scientific_id(text)) << text;
  // Of hexadecimal ids some look alike, but none has a plus.
  for (const char* text : {"", "1", "1E12", "12e4", "1.5", "E+12", "1.E+12", "1.2E+", "1.2E+1x", "12.3E+4", "anna"}) EXPECT_FALSE(is_scientific_id(text)) << text;
}

TEST(RoundedId, ZerosBehindFifteenDigitsInEveryLongNumber) {
  EXPECT_TRUE(ends_in_rounding_zeros("1234567890123450"));
  EXPECT_TRUE(ends_in_rounding_zeros("123456789012345000"));
  EXPECT_FALSE(ends_in_rounding_zeros("123456789012345"));   // has its fifteen digits
  EXPECT_FALSE(ends_in_rounding_zeros("1234567890123451"));
  EXPECT_FALSE(ends_in_rounding_zeros("0234567890123450"));
  const std::vector<std::string_view> rounded = {"123456789012345000", "123456789012346000", "17"};
  EXPECT_TRUE(are_rounded_ids(rounded));
  const std::vector<std::string_view> by_chance = {"1234567890123450", "1234567890123460"};  // one in a hundred columns
  EXPECT_FALSE(are_rounded_ids(by_chance));
  const std::vector<std::string_view> one_exact = {"123456789012345000", "123456789012346000", "123456789012346789"};
  EXPECT_FALSE(are_rounded_ids(one_exact));
}

}  // namespace
}  // namespace coterie
