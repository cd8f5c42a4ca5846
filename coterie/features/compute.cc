#include "coterie/features/compute.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <numeric>

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

struct Workplace {
  LogReader histories;
  std::vector<double> row;
  std::vector<Chunk> chunks;
  std::size_t rows = 0;
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

void keep_row(Workplace& place, Identifier customer) {
  const std::size_t longest = sizeof customer + packed_row::longest(place.row.size()) + packed_row::slack;
  if (place.chunks.empty() || place.chunks.back().used + longest > Chunk::size) place.chunks.emplace_back();
  Chunk& chunk = place.chunks.back();
  char* const at = chunk.bytes.data() + chunk.used;
  std::memcpy(at, &customer, sizeof customer);
  chunk.used = static_cast<std::size_t>(packed_row::pack(place.row, at + sizeof customer) - chunk.bytes.data());
  ++chunk.rows, ++place.rows;
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

HugeArray<RowPlace> places_of(const std::vector<Workplace>& workplaces, std::size_t features) {
  std::size_t customers = 0;
  for (const Workplace& workplace : workplaces) customers += workplace.rows;
  HugeArray<RowPlace> rows(customers);
  RowPlace* out = rows.data();
  for (const Workplace& workplace : workplaces)
    for (const Chunk& chunk : workplace.chunks) {
      const char* at = chunk.bytes.data();
      for (std::size_t r = 0; r < chunk.rows; ++r, ++out) {
        std::memcpy(&out->customer, at, sizeof out->customer);
        out->values = at + sizeof out->customer;
        at = out->values + packed_row::size(out->values, features);
      }
    }
  return rows;
}

Matrix columns_of(const HugeArray<RowPlace>& rows, std::size_t features, int threads) {
  Matrix values(rows.size(), features);
  constexpr std::size_t block = 4096, ahead = 16;
  for_each_block(block_count(rows.size(), block), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, rows.size(), block);
    for (std::size_t i = range.begin; i < range.end; ++i) {
      if (i + ahead < range.end) coterie::prefetch(rows[i + ahead].values);
      packed_row::unpack(rows[i].values, features, [&](std::size_t f, double value) { values.at(i, f) = value; });
    }
  });
  return values;
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

}  // namespace

CustomerTable compute_features(EventLog& log, const std::vector<Feature>& features, const ComputeOptions& options) {
  const int threads = options.threads > 0 ? options.threads : default_threads();
  std::vector<Workplace> workplaces(static_cast<std::size_t>(threads));
  EventRoom room(options.events_bytes);
  std::atomic<std::size_t> table_bytes = log.customer_names.memory_bytes(), done = 0;
  for_each_block(log.partitions(), threads, [&](std::size_t partition, int worker) {
    Workplace& place = workplaces[static_cast<std::size_t>(worker)];
    place.row.resize(features.size());
    const std::size_t rows_before = place.rows;
    const EventRoom::Share share(room, log.events_in(partition));
    place.histories.for_each(log, partition, [&](const History& history) {
      for (std::size_t f = 0; f < features.size(); ++f) place.row[f] = features[f].compute(history);
      keep_row(place, history.customer());
      if (options.visit) options.visit(history, worker);
    });
    // Of the columns that the rows will become.
    const std::size_t grown = (place.rows - rows_before) * (1 + features.size()) * sizeof(double);
    ++done;
    if ((table_bytes += grown) > options.memory_bytes)
      throw_too_small(expected_bytes(table_bytes, done, log.partitions()), options.memory_bytes);
  });
  log.release();

  HugeArray<RowPlace> rows = places_of(workplaces, features.size());
  sort_by_customer(rows);
  CustomerTable table;
  table.id_name = log.customer_column;
  table.ids = name_rows(rows, log.customer_names);
  log.customer_names = StringTable();
  for (const Feature& feature : features) {
    table.names.emplace_back(feature.name);
    table.is_count.push_back(feature.kind == FeatureKind::count || feature.kind == FeatureKind::days);
  }
  table.values = columns_of(rows, features.size(), threads);
  return table;
}

}  // namespace coterie
