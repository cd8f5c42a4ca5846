#include "coterie/source/parse_amount.h"

#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <string>

#include "coterie/source/parse_number.h"

namespace coterie {
namespace {

constexpr std::array<std::string_view, 9> currencies = {"$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5", "USD", "EUR", "GBP", "CHF", "\xc2\xa0"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes blanks, currency signs and a percent sign off both ends.
std::string_view bare(std::string_view text) {
  for (std::size_t size = text.size() + 1; size != text.size();) {
    size = text.size();
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '%')) text.remove_suffix(1);
    for (const std::string_view sign : currencies) {
      if (text.starts_with(sign)) text.remove_prefix(sign.size());
      if (text.ends_with(sign)) text.remove_suffix(sign.size());
    }
  }
  return text;
}

bool parts_thousands(char c, char decimal) { return c == ' ' || c == '\'' || ((c == ',' || c == '.') && c != decimal); }

// Digits and exponent of a number without its thousands marks, the point a point; nothing if they part other than threes.
std::optional<std::string> without_marks(std::string_view text, char decimal) {
  std::string plain;
  std::size_t digits = 0, since_mark = 0;
  bool marked = false, in_decimals = false;
  for (const char c : text) {
    if (is_digit(c)) ++digits, ++since_mark;
    const bool ends_whole = c == decimal || c == 'e' || c == 'E';
    if (ends_whole && !in_decimals) {
      if (marked && since_mark != 3) return std::nullopt;
      in_decimals = true;
    }
    if (!parts_thousands(c, decimal)) {
      plain += c == decimal ? '.' : c;
      continue;
    }
    if (in_decimals || digits == 0 || (marked && since_mark != 3) || (!marked && digits > 3)) return std::nullopt;
    marked = true, since_mark = 0;
  }
  if (marked && !in_decimals && since_mark != 3) return std::nullopt;
  return plain;
}

// What stands behind the digits of "70 kg", without the blank; nothing for currencies and for texts that do not begin with a digit.
std::string_view unit_of(std::string_view text) {
  text = bare(text);
  if (text.empty() || !(is_digit(text.front()) || text.front() == '-' || text.front() == '+')) return {};
  const std::size_t last_digit = text.find_last_of("0123456789");
  std::string_view unit = last_digit == std::string_view::npos ? std::string_view() : text.substr(last_digit + 1);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  return unit.find_first_of(".,'()/:-") == std::string_view::npos ? unit : std::string_view();
}

// The unit of nine in ten values, or none.
std::string common_unit(std::span<const std::string_view> values) {
  std::map<std::string_view, std::size_t> counts;
  for (const std::string_view text : values)
    if (const std::string_view unit = unit_of(text); !unit.empty() && ++counts[unit] * 10 >= values.size() * 9) return std::string(unit);
  return {};
}

struct PlainAmount {
  std::string digits;  // without thousands marks, the point a point
  bool negative;
};

std::optional<PlainAmount> plain_amount(std::string_view text, const AmountFormat& format) {
  text = bare(text);
  if (!format.unit.empty() && text.ends_with(format.unit)) text = bare(text.substr(0, text.size() - format.unit.size()));
  bool negative = text.size() > 2 && text.front() == '(' && text.back() == ')';
  if (negative) text = bare(text.substr(1, text.size() - 2));
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    if (negative) return std::nullopt;
    negative = text.front() == '-';
    text = bare(text.substr(1));
  }
  if (text.empty() || !(is_digit(text.front()) || text.front() == format.decimal)) return std::nullopt;
  std::optional<std::string> digits = without_marks(text, format.decimal);
  if (!digits) return std::nullopt;
  return PlainAmount{std::move(*digits), negative};
}

}  // namespace

std::optional<double> parse_amount(std::string_view text, const AmountFormat& format) {
  const std::optional<PlainAmount> amount = plain_amount(text, format);
  if (!amount) return std::nullopt;
  double value = 0;
  const char* end_of_text = amount->digits.data() + amount->digits.size();
  const auto [end, error] = std::from_chars(amount->digits.data(), end_of_text, value);
  if (error != std::errc() || end != end_of_text || !std::isfinite(value)) return std::nullopt;
  return amount->negative ? -value : value;
}

std::optional<std::int64_t> parse_money(std::string_view text, const AmountFormat& format) {
  if (text.ends_with('%')) return std::nullopt;
  const std::optional<PlainAmount> amount = plain_amount(text, format);
  const std::optional<std::int64_t> micros = amount ? parse_micros(amount->digits) : std::nullopt;
  return micros && amount->negative ? -*micros : micros;
}

AmountFormat guess_amount_format(std::span<const std::string_view> values) {
  std::size_t fit_point = 0, fit_comma = 0, differ = 0;
  const std::string unit = common_unit(values);
  const AmountFormat with_point{'.', false, unit}, with_comma{',', false, unit};
  for (const std::string_view text : values) {
    const auto point = parse_amount(text, with_point), comma = parse_amount(text, with_comma);
    fit_point += point.has_value(), fit_comma += comma.has_value();
    differ += point && comma && *point != *comma;
  }
  if (fit_comma > fit_point) return with_comma;
  return {'.', fit_comma == fit_point && differ > 0, unit};
}

}  // namespace coterie
