#include "coterie/source/rounded_id.h"

#include <algorithm>
#include <set>

namespace coterie {
namespace {

constexpr std::size_t kept_digits = 15;   // of a double, as spreadsheets show it
constexpr std::size_t zeros_beyond_chance = 6;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool are_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

}  // namespace

bool is_scientific_id(std::string_view text) {
  if (text.size() < 4 || !is_digit(text[0])) return false;
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent == std::string_view::npos || exponent + 1 >= text.size() || text[exponent + 1] != '+' || !are_digits(text.substr(exponent + 2))) return false;
  const std::string_view mantissa = text.substr(1, exponent - 1);
  return mantissa.empty() || ((mantissa[0] == '.' || mantissa[0] == ',') && are_digits(mantissa.substr(1)));
}

bool ends_in_rounding_zeros(std::string_view text) {
  return text.size() > kept_digits && text[0] != '0' && are_digits(text) && text.find_first_not_of('0', kept_digits) == std::string_view::npos;
}

bool are_rounded_ids(std::span<const std::string_view> values) {
  std::set<std::string_view> rounded;
  for (const std::string_view text : values) {
    if (text.size() <= kept_digits || !are_digits(text)) continue;
    if (!ends_in_rounding_zeros(text)) return false;
    rounded.insert(text);
  }
  std::size_t zeros = 0;
  for (const std::string_view text : rounded) zeros += text.size() - kept_digits;
  return zeros >= zeros_beyond_chance;
}

}  // namespace coterie
