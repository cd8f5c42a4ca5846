#include "coterie/events/event_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <string>

#include "coterie/events/read_events.h"
#include "coterie/source/parse_number.h"
#include "coterie/source/recode.h"
#include "coterie/source/rounded_id.h"

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
std::string_view known_text(std::string_view text) { return text.empty() ? padded_unknown : text; }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

Reason reason_of(RowFault fault) {
  switch (fault) {
    case RowFault::unterminated_quote: return Reason::unterminated_quote;
    case RowFault::text_after_quote: return Reason::text_after_quote;
    default: return Reason::row_too_long;
  }
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
  dialect_ = &dialect, roles_ = &roles;
  kind_ = kind, rules_ = rules, dates_ = roles.dates.order;
  amounts_ = roles.amounts, rounded_ids_ = roles.rounded_ids;
  for (int r = 0; r < role_count; ++r) column_[r] = roles.choice[r].column;
  find_item_columns();
  keeps_product_words_ = product_words && column_[static_cast<int>(Role::product)] >= 0;
  has_product_names_ = column_[static_cast<int>(Role::product_name)] >= 0;
  const bool looks_at_rows = visitor != nullptr || rules.drop_duplicates || rounded_ids_;
  is_usual_ = kind == LogKind::events && dates_ == DateOrder::iso && !looks_at_rows && !census && column_[static_cast<int>(Role::event_type)] >= 0;
  has_session_ = column_[static_cast<int>(Role::session)] >= 0;
  if (census) census->begin_file(dialect, roles, kind);
}

void EventRows::find_item_columns() {
  first_item_column_ = INT_MAX, last_item_column_ = -1;
  std::string layout{dialect_->delimiter, amounts_.decimal};
  layout += amounts_.unit;
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
  if (rounded_ids_ && ends_in_rounding_zeros(text)) return refuse(Reason::rounded_id, column_[static_cast<int>(Role::customer)]);
  if (is_canonical_number(text) && parse_unsigned(text.data(), text.size(), value)) {
    event_.customer = value;
    writer_.prefetch(writer_.partition_of(value));
    return true;
  }
  if (is_scientific_id(text)) return refuse(Reason::rounded_id, column_[static_cast<int>(Role::customer)]);
  if (!is_ascii(text) && !is_utf8(text)) return name_customer(utf8_of(text));
  return name_customer(text);
}

bool EventRows::name_customer(std::string_view name) {
  event_.customer = identifier_of(name);
  customer_names.add(name, event_.customer);
  return true;
}

bool EventRows::parse_amount_of_money(std::string_view text, std::int64_t& micros) const {
  if (amounts_.decimal == '.' && parse_price(text.data(), text.size(), micros)) return true;
  const std::optional<std::int64_t> value = parse_money(text, amounts_);
  micros = value.value_or(0);
  return value.has_value();
}

bool EventRows::parse_item(const CsvRow& row) {
  const auto column = [&](Role role) { return column_[static_cast<int>(role)]; };
  const auto text = [&](Role role) { return column(role) < 0 ? std::string_view() : field(row, column(role)); };
  const std::string_view price = text(Role::price);
  event_.price_micros = no_price;
  if (!price.empty() && !parse_amount_of_money(price, event_.price_micros)) return refuse(Reason::bad_price, column(Role::price));
  event_.category = hash_padded_text(known_text(text(Role::category)));
  event_.brand = hash_padded_text(known_text(text(Role::brand)));
  event_.product = identifier_or_none(text(Role::product));
  note_text_product();
  return true;
}

// The event with the item that was parsed, by its number if it can have one. Texts of categories and brands are kept for reports.
void EventRows::append_item(const CsvRow& row) {
  const auto text = [&](Role role) {
    const int column = column_[static_cast<int>(role)];
    return known_text(column < 0 ? std::string_view() : field(row, column));
  };
  const auto [number, is_new] = writer_.items.add({event_.product, event_.category, event_.brand, event_.price_micros});
  if (number != ItemTable::none && !is_new) return keep_and_append(row, number);
  const std::uint32_t category = code_of(writer_.vocabulary.categories, text(Role::category), event_.category);
  const std::uint32_t brand = code_of(writer_.vocabulary.brands, text(Role::brand), event_.brand);
  if (number != ItemTable::none) keep_and_append(row, number);
  else writer_.append(event_, record::pack_item(event_, category, brand));
}

void EventRows::keep_and_append(const CsvRow& row, std::uint32_t number) {
  if (has_key(row)) front_.keep(ahead_[row.number % rows_ahead].key, number);
  writer_.append(event_, number);
}

bool EventRows::has_key(const CsvRow& row) const { return row.number != CsvRow::not_indexed && ahead_[row.number % rows_ahead].has_key; }

// With its item, from the front where it is there.
bool EventRows::append_event(const CsvRow& row) {
  const std::uint32_t number = has_key(row) ? front_.find(ahead_[row.number % rows_ahead].key) : ItemTable::none;
  if (number == ItemTable::none && !parse_item(row)) return false;
  if (number != ItemTable::none) writer_.append(event_, number);
  else append_item(row);
  keep_product_words(row);
  return true;
}

void EventRows::keep_product_words(const CsvRow& row) {
  if (has_product_words()) keep_product_words_of([&](int column) { return field(row, column); });
}

namespace {

[[gnu::always_inline]] inline std::string_view field_of(const IndexedRow& row, int column) {
  const auto c = static_cast<std::size_t>(column);
  const std::string_view text(row.begin(c), static_cast<std::size_t>(row.end(c) - row.begin(c)));
  return c + 1 == row.fields && text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

}  // namespace

void EventRows::look_ahead(const IndexedRow& row) {
  Ahead& ahead = ahead_[row.number % rows_ahead];
  ahead.has_key = ahead.has_customer = false;
  if (last_item_column_ < 0 || row.fields != dialect_->columns.size()) return;
  const char* const item = row.begin(static_cast<std::size_t>(first_item_column_));
  const auto size = static_cast<std::size_t>(row.end(static_cast<std::size_t>(last_item_column_)) - item);
  ahead.has_key = size >= ItemFront::shortest && size <= ItemFront::longest;
  if (!ahead.has_key) return;
  ahead.key = ItemFront::key_of(item, size, layout_);
  front_.prefetch(ahead.key);
  if (census) census->prefetch(ahead.key.hash);
  const std::string_view customer = field_of(row, column_[static_cast<int>(Role::customer)]);
  ahead.has_customer = !customer.empty() && is_canonical_number(customer) && parse_unsigned(customer.data(), customer.size(), ahead.customer);
  if (!ahead.has_customer) return;
  ahead.partition = writer_.partition_of(ahead.customer);
  writer_.prefetch(ahead.partition);
}

bool EventRows::take_indexed(const IndexedRow& row, BlockLedger& ledger) {
  const auto text = [&](Role role) { return field_of(row, column_[static_cast<int>(role)]); };
  // That row may not have been shown: then it is some other customer's place that is fetched.
  writer_.prefetch_record(ahead_[(row.number + rows_ahead / 2) % rows_ahead].partition);
  const Ahead& ahead = ahead_[row.number % rows_ahead];
  if (!is_usual_ || !ahead.has_customer) return false;
  const std::string_view time = text(Role::time);
  if (!time_.parse(time.data(), time.size(), event_.time_ms) || event_.time_ms > as_of_ms || !parse_type(text(Role::event_type))) return false;
  const std::uint32_t number = front_.find(ahead.key);
  if (number == ItemTable::none) return false;
  const std::string_view session = has_session_ ? text(Role::session) : std::string_view();
  event_.session = session.empty() ? no_identifier : hash_padded_text(session);
  event_.customer = ahead.customer;
  writer_.append(event_, number, ahead.partition);
  if (has_product_words()) [[unlikely]] keep_product_words_of([&](int column) { return field_of(row, column); });
  ++ledger.rows.read;
  count_used(ledger);
  return true;
}

bool EventRows::is_duplicate(const CsvRow& row) {
  std::string all;
  for (const std::string_view field : row.fields) all.append(field).push_back('\x1f');
  const XXH128_hash_t hash = XXH3_128bits(all.data(), all.size());
  return !seen_.insert({hash.high64, hash.low64}).second;
}

bool EventRows::parse(const CsvRow& row) {
  if (row.fault != RowFault::none) return refuse(reason_of(row.fault), -1);
  if (row.fields.size() != dialect_->columns.size()) {
    const bool cut = row.without_newline && row.fields.size() < dialect_->columns.size();
    return refuse(cut ? Reason::unfinished_last_line : Reason::wrong_field_count, -1);
  }
  if (rules_.drop_duplicates && is_duplicate(row)) return refuse(Reason::duplicate_row, -1);
  if (kind_ == LogKind::orders) return parse_order(row);
  const auto column = [&](Role role) { return column_[static_cast<int>(role)]; };
  const auto text = [&](Role role) { return column(role) < 0 ? std::string_view() : field(row, column(role)); };
  const std::string_view customer = text(Role::customer), time = text(Role::time), session = text(Role::session);
  if (customer.empty()) return refuse(Reason::no_customer, column(Role::customer));
  if (time.empty()) return refuse(Reason::no_time, column(Role::time));
  if (!parse_when(time)) return refuse(Reason::bad_time, column(Role::time));
  if (event_.time_ms > as_of_ms) return refuse(Reason::after_as_of, column(Role::time));
  if (!parse_type(text(Role::event_type))) return refuse(Reason::unknown_event_type, column(Role::event_type));
  if (!parse_customer(customer)) return false;
  event_.session = session.empty() ? no_identifier : hash_padded_text(session);
  return append_event(row);
}

void EventRows::count_in_census(const CsvRow& row, unsigned kind) {
  if (row.fault != RowFault::none || row.fields.size() != dialect_->columns.size()) return;
  census->see(row, kind, kind_ == LogKind::events && has_key(row) ? std::optional(ahead_[row.number % rows_ahead].key.hash) : std::nullopt);
}

void EventRows::take(const CsvRow& row, BlockLedger& ledger) {
  ++ledger.rows.read;
  saw_last_line_without_newline |= row.without_newline;
  const bool is_used = parse(row);
  std::optional<RowRefusal> second_thought;
  if (visitor != nullptr && is_used) second_thought = (*visitor)(row, event_, *dialect_, *roles_);
  if (second_thought) refusal_ = *second_thought;
  if (census) count_in_census(row, is_used && !second_thought ? static_cast<unsigned>(event_.type) : census_set_aside);
  if (!is_used || second_thought) {
    ++ledger.rows.set_aside[static_cast<std::size_t>(refusal_.reason)];
    if (refusal_.reason != Reason::after_as_of) note(row, ledger);
    return;
  }
  count_used(ledger);
}

void EventRows::count_used(BlockLedger& ledger) {
  ++ledger.rows.used;
  ++events_by_type[static_cast<std::size_t>(event_.type)];
  first_ms = std::min(first_ms, event_.time_ms);
  last_ms = std::max(last_ms, event_.time_ms);
  if (count_days) days.add(event_.time_ms);
}

void EventRows::note(const CsvRow& row, BlockLedger& ledger) const {
  Reject reject;
  reject.reason = refusal_.reason;
  const char* place = row.fault_at != nullptr ? row.fault_at : row.begin;
  if (refusal_.column >= 0) {
    place = field_begin(row.begin, refusal_.column, dialect_->delimiter);
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
