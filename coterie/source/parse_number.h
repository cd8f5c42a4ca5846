// Leaf parsers of numbers: a value, or nothing. Fast by eight digits a multiplication (Lemire 2018,
// "Quickly parsing eight digits"). All may read up to 8 bytes beyond the field's end (blocks are padded).
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace coterie {

inline std::uint64_t load_u64(const char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, 8);
  return word;
}

// The value of n decimal digits at p, 1 <= n <= 8; false if any byte is no digit. Reads 8 bytes.
[[gnu::always_inline]] inline bool parse_digits8(const char* p, std::size_t n, std::uint64_t& value) {
  const unsigned shift = static_cast<unsigned>(64 - 8 * n);
  std::uint64_t word = load_u64(p) << shift;
  if (shift != 0) word |= 0x3030303030303030u >> (64 - shift);
  const std::uint64_t high = word & 0xf0f0f0f0f0f0f0f0u;
  const std::uint64_t over_nine = ((word + 0x0606060606060606u) & 0xf0f0f0f0f0f0f0f0u) ^ 0x3030303030303030u;
  if ((high ^ 0x3030303030303030u) != 0 || over_nine != 0) return false;
  word -= 0x3030303030303030u;
  word = word * 10 + (word >> 8);
  value = (((word & 0x000000ff000000ffu) * 0x000f424000000064u) +
           (((word >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u)) >> 32;
  return true;
}

// An unsigned decimal of 1 to 18 digits and nothing else.
[[gnu::always_inline]] inline bool parse_unsigned(const char* p, std::size_t n, std::uint64_t& value) {
  if (n <= 8) return n != 0 && parse_digits8(p, n, value);
  std::uint64_t high, low;
  if (n <= 16) {
    if (!parse_digits8(p, n - 8, high) || !parse_digits8(p + n - 8, 8, low)) return false;
    value = high * 100'000'000 + low;
    return true;
  }
  if (n > 18) return false;
  std::uint64_t middle;
  if (!parse_digits8(p, n - 16, high) || !parse_digits8(p + n - 16, 8, middle) || !parse_digits8(p + n - 8, 8, low)) return false;
  value = (high * 100'000'000 + middle) * 100'000'000 + low;
  return true;
}

// Money as an integer number of millionths: exact for up to six decimals, more are rounded half away
// from zero. "12", "-12.5", "+.50", "1e3" is no price. Nothing from +-9e12 + 1 on.
std::optional<std::int64_t> parse_micros(std::string_view text);

// The common case "123.45" (two decimals, at most 8 digits before the point) without a branch a digit;
// everything else goes to parse_micros.
inline bool parse_price(const char* p, std::size_t n, std::int64_t& micros) {
  std::uint64_t whole;
  if (n >= 4 && n <= 11 && p[n - 3] == '.' && parse_digits8(p, n - 3, whole)) {
    const unsigned tens = static_cast<unsigned char>(p[n - 2]) - '0', ones = static_cast<unsigned char>(p[n - 1]) - '0';
    if (tens <= 9 && ones <= 9) {
      micros = static_cast<std::int64_t>(whole * 100 + tens * 10 + ones) * 10'000;
      return true;
    }
  }
  const std::optional<std::int64_t> value = parse_micros({p, n});
  micros = value.value_or(0);
  return value.has_value();
}

}  // namespace coterie
