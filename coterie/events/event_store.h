// All events of a log, partitioned by customer, in the compact bytes of events/event_record.h; beyond the memory given
// they go to a spill file. One writer a thread; when all are done the partitions are read back one by one.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "coterie/base/memory.h"
#include "coterie/base/prefetch.h"
#include "coterie/base/random.h"
#include "coterie/events/event.h"
#include "coterie/events/event_record.h"
#include "coterie/events/item_table.h"
#include "coterie/events/string_table.h"

namespace coterie {

struct EventStoreOptions {
  int partition_bits = 11;                    // 2^bits partitions; does not change any answer
  int writers = 1;
  std::size_t memory_bytes = std::size_t{2} << 30;  // for records of all writers together, and the items they refer to
  std::uint32_t most_items = 1 << 20;         // that get a number; fewer where the memory is small
  std::string spill_directory = "/tmp";       // the spill file is unlinked as soon as it is open
};

class EventStore {
 public:
  class Writer;

  explicit EventStore(const EventStoreOptions& options);
  EventStore(EventStore&&) noexcept;
  ~EventStore();

  Writer& writer(int index) { return *writers_[static_cast<std::size_t>(index)]; }
  std::size_t writers() const { return writers_.size(); }
  const record::Vocabulary& vocabulary(std::size_t writer) const;
  const ItemTable& items() const { return *items_; }
  std::size_t partitions() const { return std::size_t{1} << options_.partition_bits; }
  std::uint64_t events_in(std::size_t partition) const;
  std::uint64_t spilled_bytes() const;

  // Of records now in memory.
  std::size_t memory_bytes() const;

  // Calls fn(vocabulary, begin, size) for each run of a partition's records, in an order that is always the same. A run is whole records.
  using Run = std::function<void(const record::Vocabulary& vocabulary, const char* begin, std::size_t size)>;
  void for_each_run(std::size_t partition, const Run& fn) const;
  // Gives the records' memory back; nothing can be read afterwards.
  void release();

 private:
  EventStoreOptions options_;
  std::unique_ptr<ItemTable> items_;
  std::vector<std::unique_ptr<Writer>> writers_;
};

class EventStore::Writer {
 public:
  Writer(const EventStoreOptions& options, ItemTable& items);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  ItemTable& items;                // of the log
  record::Vocabulary vocabulary;  // as large as the memory allows

  // Fetches what append() will look at, and later, when that is here, the place it will write to.
  std::size_t partition_of(Identifier customer) const { return shift_ == 64 ? 0 : mix64(customer) >> shift_; }
  void prefetch(std::size_t partition) const {
    const Cursor& cursor = cursors_[partition];
    coterie::prefetch(&cursor);
    coterie::prefetch(reinterpret_cast<const char*>(&cursor) + 64);
  }
  void prefetch_record(std::size_t partition) const { coterie::prefetch(cursors_[partition].at + record::slack); }

  // The item is its number in `items`, or pack_item's with numbers of the vocabulary.
  void append(const Event& event, std::uint32_t item_number) { append_as(event, item_number, partition_of(event.customer)); }
  void append(const Event& event, const PackedItem& item) { append_as(event, item, partition_of(event.customer)); }
  // Where the customer's partition is known.
  void append(const Event& event, std::uint32_t item_number, std::size_t partition) { append_as(event, item_number, partition); }

 private:
  friend class EventStore;
  static constexpr std::ptrdiff_t longest_record = record::longest + record::slack;
  static constexpr std::size_t block_bytes = 8 << 10;
  static constexpr std::size_t slab_bytes = std::size_t{8} << 20;

  struct alignas(64) Cursor {  // two cache lines
    char* at = nullptr;
    char* end = nullptr;
    RecentEvents recent;
    std::uint64_t events = 0;
  };
  struct Piece {  // a run of records: in memory, or in the spill file
    char* data = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };

  template <class AnyItem>
  void append_as(const Event& event, const AnyItem& item, std::size_t partition) {
    Cursor& cursor = cursors_[partition];
    if (cursor.end - cursor.at < longest_record) next_block(partition);
    cursor.at = record::encode(event, item, cursor.recent, cursor.at);
    ++cursor.events;
  }
  void next_block(std::size_t partition);
  char* take_block();
  void close_block(std::size_t partition);
  void spill();
  void read_spilled(std::uint64_t offset, std::span<char> into) const;

  unsigned shift_;
  std::size_t memory_bytes_;
  std::string spill_directory_;
  std::vector<Cursor> cursors_;
  std::vector<std::vector<Piece>> pieces_;
  std::vector<HugeArray<char>> slabs_;
  std::size_t slab_used_ = slab_bytes;
  std::vector<char*> free_blocks_;
  int spill_file_ = -1;
  std::uint64_t spill_size_ = 0;
};

inline const record::Vocabulary& EventStore::vocabulary(std::size_t writer) const { return writers_[writer]->vocabulary; }

}  // namespace coterie
