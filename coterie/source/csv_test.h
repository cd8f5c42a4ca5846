// The slow obvious twin of csv.h, and csv.h itself over blocks of any size: for csv_test.cc and tests/fuzz.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "coterie/source/csv.h"

namespace coterie {

struct PlainRow {
  std::vector<std::string> fields;
  RowFault fault = RowFault::none;
  std::size_t begin = 0, line = 0;

  bool operator==(const PlainRow&) const = default;
};

struct PlainCsv {
  std::vector<PlainRow> rows;
  std::size_t blank_lines = 0;

  bool operator==(const PlainCsv&) const = default;
};

// The rules of csv.h once more, a byte at a time over the whole text: the oracle.
inline PlainCsv plain_csv(const std::string& text, char delimiter) {
  PlainCsv csv;
  std::size_t at = 0, line = 0;
  while (at < text.size()) {
    PlainRow row;
    row.begin = at;
    row.line = line;
    const std::size_t limit = std::min(text.size(), at + max_row_bytes);
    std::size_t p = at, resume = std::string::npos;
    std::string field;
    for (bool open = true; open;) {
      field.clear();
      if (p < limit && text[p] == '"') {
        const std::size_t quote = p++;
        bool closed = false;
        while (p < limit && !closed) {
          if (text[p] != '"') field += text[p++];
          else if (p + 1 < limit && text[p + 1] == '"') field += '"', p += 2;
          else closed = true, ++p;
        }
        if (!closed) {
          row.fault = RowFault::unterminated_quote;
          resume = text.find('\n', quote);
          break;
        }
        std::string rest;
        while (p < limit && text[p] != delimiter && text[p] != '\n') rest += text[p++];
        const bool at_line_end = p == limit ? limit == text.size() : text[p] == '\n';
        if (!(rest.empty() || (rest == "\r" && at_line_end))) row.fault = RowFault::text_after_quote;
      } else {
        while (p < limit && text[p] != delimiter && text[p] != '\n') field += text[p++];
        if ((p == limit || text[p] == '\n') && field.ends_with('\r')) field.pop_back();
      }
      row.fields.push_back(field);
      if (p == limit && limit < text.size()) {
        row.fault = RowFault::too_long;
        resume = text.find('\n', limit);
        break;
      }
      open = p < text.size() && text[p] == delimiter;
      if (open) ++p;
      else resume = p;
    }
    const std::size_t next = resume >= text.size() ? text.size() : resume + 1;
    line += static_cast<std::size_t>(std::count(text.begin() + static_cast<long>(at), text.begin() + static_cast<long>(next), '\n'));
    const bool blank = row.fault == RowFault::none && row.fields.size() == 1 && row.fields[0].empty() && text[at] != '"';
    if (blank) ++csv.blank_lines;
    else csv.rows.push_back(row);
    if (row.fault == RowFault::unterminated_quote || row.fault == RowFault::too_long) row.fields.clear();
    at = next;
  }
  for (PlainRow& row : csv.rows)
    if (row.fault == RowFault::unterminated_quote || row.fault == RowFault::too_long) row.fields.clear();
  return csv;
}

// The reader under test, over blocks of `block` bytes with max_row_bytes of lookahead.
inline PlainCsv blocked_csv(const std::string& text, char delimiter, std::size_t block) {
  PlainCsv csv;
  std::string padded = text + std::string(64, '"');
  const auto scratch = std::make_unique<CsvScratch>();
  const char* begin = padded.data();
  const char* const end = begin + text.size();
  std::size_t line = 0;
  const char* at = begin;
  for (std::size_t b = 0; b < text.size(); b += block) {
    const char* stop = std::min(begin + b + block, end);
    const char* visible = std::min(stop + max_row_bytes, end);
    if (at == nullptr) {
      const char* newline = std::find(begin + b, stop, '\n');
      if (newline == stop) continue;
      at = newline + 1;
      ++line;
    }
    if (at >= stop) continue;
    const CsvSpan span{at, stop, visible, visible == end};
    const CsvCounts counts = for_each_csv_row(span, delimiter, *scratch, [&](const CsvRow& row) {
      PlainRow plain;
      if (row.fault != RowFault::too_long) plain.fields.assign(row.fields.begin(), row.fields.end());
      plain.fault = row.fault;
      plain.begin = static_cast<std::size_t>(row.begin - begin);
      plain.line = line + row.line;
      csv.rows.push_back(plain);
    });
    csv.blank_lines += counts.blank_lines;
    line += counts.newlines;
    CsvRow room;
    at = next_row_start(span, delimiter, room);
  }
  return csv;
}

}  // namespace coterie
