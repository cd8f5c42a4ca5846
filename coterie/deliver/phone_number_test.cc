#include "coterie/deliver/phone_number.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "coterie/base/folders_test.h"
#include "coterie/source/csv_file.h"

namespace coterie {
namespace {

TEST(PhoneNumber, IsReadAsItsCountryWritesIt) {
  const struct { const char *text, *country, *expected; } cases[] = {
      {"+49 (0)151 2345-6789", "", "+4915123456789"}, {"0151 / 234 567 89", "DE", "+4915123456789"}, {"0049 151 23456789", "de", "+4915123456789"},
      {"020 7946 0018", "GB", "+442079460018"},        {"(212) 555-0123", "US", "+12125550123"},      {"1-212-555-0123", "US", "+12125550123"},
      {"011 44 20 7946 0018", "US", "+442079460018"},  {"06 1234 5678", "IT", "+390612345678"},       {"8 912 345-67-89", "RU", "+79123456789"},
      {"06 1 234 5678", "HU", "+3612345678"},          {"+61 2 5550 1234", "US", "+61255501234"},     {"\xc2\xa0+1 212\xc2\xa0""555 0123", "", "+12125550123"},
  };
  for (const auto& c : cases) EXPECT_EQ(e164(c.text, c.country).value_or("nothing"), c.expected) << c.text;
}

TEST(PhoneNumber, WhatCannotBeReadSurelyIsNoNumber) {
  for (const char* text : {"", "+", "n/a", "0151 23456789", "1-800-FLOWERS", "+49 151 23456789 ext. 5", "+999 123 4567", "+1 212 555 01234", "12+34", "+0 123 456 789"})
    EXPECT_FALSE(e164(text, "")) << text;
  EXPECT_FALSE(e164("555-0123", "US"));        // without the area
  EXPECT_FALSE(e164("020 7946 0018", "XX"));   // no such country
}

TEST(PhoneNumber, CountryCodesHaveTwoLetters) {
  EXPECT_TRUE(is_country_code("DE"));
  EXPECT_TRUE(is_country_code("gb"));
  for (const char* text : {"", "UK", "Germany", "D", "12"}) EXPECT_FALSE(is_country_code(text)) << text;
}

// libphonenumber's readings (tests/reference/phone_numbers.py). Where a country's rules are more than a prefix
// (carriers in Brazil, mobile numbers in Argentina) there may be no number, but never another one.
TEST(PhoneNumber, AgreesWithLibphonenumberOrGivesNothing) {
  CsvFile file((repository_folder() / "tests" / "reference" / "phone_numbers.csv").string());
  std::size_t rows = 0, same = 0;
  file.for_each_row([&](std::span<const std::string_view> fields) {
    const auto read = e164(fields[0], fields[1]);
    ++rows;
    same += read.has_value();
    EXPECT_EQ(read.value_or(std::string(fields[2])), fields[2]) << fields[0] << " in " << fields[1];
  });
  EXPECT_EQ(rows, 2445u);
  EXPECT_EQ(same, 2443u);
}

}  // namespace
}  // namespace coterie
