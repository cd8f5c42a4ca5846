// Parquet, JSON, DuckDB files and queries: DuckDB writes the CSV itself, through the pipe's descriptor.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "coterie/base/error.h"
#include "coterie/source/duckdb.h"
#include "coterie/source/tabular.h"

namespace coterie {
namespace {

std::string table_of_database(DuckDb& duckdb, const TabularPath& path) {
  duckdb.execute(fmt::format("ATTACH {} AS shop (READ_ONLY)", sql_text(path.path)));
  const SqlResult tables = duckdb.query("SELECT table_name FROM information_schema.tables WHERE table_catalog = 'shop' ORDER BY 1");
  std::vector<std::string> names;
  for (std::size_t row = 0; row < tables.rows(); ++row) names.push_back(tables.text(row, 0));
  const bool is_there = std::find(names.begin(), names.end(), path.table) != names.end();
  if (is_there || (path.table.empty() && names.size() == 1)) return "shop." + sql_name(path.table.empty() ? names[0] : path.table);
  throw Error(ErrorKind::usage, path.table.empty() ? fmt::format("the file has {} tables: {}", names.size(), fmt::join(names, ", ")) : fmt::format("there is no table \"{}\"; the tables are {}", path.table, fmt::join(names, ", ")),
              "name the table behind #: FILE#TABLE");
}

std::string rows_of(DuckDb& duckdb, const TabularPath& path) {
  switch (path.format) {
    case TabularFormat::parquet: return fmt::format("SELECT * FROM read_parquet({})", sql_text(path.path));
    case TabularFormat::json: return fmt::format("SELECT * FROM read_json({})", sql_text(path.path));
    case TabularFormat::duckdb: return fmt::format("SELECT * FROM {}", table_of_database(duckdb, path));
    default: return path.path;
  }
}

}  // namespace

void write_by_duckdb(const TabularPath& path, CsvSink& sink) {
  DuckDb duckdb({.threads = 1});  // keeps the rows in their order
  const std::string rows = rows_of(duckdb, path);
  try {
    duckdb.execute(fmt::format("COPY ({}) TO '/proc/self/fd/{}' (FORMAT csv, HEADER, USE_TMP_FILE false)", rows, sink.descriptor()));
  } catch (const Error& error) {
    const std::string message = error.what();
    if (message.find("Broken pipe") != message.npos || message.find("Could not write") != message.npos) throw CsvSink::Closed();
    throw Error(path.format == TabularFormat::sql ? ErrorKind::usage : ErrorKind::damaged_input, message, path.format == TabularFormat::sql ? "correct the query" : "get the file again from its source");
  }
}

}  // namespace coterie
