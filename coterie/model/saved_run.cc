#include "coterie/model/saved_run.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <filesystem>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/source/csv_file.h"
#include "coterie/table/customer_ids.h"

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

// Ids as the file has them: numbers rising, then texts.
class IdsInOrder {
 public:
  IdsInOrder(const std::string& path, std::size_t most) : path_(path) { numbers_.reserve(most); }

  void add(std::string_view id) {
    if (const auto number = canonical_number(id)) {
      if (!texts_.empty() || (!numbers_.empty() && *number <= numbers_.back())) fail(id, !numbers_.empty() && *number == numbers_.back());
      numbers_.push_back(*number);
    } else {
      if (!texts_.empty() && id <= texts_.back()) fail(id, id == texts_.back());
      texts_.emplace_back(id);
    }
  }
  CustomerIds finish() {
    CustomerIds ids{HugeArray<std::uint64_t>(numbers_.size()), std::move(texts_)};
    std::copy(numbers_.begin(), numbers_.end(), ids.numbers.begin());
    return ids;
  }

 private:
  [[noreturn]] void fail(std::string_view id, bool twice) const {
    throw_damaged(path_, fmt::format("the customer {} is {}", id, twice ? "there twice" : "not in its place: numbers come first, rising, then texts"));
  }

  const std::string& path_;
  std::vector<std::uint64_t> numbers_;
  std::vector<std::string> texts_;
};

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
  // No row is shorter than "1,0" and its line end; memory that is not touched is free, and growing would touch twice as much.
  std::error_code ignored;
  const std::uintmax_t bytes = std::filesystem::file_size(file.path(), ignored);
  const std::size_t most = ignored ? 0 : bytes / 4;
  run.labels.reserve(most);
  IdsInOrder ids(file.path(), most);
  const RowCounts rows = file.for_each_row([&](std::span<const std::string_view> fields) {
    ids.add(fields[0]);
    run.labels.push_back(label_from_text(fields[label_column], run.model.k, file.path()));
  });
  run.ids = ids.finish();
  if (rows.used != rows.read) throw_damaged(file.path(), fmt::format("{} of {} rows are no rows of this table", rows.all_set_aside(), rows.read));
  run.labels_hash = file.facts().hash;
  return run;
}

void require_ids(const SavedRun& run, const std::string& purpose) {
  if (run.model.has_id_column) return;
  throw Error(ErrorKind::usage, fmt::format("the customers of this run have no ids and were numbered: nobody can be found again in {}", purpose),
              "run again on a table with a column of ids: --column NAME=id", run.folder);
}

std::uint64_t CustomerIndex::hash_of(std::optional<std::uint64_t> number, std::string_view id) { return number ? mix64(*number) : XXH3_64bits(id.data(), id.size()); }

CustomerIndex::CustomerIndex(const SavedRun& run) : ids_(run.ids), slots_(std::bit_ceil(2 * run.ids.size() + 2)) {
  const std::size_t numbers = ids_.numbers.size();
  for (std::size_t row = 0; row < ids_.size(); ++row) {
    const std::uint64_t hash = row < numbers ? hash_of(ids_.numbers[row], "") : hash_of({}, ids_.texts[row - numbers]);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = (hash >> 32 << 32) | (row + 1);
  }
}

std::optional<std::size_t> CustomerIndex::find(std::string_view id) const {
  const std::optional<std::uint64_t> number = canonical_number(id);
  const std::size_t numbers = ids_.numbers.size();
  const auto is_at = [&](std::size_t row) { return number ? row < numbers && ids_.numbers[row] == *number : row >= numbers && ids_.texts[row - numbers] == id; };
  const std::uint64_t hash = hash_of(number, id);
  for (std::size_t at = hash & (slots_.size() - 1); slots_[at] != 0; at = (at + 1) & (slots_.size() - 1))
    if (slots_[at] >> 32 == hash >> 32 && is_at(row_of(slots_[at]))) return row_of(slots_[at]);
  return std::nullopt;
}

}  // namespace coterie
