// From the fields of a row to an Event, or to the reason why not.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "coterie/base/memory.h"
#include "coterie/base/prefetch.h"
#include "coterie/base/time.h"
#include "coterie/events/census.h"
#include "coterie/events/event_store.h"
#include "coterie/events/history_segment.h"
#include "coterie/events/roles.h"
#include "coterie/events/string_table.h"
#include "coterie/source/csv.h"
#include "coterie/source/ledger.h"
#include "coterie/source/parse_time.h"

namespace coterie {

// From the text of the fields that make an item (product, category, brand, price) to the item's number, where they stand side
// by side in the row: most rows end here and those fields are not parsed again. Four slots of a cache line for each
// hash; texts are told apart by 96 bits, so that among a million different ones two are taken for each
// other with a chance of 10^-17.
class ItemFront {
 public:
  struct Key {
    std::uint64_t hash = 0;
    std::uint32_t check = 0;
  };
  static constexpr std::size_t shortest = 16, longest = 128;  // of texts that are looked up; others are parsed each time
  static constexpr std::size_t bytes_of_one = 16;

  // Bytes in pairs of words, xored with random ones and multiplied to 128 bits, whose sum is mixed (the sum: NH of Black and
  // others 1999, "UMAC"). Pairs at fixed places, the last ones moved back to end with the text: no branch on its length up to 96 bytes.
  static Key key_of(const char* text, std::size_t size, std::uint64_t layout) {
    Wide sum = pair(text, 0) + pair(text + std::min<std::size_t>(16, size - 16), 2) + pair(text + std::min<std::size_t>(32, size - 16), 4) +
               pair(text + std::min<std::size_t>(48, size - 16), 6) + pair(text + std::min<std::size_t>(64, size - 16), 8) +
               pair(text + std::min<std::size_t>(80, size - 16), 10);
    if (size > 96) sum += pair(text + std::min<std::size_t>(96, size - 16), 12) + pair(text + size - 16, 14);
    const auto low = static_cast<std::uint64_t>(sum), high = static_cast<std::uint64_t>(sum >> 64);
    const std::uint64_t hash = mix64(low ^ layout ^ size * 0x9e3779b97f4a7c15u);
    return {hash ^ high, static_cast<std::uint32_t>(mix64(high + std::rotl(low, 32)) >> 32)};
  }
  explicit ItemFront(std::size_t slots) : sets_(std::bit_ceil(std::max<std::size_t>(slots, ways)) / ways) {}

  void prefetch(const Key& key) const { coterie::prefetch(&set_of(key)); }
  // The item's number, or ItemTable::none. Without a branch on where in the set it stands.
  std::uint32_t find(const Key& key) const {
    const Slot* const slots = set_of(key).slots;
    unsigned match = 0;
    for (unsigned way = 0; way < ways; ++way) match |= static_cast<unsigned>(((slots[way].hash ^ key.hash) | (slots[way].check ^ key.check)) == 0) << way;
    if (match == 0) return ItemTable::none;
    return slots[std::countr_zero(match)].number_and_one - 1;  // `none` of an empty slot
  }
  // Where the set is full, in the place of any other.
  void keep(const Key& key, std::uint32_t number) {
    Slot* const slots = set_of(key).slots;
    std::size_t way = 0;
    while (way < ways && slots[way].number_and_one != 0) ++way;
    slots[way < ways ? way : key.check % ways] = {key.hash, key.check, number + 1};
  }

 private:
  struct Slot {
    std::uint64_t hash;
    std::uint32_t check;
    std::uint32_t number_and_one;  // 0: empty
  };
  static_assert(sizeof(Slot) == bytes_of_one);

  static constexpr std::size_t ways = 4;
  struct Set {
    Slot slots[ways];
  };
  static_assert(sizeof(Set) == 64);

  // Digits of pi.
  static constexpr std::uint64_t random_words[16] = {
      0x243f6a8885a308d3u, 0x13198a2e03707344u, 0xa4093822299f31d0u, 0x082efa98ec4e6c89u, 0x452821e638d01377u, 0xbe5466cf34e90c6cu,
      0xc0ac29b7c97c50ddu, 0x3f84d5b5b5470917u, 0x9216d5d98979fb1bu, 0xd1310ba698dfb5acu, 0x2ffd72dbd01adfb7u, 0xb8e1afed6a267e96u,
      0xba7c9045f12c7f99u, 0x24a19947b3916cf7u, 0x0801f2e2858efc16u, 0x636920d871574e69u};
  static Wide pair(const char* at, std::size_t word) {
    std::uint64_t a, b;
    std::memcpy(&a, at, 8), std::memcpy(&b, at + 8, 8);
    return static_cast<Wide>(a ^ random_words[word]) * (b ^ random_words[word + 1]);
  }

  const Set& set_of(const Key& key) const { return sets_[key.hash & (sets_.size() - 1)]; }
  Set& set_of(const Key& key) { return sets_[key.hash & (sets_.size() - 1)]; }

  HugeArray<Set> sets_;
};

// Why a row is set aside.
struct RowRefusal {
  Reason reason;
  int column;  // index of the offending field, -1: the whole row
};

// Sees each row that is used, in the order of the files; gives a reason if it is to be set aside all the same. Of the event only
// customer, time and type are those of the row: its item may be that of an earlier one.
using RowVisitor = std::function<std::optional<RowRefusal>(const CsvRow& row, const Event& event, const Dialect& dialect, const RoleMap& roles)>;

// What a blank category or brand counts as.
constexpr std::string_view unknown_text = "unknown";

// One worker's half of reading: parses rows, appends events, counts.
// How many rows each day (UTC, days since 1970) has; quick where the next row is often of the same day.
class DayCounts {
 public:
  void add(std::int64_t time_ms) {
    if (static_cast<std::uint64_t>(time_ms - begin_ms_) >= static_cast<std::uint64_t>(ms_per_day) || count_ == nullptr) find(time_ms);
    ++*count_;
  }
  std::map<std::int64_t, std::uint64_t> take() {
    count_ = nullptr;
    return std::exchange(counts_, {});
  }

 private:
  void find(std::int64_t time_ms) {
    const std::int64_t day = floor_divide(time_ms, ms_per_day);
    begin_ms_ = day * ms_per_day;
    count_ = &counts_[day];
  }

  std::map<std::int64_t, std::uint64_t> counts_;
  std::int64_t begin_ms_ = 0;
  std::uint64_t* count_ = nullptr;
};

class EventRows {
 public:
  // front_slots: for that many different items at hand (16 bytes each); more are parsed each time.
  EventRows(EventStore::Writer& writer, std::size_t front_slots) : writer_(writer), front_(front_slots) {}

  std::size_t memory_bytes() const { return customer_names.memory_bytes() + seen_.size() * 64; }  // of what grows with the rows

  void begin_file(const Dialect& dialect, const RoleMap& roles, LogKind kind = LogKind::events, OrderRules rules = {});
  // Counts the row and either appends its event or notes a reject in `ledger`.
  void take(const CsvRow& row, BlockLedger& ledger);
  // Rows that the index of csv_scan.h has found are shown so many rows before they are taken, to fetch what is far away.
  static constexpr std::size_t rows_ahead = 16;
  void look_ahead(const IndexedRow& row);
  // Does what take() would do, without CsvRow, if it is a usual row whose item is at hand; else does nothing and is false.
  bool take_indexed(const IndexedRow& row, BlockLedger& ledger);

  // With drop_duplicates: rows that count as seen, and those that have been seen beside them; both rising.
  void have_seen(const std::vector<RowHash>& rows) { seen_.insert(rows.begin(), rows.end()); }
  std::vector<RowHash> rows_seen_since(const std::vector<RowHash>& rows) const;

  std::int64_t as_of_ms = INT64_MAX;  // later events are set aside
  std::unique_ptr<RowCensus> census;  // none: columns are not looked at
  const RowVisitor* visitor = nullptr;
  StringTable customer_names;
  std::array<std::uint64_t, event_type_count> events_by_type{};
  std::int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
  bool saw_last_line_without_newline = false;
  bool count_days = false;
  DayCounts days;  // of the used rows, where they are counted

 private:
  // Appends the event; false with refusal_ set.
  bool parse(const CsvRow& row);
  bool parse_item(const CsvRow& row);
  bool append_event(const CsvRow& row);
  void append_item(const CsvRow& row);
  void keep_and_append(const CsvRow& row, std::uint32_t number);
  bool has_key(const CsvRow& row) const;
  void count_used(BlockLedger& ledger);
  void find_item_columns();
  // Lines of orders: events/order_rows.cc.
  bool parse_order(const CsvRow& row);
  bool is_duplicate(const CsvRow& row);
  bool parse_quantity(std::string_view text, std::int64_t& quantity);
  bool parse_amount_of_money(std::string_view text, std::int64_t& micros) const;
  bool parse_line_amount(const CsvRow& row, std::int64_t quantity);
  void append_order();
  bool parse_when(std::string_view text);
  bool refuse(Reason reason, int column);
  bool parse_type(std::string_view text);
  bool parse_customer(std::string_view text);
  bool name_customer(std::string_view name);
  void note(const CsvRow& row, BlockLedger& ledger) const;
  void count_in_census(const CsvRow& row, unsigned kind);
  std::string_view field(const CsvRow& row, int column) const { return row.fields[static_cast<std::size_t>(column)]; }

  EventStore::Writer& writer_;
  const Dialect* dialect_ = nullptr;
  const RoleMap* roles_ = nullptr;
  int column_[role_count]{};
  LogKind kind_ = LogKind::events;
  bool is_usual_ = false, has_session_ = false;  // is_usual_: take_indexed() knows what to do
  OrderRules rules_;
  DateOrder dates_ = DateOrder::iso;
  AmountFormat amounts_;
  bool rounded_ids_ = false;
  std::set<RowHash> seen_;  // for drop_duplicates
  TimeParser time_;
  Event event_;
  RowRefusal refusal_{};
  int first_item_column_ = 0, last_item_column_ = -1;  // of a stretch with nothing else that counts; else last is -1
  std::uint64_t layout_ = 0;  // of the columns: equal texts mean equal items only in files of one layout
  ItemFront front_;
  // What is known of a row before it is taken.
  struct Ahead {
    ItemFront::Key key;
    Identifier customer = 0;
    std::size_t partition = 0;  // the customer's
    bool has_key = false, has_customer = false;
  };
  std::array<Ahead, rows_ahead> ahead_;  // by the row's number
};

}  // namespace coterie
