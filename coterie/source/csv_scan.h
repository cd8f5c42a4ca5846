// The SIMD half of the CSV reader: where fields and rows end, 64 bytes at a time. Stops before the first
// row that has a quote; source/csv.h takes such rows one by one.
// Technique: Langdale, Lemire 2019, "Parsing gigabytes of JSON per second" (stage 1).
#pragma once

#include <cstddef>
#include <cstdint>

namespace coterie {

// Room for one call. ends[i] is the offset of a delimiter or newline from the scan's begin; rows[r] is
// the number of ends up to and including row r's newline.
struct RowIndex {
  static constexpr std::size_t max_ends = 8192;
  std::uint32_t ends[max_ends + 64];
  std::uint32_t rows[max_ends + 64];
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
