#include "coterie/model/saved_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "coterie/base/error.h"
#include "coterie/source/csv_file.h"

namespace coterie {
namespace {

[[noreturn]] void throw_damaged(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::damaged_input, what, "make the folder again with coterie run", path);
}

std::int32_t label_from_text(std::string_view text, std::size_t k, const std::string& path) {
  std::int32_t label = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), label);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || label < 0 || static_cast<std::size_t>(label) >= k)
    throw_damaged(path, fmt::format("a customer's cluster is no number from 0 to {}, as the model has it", k - 1));
  return label;
}

}  // namespace

SavedRun load_saved_run(const std::string& folder) {
  SavedRun run;
  run.folder = folder;
  run.model = load_model(folder);
  CsvFile file(folder + "/customer_segments.csv", ',');
  const std::vector<std::string>& columns = file.dialect().columns;
  const auto cluster = std::find(columns.begin() + 1, columns.end(), "cluster");
  if (cluster == columns.end()) throw_damaged(file.path(), "there is no column \"cluster\"");
  const auto label_column = static_cast<std::size_t>(cluster - columns.begin());
  run.id_name = columns.front();
  const RowCounts rows = file.for_each_row([&](std::span<const std::string_view> fields) {
    run.ids.emplace_back(fields[0]);
    run.labels.push_back(label_from_text(fields[label_column], run.model.k, file.path()));
  });
  if (rows.used != rows.read) throw_damaged(file.path(), fmt::format("{} of {} rows are no rows of this table", rows.all_set_aside(), rows.read));
  run.labels_hash = file.facts().hash;
  return run;
}

void require_ids(const SavedRun& run, const std::string& purpose) {
  if (run.model.has_id_column) return;
  throw Error(ErrorKind::usage, fmt::format("the customers of this run have no ids and were numbered: nobody can be found again in {}", purpose),
              "run again on a table with a column of ids: --column NAME=id", run.folder);
}

CustomerIndex::CustomerIndex(const SavedRun& run) {
  rows_.reserve(run.ids.size());
  for (std::size_t row = 0; row < run.ids.size(); ++row)
    if (!rows_.emplace(run.ids[row], static_cast<std::uint32_t>(row)).second)
      throw_damaged(run.folder + "/customer_segments.csv", "a customer is there twice");
}

std::optional<std::size_t> CustomerIndex::find(std::string_view id) const {
  const auto it = rows_.find(id);
  if (it == rows_.end()) return std::nullopt;
  return it->second;
}

}  // namespace coterie
