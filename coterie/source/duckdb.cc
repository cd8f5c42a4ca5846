#include "coterie/source/duckdb.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <utility>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/source/duckdb_library.h"

namespace coterie {
namespace {

using namespace duckdb_library;

// --- results ---------------------------------------------------------------------------------------

// Owns what duckdb_query filled.
struct OwnedResult {
  Result raw{};
  OwnedResult() = default;
  OwnedResult(const OwnedResult&) = delete;
  ~OwnedResult() { functions().duckdb_destroy_result(&raw); }
};

ErrorKind kind_of(int error_type, std::string_view message) {
  const bool writing = message.find("write") != message.npos || message.find("for writing") != message.npos;
  if (error_type == error_out_of_memory) return ErrorKind::memory;
  if (error_type == error_io || error_type == error_permission) return writing ? ErrorKind::output : ErrorKind::missing_input;
  return ErrorKind::usage;
}

[[noreturn]] void fail(Result& result) {
  const char* text = functions().duckdb_result_error(&result);
  const std::string message = text == nullptr ? "unknown error" : text;
  const ErrorKind kind = kind_of(functions().duckdb_result_error_type(&result), message);
  // Its line is that of our statement, not of what the user wrote.
  throw Error(kind, "DuckDB: " + message.substr(0, message.find("\n\nLINE ") != message.npos ? message.find("\n\nLINE ") : message.find("\nLINE ")), kind == ErrorKind::memory ? "give a larger --memory" : "");
}

// A column of one chunk of a result.
struct ResultVector {
  int type;
  const void* data;
  const std::uint64_t* validity;  // null: all valid
  double decimal_unit;
  int decimal_type;

  template <class T>
  T value(std::size_t row) const { return static_cast<const T*>(data)[row]; }
};

SqlValue value_of(const HugeInt& huge) {
  if (huge.upper == static_cast<std::int64_t>(huge.lower) >> 63) return static_cast<std::int64_t>(huge.lower);
  return std::ldexp(static_cast<double>(huge.upper), 64) + static_cast<double>(huge.lower);
}

double real_of(const SqlValue& value) {
  const auto* integer = std::get_if<std::int64_t>(&value);
  return integer != nullptr ? static_cast<double>(*integer) : std::get<double>(value);
}

// The value in a vector of the physical type `type`; throws Error(usage) for types that are not read.
SqlValue value_at(const ResultVector& vector, int type, std::size_t row) {
  if (vector.validity != nullptr && (vector.validity[row / 64] >> row % 64 & 1) == 0) return std::monostate();
  switch (type) {
    case boolean: return std::int64_t{vector.value<bool>(row)};
    case tinyint: return std::int64_t{vector.value<std::int8_t>(row)};
    case smallint: return std::int64_t{vector.value<std::int16_t>(row)};
    case integer:
    case date: return std::int64_t{vector.value<std::int32_t>(row)};
    case bigint:
    case timestamp:
    case timestamp_tz: return vector.value<std::int64_t>(row);
    case utinyint: return std::int64_t{vector.value<std::uint8_t>(row)};
    case usmallint: return std::int64_t{vector.value<std::uint16_t>(row)};
    case uinteger: return std::int64_t{vector.value<std::uint32_t>(row)};
    case ubigint: return value_of({vector.value<std::uint64_t>(row), 0});
    case hugeint: return value_of(vector.value<HugeInt>(row));
    case real: return double{vector.value<float>(row)};
    case double_: return vector.value<double>(row);
    case decimal: return real_of(value_at(vector, vector.decimal_type, row)) / vector.decimal_unit;
    case varchar: {
      const Text& text = static_cast<const Text*>(vector.data)[row];
      return std::string(text.data(), text.length);
    }
  }
  throw Error(ErrorKind::usage, fmt::format("a result column has a type (number {}) that is not read", type),
              "cast it to BIGINT, DOUBLE or VARCHAR in the SQL");
}

ResultVector vector_of(Result& result, Handle chunk, std::size_t column) {
  const Functions& duckdb = functions();
  const Handle vector = duckdb.duckdb_data_chunk_get_vector(chunk, column);
  ResultVector out = {duckdb.duckdb_column_type(&result, column), duckdb.duckdb_vector_get_data(vector),
                      duckdb.duckdb_vector_get_validity(vector), 1, 0};
  if (out.type != decimal) return out;
  Handle type = duckdb.duckdb_column_logical_type(&result, column);
  out.decimal_unit = std::pow(10, duckdb.duckdb_decimal_scale(type));
  out.decimal_type = duckdb.duckdb_decimal_internal_type(type);
  duckdb.duckdb_destroy_logical_type(&type);
  return out;
}

struct OwnedChunk {
  Handle raw;
  explicit OwnedChunk(Handle chunk) : raw(chunk) {}
  OwnedChunk(const OwnedChunk&) = delete;
  ~OwnedChunk() { functions().duckdb_destroy_data_chunk(&raw); }
};

void append_chunk(SqlResult& out, Result& result, Handle chunk) {
  const std::size_t rows = functions().duckdb_data_chunk_get_size(chunk);
  for (std::size_t j = 0; j < out.columns.size(); ++j) {
    const ResultVector vector = vector_of(result, chunk, j);
    for (std::size_t row = 0; row < rows; ++row) out.columns[j].push_back(value_at(vector, vector.type, row));
  }
}

// --- columns that DuckDB reads ---------------------------------------------------------------------

struct ScanState {
  const std::vector<SqlColumn>* columns;
  std::vector<std::size_t> wanted;  // the columns the query uses
  std::size_t row = 0;
};

int type_of(const SqlColumn& column) {
  constexpr int types[] = {double_, bigint, varchar, bigint};
  return types[column.values.index()];
}

void copy_into(Handle vector, std::span<const std::int64_t> values, std::size_t begin, std::size_t n) {
  std::memcpy(functions().duckdb_vector_get_data(vector), values.data() + begin, n * sizeof(std::int64_t));
}

void copy_into(Handle vector, std::span<const double> values, std::size_t begin, std::size_t n) {
  const auto part = values.subspan(begin, n);
  std::memcpy(functions().duckdb_vector_get_data(vector), part.data(), part.size_bytes());
  if (std::none_of(part.begin(), part.end(), [](double x) { return std::isnan(x); })) return;
  functions().duckdb_vector_ensure_validity_writable(vector);
  std::uint64_t* valid = functions().duckdb_vector_get_validity(vector);
  for (std::size_t i = 0; i < n; ++i)
    if (std::isnan(part[i])) valid[i / 64] &= ~(std::uint64_t{1} << i % 64);
}

void copy_into(Handle vector, const WholeNumbers& numbers, std::size_t begin, std::size_t n) {
  const auto part = numbers.values.subspan(begin, n);
  auto* out = static_cast<std::int64_t*>(functions().duckdb_vector_get_data(vector));
  std::uint64_t* valid = nullptr;
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isnan(part[i])) {
      out[i] = static_cast<std::int64_t>(part[i]);
      continue;
    }
    if (valid == nullptr) {
      functions().duckdb_vector_ensure_validity_writable(vector);
      valid = functions().duckdb_vector_get_validity(vector);
    }
    valid[i / 64] &= ~(std::uint64_t{1} << i % 64);
  }
}

// The length of the UTF-8 character at the start (RFC 3629), 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first < 0xf0)
    return follows(1) && follows(2) && !(first == 0xe0 && second < 0xa0) && !(first == 0xed && second >= 0xa0) ? 3 : 0;
  if (first >= 0xf0 && first < 0xf5)
    return follows(1) && follows(2) && follows(3) && !(first == 0xf0 && second < 0x90) && !(first == 0xf4 && second >= 0x90) ? 4 : 0;
  return 0;
}

// DuckDB takes valid UTF-8 only; each byte that is not becomes U+FFFD.
std::string_view valid_utf8(std::string_view text, std::string& repaired) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; })) return text;
  repaired.clear();
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    repaired += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return repaired;
}

void copy_into(Handle vector, const TextColumn& texts, std::size_t begin, std::size_t n) {
  std::string repaired;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string_view text = valid_utf8(texts.at(begin + i), repaired);
    functions().duckdb_vector_assign_string_element_len(vector, i, text.data(), text.size());
  }
}

void bind_columns(Handle info) {
  const Functions& duckdb = functions();
  const auto& columns = *static_cast<const std::vector<SqlColumn>*>(duckdb.duckdb_bind_get_extra_info(info));
  for (const SqlColumn& column : columns) {
    Handle type = duckdb.duckdb_create_logical_type(type_of(column));
    duckdb.duckdb_bind_add_result_column(info, column.name.c_str(), type);
    duckdb.duckdb_destroy_logical_type(&type);
  }
  duckdb.duckdb_bind_set_cardinality(info, columns[0].rows(), true);
}

void start_scan(Handle info) {
  const Functions& duckdb = functions();
  auto* state = new ScanState{static_cast<const std::vector<SqlColumn>*>(duckdb.duckdb_init_get_extra_info(info)), {}};
  for (Index i = 0; i < duckdb.duckdb_init_get_column_count(info); ++i)
    state->wanted.push_back(duckdb.duckdb_init_get_column_index(info, i));
  duckdb.duckdb_init_set_init_data(info, state, [](void* old) { delete static_cast<ScanState*>(old); });
  duckdb.duckdb_init_set_max_threads(info, 1);  // keeps the rows in order
}

// The next rows. An exception must not pass through DuckDB's frames.
void scan(Handle info, Handle chunk) try {
  const Functions& duckdb = functions();
  auto& state = *static_cast<ScanState*>(duckdb.duckdb_function_get_init_data(info));
  const std::size_t n = std::min<std::size_t>(duckdb.duckdb_vector_size(), (*state.columns)[0].rows() - state.row);
  for (std::size_t i = 0; n > 0 && i < state.wanted.size(); ++i) {
    if (state.wanted[i] >= state.columns->size()) continue;  // count(*) asks for a column that is none
    const Handle vector = duckdb.duckdb_data_chunk_get_vector(chunk, i);
    std::visit([&](const auto& values) { copy_into(vector, values, state.row, n); }, (*state.columns)[state.wanted[i]].values);
  }
  duckdb.duckdb_data_chunk_set_size(chunk, n);
  state.row += n;
} catch (const std::exception& error) {
  functions().duckdb_function_set_error(info, error.what());
}

// --- settings --------------------------------------------------------------------------------------

std::vector<std::pair<const char*, std::string>> settings_of(const DuckDbOptions& options) {
  const auto temporary = options.temp_directory.empty() ? (std::filesystem::temp_directory_path() / "coterie-duckdb").string()
                                                        : options.temp_directory;
  std::vector<std::pair<const char*, std::string>> settings = {
      {"threads", std::to_string(options.threads > 0 ? options.threads : default_threads())},
      {"temp_directory", temporary},
      {"autoinstall_known_extensions", "false"},  // never downloads
  };
  if (options.memory_limit_bytes > 0) settings.emplace_back("memory_limit", fmt::format("{}B", options.memory_limit_bytes));
  return settings;
}

struct Config {
  Handle raw = nullptr;
  Config() { functions().duckdb_create_config(&raw); }
  Config(const Config&) = delete;
  ~Config() { functions().duckdb_destroy_config(&raw); }
  void set(const char* name, const std::string& value) {
    if (functions().duckdb_set_config(raw, name, value.c_str()) != success)
      throw Error(ErrorKind::usage, fmt::format("DuckDB refuses {} = {}", name, value));
  }
};

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

}  // namespace

double SqlResult::real(std::size_t row, std::size_t column) const { return real_of(columns[column][row]); }

std::size_t SqlColumn::rows() const {
  if (const auto* text = std::get_if<TextColumn>(&values)) return text->rows;
  if (const auto* reals = std::get_if<std::span<const double>>(&values)) return reals->size();
  if (const auto* whole = std::get_if<WholeNumbers>(&values)) return whole->values.size();
  return std::get<std::span<const std::int64_t>>(values).size();
}

std::string sql_text(std::string_view text) { return doubled(text, '\''); }
std::string sql_name(std::string_view name) { return doubled(name, '"'); }

struct DuckDb::Connection {
  Handle database = nullptr;
  Handle connection = nullptr;
  Connection() = default;
  Connection(const Connection&) = delete;
  ~Connection() {
    functions().duckdb_disconnect(&connection);
    functions().duckdb_close(&database);
  }
};

DuckDb::DuckDb(DuckDbOptions options) {
  const Functions& duckdb = functions();
  connection_ = std::make_unique<Connection>();
  Config config;
  for (const auto& [name, value] : settings_of(options)) config.set(name, value);
  char* message = nullptr;
  if (duckdb.duckdb_open_ext(nullptr, &connection_->database, config.raw, &message) != success) {
    const std::string text = message == nullptr ? "unknown error" : message;
    duckdb.duckdb_free(message);
    throw Error(ErrorKind::usage, "DuckDB does not start: " + text);
  }
  if (duckdb.duckdb_connect(connection_->database, &connection_->connection) != success)
    throw Error(ErrorKind::memory, "DuckDB gives no connection");
}

DuckDb::DuckDb(DuckDb&&) noexcept = default;
DuckDb::~DuckDb() = default;

void DuckDb::execute(const std::string& sql) {
  OwnedResult result;
  if (functions().duckdb_query(connection_->connection, sql.c_str(), &result.raw) != success) fail(result.raw);
}

SqlResult DuckDb::query(const std::string& sql) {
  const Functions& duckdb = functions();
  OwnedResult result;
  if (duckdb.duckdb_query(connection_->connection, sql.c_str(), &result.raw) != success) fail(result.raw);
  SqlResult out;
  for (Index j = 0; j < duckdb.duckdb_column_count(&result.raw); ++j)
    out.names.emplace_back(duckdb.duckdb_column_name(&result.raw, j));
  out.columns.resize(out.names.size());
  while (Handle chunk = duckdb.duckdb_fetch_chunk(result.raw)) append_chunk(out, result.raw, OwnedChunk(chunk).raw);
  return out;
}

std::size_t DuckDb::query_reals(const std::string& sql, std::span<double> values) {
  const Functions& duckdb = functions();
  OwnedResult result;
  if (duckdb.duckdb_query(connection_->connection, sql.c_str(), &result.raw) != success) fail(result.raw);
  assert(duckdb.duckdb_column_count(&result.raw) == 1 && duckdb.duckdb_column_type(&result.raw, 0) == double_);
  std::size_t rows = 0;
  while (Handle raw = duckdb.duckdb_fetch_chunk(result.raw)) {
    const OwnedChunk chunk(raw);
    const std::size_t n = duckdb.duckdb_data_chunk_get_size(raw), fits = rows < values.size() ? std::min(n, values.size() - rows) : 0;
    const ResultVector vector = vector_of(result.raw, raw, 0);
    std::copy_n(static_cast<const double*>(vector.data), fits, values.begin() + static_cast<std::ptrdiff_t>(std::min(rows, values.size())));
    for (std::size_t row = 0; vector.validity != nullptr && row < fits; ++row)
      if ((vector.validity[row / 64] >> row % 64 & 1) == 0) values[rows + row] = std::nan("");
    rows += n;
  }
  return rows;
}

void DuckDb::add_columns(const std::string& name, std::vector<SqlColumn> columns) {
  assert(!columns.empty());
  assert(std::all_of(columns.begin(), columns.end(), [&](const auto& column) { return column.rows() == columns[0].rows(); }));
  const Functions& duckdb = functions();
  Handle function = duckdb.duckdb_create_table_function();
  duckdb.duckdb_table_function_set_name(function, name.c_str());
  duckdb.duckdb_table_function_set_extra_info(function, new std::vector<SqlColumn>(std::move(columns)),
                                              [](void* old) { delete static_cast<std::vector<SqlColumn>*>(old); });
  duckdb.duckdb_table_function_set_bind(function, bind_columns);
  duckdb.duckdb_table_function_set_init(function, start_scan);
  duckdb.duckdb_table_function_set_function(function, scan);
  duckdb.duckdb_table_function_supports_projection_pushdown(function, true);
  const int state = duckdb.duckdb_register_table_function(connection_->connection, function);
  duckdb.duckdb_destroy_table_function(&function);
  if (state != success) throw Error(ErrorKind::usage, fmt::format("DuckDB refuses the columns of {}", name), "no two columns may have the same name");
}

std::string duckdb_version() { return functions().duckdb_library_version(); }

}  // namespace coterie
