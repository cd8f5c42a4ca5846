// Numbers as people write them in tables: "1,234.50", "12,5", "€ 1.234,50", "15 %", "(3.00)", "70 kg".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coterie {

// Which of , and . begins the decimals in a column; the other one, blanks and apostrophes part thousands.
struct AmountFormat {
  char decimal = '.';
  bool ambiguous = false;  // "1,234" everywhere: 1234 by this format, 1.234 by the other
  std::string unit = {};   // behind nine in ten values, "kg": taken off; another one makes a value no number
};

// A currency sign or code ($ € £ ¥, USD EUR GBP CHF) and blanks may stand at either end, % at the right; parentheses mean
// minus, as in ledgers. A percentage keeps its number: "15 %" is 15. Thousands are parted in threes or it is no number.
// Exponents ("1e3") are read, NaN and infinities are not.
std::optional<double> parse_amount(std::string_view text, const AmountFormat& format = {});

// The same as an integer number of millionths, exactly (parse_micros); percentages and exponents are no money.
std::optional<std::int64_t> parse_money(std::string_view text, const AmountFormat& format = {});

// The format of a column's values: a comma with one, two or more than three digits behind it, or behind a point, is a
// decimal comma. Where both formats fit all values and give different numbers, the decimal point, and ambiguous is set.
AmountFormat guess_amount_format(std::span<const std::string_view> values);

}  // namespace coterie
