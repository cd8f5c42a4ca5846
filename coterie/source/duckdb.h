// DuckDB through its C library, loaded only when something needs it: Parquet, SQL inputs, and tests that
// formulate a feature a second time in SQL. Nothing of it is needed to build Coterie.
//
// The library is libduckdb.so of version 1.4 or later, looked for in this order: $COTERIE_DUCKDB (a path),
// ../lib/coterie beside the program's folder, the build tree (tools/fetch_duckdb.sh), the system's loader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace coterie {

struct DuckDbOptions {
  int threads = 0;                     // 0 = default_threads()
  std::size_t memory_limit_bytes = 0;  // 0 = DuckDB's own: 80 % of the machine
  std::string temp_directory = {};     // for what does not fit; empty = the system's folder for temporary files
};

// A value of a result: null, integer (also bool; dates as days and timestamps as microseconds since 1970),
// double (also decimals, and huge integers beyond 64 bits) or text.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string>;

// A small result, in memory as a whole.
struct SqlResult {
  std::vector<std::string> names;
  std::vector<std::vector<SqlValue>> columns;  // columns[j][row]

  std::size_t rows() const { return columns.empty() ? 0 : columns[0].size(); }
  bool is_null(std::size_t row, std::size_t column) const { return columns[column][row].index() == 0; }
  // These throw std::bad_variant_access for another type; real() takes integers too.
  std::int64_t integer(std::size_t row, std::size_t column) const { return std::get<std::int64_t>(columns[column][row]); }
  double real(std::size_t row, std::size_t column) const;
  const std::string& text(std::size_t row, std::size_t column) const { return std::get<std::string>(columns[column][row]); }
};

// Text made on the way: at(row) is valid until the next call.
struct TextColumn {
  std::size_t rows = 0;
  std::function<std::string_view(std::size_t row)> at;
};

// Doubles that are all whole numbers below 2^53, to be BIGINT; NaN becomes null.
struct WholeNumbers {
  std::span<const double> values;
};

// A column that DuckDB reads where it lies, without a copy of the table.
// double becomes DOUBLE (NaN: null), int64 BIGINT, text VARCHAR (UTF-8; bytes that are not become U+FFFD).
struct SqlColumn {
  std::string name;
  std::variant<std::span<const double>, std::span<const std::int64_t>, TextColumn, WholeNumbers> values;

  std::size_t rows() const;
};

// 'it''s' and "a ""b""": a text or name as it stands in SQL.
std::string sql_text(std::string_view text);
std::string sql_name(std::string_view name);

// A database in memory with one connection; one thread at a time.
class DuckDb {
 public:
  // Throws Error(missing_library) when libduckdb.so is not found or too old.
  explicit DuckDb(DuckDbOptions options = {});
  DuckDb(DuckDb&&) noexcept;
  ~DuckDb();

  // Throws Error(memory) when the memory limit is too small, Error(output) or Error(missing_input) for files,
  // else Error(usage), with DuckDB's message.
  void execute(const std::string& sql);
  SqlResult query(const std::string& sql);
  // A result of one column of DOUBLE, written where `values` is; null becomes NaN. Returns how many rows there are, of
  // which those beyond `values` are only counted.
  std::size_t query_reals(const std::string& sql, std::span<double> values);

  // Makes "SELECT * FROM name()" read these columns (equally long), in row order. What they view must live
  // until the last query on them. An equal name must not be given twice.
  void add_columns(const std::string& name, std::vector<SqlColumn> columns);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

// DuckDB's version, as "v1.5.0"; for facts in reports. Throws as DuckDb() does.
std::string duckdb_version();

}  // namespace coterie
