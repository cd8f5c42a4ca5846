#include "coterie/model/living_log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/base/time.h"
#include "coterie/events/segment_writer.h"
#include "coterie/model/merge_rejects.h"
#include "coterie/model/store_manifest.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

constexpr const char* features_name = "features";
constexpr const char* hint_new_store = "make the store again: coterie run ALL_LOGS --out DIR --store";

std::string segment_name(int number) { return fmt::format("{:06}.histories", number); }

bool is_of_store(const std::string& entry) { return entry == "store.json" || entry == features_name || entry.ends_with(".histories"); }

StoreManifest load_store_of(const std::string& run_folder) {
  const std::string id = store_id_of_run(run_folder);
  if (id.empty())
    throw Error(ErrorKind::usage, "this run keeps no store of the rows it has read", "give all logs, old and new; or keep a store from now on: coterie run ALL_LOGS --out DIR --store", run_folder);
  StoreManifest manifest = load_manifest(run_folder + "/store");
  if (manifest.id != id) throw Error(ErrorKind::damaged_input, "the store is not the one of the run beside it, which was perhaps interrupted", hint_new_store, run_folder + "/store");
  return manifest;
}

std::vector<std::string> segment_paths(const StoreManifest& manifest, const std::string& folder) {
  std::vector<std::string> paths;
  for (const std::string& name : manifest.segments) paths.push_back(folder + "/" + name);
  return paths;
}

// The rows of some segments, without what the manifest knows of them.
EventLog log_of_segments(const std::vector<std::string>& paths, std::size_t names_bytes) {
  EventLog log{{}, EventStore({.partition_bits = 0, .writers = 0, .memory_bytes = 0}), StringTable(), "", {}, nullptr};
  log.stored = std::make_unique<HistoryStore>(paths);
  log.customer_names = log.stored->take_customer_names();
  if (log.customer_names.memory_bytes() > names_bytes)
    throw Error(ErrorKind::memory, fmt::format("the customers' ids are texts, and they take more than the {} MiB there are for them", names_bytes >> 20), "give more --memory");
  log.products = log.stored->take_products();
  log.row_hashes = log.stored->row_hashes();
  for (const HistorySegment& segment : log.stored->segments()) {
    const SegmentFacts& facts = segment.facts();
    log.report.rows.used += facts.events;
    log.report.first_ms = std::min(log.report.first_ms, facts.first_ms), log.report.last_ms = std::max(log.report.last_ms, facts.last_ms);
    for (std::size_t t = 0; t < event_type_count; ++t) log.report.events_by_type[t] += facts.events_by_type[t];
  }
  return log;
}

void set_after_as_of_aside(RowCounts& rows, std::uint64_t after) {
  rows.set_aside[static_cast<std::size_t>(Reason::after_as_of)] += after;
  rows.used -= after;
}

// File by file, as the rows of each day tell. An event does not tell its file: where the time lies within a day of which several files have rows
// (or a store of an earlier version has not counted days), it is not known how many each has after it, which is said.
void look_back_by_file(std::vector<InputReport>& inputs, std::int64_t as_of_ms, std::uint64_t after, std::vector<std::string>& notes) {
  const std::int64_t first_day_after = floor_divide(as_of_ms + 1, ms_per_day), within = (as_of_ms + 1) % ms_per_day == 0 ? first_day_after - 1 : first_day_after;
  std::vector<InputReport*> divided;
  for (InputReport& input : inputs) {
    if (input.rows.used == 0) continue;
    std::uint64_t later = 0;
    for (const auto& [day, rows] : input.used_by_day) later += day > within ? rows : 0;
    if (input.used_by_day.empty() || (within == first_day_after && input.used_by_day.contains(within))) divided.push_back(&input);
    after -= later, set_after_as_of_aside(input.rows, later);
  }
  if (divided.size() == 1) set_after_as_of_aside(divided.front()->rows, after);
  if (divided.size() > 1)
    notes.push_back(fmt::format("{} rows of {} files ({}, ...) are of the day of --as-of, and later than it; the store does not know how many of each, so these files count them as used", after, divided.size(), divided.front()->file.path));
}

// What later rows would have been: rows after the time that is looked at.
void look_back(EventLog& log, std::int64_t as_of_ms, int threads, std::vector<std::string>& notes) {
  if (as_of_ms == INT64_MAX || log.report.last_ms <= as_of_ms) return;
  log.stored->as_of_ms = as_of_ms;
  const SegmentFacts facts = facts_as_of(*log.stored, threads);
  if (facts.events == 0)
    throw Error(ErrorKind::no_usable_rows, fmt::format("the store holds no row up to {}; the first is of {}", iso_time(as_of_ms), iso_time(log.report.first_ms)), "give a later --as-of");
  const std::uint64_t after = log.report.rows.used - facts.events;
  set_after_as_of_aside(log.report.rows, after);
  look_back_by_file(log.report.inputs, as_of_ms, after, notes);
  log.report.events_by_type = facts.events_by_type;
  log.report.first_ms = facts.first_ms, log.report.last_ms = facts.last_ms;
}

EventLog open_log(const StoreManifest& manifest, const std::string& folder, std::int64_t as_of_ms, const MemoryPlan& memory, int threads, std::vector<std::string>& notes) {
  EventLog log = log_of_segments(segment_paths(manifest, folder), memory.customer_rows);
  const std::uint64_t events = log.report.rows.used;
  log.report.rows = {};
  for (const InputReport& input : manifest.inputs) log.report.rows += input.rows;
  if (log.report.rows.used != events)
    throw Error(ErrorKind::damaged_input, fmt::format("the store's segments hold {} events, and its manifest counts {} rows", events, log.report.rows.used), hint_new_store, folder);
  log.report.inputs = manifest.inputs;
  const InputReport& first = manifest.inputs.front();
  if (const int column = first.roles.column(Role::customer); column >= 0) log.customer_column = first.dialect.columns[static_cast<std::size_t>(column)];
  for (int r = 0; r < role_count; ++r)
    log.has_role[r] = std::all_of(manifest.inputs.begin(), manifest.inputs.end(), [&](const InputReport& input) { return input.roles.choice[r].column >= 0; });
  look_back(log, as_of_ms, threads, notes);
  return log;
}

void link_or_copy(const std::string& from, const std::string& to) {
  if (link(from.c_str(), to.c_str()) == 0) return;
  std::error_code error;
  if (!fs::copy_file(from, to, error))
    throw Error(error == std::errc::no_such_file_or_directory ? ErrorKind::missing_input : ErrorKind::output, fmt::format("the store's file cannot be copied: {}", error.message()), hint_new_store, from);
}

// A file by its size and the hash of its content; pipes and what is no file are read to find out.
bool is_known(const StoreManifest& manifest, const std::string& path, std::vector<std::string>& notes) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  const std::uint64_t bytes = fs::file_size(path, error);
  const auto same_size = [&](const InputReport& input) { return input.file.bytes == bytes && input.file.made_from.empty() && input.rows.read > 0; };
  if (std::none_of(manifest.inputs.begin(), manifest.inputs.end(), same_size)) return false;
  const std::string content = hash_of_file(path);
  for (const InputReport& input : manifest.inputs)
    if (same_size(input) && input.file.hash == content) {
      notes.push_back(fmt::format("{}: not read again, the store has its content already (from {})", path, input.file.path));
      return true;
    }
  return false;
}

// The store in the making.
class StoreBuilder {
 public:
  StoreBuilder(StoreManifest manifest, OutputFolder& folder, const ReadEventsOptions& read, const MemoryPlan& memory)
      : manifest_(std::move(manifest)), folder_(folder), read_(read), memory_(memory) {}

  void take_over(const std::string& earlier_store) {
    for (const std::string& name : manifest_.segments) link_or_copy(earlier_store + "/" + name, folder_.file(name));
  }

  // The files' rows become a segment; their rejects a file of the store in the making.
  void add(const std::vector<std::string>& paths, bool drop_repeated, std::vector<std::string>& notes) {
    ReadEventsOptions read = read_;
    read.count_days = read.product_words = true;
    if (!read.rejects_path.empty()) rejects_.push_back(read.rejects_path = folder_.file(fmt::format("rejects-{}", rejects_.size())));
    std::optional<HistoryStore> before;
    if (!manifest_.segments.empty()) before.emplace(paths_of_segments());
    if (before) read.rows_before = before->row_hashes(), read.may_be_empty = true;
    EventLog log = read_events(paths, read);
    spilled_bytes += log.store.spilled_bytes();
    if (log.rejects) log.rejects->commit();
    refuse_known(log.report);
    note_empty(log.report, notes);
    const std::string name = segment_name(++manifest_.last_number);
    const SegmentFacts facts = write_segment(log, folder_.file(name), {.threads = read.threads, .memory_bytes = memory_.partitions, .without = drop_repeated && before ? &*before : nullptr});
    set_repeated_aside(log.report, facts.events, name, notes);
    new_events += facts.events;
    if (before && facts.events > 0) note_late(*before, name, facts, notes), note_changed(name);
    if (facts.events > 0) manifest_.segments.push_back(name);
    else fs::remove(folder_.file(name));
    manifest_.inputs.insert(manifest_.inputs.end(), log.report.inputs.begin(), log.report.inputs.end());
    std::stable_sort(manifest_.inputs.begin(), manifest_.inputs.end(), [](const InputReport& a, const InputReport& b) { return a.file.path < b.file.path; });
  }

  // Merges the newest segments as long as they are not small beside the one before them.
  void merge_small() {
    std::vector<std::uint64_t> events;
    for (const std::string& path : paths_of_segments()) events.push_back(HistorySegment(path).facts().events);
    std::size_t first = events.size() - 1;
    std::uint64_t newer = events.back();
    while (first > 0 && events[first - 1] <= 2 * newer) newer += events[--first];
    if (first + 1 == events.size()) return;
    const std::vector<std::string> paths = paths_of_segments();
    const std::string name = segment_name(++manifest_.last_number);
    {
      const EventLog log = log_of_segments({paths.begin() + static_cast<std::ptrdiff_t>(first), paths.end()}, memory_.customer_rows);
      write_segment(log, folder_.file(name), {.threads = read_.threads, .memory_bytes = memory_.events + memory_.partitions});
    }
    for (std::size_t s = first; s < paths.size(); ++s) fs::remove(paths[s]);
    manifest_.segments.resize(first);
    manifest_.segments.push_back(name);
  }

  // Mixed identifiers of the customers with new rows, rising.
  std::vector<std::uint64_t> take_changed() {
    std::sort(changed_.begin(), changed_.end());
    changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
    return std::move(changed_);
  }

  // The rejects of all rows, as reading all files at once gives them.
  std::unique_ptr<OutputFile> rejects(const std::string& earlier) {
    if (read_.rejects_path.empty()) return nullptr;
    std::vector<std::string> parts = rejects_;
    if (!earlier.empty() && fs::exists(earlier)) parts.insert(parts.begin(), earlier);
    auto file = std::make_unique<OutputFile>(read_.rejects_path);
    merge_rejects(parts, *file);
    for (const std::string& part : rejects_) fs::remove(part);
    return file;
  }

  const StoreManifest& manifest() const { return manifest_; }
  std::uint64_t spilled_bytes = 0, new_events = 0;

 private:
  std::vector<std::string> paths_of_segments() const {
    std::vector<std::string> paths;
    for (const std::string& name : manifest_.segments) paths.push_back(folder_.file(name));
    return paths;
  }

  // What only reading could tell (a pipe, a table): it must not count double.
  void refuse_known(const ReadReport& read) const {
    for (const InputReport& input : read.inputs)
      for (const InputReport& known : manifest_.inputs)
        if (known.file.hash == input.file.hash && known.file.bytes == input.file.bytes && input.rows.read > 0)
          throw Error(ErrorKind::usage, fmt::format("the store has this content already (from {}); its events would count double", known.file.path), "give new rows only", input.file.path);
  }

  static void note_empty(const ReadReport& read, std::vector<std::string>& notes) {
    for (const InputReport& input : read.inputs)
      if (input.rows.read == 0) notes.push_back(fmt::format("{}: no row behind the header", input.file.path));
  }

  void set_repeated_aside(ReadReport& read, std::uint64_t kept, const std::string& segment, std::vector<std::string>& notes) const {
    const std::uint64_t repeated = read.rows.used - kept;
    if (repeated == 0) return;
    RowCounts& rows = read.inputs.front().rows;  // the only file
    rows.used -= repeated;
    rows.set_aside[static_cast<std::size_t>(Reason::repeated_row)] += repeated;
    read.inputs.front().used_by_day = events_by_day(HistoryStore({folder_.file(segment)}));
    notes.push_back(fmt::format("{}: {} rows are set aside as repeated_row, the store holds them already", read.inputs.front().file.path, repeated));
  }

  void note_late(const HistoryStore& before, const std::string& name, const SegmentFacts& facts, std::vector<std::string>& notes) const {
    std::int64_t last_ms = INT64_MIN;
    for (const HistorySegment& segment : before.segments()) last_ms = std::max(last_ms, segment.facts().last_ms);
    if (facts.first_ms > last_ms) return;
    HistoryStore fresh({folder_.file(name)});
    fresh.as_of_ms = last_ms;
    notes.push_back(fmt::format("{} of {} new rows are late: not after {}, the store's last; they stand where they belong in time (rows exported twice: --duplicates drop)",
                                facts_as_of(fresh, read_.threads).events, facts.events, iso_time(last_ms)));
  }

  void note_changed(const std::string& name) {
    const std::vector<std::uint64_t> orders = customer_orders(HistorySegment(folder_.file(name)));
    changed_.insert(changed_.end(), orders.begin(), orders.end());
  }

  std::vector<std::uint64_t> changed_;
  StoreManifest manifest_;
  OutputFolder& folder_;
  const ReadEventsOptions& read_;
  const MemoryPlan& memory_;
  std::vector<std::string> rejects_;
};

// Those that the store has not read yet.
std::vector<std::string> unknown_files(std::vector<std::string> paths, const StoreManifest& manifest, std::vector<std::string>& notes) {
  std::sort(paths.begin(), paths.end());
  std::erase_if(paths, [&](const std::string& path) { return is_known(manifest, path, notes); });
  return paths;
}

void require_room(std::size_t customers, std::size_t columns, std::size_t memory_bytes) {
  const std::size_t bytes = customers * columns * sizeof(double);
  if (bytes > memory_bytes)
    throw Error(ErrorKind::memory, fmt::format("the table of customers may take {} MB, more than the {} MB there are for it", bytes / 1'000'000 + 1, memory_bytes / 1'000'000), "give more --memory");
}

}  // namespace

LivingLog read_into_store(std::vector<std::string> paths, ReadEventsOptions read, const StoreOptions& options, const MemoryPlan& memory, std::vector<std::string>& notes) {
  const std::int64_t as_of_ms = std::exchange(read.as_of_ms, INT64_MAX);
  if (options.earlier.empty() && as_of_ms != INT64_MAX)
    throw Error(ErrorKind::usage, "a store keeps all rows, and --as-of leaves the later ones out", "leave one of --store and --as-of out; coterie history and refresh look back by --as-of");
  StoreManifest manifest{.kind = read.kind, .orders = read.orders, .inputs = {}, .segments = {}, .id = {}};
  if (!options.earlier.empty()) manifest = load_store_of(options.earlier);
  read.orders = manifest.orders;
  const bool files_are_given = !paths.empty();
  paths = unknown_files(std::move(paths), manifest, notes);
  auto folder = std::make_unique<OutputFolder>(options.folder, is_of_store);
  StoreBuilder builder(std::move(manifest), *folder, read, memory);
  if (!options.earlier.empty()) builder.take_over(options.earlier + "/store");
  if (options.drop_repeated)
    for (const std::string& path : paths) builder.add({path}, true, notes);
  else if (!paths.empty())
    builder.add(paths, false, notes);
  if (!options.earlier.empty() && files_are_given && builder.new_events == 0)
    notes.push_back("nothing new: the store has got no new row, and every file of the run is written anew from what it holds");
  builder.merge_small();
  LivingLog living{.log = open_log(builder.manifest(), folder->file(""), as_of_ms, memory, read.threads, notes), .spilled_bytes = builder.spilled_bytes, .manifest = builder.manifest(), .changed = builder.take_changed()};
  living.log.rejects = builder.rejects(options.earlier.empty() ? "" : options.earlier + "/rejects.csv");
  if (const std::optional<std::uint64_t> features = std::exchange(living.manifest.features, std::nullopt))
    living.earlier = std::make_unique<KeptFeatures>(options.earlier + "/store/" + features_name, *features);
  living.store = std::move(folder);
  return living;
}

namespace {

// Customers without a new row whose features may have changed with the end of the log count as changed.
void add_expired(LivingLog& living, const CustomerIds& known, std::span<const Feature> features, std::int64_t log_end_ms) {
  for (const std::size_t row : expired(*living.earlier, known.size(), features, log_end_ms))
    living.changed.push_back(mix64(row < known.numbers.size() ? known.numbers[row] : identifier_of(known.texts[row - known.numbers.size()])));
  std::sort(living.changed.begin(), living.changed.end());
  living.changed.erase(std::unique(living.changed.begin(), living.changed.end()), living.changed.end());
}

// What was kept holds where the log ends no earlier than it did then; without a feature that holds until some time, at any end.
bool can_go_on(const LivingLog& living, std::span<const Feature> features, std::span<const Feature> form, std::int64_t log_end_ms) {
  const bool any_end = std::none_of(features.begin(), features.end(), [](const Feature& feature) { return feature.kept == Kept::until; });
  return living.earlier && living.earlier->has(form) && (any_end || log_end_ms >= living.manifest.features_end_ms);
}

// Histories of customers with new rows, and of whom a feature's time is over, are read; the others' features are those that were kept.
KeptTable go_on(LivingLog& living, const std::vector<Feature>& features, const std::vector<Feature>& form, const ComputeOptions& options) {
  const CustomerIds known = living.earlier->ids(living.log.customer_names);
  add_expired(living, known, features, living.log.report.last_ms);
  require_room(known.size() + living.changed.size(), form.size() + 1, options.memory_bytes);
  living.log.stored->only = std::move(living.changed);
  return merge_kept(*living.earlier, known, compute_kept_features(living.log, features, options), form, options.threads);
}

}  // namespace

CustomerTable compute_features(LivingLog& living, const std::vector<Feature>& features, const ComputeOptions& options) {
  if (!living.store) return compute_features(living.log, features, options);
  const bool looks_back = living.log.stored->as_of_ms != INT64_MAX, keeps = can_be_kept(features) && !looks_back;
  const std::int64_t log_end_ms = living.log.report.last_ms;
  CustomerTable customers;
  if (!keeps) {
    customers = compute_features(living.log, features, options);
  } else {
    const std::vector<Feature> form = in_kept_form(features);
    KeptTable table = !options.visit && can_go_on(living, features, form, log_end_ms) ? go_on(living, features, form, options) : compute_kept_features(living.log, features, options);
    living.manifest.features = write_kept_features(living.store->file(features_name), table, form, options.threads);
    living.manifest.features_end_ms = log_end_ms;
    customers = bring_to_end(std::move(table), features, log_end_ms);
  }
  write_file(living.store->file("store.json"), manifest_to_json(living.manifest));
  living.id = living.manifest.id;
  return customers;
}

EventLog open_store(const std::string& run_folder, std::int64_t as_of_ms, const MemoryPlan& memory, int threads, std::vector<std::string>& notes) {
  return open_log(load_store_of(run_folder), run_folder + "/store", as_of_ms, memory, threads, notes);
}

}  // namespace coterie
