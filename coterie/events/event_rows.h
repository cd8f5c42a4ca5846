// From the fields of a row to an Event, or to the reason why not.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
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

#include "coterie/base/time.h"
#include "coterie/events/census.h"
#include "coterie/events/event_store.h"
#include "coterie/events/history_segment.h"
#include "coterie/events/item_front.h"
#include "coterie/events/product_words.h"
#include "coterie/events/roles.h"
#include "coterie/events/string_table.h"
#include "coterie/source/csv.h"
#include "coterie/source/ledger.h"
#include "coterie/source/parse_time.h"

namespace coterie {

// The identifier of a text (see events/event.h).
Identifier identifier_of(std::string_view text);

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

// One worker's half of reading: parses rows, appends events, counts.
class EventRows {
 public:
  // The front is that of all workers.
  EventRows(EventStore::Writer& writer, ItemFront& front) : writer_(writer), front_(front) {}

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
  std::unique_ptr<ProductWords> product_words;  // none: they are not kept
  std::atomic<bool>* saw_text_product = nullptr;  // with product_words: of all workers, as they share the items
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
  // Before others can find the item: who finds it sees this, too.
  void note_text_product() {
    if (keeps_product_words_ && event_.product >= named_flag && event_.product != no_identifier) saw_text_product->store(true, std::memory_order_relaxed);
  }
  // A log of numbers without a column of names has no words, and pays nothing for them.
  bool has_product_words() const { return keeps_product_words_ && (has_product_names_ || saw_text_product->load(std::memory_order_relaxed)); }
  // Of the row whose event has been appended. text_of: the field of a column.
  void keep_product_words_of(const auto& text_of) {
    if (!product_words->wants(event_.customer)) return;
    const int names = column_[static_cast<int>(Role::product_name)];
    const std::string_view code = text_of(column_[static_cast<int>(Role::product)]);
    if (!code.empty()) product_words->add(event_.customer, identifier_of(code), code, names < 0 ? std::string_view() : text_of(names));
  }
  void keep_product_words(const CsvRow& row);
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
  void append_order(const CsvRow& row);
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
  bool keeps_product_words_ = false, has_product_names_ = false;
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
  ItemFront& front_;
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
