#include "coterie/source/parse_amount.h"

#include <gtest/gtest.h>

#include <vector>

namespace coterie {
namespace {

TEST(ParseAmount, ReadsNumbersAsPeopleWriteThem) {
  const struct {
    std::string_view text;
    char decimal;
    double value;
  } cases[] = {{"12", '.', 12}, {"-12.5", '.', -12.5}, {"+.5", '.', 0.5}, {"1e3", '.', 1000}, {"1,234.50", '.', 1234.5}, {"1,234,567", '.', 1234567},
               {"1.234,50", ',', 1234.5}, {"12,5", ',', 12.5}, {"1 234,5", ',', 1234.5}, {"1'234.5", '.', 1234.5}, {"$ 5.00", '.', 5}, {"5.00 \xe2\x82\xac", '.', 5},
               {"USD 7", '.', 7}, {"\xc2\xa3" "7.25", '.', 7.25}, {"15 %", '.', 15}, {"(3.00)", '.', -3}, {"-$5", '.', -5}, {" 8 ", '.', 8}, {"0012", '.', 12}};
  for (const auto& one : cases) {
    const auto value = parse_amount(one.text, {one.decimal});
    ASSERT_TRUE(value) << one.text;
    EXPECT_EQ(*value, one.value) << one.text;
  }
}

TEST(ParseAmount, RefusesWhatIsNoNumber) {
  for (const char* text : {"", " ", "abc", "1,23", "12,34,567", "1.2.3", "1,2345", "1234,567", "--1", "(-1)", "1-", "nan", "inf", "1e", "1 2", ",", ".", "5 kg", "1e999", "2019-10-01", "1,234.5,6"})
    EXPECT_FALSE(parse_amount(text)) << text;
}

TEST(GuessAmountFormat, TakesTheDecimalSignThatFitsMoreValues) {
  const auto guess = [](std::vector<std::string_view> values) { return guess_amount_format(values); };
  EXPECT_EQ(guess({"1.5", "2"}).decimal, '.');
  EXPECT_EQ(guess({"1,5", "2"}).decimal, ',');
  EXPECT_EQ(guess({"1.234,5", "2,25"}).decimal, ',');
  EXPECT_EQ(guess({"1,234.5", "1,234"}).decimal, '.');
  EXPECT_FALSE(guess({"1,234.5", "1,234"}).ambiguous);
  EXPECT_EQ(guess({"1,234", "5"}).decimal, '.');
  EXPECT_TRUE(guess({"1,234", "5"}).ambiguous);
  EXPECT_FALSE(guess({"12", "5"}).ambiguous);
}

TEST(GuessAmountFormat, TakesAUnitThatMostValuesHave) {
  const std::vector<std::string_view> weights = {"70 kg", "65.5 kg", "80kg", "1,080 kg", "91 kg", "55 kg", "60 kg", "61 kg", "62 kg", "63 kg"};
  const AmountFormat format = guess_amount_format(weights);
  EXPECT_EQ(format.unit, "kg");
  EXPECT_EQ(parse_amount("65.5 kg", format), 65.5);
  EXPECT_EQ(parse_amount("1,080 kg", format), 1080);
  EXPECT_EQ(parse_amount("70", format), 70);
  EXPECT_FALSE(parse_amount("150 lb", format));
  const std::vector<std::string_view> mixed = {"70 kg", "65 lb", "80 kg"};
  EXPECT_EQ(guess_amount_format(mixed).unit, "");
  const std::vector<std::string_view> money = {"5 EUR", "6 EUR"};
  EXPECT_EQ(guess_amount_format(money).unit, "");
}

TEST(ParseMoney, IsExactAndNoPercentage) {
  EXPECT_EQ(parse_money("$ 1,234.10"), 1'234'100'000);
  EXPECT_EQ(parse_money("1.234,10 \xe2\x82\xac", {.decimal = ','}), 1'234'100'000);
  EXPECT_EQ(parse_money("(0.07)"), -70'000);
  EXPECT_EQ(parse_money("90071992547.409931"), 90'071'992'547'409'931);  // more digits than a double has
  for (const char* text : {"", "15 %", "1e3", "1,5", "free", "9999999999999999"}) EXPECT_FALSE(parse_money(text)) << text;
}

}  // namespace
}  // namespace coterie
