// Tables of a PostgreSQL server, by libpq: the server writes the CSV (COPY TO STDOUT).
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libpq-fe.h>

#include <memory>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/source/tabular.h"

namespace coterie {
namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string message_of(PGconn* connection) {
  std::string text = PQerrorMessage(connection);
  while (text.ends_with('\n')) text.pop_back();
  return "PostgreSQL: " + text;
}

Connection connect(const std::string& uri) {
  Connection connection(PQconnectdb(uri.c_str()), PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK)
    throw Error(ErrorKind::missing_input, message_of(connection.get()), "check the address, the user and the database: postgresql://USER@HOST/DATABASE#TABLE");
  return connection;
}

Result run(PGconn* connection, const std::string& sql, ExecStatusType expected) {
  Result result(PQexec(connection, sql.c_str()), PQclear);
  if (PQresultStatus(result.get()) != expected) throw Error(ErrorKind::usage, message_of(connection), "check the table's name and the user's rights");
  return result;
}

std::vector<std::string> tables_of(PGconn* connection) {
  const Result rows = run(connection, "SELECT table_name FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false)) ORDER BY 1", PGRES_TUPLES_OK);
  std::vector<std::string> names;
  for (int row = 0; row < PQntuples(rows.get()); ++row) names.emplace_back(PQgetvalue(rows.get(), row, 0));
  return names;
}

// "schema.table" or "table", each part quoted.
std::string quoted(PGconn* connection, const std::string& name) {
  std::string sql;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    char* part = PQescapeIdentifier(connection, name.data() + at, dot - at);
    sql += (sql.empty() ? "" : ".") + std::string(part == nullptr ? "" : part);
    PQfreemem(part);
    at = dot + 1;
  }
  return sql;
}

}  // namespace

void write_postgres(const TabularPath& path, CsvSink& sink) {
  const Connection connection = connect(path.path);
  std::string table = path.table;
  if (table.empty()) {
    const std::vector<std::string> names = tables_of(connection.get());
    if (names.size() != 1) throw Error(ErrorKind::usage, fmt::format("the database has {} tables: {}", names.size(), fmt::join(names, ", ")), "name the table behind #: postgresql://...#TABLE");
    table = names[0];
  }
  run(connection.get(), "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'", PGRES_COMMAND_OK);
  run(connection.get(), fmt::format("COPY (SELECT * FROM {}) TO STDOUT (FORMAT csv, HEADER)", quoted(connection.get(), table)), PGRES_COPY_OUT);
  char* bytes = nullptr;
  int size;
  while ((size = PQgetCopyData(connection.get(), &bytes, 0)) > 0) {
    const std::unique_ptr<char, decltype(&PQfreemem)> row(bytes, PQfreemem);
    sink.raw({row.get(), static_cast<std::size_t>(size)});
  }
  const Result end(PQgetResult(connection.get()), PQclear);
  if (size == -2 || PQresultStatus(end.get()) != PGRES_COMMAND_OK) throw Error(ErrorKind::damaged_input, message_of(connection.get()), "the server stopped in the middle; run again");
}

}  // namespace coterie
