#include "coterie/model/read_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "coterie/base/error.h"
#include "coterie/source/rounded_id.h"

namespace coterie {

std::vector<TextTable> read_tables(std::vector<std::string> paths, char delimiter, std::size_t memory_bytes) {
  std::sort(paths.begin(), paths.end());
  if (const auto twice = std::adjacent_find(paths.begin(), paths.end()); twice != paths.end())
    throw Error(ErrorKind::usage, "the file is given twice; its rows would count double", "give each file once", *twice);
  std::vector<TextTable> tables;
  std::size_t bytes = 0;
  for (const std::string& path : paths) {
    tables.push_back(read_text_table(path, delimiter));
    // Measured: text, views, values and ids stand in memory together at about five times the text.
    bytes += 5 * tables.back().bytes.size();
    if (bytes > memory_bytes)
      throw Error(ErrorKind::memory, fmt::format("tables are read whole, which takes about {} MB of the {} MB there are", bytes / 1'000'000, memory_bytes / 1'000'000), "give more --memory", path);
  }
  return tables;
}

std::unique_ptr<OutputFile> fill_ledger(ReadReport& read, std::vector<TextTable>& tables, const std::string& rejects_path) {
  Ledger ledger(rejects_path);
  for (TextTable& table : tables) {
    std::stable_sort(table.ledger.rejects.begin(), table.ledger.rejects.end(), [](const Reject& a, const Reject& b) { return a.line < b.line; });
    ledger.begin_file(table.file.path, table.header_newlines);
    ledger.add_block(0, std::move(table.ledger));
    InputReport input{.file = table.file, .dialect = table.dialect, .roles = {}, .rows = ledger.end_file(), .last_line_without_newline = table.last_line_without_newline};
    read.inputs.push_back(std::move(input));
  }
  read.rows = ledger.total();
  return ledger.take_output();
}

void require_customers(const ReadReport& read) {
  if (read.rows.used > 0) return;
  std::string why = read.rows.read == 0 ? "there is no row behind the header" : fmt::format("all {} rows were set aside:", read.rows.read);
  for (std::size_t r = 0; r < reason_count; ++r)
    if (read.rows.set_aside[r] != 0) why += fmt::format(" {} {}", read.rows.set_aside[r], name_of(static_cast<Reason>(r)));
  const bool rounded = read.rows.set_aside[static_cast<std::size_t>(Reason::rounded_id)] != 0;
  if (read.rows.read > 0 && read.rows.set_aside[static_cast<std::size_t>(Reason::wrong_field_count)] == read.rows.read)
    throw Error(ErrorKind::no_usable_rows, "no usable row: no row has as many fields as the header", "take titles and empty lines above the header out, so that the first line has the names of the columns", read.inputs.front().file.path);
  throw Error(ErrorKind::no_usable_rows, "no usable row: " + why, rounded ? rounded_id_fix : "look at the columns with: coterie inspect FILE; --missing median fills blanks, --column NAME=ignored leaves a column out",
              read.inputs.front().file.path);
}

}  // namespace coterie
