#include "coterie/source/parse_amount.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

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

}  // namespace

std::optional<double> parse_amount(std::string_view text, AmountFormat format) {
  text = bare(text);
  bool negative = text.size() > 2 && text.front() == '(' && text.back() == ')';
  if (negative) text = bare(text.substr(1, text.size() - 2));
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    if (negative) return std::nullopt;
    negative = text.front() == '-';
    text = bare(text.substr(1));
  }
  if (text.empty() || !(is_digit(text.front()) || text.front() == format.decimal)) return std::nullopt;
  const std::optional<std::string> plain = without_marks(text, format.decimal);
  if (!plain) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(plain->data(), plain->data() + plain->size(), value);
  if (error != std::errc() || end != plain->data() + plain->size() || !std::isfinite(value)) return std::nullopt;
  return negative ? -value : value;
}

AmountFormat guess_amount_format(std::span<const std::string_view> values) {
  std::size_t fit_point = 0, fit_comma = 0, differ = 0;
  for (const std::string_view text : values) {
    const auto point = parse_amount(text, {'.'}), comma = parse_amount(text, {','});
    fit_point += point.has_value(), fit_comma += comma.has_value();
    differ += point && comma && *point != *comma;
  }
  if (fit_comma > fit_point) return {',', false};
  return {'.', fit_comma == fit_point && differ > 0};
}

}  // namespace coterie
