#include "coterie/source/csv.h"

#include <algorithm>
#include <cstring>

namespace coterie {
namespace {

const char* find(const char* from, const char* end, char c) {
  return from >= end ? nullptr : static_cast<const char*>(std::memchr(from, c, static_cast<std::size_t>(end - from)));
}

// The start of the line behind the one that holds `at`; the end of the file where there is none; null beyond the bytes at hand.
const char* line_behind(const char* at, const CsvSpan& span) {
  const char* newline = find(at, span.end, '\n');
  if (newline != nullptr) return newline + 1;
  return span.end_of_file ? span.end : nullptr;
}

void give_up(CsvRow& row, RowFault fault, const char* fault_at, const char* resume_behind, const CsvSpan& span) {
  row.fault = fault;
  row.fault_at = fault_at;
  row.next = line_behind(resume_behind, span);
  row.fields.clear();
}

// The closing quote of the field that opens at `open`, or null.
const char* closing_quote(const char* open, const char* limit, bool& has_doubled) {
  has_doubled = false;
  for (const char* q = find(open + 1, limit, '"'); q != nullptr; q = find(q + 2, limit, '"')) {
    if (q + 1 >= limit || q[1] != '"') return q;
    has_doubled = true;
  }
  return nullptr;
}

std::string_view undouble(std::string_view text, std::string& room) {
  const std::size_t start = room.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    room += text[i];
    if (text[i] == '"') ++i;
  }
  return std::string_view(room).substr(start);
}

}  // namespace

void read_csv_row(const char* at, const CsvSpan& span, char delimiter, CsvRow& row) {
  row.fields.clear();
  row.unescaped.clear();
  row.begin = at;
  row.fault = RowFault::none;
  row.fault_at = nullptr;
  row.number = CsvRow::not_indexed;
  row.without_newline = false;
  const char* limit = static_cast<std::size_t>(span.end - at) > max_row_bytes ? at + max_row_bytes : span.end;
  // Views into `unescaped` must not move: it never grows beyond the row. Parsers read beyond the end of a field.
  const std::size_t room = static_cast<std::size_t>(limit - at) + readable_beyond;
  if (row.unescaped.capacity() < room) row.unescaped.reserve(room);
  for (const char* p = at;;) {
    if (p < limit && *p == '"') {
      bool has_doubled;
      const char* close = closing_quote(p, limit, has_doubled);
      if (close == nullptr) return give_up(row, RowFault::unterminated_quote, p, p, span);
      const std::string_view inside(p + 1, static_cast<std::size_t>(close - p - 1));
      row.fields.push_back(has_doubled ? undouble(inside, row.unescaped) : inside);
      const char* open = p;
      p = close + 1;
      const bool crlf = p + 1 < limit && p[0] == '\r' && p[1] == '\n';
      if (crlf || (p + 1 == limit && span.end_of_file && limit == span.end && *p == '\r')) ++p;
      if (p < limit && *p != delimiter && *p != '\n') {
        if (row.fault == RowFault::none) row.fault = RowFault::text_after_quote, row.fault_at = open;
        while (p < limit && *p != delimiter && *p != '\n') ++p;
      }
    } else {
      const char* start = p;
      while (p < limit && *p != delimiter && *p != '\n') ++p;
      const bool last_of_line = p == limit || *p == '\n';
      const char* end = last_of_line && p > start && p[-1] == '\r' ? p - 1 : p;
      row.fields.emplace_back(start, static_cast<std::size_t>(end - start));
    }
    if (p < limit && *p == delimiter) {
      ++p;
      continue;
    }
    if (p < limit) {
      row.next = p + 1;
      return;
    }
    if (limit == span.end && span.end_of_file) {
      row.next = span.end;
      row.without_newline = true;
      return;
    }
    return give_up(row, RowFault::too_long, nullptr, limit, span);
  }
}

const char* field_begin(const char* row, int column, char delimiter) {
  const char* p = row;
  for (; column > 0; --column) {
    if (*p == '"') {
      for (++p; p[0] != '"' || p[1] == '"'; ++p) p += p[0] == '"';
    }
    while (*p != delimiter) ++p;
    ++p;
  }
  return p;
}

const char* next_row_start(const CsvSpan& span, char delimiter, CsvRow& scratch) {
  const char* at = span.begin;
  while (at != nullptr && at < span.stop) {
    const char* quote = find(at, span.stop, '"');
    if (quote == nullptr) {
      // The row that covers stop - 1 may still have a quote behind stop.
      const auto* newline = static_cast<const char*>(memrchr(at, '\n', static_cast<std::size_t>(span.stop - at)));
      if (newline != nullptr) at = newline + 1;
      if (at >= span.stop) return at;
    } else {
      const auto* newline = static_cast<const char*>(memrchr(at, '\n', static_cast<std::size_t>(quote - at)));
      if (newline != nullptr) at = newline + 1;
    }
    read_csv_row(at, span, delimiter, scratch);
    at = scratch.next;
  }
  return at;
}

}  // namespace coterie
