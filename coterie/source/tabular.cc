#include "coterie/source/tabular.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr std::size_t buffer_bytes = 64 << 10;

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

std::string first_bytes(const std::string& path) {
  std::string bytes(16, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

bool ends_with_any(const std::string& path, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return path.ends_with(ending); });
}

std::optional<TabularFormat> format_of_file(const std::string& path) {
  if (!is_file(path)) return std::nullopt;
  const std::string bytes = first_bytes(path);
  if (bytes.starts_with("PAR1")) return TabularFormat::parquet;
  if (bytes.starts_with("SQLite format 3")) return TabularFormat::sqlite;
  if (bytes.size() >= 12 && bytes.compare(8, 4, "DUCK") == 0) return TabularFormat::duckdb;
  if (bytes.starts_with("PK\3\4") && ends_with_any(path, {".xlsx", ".xlsm"})) return TabularFormat::excel;
  if (ends_with_any(path, {".json", ".jsonl", ".ndjson"})) return TabularFormat::json;
  if (ends_with_any(path, {".parquet", ".xlsx", ".xlsm", ".sqlite", ".duckdb"}))
    throw Error(ErrorKind::damaged_input, fmt::format("its name says {}, but its first bytes do not", path.substr(path.rfind('.'))), "get the file again from its source; a CSV needs another name", path);
  return std::nullopt;
}

void produce(const TabularPath& path, CsvSink& sink) {
  switch (path.format) {
    case TabularFormat::sqlite: return write_sqlite(path, sink);
    case TabularFormat::excel: return write_excel(path, sink);
    case TabularFormat::postgres: return write_postgres(path, sink);
    default: return write_by_duckdb(path, sink);
  }
}

// A write to a pipe that nobody reads must be an error, not the end of the process.
void block_pipe_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

// A password would show in reports and error messages.
void refuse_password(const std::string& uri) {
  const std::size_t begin = uri.find("://") + 3, at = uri.find('@', begin);
  const bool in_user = at != uri.npos && uri.find(':', begin) < at;
  if (in_user || uri.find("password=") != uri.npos)
    throw Error(ErrorKind::usage, "the server's address holds a password, which would show in reports", "give it in the environment as PGPASSWORD, or in ~/.pgpass");
}

std::string shown_name(const TabularPath& path) {
  if (path.format == TabularFormat::sql) return "SQL query";
  return path.table.empty() ? path.path : path.path + "#" + path.table;
}

}  // namespace

const char* name_of(TabularFormat format) {
  constexpr std::array names = {"Parquet", "JSON", "DuckDB", "SQLite", "Excel", "PostgreSQL", "SQL"};
  return names[static_cast<std::size_t>(format)];
}

std::optional<TabularPath> tabular_path_of(const std::string& path) {
  if (path.starts_with("sql:")) return TabularPath{TabularFormat::sql, path.substr(4), ""};
  std::string file = path, table;
  if (const std::size_t hash = path.rfind('#'); hash != path.npos && !is_file(path)) file = path.substr(0, hash), table = path.substr(hash + 1);
  if (file.starts_with("postgres://") || file.starts_with("postgresql://")) return TabularPath{TabularFormat::postgres, file, table};
  if (const auto format = format_of_file(file)) return TabularPath{*format, file, table};
  return std::nullopt;
}

void CsvSink::begin_field() {
  if (std::exchange(row_has_field_, true)) buffer_ += ',';
}

void CsvSink::field(std::string_view text) {
  begin_field();
  if (text.find_first_of(",\"\r\n") == text.npos) {
    buffer_ += text;
    return;
  }
  buffer_ += '"';
  for (const char c : text) buffer_.append(c == '"' ? 2 : 1, c);
  buffer_ += '"';
}

void CsvSink::end_row() {
  buffer_ += '\n';
  row_has_field_ = false;
  if (buffer_.size() >= buffer_bytes) flush();
}

void CsvSink::raw(std::string_view csv) {
  buffer_ += csv;
  if (buffer_.size() >= buffer_bytes) flush();
}

void CsvSink::flush() {
  for (std::size_t done = 0; done < buffer_.size();) {
    const ssize_t written = write(pipe_.number(), buffer_.data() + done, buffer_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw Closed();
    done += static_cast<std::size_t>(written);
  }
  buffer_.clear();
}

TabularSource::TabularSource(const TabularPath& path) {
  if (path.format == TabularFormat::postgres) refuse_password(path.path);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  input_.file = FileDescriptor(ends[0]);
  input_.name = shown_name(path);
  producer_ = std::jthread([this, path, name = shown_name(path), sink = CsvSink(FileDescriptor(ends[1]))]() mutable {
    block_pipe_signal();
    try {
      produce(path, sink);
      sink.flush();
    } catch (const CsvSink::Closed&) {
      // Whoever reads has seen enough.
    } catch (const Error& error) {
      failure_ = std::make_exception_ptr(Error(error.kind, error.what(), error.hint, error.place.empty() ? name : error.place));
    } catch (...) {
      failure_ = std::current_exception();
    }
    sink.close();
  });
}

TabularSource::~TabularSource() { input_.file = FileDescriptor(); }  // a producer that still writes ends

void TabularSource::finish() {
  if (producer_.joinable()) producer_.join();
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace coterie
