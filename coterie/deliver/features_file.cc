#include "coterie/deliver/features_file.h"

#include <filesystem>

#include "coterie/deliver/csv_tables.h"

namespace coterie {

FeaturesFile::FeaturesFile(const std::string& folder, FeatureFormat format, const CustomerTable& customers, std::size_t parquet_bytes)
    : other_(folder + (format == FeatureFormat::csv ? "/features.parquet" : "/features.csv")) {
  if (format == FeatureFormat::parquet) {
    parquet_ = std::make_unique<ParquetFile>(folder + "/features.parquet", columns_of(customers), ParquetOptions{.memory_limit_bytes = parquet_bytes});
    return;
  }
  csv_ = std::make_unique<OutputFile>(folder + "/features.csv");
  write_features_csv(*csv_, customers);
}

void FeaturesFile::commit() {
  if (parquet_) parquet_->commit();
  else csv_->commit();
  std::error_code ignored;
  std::filesystem::remove(other_, ignored);
}

}  // namespace coterie
