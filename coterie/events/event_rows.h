// From the fields of a row to an Event, or to the reason why not.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "coterie/events/event_store.h"
#include "coterie/events/roles.h"
#include "coterie/source/csv.h"
#include "coterie/source/ledger.h"
#include "coterie/source/parse_time.h"

namespace coterie {

// One worker's half of reading: parses rows, appends events, counts.
class EventRows {
 public:
  explicit EventRows(EventStore::Writer& writer) : writer_(writer) {}

  void begin_file(const Dialect& dialect, const RoleMap& roles);
  // Counts the row and either appends its event or notes a reject in `ledger`.
  void take(const CsvRow& row, BlockLedger& ledger);

  StringTable customer_names;
  std::array<std::uint64_t, event_type_count> events_by_type{};
  std::int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
  bool saw_last_line_without_newline = false;

 private:
  struct Refusal {
    Reason reason;
    int column;  // index of the offending field, -1: the whole row
  };
  // Fills event_; false with refusal_ set.
  bool parse(const CsvRow& row);
  bool refuse(Reason reason, int column);
  bool parse_type(std::string_view text);
  bool parse_customer(std::string_view text);
  void note(const CsvRow& row, BlockLedger& ledger) const;
  std::string_view field(const CsvRow& row, int column) const { return row.fields[static_cast<std::size_t>(column)]; }

  EventStore::Writer& writer_;
  const Dialect* dialect_ = nullptr;
  int column_[role_count]{};
  TimeParser time_;
  Event event_;
  Refusal refusal_{};
  StringFront categories_{writer_.categories, 10}, brands_{writer_.brands, 14};
  std::uint32_t category_ = 0, brand_ = 0;
};

}  // namespace coterie
