#include "coterie/features/compute.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <numeric>
#include <utility>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/prefetch.h"
#include "coterie/events/log_reader.h"
#include "coterie/features/packed_row.h"

namespace coterie {
namespace {

// Rows as a worker leaves them, in no order that matters: the customer's identifier, then the features in the bytes of
// features/packed_row.h. One huge page.
struct Chunk {
  static constexpr std::size_t size = std::size_t{2} << 20;
  std::size_t rows = 0, used = 0;
  HugeArray<char> bytes{size};
};

// What one worker has of one table.
struct Rows {
  std::vector<Chunk> chunks;
  std::size_t rows = 0;
};

struct Workplace {
  LogReader histories;
  std::vector<double> row;
  std::vector<Rows> tables;             // one a time that is asked for
  std::vector<std::int64_t> last_ms;    // of each
};

// One row where it lies now.
struct RowPlace {
  Identifier customer;
  const char* values;
};

// Lets workers decode partitions as long as all together fit.
class EventRoom {
 public:
  explicit EventRoom(std::size_t most) : most_(most) {}

  // The memory that decoding and grouping take; waits until it is free, and gives it back at the end of its life.
  class Share {
   public:
    Share(EventRoom& room, std::size_t events)
        : room_(room), bytes_(HistoryReader::memory_bytes(events)) {
      if (bytes_ > room.most_) throw_too_long(events, bytes_, room.most_);
      std::unique_lock lock(room.mutex_);
      room.changed_.wait(lock, [&] { return room.taken_ + bytes_ <= room.most_; });
      room.taken_ += bytes_;
    }
    Share(const Share&) = delete;
    ~Share() {
      const std::lock_guard lock(room_.mutex_);
      room_.taken_ -= bytes_;
      room_.changed_.notify_all();
    }

   private:
    EventRoom& room_;
    std::size_t bytes_;
  };

 private:
  [[noreturn]] static void throw_too_long(std::size_t events, std::size_t bytes, std::size_t most) {
    throw Error(ErrorKind::memory,
                fmt::format("{} events of one or a few customers must be in memory together, which takes {} MB of the {} MB there are for it", events,
                            bytes / 1'000'000 + 1, most / 1'000'000),
                "give more --memory, or take out the events of robots");
  }

  std::size_t most_, taken_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
};

void keep_row(Rows& rows, std::span<const double> row, Identifier customer) {
  const std::size_t longest = sizeof customer + packed_row::longest(row.size()) + packed_row::slack;
  if (rows.chunks.empty() || rows.chunks.back().used + longest > Chunk::size) rows.chunks.emplace_back();
  Chunk& chunk = rows.chunks.back();
  char* const at = chunk.bytes.data() + chunk.used;
  std::memcpy(at, &customer, sizeof customer);
  chunk.used = static_cast<std::size_t>(packed_row::pack(row, at + sizeof customer) - chunk.bytes.data());
  ++chunk.rows, ++rows.rows;
}

// Least-significant-digit radix sort by 11 bits of the customer number; digits that are all alike are skipped.
void sort_by_customer(HugeArray<RowPlace>& rows) {
  HugeArray<RowPlace> room(rows.size());
  for (unsigned shift = 0; shift < 64; shift += 11) {
    std::vector<std::size_t> start(2048 + 1);
    for (const RowPlace& row : rows) ++start[(row.customer >> shift & 2047) + 1];
    if (std::find(start.begin(), start.end(), rows.size()) != start.end()) continue;
    std::partial_sum(start.begin(), start.end(), start.begin());
    for (const RowPlace& row : rows) room[start[row.customer >> shift & 2047]++] = row;
    std::swap(rows, room);
  }
}

// Numbers are in order; behind them the named customers (highest bit set) go by their text.
CustomerIds name_rows(HugeArray<RowPlace>& rows, const StringTable& names) {
  CustomerIds ids;
  RowPlace* const first_named = std::partition_point(rows.begin(), rows.end(), [](const RowPlace& row) { return row.customer < named_flag; });
  for (RowPlace* row = first_named; row != rows.end(); ++row) row->customer = names.find(row->customer);
  const auto text = [&](const RowPlace& row) { return names.text(static_cast<std::uint32_t>(row.customer)); };
  std::sort(first_named, rows.end(), [&](const RowPlace& a, const RowPlace& b) { return text(a) < text(b); });
  ids.texts.reserve(static_cast<std::size_t>(rows.end() - first_named));
  ids.numbers = HugeArray<std::uint64_t>(static_cast<std::size_t>(first_named - rows.begin()));
  for (std::size_t i = 0; i < ids.numbers.size(); ++i) ids.numbers[i] = rows[i].customer;
  for (const RowPlace* row = first_named; row != rows.end(); ++row) ids.texts.emplace_back(text(*row));
  return ids;
}

HugeArray<RowPlace> places_of(const std::vector<Workplace>& workplaces, std::size_t table, std::size_t features) {
  std::size_t customers = 0;
  for (const Workplace& workplace : workplaces) customers += workplace.tables[table].rows;
  HugeArray<RowPlace> rows(customers);
  RowPlace* out = rows.data();
  for (const Workplace& workplace : workplaces)
    for (const Chunk& chunk : workplace.tables[table].chunks) {
      const char* at = chunk.bytes.data();
      for (std::size_t r = 0; r < chunk.rows; ++r, ++out) {
        std::memcpy(&out->customer, at, sizeof out->customer);
        out->values = at + sizeof out->customer;
        at = out->values + packed_row::size(out->values, features);
      }
    }
  return rows;
}

// The first columns become `values`, the others `beside`.
void unpack_columns(const HugeArray<RowPlace>& rows, Matrix& values, Matrix& beside, int threads) {
  const std::size_t first = values.columns();
  constexpr std::size_t block = 4096, ahead = 16;
  for_each_block(block_count(rows.size(), block), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, rows.size(), block);
    for (std::size_t i = range.begin; i < range.end; ++i) {
      if (i + ahead < range.end) coterie::prefetch(rows[i + ahead].values);
      packed_row::unpack(rows[i].values, first + beside.columns(), [&](std::size_t f, double value) { (f < first ? values.at(i, f) : beside.at(i, f - first)) = value; });
    }
  });
}

[[noreturn]] void throw_too_small(std::size_t needed, std::size_t memory_bytes) {
  throw Error(ErrorKind::memory,
              fmt::format("the table of customers will take about {} MB, more than the {} MB there are for it", needed / 1'000'000 + 1, memory_bytes / 1'000'000),
              "give more --memory: a run holds the table up to three times beside the program's own needs; coterie features makes the table alone");
}

// The rest of the partitions will need as much as those done.
std::size_t expected_bytes(std::size_t bytes, std::size_t done, std::size_t partitions) {
  return static_cast<std::size_t>(static_cast<double>(bytes) * static_cast<double>(partitions) / static_cast<double>(done));
}

// Calls fn for each history; workplaces take what it computes, one table for each of `tables`.
std::vector<Workplace> walk(const EventLog& log, std::size_t features, std::size_t tables, const ComputeOptions& options, const std::function<void(Workplace&, const History&, int)>& fn) {
  const int threads = options.threads > 0 ? options.threads : default_threads();
  std::vector<Workplace> workplaces(static_cast<std::size_t>(threads));
  EventRoom room(options.events_bytes);
  std::atomic<std::size_t> table_bytes = log.customer_names.memory_bytes(), done = 0;
  for_each_block(log.partitions(), threads, [&](std::size_t partition, int worker) {
    Workplace& place = workplaces[static_cast<std::size_t>(worker)];
    place.row.resize(features), place.tables.resize(tables), place.last_ms.resize(tables, INT64_MIN);
    const auto rows = [&] { return std::accumulate(place.tables.begin(), place.tables.end(), std::size_t{0}, [](std::size_t sum, const Rows& table) { return sum + table.rows; }); };
    const std::size_t rows_before = rows();
    const EventRoom::Share share(room, log.events_in(partition));
    place.histories.for_each(log, partition, [&](const History& history) { fn(place, history, worker); });
    // Of the columns that the rows will become.
    const std::size_t grown = (rows() - rows_before) * (1 + features) * sizeof(double);
    ++done;
    if ((table_bytes += grown) > options.memory_bytes)
      throw_too_small(expected_bytes(table_bytes, done, log.partitions()), options.memory_bytes);
  });
  for (Workplace& place : workplaces) place.tables.resize(tables), place.last_ms.resize(tables, INT64_MIN);  // of workers without work
  return workplaces;
}

// Of rows of `columns` values: the features, then what is beside them. Gives the rows' memory back.
KeptTable table_of(std::vector<Workplace>& workplaces, std::size_t table, std::size_t columns, const std::string& id_name, const StringTable& names, const std::vector<Feature>& features, int threads) {
  HugeArray<RowPlace> rows = places_of(workplaces, table, columns);
  sort_by_customer(rows);
  KeptTable kept;
  CustomerTable& customers = kept.customers;
  customers.id_name = id_name;
  customers.ids = name_rows(rows, names);
  for (const Feature& feature : features) {
    customers.names.emplace_back(feature.name);
    customers.is_count.push_back(feature.kind == FeatureKind::count || feature.kind == FeatureKind::days);
  }
  customers.values = Matrix(rows.size(), features.size()), kept.beside = Matrix(rows.size(), columns - features.size());
  unpack_columns(rows, customers.values, kept.beside, threads);
  for (Workplace& place : workplaces) place.tables[table] = {};
  return kept;
}

History begin_of(const History& history, std::int64_t as_of_ms, std::int64_t log_end_ms) {
  const auto end = std::partition_point(history.events.begin(), history.events.end(), [&](const Event& event) { return event.time_ms <= as_of_ms; });
  History then{history.events.first(static_cast<std::size_t>(end - history.events.begin())), log_end_ms, {}, history.counter};
  for (const Event& event : then.events) ++then.count_by_type[static_cast<std::size_t>(event.type)];
  return then;
}

// The last event until each time.
std::vector<std::int64_t> last_until(std::span<const Workplace> workplaces, std::size_t times) {
  std::vector<std::int64_t> last(times, INT64_MIN);
  for (const Workplace& place : workplaces)
    for (std::size_t t = 0; t < times; ++t) last[t] = std::max(last[t], place.last_ms[t]);
  return last;
}

// computed: the features, or their kept form.
KeptTable compute_table(EventLog& log, const std::vector<Feature>& features, const std::vector<Feature>& computed, const ComputeOptions& options) {
  std::vector<Workplace> workplaces = walk(log, computed.size(), 1, options, [&](Workplace& place, const History& history, int worker) {
    for (std::size_t f = 0; f < computed.size(); ++f) place.row[f] = computed[f].compute(history);
    keep_row(place.tables[0], place.row, history.customer());
    if (options.visit) options.visit(history, worker);
  });
  log.release();
  const StringTable names = std::exchange(log.customer_names, StringTable());
  return table_of(workplaces, 0, computed.size(), log.customer_column, names, features, options.threads);
}

}  // namespace

CustomerTable compute_features(EventLog& log, const std::vector<Feature>& features, const ComputeOptions& options) { return compute_table(log, features, features, options).customers; }

KeptTable compute_kept_features(EventLog& log, const std::vector<Feature>& features, const ComputeOptions& options) { return compute_table(log, features, in_kept_form(features), options); }

std::vector<CustomersAt> compute_features_at(const EventLog& log, std::span<const std::int64_t> as_of_ms, std::optional<std::int64_t> log_end_ms, const std::vector<Feature>& features, const ComputeOptions& options) {
  const std::size_t times = as_of_ms.size();
  const auto see = [&](Workplace& place, const History& history, std::size_t t) { place.last_ms[t] = std::max(place.last_ms[t], history.events.back().time_ms); };
  // What is kept of a feature is computed without the end of the log, so that one pass is enough; but not until when a value holds.
  const bool ends_first = std::any_of(features.begin(), features.end(), [](const Feature& feature) { return feature.kept == Kept::nothing || feature.kept == Kept::until; });
  std::vector<std::int64_t> ends(times, 0);
  if (ends_first)
    ends = last_until(walk(log, 0, times, options, [&](Workplace& place, const History& history, int) {
      for (std::size_t t = 0; t < times; ++t)
        if (const History then = begin_of(history, as_of_ms[t], 0); !then.events.empty()) see(place, then, t);
    }), times);
  if (ends_first && log_end_ms) std::fill(ends.begin(), ends.end(), *log_end_ms);
  const std::vector<Feature> computed = ends_first ? features : in_kept_form(features);
  std::vector<Workplace> workplaces = walk(log, computed.size(), times, options, [&](Workplace& place, const History& history, int) {
    for (std::size_t t = 0; t < times; ++t) {
      const History then = begin_of(history, as_of_ms[t], ends[t]);
      if (then.events.empty()) continue;
      see(place, then, t);
      for (std::size_t f = 0; f < computed.size(); ++f) place.row[f] = computed[f].compute(then);
      keep_row(place.tables[t], place.row, then.customer());
    }
  });
  const std::vector<std::int64_t> last = last_until(workplaces, times);
  std::vector<CustomersAt> result;
  for (std::size_t t = 0; t < times; ++t) {
    KeptTable table = table_of(workplaces, t, computed.size(), log.customer_column, log.customer_names, features, options.threads);
    result.push_back({ends_first ? std::move(table.customers) : bring_to_end(std::move(table), features, log_end_ms.value_or(last[t])), last[t]});
  }
  return result;
}

std::size_t customers_about(const EventLog& log) {
  std::size_t customers = 0;
  if (log.stored) {
    for (const HistorySegment& segment : log.stored->segments()) customers += segment.facts().customers;
    return customers;
  }
  LogReader reader;
  reader.for_each(log, 0, [&](const History&) { ++customers; });
  return (customers + customers / 4 + 1) * log.partitions();  // rather too many
}

}  // namespace coterie
