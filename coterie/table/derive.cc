#include "coterie/table/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "coterie/base/error.h"
#include "coterie/source/duckdb.h"

namespace coterie {
namespace {

// DuckDB reads the table where it lies: one thread keeps the order of rows.
DuckDb connect(const CustomerTable& table) {
  std::vector<SqlColumn> columns;
  for (std::size_t c = 0; c < table.names.size(); ++c) columns.push_back({table.names[c], table.values.column(c)});
  for (const Attribute& attribute : table.attributes)
    columns.push_back({attribute.name, TextColumn{attribute.values.size(), [&attribute](std::size_t row) -> std::string_view { return attribute.values[row]; }}});
  columns.push_back({table.id_name, TextColumn{table.ids.size(), [&ids = table.ids, text = std::string()](std::size_t row) mutable -> std::string_view {
                       if (row >= ids.numbers.size()) return ids.texts[row - ids.numbers.size()];
                       return text = std::to_string(ids.numbers[row]);
                     }}});
  DuckDb duckdb({.threads = 1});
  duckdb.add_columns("coterie_customers", std::move(columns));
  duckdb.execute("SET enable_external_access = false");
  return duckdb;
}

// The table with blank attributes as NULL.
std::string customers_as_sql(const CustomerTable& table) {
  std::string nulls;
  for (const Attribute& attribute : table.attributes)
    nulls += fmt::format("{}nullif({}, '') AS {}", nulls.empty() ? " REPLACE (" : ", ", sql_name(attribute.name), sql_name(attribute.name));
  return fmt::format("(SELECT *{} FROM coterie_customers())", nulls.empty() ? "" : nulls + ")");
}

SqlResult ask(DuckDb& duckdb, const std::string& query, const std::string& what) {
  try {
    return duckdb.query(query);
  } catch (const Error& error) {
    throw Error(error.kind, fmt::format("{}: {}", what, error.what()), "write an expression over the columns; names with blanks go in double quotes");
  }
}

std::vector<double> numbers_of(const SqlResult& result, std::size_t column, const Derivation& derivation) {
  std::vector<double> values;
  std::size_t bad = 0;
  for (std::size_t row = 0; row < result.rows(); ++row) {
    const SqlValue& value = result.columns[column][row];
    if (std::holds_alternative<std::string>(value))
      throw Error(ErrorKind::usage, fmt::format("derived column {}: the expression gives a text when it should give a number", derivation.name), "cast it, or compare it: (City = 'Rome')::int");
    const double number = result.is_null(row, column) ? NAN : result.real(row, column);
    bad += !std::isfinite(number);
    values.push_back(number);
  }
  if (bad > 0)
    throw Error(ErrorKind::usage, fmt::format("derived column {}: the expression gives no number (NULL or infinity) for {} of {} customers", derivation.name, bad, values.size()),
                fmt::format("say what these are, for example coalesce({}, 0)", derivation.sql));
  return values;
}

bool is_whole(double x) { return x == std::floor(x) && std::abs(x) < 0x1p53; }

Matrix with_columns(const Matrix& values, const std::vector<std::vector<double>>& added) {
  Matrix wider(values.rows(), values.columns() + added.size());
  for (std::size_t c = 0; c < values.columns(); ++c) std::copy(values.column(c).begin(), values.column(c).end(), wider.column(c).begin());
  for (std::size_t c = 0; c < added.size(); ++c) std::copy(added[c].begin(), added[c].end(), wider.column(values.columns() + c).begin());
  return wider;
}

void require_new_name(const CustomerTable& table, const std::string& name) {
  const bool taken = name == table.id_name || std::find(table.names.begin(), table.names.end(), name) != table.names.end() ||
                     std::any_of(table.attributes.begin(), table.attributes.end(), [&](const Attribute& a) { return a.name == name; });
  if (taken) throw Error(ErrorKind::usage, fmt::format("derived column {}: there is a column of that name", name), "give it another name");
}

}  // namespace

CustomerTable derive_columns(CustomerTable table, const std::vector<Derivation>& derivations) {
  if (derivations.empty()) return table;
  DuckDb duckdb = connect(table);
  std::string with = customers_as_sql(table);
  std::vector<std::vector<double>> added;
  for (const Derivation& derivation : derivations) {
    require_new_name(table, derivation.name);
    with = fmt::format("(SELECT *, ({}) AS {} FROM {})", derivation.sql, sql_name(derivation.name), with);
    const SqlResult result = ask(duckdb, fmt::format("SELECT {} FROM {}", sql_name(derivation.name), with), "derived column " + derivation.name);
    added.push_back(numbers_of(result, 0, derivation));
  }
  table.values = with_columns(table.values, added);
  for (std::size_t d = 0; d < derivations.size(); ++d) {
    table.names.push_back(derivations[d].name);
    table.is_count.push_back(std::all_of(added[d].begin(), added[d].end(), is_whole));
  }
  return table;
}

CustomerTable filter_customers(CustomerTable table, const std::string& sql) {
  DuckDb duckdb = connect(table);
  const SqlResult result = ask(duckdb, fmt::format("SELECT coalesce(({})::bool, false) FROM {}", sql, customers_as_sql(table)), fmt::format("filter \"{}\"", sql));
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < result.rows(); ++row)
    if (result.integer(row, 0) != 0) rows.push_back(row);
  if (rows.empty()) throw Error(ErrorKind::no_usable_rows, fmt::format("filter \"{}\" keeps none of {} customers", sql, result.rows()), "look at the values of its columns");
  return rows.size() == result.rows() ? std::move(table) : take_customers(table, rows);
}

}  // namespace coterie
