#include "coterie/source/parse_number.h"

namespace coterie {

std::optional<std::int64_t> parse_micros(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  std::int64_t whole = 0;
  std::size_t i = 0, digits = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++digits) {
    whole = whole * 10 + (text[i] - '0');
    if (whole > 9'000'000'000'000) return std::nullopt;
  }
  std::int64_t micros = whole * 1'000'000;
  if (i < text.size() && text[i] == '.') {
    std::int64_t unit = 100'000;
    bool first_beyond = true;
    for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++digits, unit /= 10) {
      if (unit != 0) micros += unit * (text[i] - '0');
      else if (first_beyond) micros += text[i] >= '5', first_beyond = false;
    }
  }
  if (digits == 0 || i != text.size()) return std::nullopt;
  return negative ? -micros : micros;
}

}  // namespace coterie
