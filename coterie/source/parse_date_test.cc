#include "coterie/source/parse_date.h"

#include <gtest/gtest.h>

#include <vector>

#include "coterie/source/parse_time.h"

namespace coterie {
namespace {

TEST(ParseDate, ReadsEachOrder) {
  const struct {
    const char* text;
    DateOrder order;
    const char* iso;
  } cases[] = {{"12/1/2010 8:26", DateOrder::month_day_year, "2010-12-01 08:26"}, {"1/12/2010 08:26:05", DateOrder::day_month_year, "2010-12-01 08:26:05"},
               {"01.12.2010", DateOrder::day_month_year, "2010-12-01"},          {"19970101", DateOrder::year_month_day, "1997-01-01"},
               {"2010/12/1T23:59", DateOrder::year_month_day, "2010-12-01 23:59"}, {"2/29/2012", DateOrder::month_day_year, "2012-02-29"},
               {"12/1/2010 12:05 AM", DateOrder::month_day_year, "2010-12-01 00:05"}, {"12/1/2010 1:05 PM", DateOrder::month_day_year, "2010-12-01 13:05"},
               {"2010-12-01", DateOrder::iso, "2010-12-01"}};
  for (const auto& one : cases) EXPECT_EQ(parse_date(one.text, one.order), parse_time(one.iso)) << one.text;
}

TEST(ParseDate, RefusesWhatIsNoDate) {
  for (const char* text : {"", "13/1/2010", "2/29/2011", "1/1/10", "1/1.2010", "1/1/2010 24:00", "1/1/2010 8", "1/1/2010 8:26x", "1/1/2010 13:00 PM", "0/1/2010", "1//2010", "1/1/20100"})
    EXPECT_EQ(parse_date(text, DateOrder::month_day_year), std::nullopt) << text;
}

TEST(GuessDateFormat, OneValueAboveTwelveDecidesForTheColumn) {
  const auto guess = [](std::vector<std::string_view> values) { return guess_date_format(values); };
  EXPECT_EQ(guess({"1/2/2010", "1/13/2010"}).order, DateOrder::month_day_year);
  EXPECT_FALSE(guess({"1/2/2010", "1/13/2010"}).ambiguous);
  EXPECT_EQ(guess({"1/2/2010", "13/1/2010"}).order, DateOrder::day_month_year);
  EXPECT_EQ(guess({"1/2/2010"}).order, DateOrder::month_day_year);
  EXPECT_TRUE(guess({"1/2/2010"}).ambiguous);
  EXPECT_EQ(guess({"1.2.2010"}).order, DateOrder::day_month_year);
  EXPECT_EQ(guess({"19970101"}).order, DateOrder::year_month_day);
  EXPECT_EQ(guess({"2010-12-01"}).order, DateOrder::iso);
  EXPECT_EQ(guess({"2010-12-01", "nothing"}).share, 0.5);
}

TEST(GuessDateFormat, SaysWhereAColumnMixesOrders) {
  const auto guess = [](std::vector<std::string_view> values) { return guess_date_format(values); };
  EXPECT_EQ(guess({"2010-12-01", "2010-12-02", "31.12.2010"}).other, "31.12.2010");
  EXPECT_EQ(guess({"2010-12-01", "nothing"}).other, "");
  // An ISO date can be read one way only, so it is no other order.
  EXPECT_EQ(guess({"12/31/2010", "12/30/2010", "2010-12-31"}).order, DateOrder::month_day_year);
  EXPECT_EQ(guess({"12/31/2010", "12/30/2010", "2010-12-31"}).other, "");
  EXPECT_EQ(parse_date("2010-12-31", DateOrder::month_day_year), parse_time("2010-12-31"));
}

}  // namespace
}  // namespace coterie
