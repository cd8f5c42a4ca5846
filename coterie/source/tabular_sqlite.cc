// SQLite files, by libsqlite3: read-only, row by row.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/source/tabular.h"

namespace coterie {
namespace {

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

[[noreturn]] void fail(sqlite3* database) {
  throw Error(ErrorKind::damaged_input, fmt::format("SQLite: {}", sqlite3_errmsg(database)), "get the file again from its source");
}

Database open_database(const std::string& path) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READONLY, nullptr);
  Database database(raw, sqlite3_close);
  if (code != SQLITE_OK) fail(raw);
  return database;
}

Statement prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) fail(database);
  return {raw, sqlite3_finalize};
}

std::string_view text_at(sqlite3_stmt* row, int column) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

std::vector<std::string> tables_of(sqlite3* database) {
  const Statement statement = prepare(database, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name");
  std::vector<std::string> names;
  while (sqlite3_step(statement.get()) == SQLITE_ROW) names.emplace_back(text_at(statement.get(), 0));
  return names;
}

std::string choose_table(const std::vector<std::string>& names, const std::string& wanted) {
  if (wanted.empty() && names.size() == 1) return names[0];
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return wanted;
  throw Error(ErrorKind::usage, wanted.empty() ? fmt::format("the file has {} tables: {}", names.size(), fmt::join(names, ", ")) : fmt::format("there is no table \"{}\"; the tables are {}", wanted, fmt::join(names, ", ")),
              "name the table behind #: FILE#TABLE");
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text.append(c == '"' ? 2 : 1, c);
  return text + '"';
}

// 17 significant digits lose nothing; fmt writes the fewest that read back.
void put_value(sqlite3_stmt* row, int column, CsvSink& sink) {
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL: return sink.blank_field();
    case SQLITE_FLOAT: return sink.field(fmt::format("{}", sqlite3_column_double(row, column)));
    default: return sink.field(text_at(row, column));
  }
}

}  // namespace

void write_sqlite(const TabularPath& path, CsvSink& sink) {
  const Database database = open_database(path.path);
  const std::string table = choose_table(tables_of(database.get()), path.table);
  const Statement rows = prepare(database.get(), "SELECT * FROM " + quoted(table));
  const int columns = sqlite3_column_count(rows.get());
  for (int c = 0; c < columns; ++c) sink.field(sqlite3_column_name(rows.get(), c));
  sink.end_row();
  int code;
  while ((code = sqlite3_step(rows.get())) == SQLITE_ROW) {
    for (int c = 0; c < columns; ++c) put_value(rows.get(), c, sink);
    sink.end_row();
  }
  if (code != SQLITE_DONE) fail(database.get());
}

}  // namespace coterie
