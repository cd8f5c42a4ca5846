// A row of numbers in few bytes, exactly: most features are small counts or zero. On generated logs a row of fifteen takes about 30
// bytes instead of 120, and memory that is not touched is time that is not spent.
//
// Format: 2 bits a value, four in a byte from the lowest bits on: 0 = +0, 1 = a whole number below 65536 in 2 bytes, 2 = a
// float in 4, 3 = a double in 8; then the values, one behind the other.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cfloat>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace coterie::packed_row {

constexpr std::size_t bytes_of(unsigned kind) { return std::size_t{1} << kind & ~std::size_t{1}; }
constexpr std::size_t slack = 8;  // bytes written or read beyond a row, at most

constexpr std::size_t kinds_bytes(std::size_t values) { return (values + 3) / 4; }
constexpr std::size_t longest(std::size_t values) { return kinds_bytes(values) + 8 * values; }

// Of the four values of a byte of kinds.
constexpr std::array<std::uint8_t, 256> bytes_of_four = [] {
  std::array<std::uint8_t, 256> bytes{};
  for (unsigned kinds = 0; kinds < 256; ++kinds)
    for (unsigned i = 0; i < 4; ++i) bytes[kinds] = static_cast<std::uint8_t>(bytes[kinds] + bytes_of(kinds >> 2 * i & 3));
  return bytes;
}();

// Of the row that begins at `at`.
inline std::size_t size(const char* at, std::size_t values) {
  std::size_t bytes = kinds_bytes(values);
  for (std::size_t i = 0; i < kinds_bytes(values); ++i) bytes += bytes_of_four[static_cast<unsigned char>(at[i])];
  return bytes;
}

constexpr unsigned char four_whole = 0b01010101;

// The nearest whole number from 0 to 65535. The order of the operands takes NaN to a bound.
inline std::int32_t whole_of(double value) { return static_cast<std::int32_t>(std::min(65535.0, std::max(0.0, value))); }
inline bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

// The usual row, of whole numbers alone: false if one is not.
inline bool pack_whole(std::span<const double> row, char* at) {
  std::uint64_t differences = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::int32_t whole = whole_of(row[i]);
    differences |= std::bit_cast<std::uint64_t>(row[i]) ^ std::bit_cast<std::uint64_t>(static_cast<double>(whole));
    const auto stored = static_cast<std::uint16_t>(whole);
    std::memcpy(at + 2 * i, &stored, 2);
  }
  return differences == 0;
}

// Needs longest(row.size()) + slack writable bytes; returns the row's end. The zeros of a row of whole numbers take 2 bytes, too.
inline char* pack(std::span<const double> row, char* at) {
  char* const kinds = at;
  at += kinds_bytes(row.size());
  if (pack_whole(row, at)) {
    std::memset(kinds, four_whole, kinds_bytes(row.size()));
    if (row.size() % 4 != 0) at[-1] = static_cast<char>(four_whole >> 2 * (4 - row.size() % 4));
    return at + 2 * row.size();
  }
  std::memset(kinds, 0, kinds_bytes(row.size()));
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double value = row[i];
    const std::int32_t whole = whole_of(value);
    const auto single = static_cast<float>(std::min(double{FLT_MAX}, std::max(-double{FLT_MAX}, value)));
    const unsigned beyond_whole = !same_bits(static_cast<double>(whole), value), beyond_single = !same_bits(double{single}, value);
    const unsigned kind = static_cast<unsigned>(!same_bits(value, 0.0)) + beyond_whole + (beyond_whole & beyond_single);
    const std::uint64_t stored[4] = {0, static_cast<std::uint64_t>(whole), std::bit_cast<std::uint32_t>(single), std::bit_cast<std::uint64_t>(value)};
    std::memcpy(at, &stored[kind], 8);
    at += bytes_of(kind);
    kinds[i / 4] = static_cast<char>(static_cast<unsigned char>(kinds[i / 4]) | kind << 2 * (i % 4));
  }
  return at;
}

// Calls put(i, value) for each value of the row at `at`.
template <class Put>
void unpack(const char* at, std::size_t values, Put&& put) {
  const char* const kinds = at;
  at += kinds_bytes(values);
  bool is_whole = true;
  for (std::size_t i = 0; i < values / 4; ++i) is_whole &= static_cast<unsigned char>(kinds[i]) == four_whole;
  for (std::size_t i = values / 4 * 4; i < values; ++i) is_whole &= (static_cast<unsigned char>(kinds[i / 4]) >> 2 * (i % 4) & 3) == 1;
  if (is_whole) {
    for (std::size_t i = 0; i < values; ++i) {
      std::uint16_t whole;
      std::memcpy(&whole, at + 2 * i, 2);
      put(i, static_cast<double>(whole));
    }
    return;
  }
  for (std::size_t i = 0; i < values; ++i) {
    const unsigned kind = static_cast<unsigned char>(kinds[i / 4]) >> 2 * (i % 4) & 3;
    std::uint64_t bits;
    std::memcpy(&bits, at, 8);
    const double readings[4] = {0.0, static_cast<double>(bits & 0xffff), double{std::bit_cast<float>(static_cast<std::uint32_t>(bits))}, std::bit_cast<double>(bits)};
    put(i, readings[kind]);
    at += bytes_of(kind);
  }
}

}  // namespace coterie::packed_row
