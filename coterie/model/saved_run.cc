#include "coterie/model/saved_run.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
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

std::size_t row_of(std::uint64_t slot) { return (slot & 0xffffffff) - 1; }

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

CustomerIndex::CustomerIndex(const SavedRun& run) : ids_(run.ids), slots_(std::bit_ceil(2 * run.ids.size() + 2)) {
  for (std::size_t row = 0; row < ids_.size(); ++row) {
    const std::uint64_t hash = XXH3_64bits(ids_[row].data(), ids_[row].size());
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1))
      if (slots_[at] >> 32 == hash >> 32 && ids_[row_of(slots_[at])] == ids_[row])
        throw_damaged(run.folder + "/customer_segments.csv", "a customer is there twice");
    slots_[at] = (hash >> 32 << 32) | (row + 1);
  }
}

std::optional<std::size_t> CustomerIndex::find(std::string_view id) const {
  const std::uint64_t hash = XXH3_64bits(id.data(), id.size());
  for (std::size_t at = hash & (slots_.size() - 1); slots_[at] != 0; at = (at + 1) & (slots_.size() - 1))
    if (slots_[at] >> 32 == hash >> 32 && ids_[row_of(slots_[at])] == id) return row_of(slots_[at]);
  return std::nullopt;
}

}  // namespace coterie
