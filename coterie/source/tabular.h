// What is a table and no text: Parquet, JSON, DuckDB and SQLite files, Excel workbooks, PostgreSQL, SQL queries. Each is read
// by its own library in a thread of its own and arrives as CSV in a pipe, so that every station behind the border sees
// the same rows in the same way, in bounded memory. Line n + 1 of the CSV is row n of the table.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "coterie/source/raw_stream.h"

namespace coterie {

enum class TabularFormat { parquet, json, duckdb, sqlite, excel, postgres, sql };
const char* name_of(TabularFormat format);  // "Parquet"

// "shop.sqlite#orders": a table (or an Excel sheet) of a file, where it has more than one.
// "postgresql://user@host/database#orders": a table or view of a PostgreSQL server, by libpq's connection URI (without a
// password, which would show in reports).
// "sql:SELECT ...": the result of a query, run by DuckDB, which may name files: FROM 'orders.parquet'.
struct TabularPath {
  TabularFormat format = TabularFormat::parquet;
  std::string path;   // the file or the URI; of `sql` the query
  std::string table;  // "": the only one
};

// By the first bytes of the file, save JSON (the ending .json, .jsonl or .ndjson) and what is no file. Nothing for a text.
std::optional<TabularPath> tabular_path_of(const std::string& path);

// Where a producer writes its rows. Fields are quoted where they have to be.
class CsvSink {
 public:
  explicit CsvSink(FileDescriptor pipe) : pipe_(std::move(pipe)) {}
  // Thrown by writing when nobody reads any more; it ends the producer silently.
  struct Closed {};

  void field(std::string_view text);
  void blank_field() { begin_field(); }
  void end_row();
  void raw(std::string_view csv);  // whole rows, as CSV already
  void flush();
  void close() { pipe_ = FileDescriptor(); }
  int descriptor() const { return pipe_.number(); }

 private:
  void begin_field();

  FileDescriptor pipe_;
  std::string buffer_;
  bool row_has_field_ = false;
};

// The producers; each throws Error(usage) that lists the tables when none or more than one could be meant.
void write_by_duckdb(const TabularPath& path, CsvSink& sink);  // tabular_duckdb.cc: parquet, json, duckdb, sql
void write_sqlite(const TabularPath& path, CsvSink& sink);
void write_excel(const TabularPath& path, CsvSink& sink);
void write_postgres(const TabularPath& path, CsvSink& sink);

// A running producer and the end of its pipe that is read from.
class TabularSource {
 public:
  explicit TabularSource(const TabularPath& path);
  ~TabularSource();
  // The reading end, to be taken once, before reading.
  RawInput take_input() { return std::move(input_); }
  // After the end of the pipe: throws what stopped the producer, once.
  void finish();

 private:
  RawInput input_;
  std::exception_ptr failure_ = nullptr;
  std::jthread producer_;
};

}  // namespace coterie
