// Lines of orders: the half of EventRows that knows quantities, prices, cancellations and equal rows.
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "coterie/events/event_rows.h"
#include "coterie/events/read_events.h"
#include "coterie/source/parse_amount.h"
#include "coterie/source/parse_number.h"

namespace coterie {
namespace {

constexpr double most_pieces = 1e9;
__extension__ using Wide128 = __int128;

// "C536379" cancels, as in the data of many shops; "CD-17" does not.
bool is_cancellation(std::string_view invoice) { return invoice.size() > 1 && (invoice[0] == 'C' || invoice[0] == 'c') && invoice[1] >= '0' && invoice[1] <= '9'; }

Identifier identifier_or_none(std::string_view text) { return text.empty() ? no_identifier : identifier_of(text); }

}  // namespace

std::vector<RowHash> EventRows::rows_seen_since(const std::vector<RowHash>& rows) const {
  std::vector<RowHash> since;
  std::set_difference(seen_.begin(), seen_.end(), rows.begin(), rows.end(), std::back_inserter(since));
  return since;
}

bool EventRows::parse_quantity(std::string_view text, std::int64_t& quantity) {
  const std::optional<double> value = parse_amount(text, amounts_);
  if (!value || *value != std::floor(*value) || std::abs(*value) > most_pieces) return false;
  quantity = static_cast<std::int64_t>(*value);
  return true;
}

// The amount of the line: as given, or quantity times the price of a piece.
bool EventRows::parse_line_amount(const CsvRow& row, std::int64_t quantity) {
  const int amount = column_[static_cast<int>(Role::amount)], price = column_[static_cast<int>(Role::price)];
  const int column = amount >= 0 ? amount : price;
  std::int64_t micros = 0;
  if (!parse_amount_of_money(field(row, column), micros)) return refuse(Reason::bad_price, column);
  if (micros == 0) return refuse(Reason::zero_price, column);
  if (amount < 0 && micros < 0) return refuse(Reason::negative_price, column);
  const Wide128 line = amount >= 0 ? micros : static_cast<Wide128>(micros) * quantity;
  if (line > INT64_MAX || line <= INT64_MIN) return refuse(Reason::bad_price, column);
  event_.price_micros = static_cast<std::int64_t>(line);
  if (amount >= 0 && quantity < 0 && event_.price_micros > 0) event_.price_micros = -event_.price_micros;
  if (event_.price_micros < 0 && !rules_.net_returns) return refuse(amount >= 0 ? Reason::negative_price : Reason::returned, column);
  return true;
}

bool EventRows::parse_order(const CsvRow& row) {
  const auto column = [&](Role role) { return column_[static_cast<int>(role)]; };
  const auto text = [&](Role role) { return column(role) < 0 ? std::string_view() : field(row, column(role)); };
  const std::string_view customer = text(Role::customer), time = text(Role::time), invoice = text(Role::invoice);
  if (customer.empty()) return refuse(Reason::no_customer, column(Role::customer));
  if (time.empty()) return refuse(Reason::no_time, column(Role::time));
  if (!parse_when(time)) return refuse(Reason::bad_time, column(Role::time));
  if (event_.time_ms > as_of_ms) return refuse(Reason::after_as_of, column(Role::time));
  if (is_cancellation(invoice) && !rules_.net_returns) return refuse(Reason::cancellation, column(Role::invoice));
  std::int64_t quantity = 1;
  if (column(Role::quantity) >= 0 && !parse_quantity(text(Role::quantity), quantity)) return refuse(Reason::bad_quantity, column(Role::quantity));
  if (quantity == 0) return refuse(Reason::zero_quantity, column(Role::quantity));
  if (quantity < 0 && !rules_.net_returns) return refuse(Reason::returned, column(Role::quantity));
  if (!parse_line_amount(row, quantity)) return false;
  event_.type = EventType::purchase;
  event_.session = identifier_or_none(invoice);
  event_.product = identifier_or_none(text(Role::product));
  note_text_product();
  event_.category = 0;
  set_quantity(event_, quantity);
  if (!parse_customer(customer)) return false;
  append_order(row);
  return true;
}

void EventRows::append_order(const CsvRow& row) {
  const std::uint32_t number = writer_.items.add({event_.product, event_.category, event_.brand, event_.price_micros}).number;
  if (number != ItemTable::none) writer_.append(event_, number);
  else writer_.append(event_, record::pack_item(event_, StringTable::none, StringTable::none));
  keep_product_words(row);
}

}  // namespace coterie
