#include "coterie/source/parse_date.h"

#include <algorithm>
#include <array>

#include "coterie/base/time.h"
#include "coterie/source/parse_time.h"

namespace coterie {
namespace {

constexpr std::array order_names = {"iso", "year-month-day", "month-day-year", "day-month-year"};

// Takes 1 to `most` digits off the front; their number in `digits`.
bool take_number(std::string_view& text, std::size_t most, int& value, std::size_t& digits) {
  value = 0, digits = 0;
  while (digits < most && digits < text.size() && text[digits] >= '0' && text[digits] <= '9') value = value * 10 + (text[digits++] - '0');
  text.remove_prefix(digits);
  return digits > 0;
}

bool take_two(std::string_view& text, int& value) {
  std::size_t digits;
  return take_number(text, 2, value, digits);
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

// The date's three numbers in their order; 20101201 as 2010, 12, 1.
bool take_parts(std::string_view& text, DateOrder order, std::array<int, 3>& parts) {
  const bool year_first = order == DateOrder::year_month_day;
  std::size_t digits;
  if (year_first && text.size() >= 8 && std::all_of(text.begin(), text.begin() + 8, [](char c) { return c >= '0' && c <= '9'; })) {
    int date;
    take_number(text, 8, date, digits);
    parts = {date / 10'000, date / 100 % 100, date % 100};
    return true;
  }
  char mark = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const bool is_year = i == (year_first ? 0 : 2);
    if (!take_number(text, is_year ? 4 : 2, parts[i], digits) || (is_year && digits != 4)) return false;
    if (i == 2) break;
    if (mark == 0 && !text.empty()) mark = text[0];
    if ((mark != '/' && mark != '.' && mark != '-') || !take(text, mark)) return false;
  }
  return true;
}

bool take_clock(std::string_view& text, std::int64_t& ms) {
  int hour, minute, second = 0;
  if (!take_two(text, hour) || !take(text, ':') || !take_two(text, minute)) return false;
  if (take(text, ':') && !take_two(text, second)) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  if (text.starts_with(' ') && text.size() == 3 && text[2] == 'M' && (text[1] == 'A' || text[1] == 'P')) {
    if (hour < 1 || hour > 12) return false;
    hour = hour % 12 + (text[1] == 'P' ? 12 : 0);
    text = {};
  }
  ms = ((hour * 60 + minute) * 60 + second) * std::int64_t{1000};
  return true;
}

std::optional<std::int64_t> date_ms(const std::array<int, 3>& parts, DateOrder order) {
  const int year = order == DateOrder::year_month_day ? parts[0] : parts[2];
  const int month = order == DateOrder::month_day_year ? parts[0] : parts[1];
  const int day = order == DateOrder::year_month_day ? parts[2] : order == DateOrder::month_day_year ? parts[1] : parts[0];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > static_cast<int>(days_in_month(year, static_cast<unsigned>(month)))) return std::nullopt;
  return days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) * ms_per_day;
}

// The first value that is a date, but not in this order; "" if there is none.
std::string date_of_another_order(std::span<const std::string_view> values, DateOrder order) {
  for (const std::string_view text : values) {
    if (parse_date(text, order)) continue;
    for (const DateOrder other : {DateOrder::iso, DateOrder::year_month_day, DateOrder::month_day_year, DateOrder::day_month_year})
      if (parse_date(text, other)) return std::string(text);
  }
  return {};
}

}  // namespace

const char* name_of(DateOrder order) { return order_names[static_cast<std::size_t>(order)]; }

std::optional<DateOrder> date_order_from_name(std::string_view name) {
  const auto it = std::find(order_names.begin(), order_names.end(), name);
  return it == order_names.end() ? std::nullopt : std::optional(static_cast<DateOrder>(it - order_names.begin()));
}

std::optional<std::int64_t> parse_date(std::string_view text, DateOrder order) {
  if (order == DateOrder::iso) return parse_time(text);
  if (text.size() >= 10 && text[4] == '-')
    if (const auto time = parse_time(text)) return time;
  std::array<int, 3> parts;
  if (!take_parts(text, order, parts)) return std::nullopt;
  const std::optional<std::int64_t> date = date_ms(parts, order);
  if (!date || text.empty()) return date;
  std::int64_t clock;
  if ((!take(text, ' ') && !take(text, 'T')) || !take_clock(text, clock) || !text.empty()) return std::nullopt;
  return *date + clock;
}

DateFormat guess_date_format(std::span<const std::string_view> values) {
  std::array<std::size_t, 4> fits{};
  std::size_t points = 0;
  for (const std::string_view text : values) {
    // What ISO reads speaks for ISO alone, though it is read in any order.
    const bool is_iso = parse_time(text).has_value();
    fits[0] += is_iso;
    for (std::size_t order = 1; order < fits.size() && !is_iso; ++order) fits[order] += parse_date(text, static_cast<DateOrder>(order)).has_value();
    points += text.find('.') < 3;
  }
  auto best = static_cast<std::size_t>(std::max_element(fits.begin(), fits.end()) - fits.begin());
  constexpr auto month_first = static_cast<std::size_t>(DateOrder::month_day_year), day_first = static_cast<std::size_t>(DateOrder::day_month_year);
  const bool ambiguous = best == month_first && fits[day_first] == fits[month_first];
  if (ambiguous && 2 * points > values.size()) best = day_first;
  const auto order = static_cast<DateOrder>(best);
  const auto read = std::count_if(values.begin(), values.end(), [&](std::string_view text) { return parse_date(text, order).has_value(); });
  const double share = values.empty() ? 0 : static_cast<double>(read) / static_cast<double>(values.size());
  return {order, ambiguous && best == month_first, share, date_of_another_order(values, order)};
}

}  // namespace coterie
