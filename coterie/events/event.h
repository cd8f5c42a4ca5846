// One event of one customer: what is left of a row after reading. No strings.
#pragma once

#include <cstdint>
#include <tuple>

namespace coterie {

enum class EventType : std::uint8_t { view, cart, remove_from_cart, purchase };
constexpr int event_type_count = 4;
const char* name_of(EventType type);

// Identifiers are 64 bits. A canonical number below 10^18 (digits only, no leading zero) is itself; any
// other text is its 64-bit hash (events/string_table.h) with the highest bit set. Within one customer of a thousand different
// values the chance that two hashes meet is below 10^-13.
using Identifier = std::uint64_t;
constexpr Identifier no_identifier = ~Identifier{0};  // the field is blank or the column absent
constexpr Identifier named_flag = Identifier{1} << 63;  // from here on: texts
constexpr std::int64_t no_price = INT64_MIN;

struct Event {
  std::int64_t time_ms = 0;     // since 1970, UTC
  Identifier customer = 0;
  Identifier session = no_identifier;
  Identifier product = no_identifier;
  Identifier category = 0;      // category_code; blank is the one value "unknown"
  Identifier brand = 0;         // blank is the one value "unknown"
  std::int64_t price_micros = no_price;
  EventType type = EventType::view;
};

// What becomes of rows that are no plain event or sale.
struct OrderRules {
  bool net_returns = false;      // cancellations and negative quantities count against sales; else they are set aside
  bool drop_duplicates = false;  // of equal rows the first counts
};

// A line of an order is an event of type purchase: session is its invoice, price_micros the amount of the whole line
// (negative for a return), and brand, which such lines do not have, holds the quantity. So order lines are stored as
// compactly as other events.
inline std::int64_t quantity_of(const Event& line) { return static_cast<std::int64_t>(line.brand); }
inline void set_quantity(Event& line, std::int64_t quantity) { line.brand = static_cast<Identifier>(quantity); }

// The order of a customer's history: by time; what happened in the same instant goes by type (view, cart,
// remove, purchase), then by content, so that the order of rows and files never shows.
inline bool comes_before(const Event& a, const Event& b) {
  if (a.time_ms != b.time_ms) return a.time_ms < b.time_ms;
  return std::tie(a.type, a.session, a.product, a.category, a.brand, a.price_micros) <
         std::tie(b.type, b.session, b.product, b.category, b.brand, b.price_micros);
}

}  // namespace coterie
