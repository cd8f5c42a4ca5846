#include "coterie/source/dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "coterie/base/error.h"
#include "coterie/source/csv.h"
#include "coterie/source/parse_number.h"
#include "coterie/source/parse_time.h"
#include "coterie/source/recode.h"

namespace coterie {
namespace {

constexpr std::string_view candidates = ",;\t|";
constexpr std::size_t sample_rows = 1000;

struct HeadRows {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> next;  // offset behind each row
};

// The complete rows at the begin of the padded head; bad rows are left out.
HeadRows read_head(const std::string& padded, std::size_t size, bool head_is_all, char delimiter) {
  HeadRows head;
  CsvScratch scratch;
  const CsvSpan span{padded.data(), padded.data() + size, padded.data() + size, head_is_all};
  for (const char* at = span.begin; at != nullptr && at < span.stop && head.rows.size() <= sample_rows;) {
    read_csv_row(at, span, delimiter, scratch.row);
    at = scratch.row.next;
    const bool blank = scratch.row.fields.size() == 1 && scratch.row.fields[0].empty();
    const bool cut = at == nullptr || (!head_is_all && at == span.end);
    if (scratch.row.fault != RowFault::none || blank || cut) continue;
    head.rows.emplace_back(scratch.row.fields.begin(), scratch.row.fields.end());
    head.next.push_back(static_cast<std::size_t>(at - span.begin));
  }
  return head;
}

// Rows that have the commonest number of fields, and that number.
std::pair<std::size_t, std::size_t> commonest_width(const HeadRows& head) {
  std::map<std::size_t, std::size_t> count;
  for (const auto& row : head.rows) ++count[row.size()];
  std::pair<std::size_t, std::size_t> best{0, 0};
  for (const auto& [width, rows] : count)
    if (rows >= best.first) best = {rows, width};
  return best;
}

char guess_delimiter(const std::string& padded, std::size_t size, bool head_is_all) {
  char best = ',';
  std::pair<std::size_t, std::size_t> best_score{0, 0};
  for (const char candidate : candidates) {
    const auto [rows, width] = commonest_width(read_head(padded, size, head_is_all, candidate));
    const std::pair<std::size_t, std::size_t> score{width >= 2 ? rows : 0, width};
    if (score > best_score) best = candidate, best_score = score;
  }
  return best;
}

bool looks_like_data(const std::vector<std::string>& row) {
  for (const std::string& field : row)
    if (parse_time(field) || parse_micros(field)) return true;
  return false;
}

bool is_control(char c) { return (c >= 0 && c < '\t') || (c > '\r' && c < ' '); }

// What is often given in place of a table, by its first bytes.
void require_no_other_format(std::string_view head, const std::string& path) {
  if (head.starts_with("%PDF-")) throw Error(ErrorKind::usage, "this is a PDF, not a table", "export the data itself as CSV or Excel where the PDF was made", path);
  if (head.starts_with("\xD0\xCF\x11\xE0")) throw Error(ErrorKind::usage, "this is an old Excel or Word file (.xls, .doc)", "open it in a spreadsheet program and save it as .xlsx or CSV", path);
}

void require_text(std::string_view head, const std::string& path) {
  require_no_other_format(head, path);
  const auto controls = static_cast<std::size_t>(std::count_if(head.begin(), head.end(), is_control));
  // Random bytes have 11 %; a stray one in a text does not make it binary.
  if (controls * 20 > head.size() && head.find('\0') == std::string_view::npos)
    throw Error(ErrorKind::usage, fmt::format("this is no text: {} of the first {} bytes are control characters", controls, head.size()), "give a CSV file", path);
  const std::size_t zero = head.find('\0');
  if (zero == std::string_view::npos) return;
  throw Error(ErrorKind::usage, fmt::format("this is no text: byte {} is zero", zero), "give a CSV file", path);
}

}  // namespace

Dialect sniff_dialect(std::string_view head, bool head_is_all, const std::string& path, char forced) {
  require_text(head, path);
  Dialect dialect;
  dialect.byte_order_mark = head.starts_with("\xef\xbb\xbf");
  if (dialect.byte_order_mark) head.remove_prefix(3);
  std::string padded(head);
  padded.append(64, '\0');
  dialect.delimiter = forced != 0 ? forced : guess_delimiter(padded, head.size(), head_is_all);
  HeadRows rows = read_head(padded, head.size(), head_is_all, dialect.delimiter);
  if (rows.rows.empty() && !head_is_all)
    throw Error(ErrorKind::no_usable_rows, fmt::format("no line ends within the first {} KiB", head.size() >> 10),
                "give a CSV file whose header line is shorter", path);
  if (rows.rows.empty())
    throw Error(ErrorKind::no_usable_rows, "the file has no row", "give a CSV file with a header line and at least one row", path);
  const std::size_t newline = head.find('\n');
  dialect.crlf = newline != std::string_view::npos && newline > 0 && head[newline - 1] == '\r';
  dialect.has_header = !looks_like_data(rows.rows.front());
  if (dialect.has_header) {
    dialect.columns = rows.rows.front();
    dialect.header_bytes = rows.next.front() + (dialect.byte_order_mark ? 3 : 0);
    rows.rows.erase(rows.rows.begin());
  } else {
    for (std::size_t c = 0; c < rows.rows.front().size(); ++c) dialect.columns.push_back(fmt::format("column_{}", c + 1));
    dialect.header_bytes = dialect.byte_order_mark ? 3 : 0;
  }
  for (std::string& name : dialect.columns) name = utf8_of(name);
  for (auto& row : rows.rows)
    for (std::string& field : row)
      if (!is_utf8(field)) field = utf8_of(field), dialect.windows_1252 = true;
  dialect.samples = std::move(rows.rows);
  return dialect;
}

std::string normal_form(std::string_view name) {
  std::string normal;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') normal += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) normal += c;
  }
  return normal;
}

std::string name_of_delimiter(char delimiter) {
  switch (delimiter) {
    case ',': return "comma";
    case ';': return "semicolon";
    case '\t': return "tab";
    case '|': return "bar";
    default: return fmt::format("'{}'", delimiter);
  }
}

}  // namespace coterie
