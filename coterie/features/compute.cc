#include "coterie/features/compute.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <condition_variable>
#include <mutex>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/events/log_reader.h"

namespace coterie {
namespace {

// Rows as a worker leaves them, in no order that matters: the customer's identifier, then the features.
// One huge page.
struct Chunk {
  static constexpr std::size_t size = (std::size_t{2} << 20) / sizeof(double);
  std::size_t rows = 0;
  HugeArray<double> values{size};
};

struct Workplace {
  LogReader histories;
  std::vector<Chunk> chunks;
};

// One row where it lies now.
struct RowPlace {
  Identifier customer;
  const double* values;
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

double* next_row(std::vector<Chunk>& chunks, std::size_t width) {
  if (chunks.empty() || chunks.back().rows == Chunk::size / width) chunks.emplace_back();
  Chunk& chunk = chunks.back();
  return chunk.values.data() + chunk.rows++ * width;
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

HugeArray<RowPlace> places_of(const std::vector<Workplace>& workplaces, std::size_t width) {
  std::size_t customers = 0;
  for (const Workplace& workplace : workplaces)
    for (const Chunk& chunk : workplace.chunks) customers += chunk.rows;
  HugeArray<RowPlace> rows(customers);
  RowPlace* out = rows.data();
  for (const Workplace& workplace : workplaces)
    for (const Chunk& chunk : workplace.chunks)
      for (std::size_t r = 0; r < chunk.rows; ++r) {
        const double* row = chunk.values.data() + r * width;
        *out++ = {std::bit_cast<Identifier>(row[0]), row + 1};
      }
  return rows;
}

Matrix columns_of(const HugeArray<RowPlace>& rows, std::size_t features, int threads) {
  Matrix values(rows.size(), features);
  constexpr std::size_t block = 4096, ahead = 16;
  for_each_block(block_count(rows.size(), block), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, rows.size(), block);
    for (std::size_t i = range.begin; i < range.end; ++i) {
      if (i + ahead < range.end) {
        __builtin_prefetch(rows[i + ahead].values);
        __builtin_prefetch(rows[i + ahead].values + 8);
      }
      for (std::size_t f = 0; f < features; ++f) values.at(i, f) = rows[i].values[f];
    }
  });
  return values;
}

[[noreturn]] void throw_too_small(std::size_t needed, std::size_t memory_bytes) {
  throw Error(ErrorKind::memory,
              fmt::format("the table of customers will take about {} MB, more than the {} MB there are for it", needed / 1'000'000 + 1, memory_bytes / 1'000'000),
              "give more --memory: the table may take a third of what there is beyond the program's own needs");
}

// The rest of the partitions will need as much as those done; each worker's last chunk may be empty.
std::size_t expected_bytes(std::size_t bytes, std::size_t done, std::size_t partitions) {
  return static_cast<std::size_t>(static_cast<double>(bytes) * static_cast<double>(partitions) / static_cast<double>(done));
}

}  // namespace

CustomerTable compute_features(EventLog& log, const std::vector<Feature>& features, const ComputeOptions& options) {
  const int threads = options.threads > 0 ? options.threads : default_threads();
  const std::size_t width = 1 + features.size();
  std::vector<Workplace> workplaces(static_cast<std::size_t>(threads));
  EventRoom room(options.events_bytes);
  std::atomic<std::size_t> table_bytes = log.customer_names.memory_bytes(), done = 0;
  for_each_block(log.partitions(), threads, [&](std::size_t partition, int worker) {
    Workplace& place = workplaces[static_cast<std::size_t>(worker)];
    const std::size_t chunks_before = place.chunks.size();
    const EventRoom::Share share(room, log.events_in(partition));
    place.histories.for_each(log, partition, [&](const History& history) {
      double* row = next_row(place.chunks, width);
      *row++ = std::bit_cast<double>(history.customer());
      for (const Feature& feature : features) *row++ = feature.compute(history);
      if (options.visit) options.visit(history, worker);
    });
    const std::size_t grown = (place.chunks.size() - chunks_before) * Chunk::size * sizeof(double);
    ++done;
    if ((table_bytes += grown) > options.memory_bytes)
      throw_too_small(expected_bytes(table_bytes, done, log.partitions()), options.memory_bytes);
  });
  log.release();

  HugeArray<RowPlace> rows = places_of(workplaces, width);
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
