// All events of a log, partitioned by customer, in a compact byte format; beyond the memory given they
// go to a spill file. One writer a thread; after seal() the partitions are read back one by one.
//
// Format of a record (little-endian, 10 to 60 bytes; about 28 in a shop's log):
//   u16 header: bits 0-1   event type
//               bit  2     customer: 0 = 4 bytes, 1 = 8
//               bit  3     time: 0 = whole seconds since 1970 in 4 bytes, 1 = milliseconds in 8
//               bit  4     session: 0 = none, 1 = 8 bytes
//               bits 5-6   product: 0 = none, 1 = 4 bytes, 2 = 8 bytes
//               bits 7-8   category: a number in the writer's vocabulary in 1, 2 or 4 bytes, or (3) the hash in 8
//               bits 9-10  brand: likewise
//               bits 11-12 price: 0 = none, 1 = hundredths in 3 bytes, 2 = millionths in 8
//   then the fields in this order.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "coterie/base/memory.h"
#include "coterie/base/random.h"
#include "coterie/events/event.h"
#include "coterie/events/string_table.h"

namespace coterie {

struct EventStoreOptions {
  int partition_bits = 11;                    // 2^bits partitions; does not change any answer
  int writers = 1;
  std::size_t memory_bytes = std::size_t{2} << 30;  // for records of all writers together
  std::string spill_directory = "/tmp";       // the spill file is unlinked as soon as it is open
};

// What a blank category or brand counts as.
constexpr std::string_view unknown_text = "unknown";

class EventStore {
 public:
  class Writer;

  explicit EventStore(const EventStoreOptions& options);
  EventStore(EventStore&&) noexcept;
  ~EventStore();

  Writer& writer(int index) { return *writers_[static_cast<std::size_t>(index)]; }
  std::size_t partitions() const { return std::size_t{1} << options_.partition_bits; }
  std::uint64_t events_in(std::size_t partition) const;
  std::uint64_t spilled_bytes() const;

  // Of records now in memory.
  std::size_t memory_bytes() const;

  // The customer of each event of a partition, in the order of the records.
  void read_customers(std::size_t partition, std::vector<Identifier>& customers) const;
  // Decodes the partition's record i into events[place[i]].
  void read_events(std::size_t partition, std::span<const std::uint32_t> place, std::span<Event> events) const;
  // Gives the records' memory back; nothing can be read afterwards.
  void release();

 private:
  // Calls fn(writer, begin, size) for each run of records, in an order that is always the same.
  template <class Fn>
  void for_each_run(std::size_t partition, const Fn& fn) const;

  EventStoreOptions options_;
  std::vector<std::unique_ptr<Writer>> writers_;
};

class EventStore::Writer {
 public:
  Writer(const EventStoreOptions& options);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  StringTable categories, brands;  // vocabularies; as large as the memory allows

  // `category` and `brand` are numbers in the tables above, or StringTable::none: then the event's hash is stored.
  void append(const Event& event, std::uint32_t category, std::uint32_t brand) {
    const std::size_t partition = shift_ == 64 ? 0 : mix64(event.customer) >> shift_;
    Cursor& cursor = cursors_[partition];
    if (cursor.end - cursor.at < longest_record) next_block(partition);
    cursor.at = encode(event, category, brand, cursor.at);
    ++cursor.events;
  }

 private:
  friend class EventStore;
  static constexpr std::ptrdiff_t longest_record = 80;  // with the slack of 8-byte stores
  static constexpr std::size_t block_bytes = 8 << 10, read_back_bytes = 1 << 20;
  static constexpr std::size_t slab_bytes = std::size_t{8} << 20;

  struct Cursor {
    char* at = nullptr;
    char* end = nullptr;
    std::uint64_t events = 0;
  };
  struct Piece {  // a run of records: in memory, or in the spill file
    char* data = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };

  static char* put(char* at, std::uint64_t value, std::size_t bytes) {
    std::memcpy(at, &value, 8);
    return at + bytes;
  }
  static char* put_code(char* at, std::uint32_t code, std::uint64_t hash, unsigned& kind) {
    kind = code < 0x100 ? 0 : code < 0x10000 ? 1 : code != StringTable::none ? 2 : 3;
    return kind == 3 ? put(at, hash, 8) : put(at, code, std::size_t{1} << kind);
  }
  static char* encode(const Event& event, std::uint32_t category, std::uint32_t brand, char* start);
  Event* decode_run(const char* at, const char* end, Event* out) const;
  Event* read_back(const Piece& piece, Event* out) const;
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

inline char* EventStore::Writer::encode(const Event& event, std::uint32_t category, std::uint32_t brand, char* start) {
  const unsigned wide_customer = event.customer >> 32 != 0;
  const std::int64_t seconds = event.time_ms / 1000;
  const unsigned wide_time = seconds * 1000 != event.time_ms || static_cast<std::uint64_t>(seconds) >> 32 != 0;
  const unsigned has_session = event.session != no_identifier;
  const unsigned product = event.product == no_identifier ? 0 : event.product >> 32 == 0 ? 1 : 2;
  char* at = start + 2;
  at = put(at, event.customer, 4 + 4 * wide_customer);
  at = put(at, static_cast<std::uint64_t>(wide_time ? event.time_ms : seconds), 4 + 4 * wide_time);
  at = put(at, event.session, 8 * has_session);
  at = put(at, event.product, 4 * product);
  unsigned category_kind, brand_kind;
  at = put_code(at, category, event.category, category_kind);
  at = put_code(at, brand, event.brand, brand_kind);
  const std::int64_t hundredths = event.price_micros / 10'000;
  const unsigned price = event.price_micros == no_price ? 0
                         : hundredths * 10'000 == event.price_micros && static_cast<std::uint64_t>(hundredths) >> 24 == 0 ? 1 : 2;
  if (price != 0) at = price == 1 ? put(at, static_cast<std::uint64_t>(hundredths), 3) : put(at, static_cast<std::uint64_t>(event.price_micros), 8);
  const auto header = static_cast<std::uint16_t>(static_cast<unsigned>(event.type) | wide_customer << 2 | wide_time << 3 | has_session << 4 |
                                                 product << 5 | category_kind << 7 | brand_kind << 9 | price << 11);
  std::memcpy(start, &header, 2);
  return at;
}

}  // namespace coterie
