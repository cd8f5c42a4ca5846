// The table of features as a file for who models on.
#pragma once

#include <memory>
#include <string>

#include "coterie/base/output_file.h"
#include "coterie/deliver/parquet.h"
#include "coterie/table/customer_table.h"

namespace coterie {

enum class FeatureFormat { parquet, csv };

// features.parquet or features.csv in a folder, whole at commit() or not at all; with it the one of the other format goes, which
// would be of another table.
class FeaturesFile {
 public:
  // parquet_bytes: the memory that writing Parquet may take. Throws as ParquetFile and OutputFile do.
  FeaturesFile(const std::string& folder, FeatureFormat format, const CustomerTable& customers, std::size_t parquet_bytes);
  void commit();

 private:
  std::string other_;
  std::unique_ptr<ParquetFile> parquet_;
  std::unique_ptr<OutputFile> csv_;
};

}  // namespace coterie
