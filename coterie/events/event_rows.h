// From the fields of a row to an Event, or to the reason why not.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <set>
#include <string_view>
#include <utility>

#include "coterie/base/memory.h"
#include "coterie/events/event_store.h"
#include "coterie/events/history_segment.h"
#include "coterie/events/roles.h"
#include "coterie/events/string_table.h"
#include "coterie/source/csv.h"
#include "coterie/source/ledger.h"
#include "coterie/source/parse_time.h"

namespace coterie {

// From the text of the fields that make an item (product, category, brand, price) to the item, where they stand side by
// side in the row: most rows end here and those fields are not parsed again. Two slots of a cache line for each hash, the last
// used before the other; texts are told apart by 96 bits of XXH3, so that among a million different ones two are taken for each
// other with a chance of 10^-17.
class ItemFront {
 public:
  struct Key {
    std::uint64_t hash;
    std::uint32_t check;
  };
  struct Slot {
    std::uint64_t hash;
    std::uint32_t check;
    std::uint16_t header;  // of the PackedItem
    std::uint8_t size;     // 0: empty
    char bytes[17];        // an item that is longer is not kept
  };
  static constexpr std::size_t longest_item = 16;
  static_assert(sizeof(Slot) == 32);

  static Key key_of(std::string_view text, std::uint64_t layout) {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(text.data(), text.size(), layout);
    return {hash.low64, static_cast<std::uint32_t>(hash.high64)};
  }
  explicit ItemFront(std::size_t slots) : pairs_(std::bit_ceil(std::max<std::size_t>(slots, 2)) / 2) {}

  void prefetch(const Key& key) const { __builtin_prefetch(&pairs_[key.hash % pairs_.size()]); }
  // The item's slot, or null.
  const Slot* find(const Key& key) {
    Pair& pair = pairs_[key.hash % pairs_.size()];
    if (holds(pair.slots[0], key)) return &pair.slots[0];
    if (!holds(pair.slots[1], key)) return nullptr;
    std::swap(pair.slots[0], pair.slots[1]);
    return &pair.slots[0];
  }
  void keep(const Key& key, const PackedItem& item) {
    if (item.size > longest_item) return;
    Pair& pair = pairs_[key.hash % pairs_.size()];
    pair.slots[1] = pair.slots[0];
    pair.slots[0] = {key.hash, key.check, item.header, item.size, {}};
    std::memcpy(pair.slots[0].bytes, item.bytes, longest_item);
  }

 private:
  struct Pair {
    Slot slots[2];
  };
  static bool holds(const Slot& slot, const Key& key) { return slot.hash == key.hash && slot.check == key.check && slot.size != 0; }

  HugeArray<Pair> pairs_;
};

// What a blank category or brand counts as.
constexpr std::string_view unknown_text = "unknown";

// One worker's half of reading: parses rows, appends events, counts.
class EventRows {
 public:
  // front_slots: for that many different items at hand (32 bytes each); more are parsed each time.
  EventRows(EventStore::Writer& writer, std::size_t front_slots) : writer_(writer), front_(front_slots) {}

  void begin_file(const Dialect& dialect, const RoleMap& roles, LogKind kind = LogKind::events, OrderRules rules = {});
  // Counts the row and either appends its event or notes a reject in `ledger`.
  void take(const CsvRow& row, BlockLedger& ledger);
  // Rows that the index of csv_scan.h has found are shown so many rows before they are taken, to fetch what is far away.
  static constexpr std::size_t rows_ahead = 8;
  void look_ahead(const IndexedRow& row);

  // With drop_duplicates: rows that count as seen, and those that have been seen beside them; both rising.
  void have_seen(const std::vector<RowHash>& rows) { seen_.insert(rows.begin(), rows.end()); }
  std::vector<RowHash> rows_seen_since(const std::vector<RowHash>& rows) const;

  std::int64_t as_of_ms = INT64_MAX;  // later events are set aside
  StringTable customer_names;
  std::array<std::uint64_t, event_type_count> events_by_type{};
  std::int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
  bool saw_last_line_without_newline = false;

 private:
  struct Refusal {
    Reason reason;
    int column;  // index of the offending field, -1: the whole row
  };
  // Appends the event; false with refusal_ set.
  bool parse(const CsvRow& row);
  bool parse_item(const CsvRow& row, PackedItem& item);
  bool append_event(const CsvRow& row);
  void find_item_columns();
  // Lines of orders: events/order_rows.cc.
  bool parse_order(const CsvRow& row);
  bool is_duplicate(const CsvRow& row);
  bool parse_quantity(std::string_view text, std::int64_t& quantity);
  bool parse_line_amount(const CsvRow& row, std::int64_t quantity);
  void append_order();
  bool parse_when(std::string_view text);
  bool refuse(Reason reason, int column);
  bool parse_type(std::string_view text);
  bool parse_customer(std::string_view text);
  void note(const CsvRow& row, BlockLedger& ledger) const;
  std::string_view field(const CsvRow& row, int column) const { return row.fields[static_cast<std::size_t>(column)]; }

  EventStore::Writer& writer_;
  const Dialect* dialect_ = nullptr;
  int column_[role_count]{};
  LogKind kind_ = LogKind::events;
  OrderRules rules_;
  DateOrder dates_ = DateOrder::iso;
  std::set<RowHash> seen_;  // for drop_duplicates
  TimeParser time_;
  Event event_;
  Refusal refusal_{};
  int first_item_column_ = 0, last_item_column_ = -1;  // of a stretch with nothing else that counts; else last is -1
  std::uint64_t layout_ = 0;  // of the columns: equal texts mean equal items only in files of one layout
  ItemFront front_;
  std::array<ItemFront::Key, rows_ahead> keys_;  // of the rows ahead, by their number
};

}  // namespace coterie
