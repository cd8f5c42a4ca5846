// The features of a run's customers, column by column, read back from features.parquet or features.csv.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "coterie/model/saved_run.h"
#include "coterie/source/duckdb.h"

namespace coterie {

class SavedFeatures {
 public:
  // Of a run's folder; column() reads a Parquet file, column for column, so that one needs no memory for all of them.
  // Throws Error(missing_input) when the run has no such file, Error(damaged_input) when it does not fit the run,
  // Error(missing_library) for Parquet without DuckDB.
  explicit SavedFeatures(const SavedRun& run);

  // The model's feature with this number, of the customers in the order of the run, NaN is missing; in `room` where it has to be read. Any thread, one at a time reads.
  std::span<const double> column(std::size_t feature, HugeArray<double>& room) const;

 private:
  std::span<const double> read_parquet(std::size_t feature, HugeArray<double>& room) const;

  std::vector<std::string> names_;
  std::size_t customers_ = 0;                   // of a file
  std::string parquet_;                         // its path; "": none
  Matrix read_;                                 // of a CSV file
  std::unique_ptr<std::mutex> mutex_;           // of duckdb_
  mutable std::unique_ptr<DuckDb> duckdb_;
};

}  // namespace coterie
