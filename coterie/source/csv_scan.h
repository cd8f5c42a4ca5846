// The SIMD half of the CSV reader: where fields and rows end, 64 bytes at a time. Stops before the first
// row that has a quote; source/csv.h takes such rows one by one.
// Technique: Langdale, Lemire 2019, "Parsing gigabytes of JSON per second" (stage 1).
#pragma once

#include <cstddef>
#include <cstdint>

namespace coterie {

// Room for one call. An end is the offset of a delimiter or newline from the scan's begin; each field begins one behind the end
// before it, also the first: ends()[-1] is -1.
struct RowIndex {
  static constexpr std::size_t max_ends = 8192;
  RowIndex() { places[0] = ~std::uint32_t{0}; }
  std::uint32_t* ends() { return places + 1; }
  const std::uint32_t* ends() const { return places + 1; }

  std::uint32_t places[1 + max_ends + 64];
  std::uint32_t rows[max_ends + 64];  // [r]: the number of ends up to and including row r's newline
  std::size_t end_count = 0;
  std::size_t row_count = 0;
  bool met_quote = false;  // the scan stopped at a quote
};

// Indexes the rows of [begin, end) until `index` is full, a quote is met, or the bytes are used up.
// 64 bytes beyond `end` are readable. Only complete rows (with their newline) are in rows.
void scan_rows(const char* begin, const char* end, char delimiter, RowIndex& index);

namespace plain {
void scan_rows(const char* begin, const char* end, char delimiter, RowIndex& index);
}
namespace avx2 {
void scan_rows(const char* begin, const char* end, char delimiter, RowIndex& index);
}
namespace avx512 {
void scan_rows(const char* begin, const char* end, char delimiter, RowIndex& index);
}

}  // namespace coterie
