#include "coterie/events/read_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/events/event_rows.h"
#include "coterie/source/csv.h"
#include "coterie/source/rounded_id.h"
#include "coterie/source/whole_head.h"

namespace coterie {
namespace {

// Where the first row of each block begins, handed from the worker of a block to that of the next.
class RowStarts {
 public:
  // The row that covers the border is too long: the next row begins behind the next newline.
  static constexpr std::uint64_t behind_next_newline = ~std::uint64_t{0};

  explicit RowStarts(std::uint64_t first) { starts_[0] = first; }

  void give(std::size_t block, std::uint64_t offset) {
    const std::lock_guard lock(mutex_);
    starts_[block] = offset;
    changed_.notify_all();
  }
  std::uint64_t take(std::size_t block) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_ || starts_.contains(block); });
    if (stopped_) return behind_next_newline;
    const auto it = starts_.find(block);
    const std::uint64_t offset = it->second;
    starts_.erase(it);
    return offset;
  }
  // After a failure: nobody waits for a block that will not come.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, std::uint64_t> starts_;
  bool stopped_ = false;
};

const char* find_newline(const char* from, const char* end) {
  return from >= end ? nullptr : static_cast<const char*>(std::memchr(from, '\n', static_cast<std::size_t>(end - from)));
}

struct RowTaker {
  static constexpr std::size_t rows_ahead = EventRows::rows_ahead;
  EventRows& rows;
  BlockLedger& ledger;

  void look_ahead(const IndexedRow& row) const { rows.look_ahead(row); }
  bool take_indexed(const IndexedRow& row) const { return rows.take_indexed(row, ledger); }
  void operator()(const CsvRow& row) const { rows.take(row, ledger); }
};

// One block on its way through a worker.
struct BlockReader {
  const Block& block;
  char delimiter;
  RowStarts& starts;
  CsvScratch& scratch;
  BlockLedger ledger;

  const char* stop() const { return block.data + block.size; }
  const char* end() const { return stop() + block.lookahead; }
  std::uint64_t offset_of(const char* at) const { return block.offset + static_cast<std::uint64_t>(at - block.data); }
  void give_next(const char* at) {
    starts.give(block.index + 1, at == nullptr ? RowStarts::behind_next_newline : offset_of(at));
  }

  // Without a quote in sight the next block's begin is behind the first newline at the border, whatever comes before; so the
  // next worker need not wait for this one's predecessors. In sight are two of the longest rows before the border: a row that
  // begins earlier, whatever its quotes, is over or given up before the last of them.
  bool give_next_early() {
    if (block.size < 2 * max_row_bytes) return false;
    const char* const in_sight = stop() - 2 * max_row_bytes;
    if (std::memchr(in_sight, '"', static_cast<std::size_t>(end() - in_sight)) != nullptr) return false;
    const char* newline = find_newline(stop() - 1, end());
    if (newline != nullptr) give_next(newline + 1);
    return newline != nullptr;
  }

  // The first row of the block; null if it has none.
  const char* first_row() {
    const std::uint64_t start = starts.take(block.index);
    if (start == RowStarts::behind_next_newline) {
      const char* newline = find_newline(block.data, stop());
      if (newline != nullptr) ++ledger.newlines;
      return newline == nullptr ? nullptr : newline + 1;
    }
    return block.data + (start - block.offset);
  }

  void read(EventRows& rows) {
    const bool given = give_next_early();
    const char* first = first_row();
    if (first == nullptr || first >= stop()) {
      if (!given) give_next(first);
      else if (first == nullptr) ++ledger.newlines;  // that of the row too long, seen ahead; nobody else counts it
      return;
    }
    const CsvSpan span{first, stop(), end(), block.lookahead < max_row_bytes};
    if (!given) give_next(next_row_start(span, delimiter, scratch.row));
    const std::uint64_t newlines_before = ledger.newlines;
    const CsvCounts counts = for_each_csv_row(span, delimiter, scratch, RowTaker{rows, ledger});
    for (Reject& reject : ledger.rejects) reject.line += newlines_before;
    ledger.newlines += counts.newlines;
    ledger.rows.blank_lines += counts.blank_lines;
  }
};

// What all workers together keep of the names of customers.
struct NamesBudget {
  std::size_t most;
  std::atomic<std::size_t> bytes = 0;

  void grow(std::size_t by) {
    if ((bytes += by) <= most) return;
    throw Error(ErrorKind::memory, fmt::format("the customers' ids are texts, or equal rows are dropped, and what has to be kept of them takes more than the {} MiB there are", most >> 20),
                "give more --memory, or fewer --threads (each keeps the ids it meets)");
  }
};

// What each worker keeps of the columns' values.
void require_room_for_census(const RowCensus& census, std::size_t most, int workers) {
  if (census.memory_bytes() <= most / static_cast<std::size_t>(workers)) return;
  throw Error(ErrorKind::memory, fmt::format("the columns have so many different long texts that counting them takes more than the {} MiB there are for it", most >> 20),
              "give more --memory, or fewer --threads (each counts what it meets)");
}

struct ReadingOfFile {
  ByteReader& reader;
  const Dialect& dialect;
  const RoleMap& roles;
  LogKind kind;
  OrderRules rules;
  Ledger& ledger;
  NamesBudget& names;
  std::size_t census_bytes;
  int threads;
};

void read_blocks(const ReadingOfFile& file, int worker, EventRows& rows, RowStarts& starts, const std::function<void()>& progress) {
  const auto scratch = std::make_unique<CsvScratch>();
  for (Block block; file.reader.next(block, worker);) {
    BlockReader one{block, file.dialect.delimiter, starts, *scratch, {}};
    const std::size_t bytes_before = rows.memory_bytes();
    one.read(rows);
    file.names.grow(rows.memory_bytes() - bytes_before);
    if (rows.census) require_room_for_census(*rows.census, file.census_bytes, file.threads);
    file.ledger.add_block(block.index, std::move(one.ledger));
    progress();
  }
}

[[noreturn]] void throw_damage(const Damage& damage, const std::string& path, std::uint64_t line) {
  throw Error(ErrorKind::damaged_input, fmt::format("{}; the data breaks off in line {}", damage.message, line),
              "get the file again from its source; nothing was written", fmt::format("{}:{}:1", path, line));
}

void read_file(const ReadingOfFile& file, std::vector<std::unique_ptr<EventRows>>& workers, const std::function<void()>& progress) {
  RowStarts starts(file.dialect.header_bytes);
  for_each_block(workers.size(), file.threads, [&](std::size_t w, int) {
    workers[w]->begin_file(file.dialect, file.roles, file.kind, file.rules);
    try {
      read_blocks(file, static_cast<int>(w), *workers[w], starts, progress);
    } catch (...) {
      starts.stop();
      throw;
    }
  });
}

// 2^bits partitions of about 32,000 events.
int partition_bits_for(std::uint64_t text_bytes, std::size_t memory_bytes, int writers) {
  const std::uint64_t events = text_bytes / 130;
  int bits = 0;
  while (bits < 11 && (events >> bits) > 32'000) ++bits;
  // Every partition holds a block of each writer in memory: at most a quarter of the memory for that.
  while (bits > 0 && (std::size_t{8192} << bits) * static_cast<std::size_t>(writers) > memory_bytes / 4) --bits;
  return bits;
}

// An item for every 8 events, if they are all different.
std::uint32_t most_items_for(std::uint64_t text_bytes) {
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(text_bytes / 130 / 8, 1 << 12, 1 << 20));
}

// A slot for every 8 events; all slots together take a sixteenth of the memory at most.
std::size_t front_items_for(std::uint64_t text_bytes, std::size_t memory_bytes) {
  std::size_t items = std::min(text_bytes / 130 / 8, std::uint64_t{1} << 19);
  while (items != 0 && ItemFront::memory_bytes(items) > memory_bytes / 16) items /= 2;
  return items;
}

// All workers' words take an eighth of the memory at most.
std::size_t most_product_words(std::size_t memory_bytes, int writers) {
  return std::clamp<std::size_t>(memory_bytes / static_cast<std::size_t>(writers) / 8 / ProductWords::bytes_of_one, 1 << 12, 1 << 18);
}

std::uint64_t header_newlines(const ByteReader& reader, const Dialect& dialect) {
  const std::string_view header = reader.head().substr(0, dialect.header_bytes);
  return static_cast<std::uint64_t>(std::count(header.begin(), header.end(), '\n'));
}

[[noreturn]] void throw_no_usable_row(const RowCounts& rows, const std::string& path) {
  std::string why = rows.read == 0 ? "there is no row behind the header" : fmt::format("all {} rows were set aside:", rows.read);
  for (std::size_t r = 0; r < reason_count; ++r)
    if (rows.set_aside[r] != 0) why += fmt::format(" {} {}", rows.set_aside[r], name_of(static_cast<Reason>(r)));
  const bool rounded = rows.set_aside[static_cast<std::size_t>(Reason::rounded_id)] != 0;
  throw Error(ErrorKind::no_usable_rows, "no usable row: " + why, rounded ? rounded_id_fix : "look at the columns with: coterie inspect FILE, and correct them with --role", path);
}

void require_rows(const ReadReport& report, bool may_be_empty) {
  if (!may_be_empty && report.rows.used == 0) throw_no_usable_row(report.rows, report.inputs.front().file.path);
  for (const InputReport& input : report.inputs) {
    const RowCounts& rows = input.rows;
    if (may_be_empty && rows.used == 0 && rows.read > rows.set_aside[static_cast<std::size_t>(Reason::duplicate_row)]) throw_no_usable_row(rows, input.file.path);
  }
}

void require_different(const std::vector<std::string>& sorted_paths) {
  const auto twice = std::adjacent_find(sorted_paths.begin(), sorted_paths.end());
  if (twice != sorted_paths.end())
    throw Error(ErrorKind::usage, "the file is given twice; its events would count double", "give each file once", *twice);
}

void merge_customer_names(EventLog& log, const std::vector<std::unique_ptr<EventRows>>& workers) {
  for (const auto& worker : workers) {
    const StringTable names = std::exchange(worker->customer_names, StringTable());
    for (std::uint32_t code = 0; code < names.size(); ++code) log.customer_names.add(names.text(code), names.hash(code));
  }
}

// The words of the sampled customers' products.
ProductWords merged_words(const std::vector<std::unique_ptr<EventRows>>& workers, std::uint64_t events) {
  ProductWords words;
  for (const auto& worker : workers) words.add(*std::exchange(worker->product_words, nullptr));
  words.keep_below(sample_limit(events));
  return words;
}

Census merged_census(const std::vector<std::unique_ptr<EventRows>>& workers) {
  for (std::size_t w = 1; w < workers.size(); ++w) workers[0]->census->merge(std::move(*workers[w]->census));
  return workers[0]->census->finish();
}

// How every file is to be read, found before any is.
struct InputPlan {
  std::vector<InputReport> inputs;
  std::vector<std::unique_ptr<ByteReader>> opened;  // of streams, which cannot be opened twice
  std::uint64_t raw_bytes = 0;                      // of all inputs; 0 when one of them is a pipe
  std::uint64_t text_bytes = 0;                     // a guess, rather too much than too little
};

std::unique_ptr<ByteReader> open_reader(const std::string& path, int threads, const ReadEventsOptions& options) {
  return std::make_unique<ByteReader>(path, ByteReaderOptions{.threads = threads, .block_bytes = options.block_bytes});
}

// Files are closed again until it is their turn: a thousand of them would take too much memory and too many descriptors.
InputPlan plan_inputs(const std::vector<std::string>& paths, int threads, const ReadEventsOptions& options) {
  InputPlan plan;
  bool all_known = true;
  for (const std::string& path : paths) {
    auto reader = open_reader(path, threads, options);
    InputReport input;
    require_whole_head(*reader, path);
    input.dialect = sniff_dialect(reader->head(), reader->head_is_all(), path, options.delimiter);
    input.roles = find_roles(input.dialect, options.roles, path, options.kind);
    require_roles(input.roles, input.dialect, path, options.kind);
    if (options.date_order) input.roles.dates = {*options.date_order, false, 1};
    input.dialect.samples = {};
    plan.inputs.push_back(std::move(input));
    const std::optional<std::uint64_t> bytes = reader->total_bytes();
    all_known &= bytes.has_value();
    plan.raw_bytes += bytes.value_or(0);
    plan.text_bytes += !bytes ? std::uint64_t{8} << 30 : reader->compression() == Compression::plain ? *bytes : 8 * *bytes;
    const bool once_only = !bytes || path == "-";
    plan.opened.push_back(once_only ? std::move(reader) : nullptr);
  }
  if (!all_known) plan.raw_bytes = 0;
  return plan;
}

void add_up(ReadReport& report, const std::vector<std::unique_ptr<EventRows>>& workers) {
  for (const auto& worker : workers) {
    for (std::size_t t = 0; t < event_type_count; ++t) report.events_by_type[t] += worker->events_by_type[t];
    report.first_ms = std::min(report.first_ms, worker->first_ms);
    report.last_ms = std::max(report.last_ms, worker->last_ms);
  }
}

// What the workers noticed of a file, which they then forget.
void take_facts(const std::vector<std::unique_ptr<EventRows>>& workers, InputReport& input) {
  for (const auto& worker : workers) {
    input.last_line_without_newline |= std::exchange(worker->saw_last_line_without_newline, false);
    for (const auto& [day, rows] : worker->days.take()) input.used_by_day[day] += rows;
  }
}

// Of the first writer that knows it.
std::string_view word_of(const EventStore& store, StringTable record::Vocabulary::* table, Identifier value) {
  for (std::size_t w = 0; w < store.writers(); ++w) {
    const StringTable& words = store.vocabulary(w).*table;
    if (const std::uint32_t code = words.find(value); code != StringTable::none) return words.text(code);
  }
  return "";
}

}  // namespace

std::string_view EventLog::category(Identifier value) const { return stored ? stored->category(value) : word_of(store, &record::Vocabulary::categories, value); }
std::string_view EventLog::brand(Identifier value) const { return stored ? stored->brand(value) : word_of(store, &record::Vocabulary::brands, value); }

void EventLog::release() {
  store.release();
  stored.reset();
}

EventLog read_events(std::vector<std::string> paths, const ReadEventsOptions& options) {
  std::sort(paths.begin(), paths.end());
  require_different(paths);
  const bool in_order = options.visitor || options.orders.drop_duplicates;
  const int threads = in_order ? 1 : options.threads > 0 ? options.threads : default_threads();
  InputPlan plan = plan_inputs(paths, threads, options);

  EventLog log{{std::move(plan.inputs), {}, {}},
               EventStore({.partition_bits = partition_bits_for(plan.text_bytes, options.memory_bytes, threads), .writers = threads,
                           .memory_bytes = options.memory_bytes, .most_items = most_items_for(plan.text_bytes), .spill_directory = options.spill_directory}),
               StringTable(), "", {}, nullptr};
  std::vector<InputReport>& inputs = log.report.inputs;
  std::vector<std::unique_ptr<EventRows>> workers;
  ItemFront front(front_items_for(plan.text_bytes, options.memory_bytes));
  for (int w = 0; w < threads; ++w) workers.emplace_back(std::make_unique<EventRows>(log.store.writer(w), front))->as_of_ms = options.as_of_ms;
  for (const auto& worker : workers) worker->count_days = options.count_days;
  workers.front()->have_seen(options.rows_before);
  if (options.visitor) workers.front()->visitor = &options.visitor;

  if (options.census)
    for (const auto& worker : workers) worker->census = std::make_unique<RowCensus>();

  std::atomic<bool> saw_text_product = false;
  if (options.product_words)
    for (const auto& worker : workers) {
      worker->product_words = std::make_unique<ProductWords>(most_product_words(options.memory_bytes, threads));
      worker->saw_text_product = &saw_text_product;
    }

  Ledger ledger(options.rejects_path);
  std::uint64_t done_before = 0;
  NamesBudget names{options.names_bytes};
  for (std::size_t f = 0; f < paths.size(); ++f) {
    const std::unique_ptr<ByteReader> opened = plan.opened[f] ? std::move(plan.opened[f]) : open_reader(paths[f], threads, options);
    ByteReader& reader = *opened;
    ledger.begin_file(paths[f], header_newlines(reader, inputs[f].dialect));
    read_file({reader, inputs[f].dialect, inputs[f].roles, options.kind, options.orders, ledger, names, options.census_bytes, threads}, workers, [&] {
      if (options.progress) options.progress(done_before + reader.bytes_read(), plan.raw_bytes);
    });
    if (const auto damage = reader.damage()) throw_damage(*damage, paths[f], ledger.newlines() + 1);
    inputs[f].rows = ledger.end_file();
    inputs[f].file = reader.facts();
    take_facts(workers, inputs[f]);
    done_before += reader.bytes_read();
  }

  log.report.rows = ledger.total();
  add_up(log.report, workers);
  require_rows(log.report, options.may_be_empty);
  log.customer_column = inputs.front().dialect.columns[static_cast<std::size_t>(inputs.front().roles.column(Role::customer))];
  for (int r = 0; r < role_count; ++r)
    log.has_role[r] = std::all_of(inputs.begin(), inputs.end(), [&](const InputReport& input) { return input.roles.choice[r].column >= 0; });
  merge_customer_names(log, workers);
  if (in_order) log.row_hashes = workers.front()->rows_seen_since(options.rows_before);
  if (options.product_words) log.products = merged_words(workers, log.events());
  if (options.census) log.census = merged_census(workers);
  log.rejects = ledger.take_output();
  return log;
}

}  // namespace coterie
