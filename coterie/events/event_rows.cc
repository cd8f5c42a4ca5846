#include "coterie/events/event_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <string>

#include "coterie/events/read_events.h"
#include "coterie/source/parse_number.h"

namespace coterie {
namespace {

constexpr std::size_t shown_field_bytes = 100, longest_word = 100;
constexpr Role item_roles[] = {Role::product, Role::category, Role::brand, Role::price};

bool is_canonical_number(std::string_view text) { return text.size() <= 18 && (text[0] != '0' || text.size() == 1); }

Identifier identifier_or_none(std::string_view text) {
  std::uint64_t value;
  if (text.empty()) return no_identifier;
  if (is_canonical_number(text) && parse_unsigned(text.data(), text.size(), value)) return value;
  return identifier_of(text);
}

// hash_padded_text reads 40 bytes whatever the size.
constexpr std::array<char, TextMasks::longest> unknown_bytes = {'u', 'n', 'k', 'n', 'o', 'w', 'n'};
constexpr std::string_view padded_unknown(unknown_bytes.data(), unknown_text.size());

Reason reason_of(RowFault fault) {
  switch (fault) {
    case RowFault::unterminated_quote: return Reason::unterminated_quote;
    case RowFault::text_after_quote: return Reason::text_after_quote;
    default: return Reason::row_too_long;
  }
}

// Where a field of a row without fault begins, its quote and all.
const char* field_begin(const CsvRow& row, int column, char delimiter) {
  const char* p = row.begin;
  for (; column > 0; --column) {
    if (*p == '"') {
      for (++p; p[0] != '"' || p[1] == '"'; ++p) p += p[0] == '"';
    }
    while (*p != delimiter) ++p;
    ++p;
  }
  return p;
}

// Only short texts are worth a place in the vocabulary: of long ones the hash is all that is kept.
std::uint32_t code_of(StringTable& vocabulary, std::string_view text, std::uint64_t hash) {
  return text.size() > longest_word ? StringTable::none : vocabulary.add(text, hash);
}

}  // namespace

Identifier identifier_of(std::string_view text) {
  if (!text.empty() && is_canonical_number(text)) {
    char padded[32] = {};  // the parser reads beyond the digits
    std::memcpy(padded, text.data(), text.size());
    std::uint64_t value;
    if (parse_unsigned(padded, text.size(), value)) return value;
  }
  const std::uint64_t hash = hash_text(text) | named_flag;
  return hash == no_identifier ? named_flag : hash;
}

void EventRows::begin_file(const Dialect& dialect, const RoleMap& roles, LogKind kind, OrderRules rules) {
  dialect_ = &dialect;
  kind_ = kind, rules_ = rules, dates_ = roles.dates.order;
  for (int r = 0; r < role_count; ++r) column_[r] = roles.choice[r].column;
  find_item_columns();
}

void EventRows::find_item_columns() {
  first_item_column_ = INT_MAX, last_item_column_ = -1;
  std::string layout(1, dialect_->delimiter);
  for (const Role role : item_roles) {
    const int column = column_[static_cast<int>(role)];
    layout += fmt::format(",{}", column);
    if (column < 0) continue;
    first_item_column_ = std::min(first_item_column_, column);
    last_item_column_ = std::max(last_item_column_, column);
  }
  layout_ = hash_text(layout);
  // What changes from row to row in between would make every text a new one.
  for (const Role role : {Role::time, Role::event_type, Role::customer, Role::session})
    if (const int column = column_[static_cast<int>(role)]; column >= first_item_column_ && column <= last_item_column_) last_item_column_ = -1;
}

bool EventRows::refuse(Reason reason, int column) {
  refusal_ = {reason, column};
  return false;
}

bool EventRows::parse_when(std::string_view text) {
  if (dates_ == DateOrder::iso) return time_.parse(text.data(), text.size(), event_.time_ms);
  const std::optional<std::int64_t> time = parse_date(text, dates_);
  event_.time_ms = time.value_or(0);
  return time.has_value();
}

bool EventRows::parse_type(std::string_view text) {
  // The usual spellings by a comparison of words; everything else by the table.
  std::uint32_t word;
  std::memcpy(&word, text.data(), 4);
  if (text.size() == 4 && std::memcmp(&word, "view", 4) == 0) event_.type = EventType::view;
  else if (text.size() == 4 && std::memcmp(&word, "cart", 4) == 0) event_.type = EventType::cart;
  else if (text == "purchase") event_.type = EventType::purchase;
  else {
    const std::optional<int> type = event_type_from_text(text);
    if (!type) return false;
    event_.type = static_cast<EventType>(*type);
  }
  return true;
}

bool EventRows::parse_customer(std::string_view text) {
  std::uint64_t value;
  if (is_canonical_number(text) && parse_unsigned(text.data(), text.size(), value)) {
    event_.customer = value;
    writer_.prefetch(value);
    return true;
  }
  event_.customer = identifier_of(text);
  customer_names.add(text, event_.customer);
  return true;
}

bool EventRows::parse_item(const CsvRow& row, PackedItem& item) {
  const auto column = [&](Role role) { return column_[static_cast<int>(role)]; };
  const auto text = [&](Role role) { return column(role) < 0 ? std::string_view() : field(row, column(role)); };
  const std::string_view price = text(Role::price);
  std::string_view category = text(Role::category), brand = text(Role::brand);
  event_.price_micros = no_price;
  if (!price.empty() && !parse_price(price.data(), price.size(), event_.price_micros)) return refuse(Reason::bad_price, column(Role::price));
  category = category.empty() ? padded_unknown : category;
  brand = brand.empty() ? padded_unknown : brand;
  event_.category = hash_padded_text(category);
  event_.brand = hash_padded_text(brand);
  event_.product = identifier_or_none(text(Role::product));
  record::Vocabulary& words = writer_.vocabulary;
  const std::uint32_t next = words.items.size();
  const std::uint32_t number = words.items.add({event_.product, event_.category, event_.brand, event_.price_micros});
  if (number == next) code_of(words.categories, category, event_.category), code_of(words.brands, brand, event_.brand);  // texts for reports
  item = number != ItemTable::none ? record::pack_item(number)
                                   : record::pack_item(event_, code_of(words.categories, category, event_.category), code_of(words.brands, brand, event_.brand));
  return true;
}

void EventRows::look_ahead(const IndexedRow& row) {
  if (last_item_column_ < 0 || row.ends.size() != dialect_->columns.size()) return;
  const std::size_t begin = first_item_column_ == 0 ? row.begin : std::size_t{row.ends[static_cast<std::size_t>(first_item_column_) - 1]} + 1;
  const std::size_t end = row.ends[static_cast<std::size_t>(last_item_column_)];
  const ItemFront::Key key = ItemFront::key_of({row.base + begin, end - begin}, layout_);
  front_.prefetch(key);
  keys_[row.number % rows_ahead] = key;
}

// With its item, from the front where it is there.
bool EventRows::append_event(const CsvRow& row) {
  PackedItem item;
  if (last_item_column_ < 0 || row.number == CsvRow::not_indexed) {
    if (!parse_item(row, item)) return false;
    writer_.append(event_, item);
    return true;
  }
  const ItemFront::Key& key = keys_[row.number % rows_ahead];
  const ItemFront::Slot* slot = front_.find(key);
  if (slot == nullptr) {
    if (!parse_item(row, item)) return false;
    front_.keep(key, item);
    writer_.append(event_, item);
    return true;
  }
  writer_.append(event_, slot->header, slot->bytes, slot->size);
  return true;
}

bool EventRows::parse(const CsvRow& row) {
  if (row.fault != RowFault::none) return refuse(reason_of(row.fault), -1);
  if (row.fields.size() != dialect_->columns.size()) {
    const bool cut = row.without_newline && row.fields.size() < dialect_->columns.size();
    return refuse(cut ? Reason::unfinished_last_line : Reason::wrong_field_count, -1);
  }
  if (kind_ == LogKind::orders) return parse_order(row);
  const auto column = [&](Role role) { return column_[static_cast<int>(role)]; };
  const auto text = [&](Role role) { return column(role) < 0 ? std::string_view() : field(row, column(role)); };
  const std::string_view customer = text(Role::customer), time = text(Role::time), session = text(Role::session);
  if (customer.empty()) return refuse(Reason::no_customer, column(Role::customer));
  if (time.empty()) return refuse(Reason::no_time, column(Role::time));
  if (!parse_when(time)) return refuse(Reason::bad_time, column(Role::time));
  if (event_.time_ms > as_of_ms) return refuse(Reason::after_as_of, column(Role::time));
  if (!parse_type(text(Role::event_type))) return refuse(Reason::unknown_event_type, column(Role::event_type));
  parse_customer(customer);
  event_.session = session.empty() ? no_identifier : hash_padded_text(session);
  return append_event(row);
}

void EventRows::take(const CsvRow& row, BlockLedger& ledger) {
  ++ledger.rows.read;
  saw_last_line_without_newline |= row.without_newline;
  if (!parse(row)) {
    ++ledger.rows.set_aside[static_cast<std::size_t>(refusal_.reason)];
    if (refusal_.reason != Reason::after_as_of) note(row, ledger);
    return;
  }
  ++ledger.rows.used;
  ++events_by_type[static_cast<std::size_t>(event_.type)];
  first_ms = std::min(first_ms, event_.time_ms);
  last_ms = std::max(last_ms, event_.time_ms);
}

void EventRows::note(const CsvRow& row, BlockLedger& ledger) const {
  Reject reject;
  reject.reason = refusal_.reason;
  const char* place = row.fault_at != nullptr ? row.fault_at : row.begin;
  if (refusal_.column >= 0) {
    place = field_begin(row, refusal_.column, dialect_->delimiter);
    reject.column_name = dialect_->columns[static_cast<std::size_t>(refusal_.column)];
    reject.field = field(row, refusal_.column).substr(0, shown_field_bytes);
  } else if (row.fault == RowFault::none && row.fields.size() != dialect_->columns.size()) {
    reject.field = fmt::format("{} fields instead of {}", row.fields.size(), dialect_->columns.size());
  }
  reject.line = row.line + static_cast<std::uint64_t>(std::count(row.begin, place, '\n'));
  const char* line_begin = place;
  while (line_begin > row.begin && line_begin[-1] != '\n') --line_begin;
  reject.column = static_cast<std::uint32_t>(place - line_begin) + 1;
  ledger.rejects.push_back(std::move(reject));
}

}  // namespace coterie
