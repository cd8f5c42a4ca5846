// CSV by RFC 4180, row by row, from blocks of bytes.
//
// The rules, the same in the fast and in the slow reader:
// * rows end with LF or CRLF; a line without any byte is no row (blank lines are counted);
// * a quote is special only as the first byte of a field; within quotes "" is one quote, and delimiters
//   and newlines are data; a quote elsewhere is an ordinary byte;
// * a quoted field must end within max_row_bytes of its row's begin, and before the end of the file; if
//   not, the line with the opening quote is a bad row (unterminated_quote) and reading goes on behind it;
// * bytes between a closing quote and the next delimiter make a bad row (text_after_quote);
// * a row longer than max_row_bytes is a bad row (too_long).
//
// Rows without a quote take the SIMD scan (csv_scan.h); others are read byte by byte.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/source/block.h"
#include "coterie/source/csv_scan.h"

namespace coterie {

enum class RowFault { none, unterminated_quote, text_after_quote, too_long };

struct CsvRow {
  std::vector<std::string_view> fields;  // unquoted; point into the block or into `unescaped`
  const char* begin = nullptr;           // first byte
  std::uint64_t line = 0;                // newlines between the span's begin and `begin`
  const char* next = nullptr;            // first byte of the following row; null: beyond the bytes at hand
  RowFault fault = RowFault::none;
  const char* fault_at = nullptr;        // the opening quote, for the two quote faults
  std::size_t number = not_indexed;      // in the index at hand (take_indexed_rows); such a row has no quotes
  static constexpr std::size_t not_indexed = ~std::size_t{0};
  bool without_newline = false;          // the last line of the file, ended by its end
  std::string unescaped;                 // room for fields with doubled quotes
};

// The bytes a reader may look at. Rows that begin in [begin, stop) are read; [stop, end) is there to
// finish the last of them. 64 bytes beyond `end` are readable.
struct CsvSpan {
  const char* begin;
  const char* stop;
  const char* end;
  bool end_of_file;  // `end` is the end of the file
};

// Reads the row at `at` into `row`, byte by byte.
void read_csv_row(const char* at, const CsvSpan& span, char delimiter, CsvRow& row);

// Where a field of a row without fault begins, its quote and all.
const char* field_begin(const char* row, int column, char delimiter);

// Where the first row at or behind span.stop begins, given that a row begins at span.begin;
// null if a row that is too long runs beyond span.end.
const char* next_row_start(const CsvSpan& span, char delimiter, CsvRow& scratch);

// What a worker needs to read CSV; reused from block to block.
struct CsvScratch {
  RowIndex index;
  CsvRow row;
};

struct CsvCounts {
  std::uint64_t newlines = 0;     // of the rows that begin in the span
  std::uint64_t blank_lines = 0;
};

// The fields of a row of the index, before it is read.
struct IndexedRow {
  const char* base;
  const std::uint32_t* ends;  // offsets of the ends of its fields from base; ends[-1] is that of the row before
  std::size_t fields;
  std::size_t number;

  // Field c is [begin(c), end(c)), with the '\r' of a CRLF in the last one.
  const char* begin(std::size_t c) const { return base + ((ends + c)[-1] + 1u); }
  const char* end(std::size_t c) const { return base + ends[c]; }
};

// The rows of scan_rows's index, each without any quote. If there is on_row.look_ahead(IndexedRow), it is called for each
// row, OnRow::rows_ahead rows before the row is taken; if there is on_row.take_indexed(IndexedRow), a row that it takes is
// not shown as a CsvRow.
template <class OnRow>
const char* take_indexed_rows(const char* base, const CsvSpan& span, const RowIndex& index, CsvRow& row, CsvCounts& counts, OnRow&& on_row) {
  const std::uint32_t* const ends = index.ends();
  const char* at = base;
  [[maybe_unused]] std::size_t shown = 0, shown_end = 0;
  std::size_t first_end = 0;
  row.fault_at = nullptr;
  row.without_newline = false;
  for (std::size_t r = 0; r < index.row_count && at < span.stop; ++r) {
    if constexpr (requires { on_row.look_ahead(IndexedRow{}); })
      for (; shown < std::min(r + on_row.rows_ahead, index.row_count); shown_end = index.rows[shown++])
        on_row.look_ahead(IndexedRow{base, ends + shown_end, index.rows[shown] - shown_end, shown});
    const std::size_t count = index.rows[r] - first_end;
    if constexpr (requires { on_row.take_indexed(IndexedRow{}); }) {
      const char* const next = base + ends[index.rows[r] - 1] + 1;
      if (static_cast<std::size_t>(next - at) <= max_row_bytes && on_row.take_indexed(IndexedRow{base, ends + first_end, count, r})) {
        ++counts.newlines;
        first_end = index.rows[r];
        at = next;
        continue;
      }
    }
    row.begin = at;
    row.number = r;
    row.fields.resize(count);
    for (std::size_t c = 0; c < count; ++c) {
      const char* field_end = base + ends[first_end + c];
      row.fields[c] = {at, static_cast<std::size_t>(field_end - at)};
      at = field_end + 1;
    }
    std::string_view& last = row.fields[count - 1];
    if (last.ends_with('\r')) last.remove_suffix(1);
    first_end = index.rows[r];
    row.next = at;
    row.line = counts.newlines++;
    row.fault = static_cast<std::size_t>(row.next - row.begin) > max_row_bytes ? RowFault::too_long : RowFault::none;
    if (count == 1 && last.empty()) ++counts.blank_lines;
    else on_row(static_cast<const CsvRow&>(row));
  }
  return at;
}

// Calls on_row(const CsvRow&) for each row that begins in [span.begin, span.stop), in order.
template <class OnRow>
CsvCounts for_each_csv_row(const CsvSpan& span, char delimiter, CsvScratch& scratch, OnRow&& on_row) {
  CsvCounts counts;
  CsvRow& row = scratch.row;
  for (const char* at = span.begin; at != nullptr && at < span.stop;) {
    scan_rows(at, span.end, delimiter, scratch.index);
    if (scratch.index.row_count != 0) {
      at = take_indexed_rows(at, span, scratch.index, row, counts, on_row);
      continue;
    }
    read_csv_row(at, span, delimiter, row);
    row.line = counts.newlines;
    at = row.next;
    counts.newlines += static_cast<std::uint64_t>(std::count(row.begin, at == nullptr ? span.end : at, '\n'));
    const bool blank = row.fault == RowFault::none && row.fields.size() == 1 && row.fields[0].empty() && row.begin[0] != '"';
    if (blank) ++counts.blank_lines;
    else on_row(static_cast<const CsvRow&>(row));
  }
  return counts;
}

}  // namespace coterie
