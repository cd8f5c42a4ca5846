// A table read whole, every field a text in UTF-8: for tables with one row a customer and for related tables, which are small
// beside an event log. Rows that are no rows of the table (a wrong number of fields, a quote that never closes) are in
// its ledger with line and column; what the fields mean is for the caller to say, who sets rows aside by reject().
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/source/bytes.h"
#include "coterie/source/csv.h"
#include "coterie/source/dialect.h"
#include "coterie/source/ledger.h"

namespace coterie {

// "" and the usual spellings of nothing: NA, N/A, #N/A, NaN, null, None, - and ?, in any case, with blanks around.
bool is_missing(std::string_view text);
// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);

struct TextTable {
  TextTable() = default;
  TextTable(TextTable&&) = default;  // a copy's views would point into the original
  TextTable(const TextTable&) = delete;
  TextTable& operator=(TextTable&&) = default;

  InputFile file;
  Dialect dialect;                       // without its samples
  std::vector<std::string_view> fields;  // row-major, dialect.columns.size() a row
  std::vector<const char*> row_begin;    // where a row stands in `bytes`
  std::vector<std::uint64_t> row_line;   // newlines before it, behind the header
  BlockLedger ledger;                    // rows.used: those above
  std::uint64_t header_newlines = 0;
  bool last_line_without_newline = false;

  std::size_t rows() const { return row_begin.size(); }
  std::size_t columns() const { return dialect.columns.size(); }
  std::string_view at(std::size_t row, std::size_t column) const { return fields[row * columns() + column]; }

  std::vector<char> bytes;             // what the views point into
  std::deque<std::string> unescaped;   // and fields with doubled quotes or bytes of Windows-1252
};

// "a, b" as "a" and "b"; nothing of "".
std::vector<std::string> split_at_commas(const std::string& text);

// Where a field of a row without fault begins, its quote and all.
const char* field_begin(const char* row, int column, char delimiter);

// Counts a row of the table as set aside instead of used; `column` is the offending one.
void reject(TextTable& table, std::size_t row, std::size_t column, Reason reason);

// delimiter 0: guessed. Throws Error: missing_input, damaged_input, no_usable_rows (an empty file), usage (no text).
TextTable read_text_table(const std::string& path, char delimiter = 0);

}  // namespace coterie
