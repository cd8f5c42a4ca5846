#include "coterie/model/saved_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <utility>

#include "coterie/base/error.h"
#include "coterie/source/csv_file.h"

namespace coterie {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

[[noreturn]] void throw_damaged(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::damaged_input, what, "make the folder again with coterie run", path);
}

void require_customers(const std::string& path, std::size_t found, std::size_t expected) {
  if (found != expected) throw_damaged(path, fmt::format("there are {} customers, and {} in customer_segments.csv", found, expected));
}

double number_from_text(std::string_view text, const std::string& path) {
  if (text.empty() || text == "nan") return missing;
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) throw_damaged(path, "a feature is no number");
  return number;
}

Matrix read_csv_columns(const std::string& path, const std::vector<std::string>& names, std::size_t customers) {
  CsvFile file(path, ',');
  std::vector<std::size_t> places;
  for (const std::string& name : names) {
    const auto& columns = file.dialect().columns;
    const auto it = std::find(columns.begin(), columns.end(), name);
    if (it == columns.end()) throw_damaged(path, fmt::format("there is no column \"{}\"", name));
    places.push_back(static_cast<std::size_t>(it - columns.begin()));
  }
  Matrix columns(customers, names.size());
  std::size_t row = 0;
  file.for_each_row([&](std::span<const std::string_view> fields) {
    for (std::size_t f = 0; row < customers && f < places.size(); ++f) columns.at(row, f) = number_from_text(fields[places[f]], path);
    ++row;
  });
  require_customers(path, row, customers);
  return columns;
}

}  // namespace

SavedFeatures::SavedFeatures(const SavedRun& run) : names_(run.model.features), customers_(run.customers()) {
  const std::string parquet = run.folder + "/features.parquet", csv = run.folder + "/features.csv";
  if (std::filesystem::exists(parquet)) {
    parquet_ = parquet, mutex_ = std::make_unique<std::mutex>(), duckdb_ = std::make_unique<DuckDb>(DuckDbOptions{.threads = 1});
  } else if (std::filesystem::exists(csv)) {
    read_ = read_csv_columns(csv, names_, customers_);
  } else {
    throw Error(ErrorKind::missing_input, "the run has neither features.parquet nor features.csv", "make the folder again with coterie run", run.folder);
  }
}

std::span<const double> SavedFeatures::column(std::size_t feature, HugeArray<double>& room) const {
  return parquet_.empty() ? std::as_const(read_).column(feature) : read_parquet(feature, room);
}

std::span<const double> SavedFeatures::read_parquet(std::size_t feature, HugeArray<double>& room) const {
  if (room.size() != customers_) room = HugeArray<double>(customers_);
  const std::lock_guard lock(*mutex_);
  require_customers(parquet_, duckdb_->query_reals(fmt::format("SELECT CAST({} AS DOUBLE) FROM read_parquet({})", sql_name(names_[feature]), sql_text(parquet_)), room), customers_);
  return room;
}

}  // namespace coterie
