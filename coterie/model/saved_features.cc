#include "coterie/model/saved_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>

#include "coterie/base/error.h"
#include "coterie/source/csv_file.h"
#include "coterie/source/duckdb.h"

namespace coterie {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

[[noreturn]] void throw_damaged(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::damaged_input, what, "make the folder again with coterie run", path);
}

void read_parquet_columns(const std::string& path, SavedFeatures& features) {
  DuckDb duckdb;
  for (const std::string& name : features.names) {
    const SqlResult result = duckdb.query(fmt::format("SELECT CAST({} AS DOUBLE) FROM read_parquet({})", sql_name(name), sql_text(path)));
    std::vector<double>& column = features.columns.emplace_back();
    for (std::size_t row = 0; row < result.rows(); ++row) column.push_back(result.is_null(row, 0) ? missing : result.real(row, 0));
  }
}

double number_from_text(std::string_view text, const std::string& path) {
  if (text.empty() || text == "nan") return missing;
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) throw_damaged(path, "a feature is no number");
  return number;
}

void read_csv_columns(const std::string& path, SavedFeatures& features) {
  CsvFile file(path, ',');
  std::vector<std::size_t> places;
  for (const std::string& name : features.names) {
    const auto& columns = file.dialect().columns;
    const auto it = std::find(columns.begin(), columns.end(), name);
    if (it == columns.end()) throw_damaged(path, fmt::format("there is no column \"{}\"", name));
    places.push_back(static_cast<std::size_t>(it - columns.begin()));
  }
  features.columns.resize(places.size());
  file.for_each_row([&](std::span<const std::string_view> fields) {
    for (std::size_t f = 0; f < places.size(); ++f) features.columns[f].push_back(number_from_text(fields[places[f]], path));
  });
}

}  // namespace

SavedFeatures load_saved_features(const SavedRun& run) {
  const std::string parquet = run.folder + "/features.parquet", csv = run.folder + "/features.csv";
  const bool is_parquet = std::filesystem::exists(parquet);
  if (!is_parquet && !std::filesystem::exists(csv))
    throw Error(ErrorKind::missing_input, "the run has neither features.parquet nor features.csv", "make the folder again with coterie run", run.folder);
  SavedFeatures features{run.model.features, {}};
  if (is_parquet) read_parquet_columns(parquet, features);
  else read_csv_columns(csv, features);
  for (const auto& column : features.columns)
    if (column.size() != run.customers()) throw_damaged(is_parquet ? parquet : csv, fmt::format("there are {} customers, and {} in customer_segments.csv", column.size(), run.customers()));
  return features;
}

}  // namespace coterie
