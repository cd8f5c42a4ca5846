#include "coterie/source/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "coterie/base/error.h"
#include "coterie/source/recode.h"
#include "coterie/source/whole_head.h"

namespace coterie {
namespace {

constexpr std::size_t shown_field_bytes = 100;

Reason reason_of(RowFault fault) {
  switch (fault) {
    case RowFault::unterminated_quote: return Reason::unterminated_quote;
    case RowFault::text_after_quote: return Reason::text_after_quote;
    default: return Reason::row_too_long;
  }
}

// Sets line and byte column of a place within the row that begins at `row` in line `line`.
void place_at(Reject& reject, const char* row, std::uint64_t line, const char* place) {
  reject.line = line + static_cast<std::uint64_t>(std::count(row, place, '\n'));
  const char* line_begin = place;
  while (line_begin > row && line_begin[-1] != '\n') --line_begin;
  reject.column = static_cast<std::uint32_t>(place - line_begin) + 1;
}

void set_aside_whole(TextTable& table, const CsvRow& row) {
  const bool short_row = row.fields.size() < table.columns();
  Reject reject;
  reject.reason = row.fault != RowFault::none ? reason_of(row.fault)
                  : row.without_newline && short_row ? Reason::unfinished_last_line : Reason::wrong_field_count;
  if (row.fault == RowFault::none) reject.field = fmt::format("{} fields instead of {}", row.fields.size(), table.columns());
  place_at(reject, row.begin, row.line, row.fault_at != nullptr ? row.fault_at : row.begin);
  ++table.ledger.rows.set_aside[static_cast<std::size_t>(reject.reason)];
  table.ledger.rejects.push_back(std::move(reject));
}

void take(TextTable& table, const CsvRow& row) {
  ++table.ledger.rows.read;
  table.last_line_without_newline |= row.without_newline;
  if (row.fault != RowFault::none || row.fields.size() != table.columns()) return set_aside_whole(table, row);
  ++table.ledger.rows.used;
  table.row_begin.push_back(row.begin);
  table.row_line.push_back(row.line);
  for (std::string_view field : row.fields) {
    const bool in_row = field.data() >= table.bytes.data() && field.data() < table.bytes.data() + table.bytes.size();
    if (!is_utf8(field)) field = table.unescaped.emplace_back(utf8_of(field));
    else if (!in_row && !field.empty()) field = table.unescaped.emplace_back(field);
    table.fields.push_back(field);
  }
}

void read_bytes(TextTable& table, ByteReader& reader, const std::string& path) {
  for (Block block; reader.next(block, 0);) table.bytes.insert(table.bytes.end(), block.data, block.data + block.size);
  if (const auto damage = reader.damage()) {
    const auto line = static_cast<std::uint64_t>(std::count(table.bytes.begin(), table.bytes.end(), '\n')) + 1;
    throw Error(ErrorKind::damaged_input, fmt::format("{}; the data breaks off in line {}", damage->message, line),
                "get the file again from its source; nothing was written", fmt::format("{}:{}:1", path, line));
  }
  table.bytes.insert(table.bytes.end(), readable_beyond, '\0');
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size() && !text.empty();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    parts.emplace_back(trimmed(std::string_view(text).substr(at, comma - at)));
    at = comma + 1;
  }
  return parts;
}

bool is_missing(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return true;
  if (text.size() > 4) return false;
  constexpr std::array<std::string_view, 8> spellings = {"na", "n/a", "#n/a", "nan", "null", "none", "-", "?"};
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(spellings.begin(), spellings.end(), lower) != spellings.end();
}

void reject(TextTable& table, std::size_t row, std::size_t column, Reason reason) {
  Reject reject;
  reject.reason = reason;
  reject.column_name = table.dialect.columns[column];
  reject.field = std::string(table.at(row, column).substr(0, shown_field_bytes));
  place_at(reject, table.row_begin[row], table.row_line[row], field_begin(table.row_begin[row], static_cast<int>(column), table.dialect.delimiter));
  --table.ledger.rows.used;
  ++table.ledger.rows.set_aside[static_cast<std::size_t>(reason)];
  table.ledger.rejects.push_back(std::move(reject));
}

TextTable read_text_table(const std::string& path, char delimiter) {
  ByteReader reader(path, {.threads = 1});
  TextTable table;
  require_whole_head(reader, path);
  table.dialect = sniff_dialect(reader.head(), reader.head_is_all(), path, delimiter);
  table.dialect.samples = {};
  read_bytes(table, reader, path);
  table.file = reader.facts();
  const char* begin = table.bytes.data() + table.dialect.header_bytes;
  const char* end = table.bytes.data() + table.bytes.size() - readable_beyond;
  table.header_newlines = static_cast<std::uint64_t>(std::count(static_cast<const char*>(table.bytes.data()), begin, '\n'));
  const auto scratch = std::make_unique<CsvScratch>();
  const CsvCounts counts = for_each_csv_row({begin, end, end, true}, table.dialect.delimiter, *scratch, [&](const CsvRow& row) { take(table, row); });
  table.ledger.newlines = counts.newlines;
  table.ledger.rows.blank_lines = counts.blank_lines;
  return table;
}

}  // namespace coterie
