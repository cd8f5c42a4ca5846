// Excel workbooks (.xlsx), by libzip and pugixml: the values of one sheet, row by row. Formulas give the value that was
// saved with them; merged cells below each other have the value of the first; dates, which Excel keeps as days since 1899-12-30 (or 1904-01-01), become ISO 8601 by their number format.
// Source: ECMA-376 part 1, 18.3 (worksheets), 18.4 (shared strings), 18.8.30 (number formats).
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <memory>
#include <pugixml.hpp>
#include <set>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/base/time.h"
#include "coterie/source/every_sheet.h"
#include "coterie/source/tabular.h"

namespace coterie {
namespace {

constexpr std::uint64_t most_part_bytes = std::uint64_t{2} << 30;  // unpacked; a bomb is refused
constexpr std::size_t most_columns = 16384;                        // Excel's own limit
constexpr std::int64_t epoch_1900 = -25569, epoch_1904 = -24107;   // days from 1970

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorKind::damaged_input, "Excel: " + what, "open it in a spreadsheet program and save it again as .xlsx"); }

Archive open_archive(const std::string& path) {
  int code = 0;
  zip_t* raw = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (raw == nullptr) throw Error(ErrorKind::damaged_input, "this is no Excel workbook, or a damaged one", "open it in a spreadsheet program and save it again as .xlsx", path);
  return {raw, zip_discard};
}

// A part of the workbook; empty where there is none.
std::string part_of(zip_t* archive, const std::string& name) {
  zip_stat_t status;
  if (zip_stat(archive, name.c_str(), 0, &status) != 0) return "";
  if (status.size > most_part_bytes) fail(fmt::format("{} has {} bytes, more than the {} that are read", name, status.size, most_part_bytes));
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen(archive, name.c_str(), 0), zip_fclose);
  std::string bytes(status.size, '\0');
  if (!file || zip_fread(file.get(), bytes.data(), bytes.size()) != static_cast<zip_int64_t>(bytes.size())) fail(name + " is damaged");
  return bytes;
}

pugi::xml_document xml_of(zip_t* archive, const std::string& name, bool required) {
  pugi::xml_document document;
  const std::string bytes = part_of(archive, name);
  if (bytes.empty() && required) fail("there is no " + name);
  if (!bytes.empty() && !document.load_buffer(bytes.data(), bytes.size())) fail(name + " is no XML");
  return document;
}

struct Workbook {
  Archive archive;
  std::vector<std::string> shared = {};  // strings
  std::vector<bool> is_date = {};        // a cell style each
  std::int64_t epoch_days = epoch_1900;
};

// The text of a string item, its rich-text runs together.
std::string text_of(const pugi::xml_node& item) {
  std::string text = item.child("t").text().get();
  for (const auto& run : item.children("r")) text += run.child("t").text().get();
  return text;
}

bool is_date_format(int id, const std::string& code) {
  if ((id >= 14 && id <= 22) || (id >= 45 && id <= 47)) return true;
  bool quoted = false;
  for (const char c : code) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == 'y' || c == 'd' || c == 'h' || c == 's')) return true;
  }
  return false;
}

std::vector<bool> date_styles(const pugi::xml_document& styles) {
  const pugi::xml_node root = styles.child("styleSheet");
  std::vector<bool> is_date;
  for (const auto& style : root.child("cellXfs").children("xf")) {
    const int id = style.attribute("numFmtId").as_int();
    const pugi::xml_node format = root.child("numFmts").find_child_by_attribute("numFmt", "numFmtId", std::to_string(id).c_str());
    is_date.push_back(is_date_format(id, format.attribute("formatCode").as_string()));
  }
  return is_date;
}

// The part that holds the sheet: by its name, or the only one.
std::vector<std::string> sheet_names(const pugi::xml_document& book) {
  std::vector<std::string> names;
  for (const auto& sheet : book.child("workbook").child("sheets").children("sheet")) names.emplace_back(sheet.attribute("name").as_string());
  return names;
}

std::string sheet_part(const pugi::xml_document& book, const pugi::xml_document& links, const std::string& wanted) {
  const std::vector<std::string> names = sheet_names(book);
  std::string link;
  for (const auto& sheet : book.child("workbook").child("sheets").children("sheet")) {
    if (sheet.attribute("name").as_string() == wanted || (wanted.empty() && link.empty())) link = sheet.attribute("r:id").as_string();
  }
  if (link.empty() || (wanted.empty() && names.size() != 1))
    throw Error(ErrorKind::usage, wanted.empty() ? fmt::format("the workbook has {} sheets: {}", names.size(), fmt::join(names, ", ")) : fmt::format("there is no sheet \"{}\"; the sheets are {}", wanted, fmt::join(names, ", ")),
                "name the sheet behind #: FILE#SHEET");
  const std::string target = links.child("Relationships").find_child_by_attribute("Relationship", "Id", link.c_str()).attribute("Target").as_string();
  return target.starts_with('/') ? target.substr(1) : "xl/" + target;
}

// "AB12" -> 27; nothing without a reference.
std::size_t column_of(std::string_view reference, std::size_t next) {
  std::size_t column = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z') break;
    column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
    if (column > most_columns) fail(fmt::format("the cell {} lies beyond the last column", reference));
  }
  return column == 0 ? next : column - 1;
}

// Days and their fraction, to the second, as ISO 8601.
std::string iso_of(double days, std::int64_t epoch_days) {
  const auto seconds = static_cast<std::int64_t>(std::llround(days * 86'400));
  const std::string text = iso_time((seconds + epoch_days * 86'400) * 1000);
  return seconds % 86'400 == 0 ? text.substr(0, 10) : text.substr(0, 10) + " " + text.substr(11, 8);
}

std::string value_of(const Workbook& book, const pugi::xml_node& cell) {
  const std::string_view type = cell.attribute("t").as_string("n");
  if (type == "inlineStr") return text_of(cell.child("is"));
  const std::string value = cell.child("v").text().get();
  if (type == "s") {
    std::size_t index = 0;
    std::from_chars(value.data(), value.data() + value.size(), index);
    if (value.empty() || index >= book.shared.size()) fail("a cell refers to a text that is not there");
    return book.shared[index];
  }
  if (type == "b") return value == "1" ? "true" : "false";
  if (type == "e") return "";  // #N/A, #DIV/0!: no value
  double number = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
  if (type != "n" || value.empty() || parsed.ec != std::errc()) return value;
  const std::size_t style = cell.attribute("s").as_uint();
  if (style < book.is_date.size() && book.is_date[style]) return iso_of(number, book.epoch_days);
  return fmt::format("{}", number);
}

std::vector<std::string> row_of(const Workbook& book, const pugi::xml_node& row) {
  std::vector<std::string> values;
  for (const auto& cell : row.children("c")) {
    const std::size_t column = column_of(cell.attribute("r").as_string(), values.size());
    if (values.size() <= column) values.resize(column + 1);
    values[column] = value_of(book, cell);
  }
  return values;
}

// Cells below each other that are merged: the value stands in the first, and is that of all.
struct MergedCells {
  std::size_t column, first_row, last_row;  // rows from 1, columns from 0
  std::string value = {};
};

// By their first row.
std::deque<MergedCells> merged_cells(const pugi::xml_node& sheet) {
  std::deque<MergedCells> all;
  for (const auto& merged : sheet.child("mergeCells").children("mergeCell")) {
    const std::string_view ref = merged.attribute("ref").as_string();
    const std::size_t colon = ref.find(':');
    if (colon == ref.npos) continue;
    const std::string_view from = ref.substr(0, colon), to = ref.substr(colon + 1);
    const auto row_number = [](std::string_view cell) {
      const std::size_t digits = cell.find_first_of("0123456789");
      std::size_t row = 0;
      if (digits != cell.npos) std::from_chars(cell.data() + digits, cell.data() + cell.size(), row);
      return row;
    };
    // Side by side they are a title, and their value is no column's.
    if (column_of(from, 0) == column_of(to, 0)) all.push_back({column_of(from, 0), row_number(from), row_number(to)});
  }
  std::ranges::stable_sort(all, {}, &MergedCells::first_row);
  return all;
}

// waiting: those that begin in later rows; open: those that have begun. Rows rise.
void fill_merged(std::deque<MergedCells>& waiting, std::vector<MergedCells>& open, std::size_t row, std::vector<std::string>& values) {
  std::erase_if(open, [&](const MergedCells& merged) { return merged.last_row < row; });
  for (; !waiting.empty() && waiting.front().first_row <= row; waiting.pop_front()) open.push_back(std::move(waiting.front()));
  for (MergedCells& merged : open) {
    if (values.size() <= merged.column) values.resize(merged.column + 1);
    if (row == merged.first_row) merged.value = values[merged.column];
    else values[merged.column] = merged.value;
  }
}

}  // namespace

std::vector<std::string> sheets_of_excel(const std::string& path) {
  const Archive archive = open_archive(path);
  const pugi::xml_document workbook = xml_of(archive.get(), "xl/workbook.xml", true), links = xml_of(archive.get(), "xl/_rels/workbook.xml.rels", true);
  const std::vector<std::string> names = sheet_names(workbook);
  if (names.size() <= 1) return {};
  std::vector<std::string> with_rows;
  for (const std::string& name : names)
    if (xml_of(archive.get(), sheet_part(workbook, links, name), true).child("worksheet").child("sheetData").child("row")) with_rows.push_back(name);
  return with_rows;
}

void write_excel(const TabularPath& path, CsvSink& sink) {
  Workbook book{.archive = open_archive(path.path)};
  const pugi::xml_document workbook = xml_of(book.archive.get(), "xl/workbook.xml", true), links = xml_of(book.archive.get(), "xl/_rels/workbook.xml.rels", true);
  const pugi::xml_document strings = xml_of(book.archive.get(), "xl/sharedStrings.xml", false);
  for (const auto& item : strings.child("sst").children("si")) book.shared.push_back(text_of(item));
  book.is_date = date_styles(xml_of(book.archive.get(), "xl/styles.xml", false));
  if (workbook.child("workbook").child("workbookPr").attribute("date1904").as_bool()) book.epoch_days = epoch_1904;
  const pugi::xml_document sheet = xml_of(book.archive.get(), sheet_part(workbook, links, path.table), true);
  std::deque<MergedCells> waiting = merged_cells(sheet.child("worksheet"));
  std::vector<MergedCells> open;
  std::size_t width = 0, number = 0;
  for (const auto& row : sheet.child("worksheet").child("sheetData").children("row")) {
    std::vector<std::string> values = row_of(book, row);
    number = row.attribute("r").as_ullong(number + 1);
    if (std::all_of(values.begin(), values.end(), [](const std::string& value) { return value.empty(); })) continue;
    fill_merged(waiting, open, number, values);
    width = std::max(width, values.size());
    values.resize(width);  // cells behind the last value are not saved
    for (const std::string& value : values) sink.field(value);
    sink.end_row();
  }
}

}  // namespace coterie
