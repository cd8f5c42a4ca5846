#include <gtest/gtest.h>

#include <string>

#include "coterie/base/random.h"
#include "coterie/source/parse_number.h"
#include "coterie/source/parse_time.h"

namespace coterie {
namespace {

std::string padded(const std::string& text) { return text + std::string(16, '7'); }

TEST(ParseUnsigned, AgreesWithTheStandardLibraryOnAnyLength) {
  Random random(3);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t digits = 1 + random.below(18);
    for (std::size_t i = 0; i < digits; ++i) text += static_cast<char>('0' + random.below(10));
    std::uint64_t value = 0;
    ASSERT_TRUE(parse_unsigned(padded(text).data(), text.size(), value)) << text;
    EXPECT_EQ(value, std::stoull(text));
  }
}

TEST(ParseUnsigned, RefusesEveryByteThatIsNoDigitAtEveryPlace) {
  for (std::size_t digits = 1; digits <= 18; ++digits)
    for (std::size_t place = 0; place < digits; ++place)
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(digits, '4');
        text[place] = static_cast<char>(byte);
        std::uint64_t value = 0;
        EXPECT_EQ(parse_unsigned(padded(text).data(), digits, value), byte >= '0' && byte <= '9') << digits << " " << place << " " << byte;
      }
  std::uint64_t value = 0;
  EXPECT_FALSE(parse_unsigned(padded("").data(), 0, value));
  EXPECT_FALSE(parse_unsigned(padded(std::string(19, '1')).data(), 19, value));
}

TEST(ParsePrice, TakesDecimalsExactlyAndRefusesTheRest) {
  struct Case {
    const char* text;
    bool ok;
    std::int64_t micros;
  };
  const Case cases[] = {
      {"33.20", true, 33'200'000}, {"0.01", true, 10'000},      {"12", true, 12'000'000},    {"12.5", true, 12'500'000},
      {".50", true, 500'000},      {"5.", true, 5'000'000},     {"-5.25", true, -5'250'000}, {"+1.00", true, 1'000'000},
      {"1.2345678", true, 1'234'568}, {"0.0000004", true, 0},   {"0.0000005", true, 1},      {"-0.0000005", true, -1},
      {"99999999.99", true, 99'999'999'990'000}, {"9000000000000", true, 9'000'000'000'000'000'000},
      {"99999999999999", false, 0}, {"12,5", false, 0},         {"1e3", false, 0},           {"$5", false, 0},
      {"", false, 0},              {".", false, 0},             {"-", false, 0},             {" 5", false, 0},
      {"5 ", false, 0},            {"1.2.3", false, 0},         {"nan", false, 0},           {"1:.20", false, 0},
  };
  for (const Case& c : cases) {
    std::int64_t micros = 0;
    EXPECT_EQ(parse_price(padded(c.text).data(), std::string(c.text).size(), micros), c.ok) << c.text;
    if (c.ok) { EXPECT_EQ(micros, c.micros) << c.text; }
  }
}

TEST(ParseTime, TakesTheFormsItNamesAndRefusesTheRest) {
  struct Case {
    const char* text;
    bool ok;
    const char* iso;
  };
  const Case cases[] = {
      {"2019-10-01 00:00:04 UTC", true, "2019-10-01T00:00:04Z"},
      {"2019-10-01 23:59:59", true, "2019-10-01T23:59:59Z"},
      {"2019-10-01T12:00:00Z", true, "2019-10-01T12:00:00Z"},
      {"2019-10-01T12:00:00.250Z", true, "2019-10-01T12:00:00.250Z"},
      {"2019-10-01T12:00:00.123456", true, "2019-10-01T12:00:00.123Z"},
      {"2019-10-01T12:00:00+02:00", true, "2019-10-01T10:00:00Z"},
      {"2019-10-01T12:00:00-0530", true, "2019-10-01T17:30:00Z"},
      {"2019-10-01 12:30", true, "2019-10-01T12:30:00Z"},
      {"2019-10-01", true, "2019-10-01T00:00:00Z"},
      {"1569888004", true, "2019-10-01T00:00:04Z"},
      {"1569888004250", true, "2019-10-01T00:00:04.250Z"},
      {"1569888004.25", true, "2019-10-01T00:00:04.250Z"},
      {"1569888004.", false, ""},
      {"1569888004.5x", false, ""},
      {"156988800", false, ""},
      {"15698880042", false, ""},
      {"1569888004250123", false, ""},
      {"2020-02-29 00:00:00", true, "2020-02-29T00:00:00Z"},
      {"1969-12-31 23:59:59", true, "1969-12-31T23:59:59Z"},
      {"2019-02-29 00:00:00", false, ""},
      {"2019-13-01 00:00:00", false, ""},
      {"2019-10-32", false, ""},
      {"2019-10-01 24:00:00", false, ""},
      {"2019-10-01 00:60:00", false, ""},
      {"2019-10-01 00:00:0x UTC", false, ""},
      {"2019-10-01 00:00:00 XYZ", false, ""},
      {"2019-10-01 01:30+02", true, "2019-09-30T23:30:00Z"},  // as long as a plain time, and in another day
      {"2019-10-01 01:30:00", true, "2019-10-01T01:30:00Z"},
      {"2019-10-01 23:30-02", true, "2019-10-02T01:30:00Z"},
      {"2019-10-01 23:30:00 UTC", true, "2019-10-01T23:30:00Z"},
      {"2019-10-01 12:34.56", true, "2019-10-01T12:34:00.560Z"},
      {"2019-10-01 12:00:00+02:", false, ""},
      {"2019-10-01 12:00:00+2", false, ""},
      {"2019-10-01 12:00:00+16:00", false, ""},
      {"2019-10-01 12:00:00.", false, ""},
      {"2019-10-01 ", false, ""},
      {"0000-01-01", false, ""},
      {"0001-01-01", true, "0001-01-01T00:00:00Z"},
      {"9999-12-31 23:59:59", true, "9999-12-31T23:59:59Z"},
      {"01/10/2019", false, ""},
      {"", false, ""},
      {"yesterday", false, ""},
  };
  TimeParser parser;
  for (int twice = 0; twice < 2; ++twice)
    for (const Case& c : cases) {
      std::int64_t ms = 0;
      EXPECT_EQ(parser.parse(padded(c.text).data(), std::string(c.text).size(), ms), c.ok) << c.text;
      if (c.ok) { EXPECT_EQ(iso_time(ms), c.iso) << c.text; }
    }
}

TEST(TimeParser, RememberingADateNeverChangesAnAnswer) {
  Random random(8);
  TimeParser parser;
  const char* const tails[] = {"", " UTC", "+02", "-02", "+02:00", "Z", ".5", ".123", " UT", "+2"};
  for (int round = 0; round < 40000; ++round) {
    if (round % 2 == 0) {
      const std::string text = "2019-10-0" + std::to_string(1 + random.below(3)) + " 0" + std::to_string(random.below(4)) +
                               (random.below(2) == 0 ? ":30" : ":30:00") + tails[random.below(std::size(tails))];
      std::int64_t ms = 0;
      const auto slow = parse_time(text);
      ASSERT_EQ(parser.parse(padded(text).data(), text.size(), ms), slow.has_value()) << text;
      if (slow) { ASSERT_EQ(ms, *slow) << text; }
      continue;
    }
    std::string text = "2019-10-0" + std::to_string(random.below(10)) + (random.below(9) == 0 ? "T" : " ") + "1" + std::to_string(random.below(10)) +
                       ":" + std::to_string(random.below(8)) + "0:30" + (random.below(2) == 0 ? " UTC" : "");
    if (random.below(5) == 0) text[random.below(text.size())] = static_cast<char>('0' + random.below(12));
    std::int64_t ms = 0;
    const auto slow = parse_time(text);
    ASSERT_EQ(parser.parse(padded(text).data(), text.size(), ms), slow.has_value()) << text;
    if (slow) { ASSERT_EQ(ms, *slow) << text; }
  }
}

}  // namespace
}  // namespace coterie
