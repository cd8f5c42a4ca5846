// Tables as Parquet files, written by DuckDB (source/duckdb.h) straight from the columns.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "coterie/source/duckdb.h"
#include "coterie/table/customer_table.h"

namespace coterie {

struct ParquetOptions {
  // "zstd" (level 1), "snappy" or "uncompressed". Measured for 5.3 million rows x 17 columns: see parquet.cc.
  std::string compression = "zstd";
  std::size_t rows_in_group = 122880;       // a multiple of 2048; memory grows with it
  std::size_t memory_limit_bytes = 0;       // 0 = DuckDB's own
};

// A whole Parquet file that has its real name only after commit(); without it, it goes when this does.
// Made of equally long columns in row order: BIGINT for int64, DOUBLE for double (NaN becomes null), VARCHAR for
// text. Same bytes on every run and for any memory limit.
// Throws Error(output) when it cannot be written, Error(missing_library) without DuckDB, Error(usage) when
// two columns have the same name (Parquet tells no case apart).
class ParquetFile {
 public:
  ParquetFile(std::string path, std::vector<SqlColumn> columns, const ParquetOptions& options = {});
  ParquetFile(ParquetFile&& other) noexcept;
  ParquetFile& operator=(ParquetFile&&) = delete;
  ~ParquetFile();
  void commit();

 private:
  std::string path_, temporary_;  // temporary_ is empty once the file has its name
};

// The same, committed at once.
void write_parquet(const std::string& path, std::vector<SqlColumn> columns, ParquetOptions options = {});

// The ids, then the columns of a table of customers, which must outlive them: counts as BIGINT.
std::vector<SqlColumn> columns_of(const CustomerTable& table);

}  // namespace coterie
