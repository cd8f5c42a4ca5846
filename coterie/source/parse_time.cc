#include "coterie/source/parse_time.h"

namespace coterie {
namespace {

// Takes exactly `n` digits off the front of `text`.
bool take_digits(std::string_view& text, std::size_t n, int& value) {
  if (text.size() < n) return false;
  value = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(n);
  return true;
}

bool take(std::string_view& text, std::string_view wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(wanted.size());
  return true;
}

bool take_date(std::string_view& text, std::int64_t& ms) {
  int year, month, day;
  if (!take_digits(text, 4, year) || !take(text, "-") || !take_digits(text, 2, month) || !take(text, "-") || !take_digits(text, 2, day))
    return false;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > static_cast<int>(days_in_month(year, static_cast<unsigned>(month)))) return false;
  ms = days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) * ms_per_day;
  return true;
}

// Digits of a second's fraction, cut to milliseconds; false without a digit.
bool take_fraction(std::string_view& text, int& ms) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return false;
  ms = 0;
  for (int unit = 100; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), unit /= 10) ms += unit * (text[0] - '0');
  return true;
}

bool take_clock(std::string_view& text, std::int64_t& ms) {
  int hour, minute, second = 0, fraction = 0;
  if (!take_digits(text, 2, hour) || !take(text, ":") || !take_digits(text, 2, minute)) return false;
  if (take(text, ":") && !take_digits(text, 2, second)) return false;
  if (take(text, ".") && !take_fraction(text, fraction)) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  ms = ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + fraction;
  return true;
}

// The zone's distance from UTC, which is what has to be taken off.
bool take_zone(std::string_view& text, std::int64_t& ms) {
  ms = 0;
  if (text.empty() || take(text, "Z") || take(text, " UTC")) return true;
  const int sign = text[0] == '-' ? -1 : 1;
  int hours, minutes = 0;
  if (!take(text, "+") && !take(text, "-")) return false;
  if (!take_digits(text, 2, hours)) return false;
  const bool colon = take(text, ":");
  if ((colon || !text.empty()) && !take_digits(text, 2, minutes)) return false;
  if (hours > 15 || minutes > 59) return false;
  ms = sign * (hours * 60 + minutes) * std::int64_t{60'000};
  return true;
}

std::optional<std::int64_t> parse_epoch(std::string_view text) {
  std::int64_t value = 0;
  int fraction = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 14; ++digits) value = value * 10 + (text[digits] - '0');
  text.remove_prefix(digits);
  if (digits == 13 && text.empty()) return value;
  if (digits != 10 || (take(text, ".") && !take_fraction(text, fraction)) || !text.empty()) return std::nullopt;
  return value * 1000 + fraction;
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  if (const auto epoch = parse_epoch(text)) return epoch;
  std::int64_t date, clock = 0, zone = 0;
  if (!take_date(text, date)) return std::nullopt;
  if (!text.empty()) {
    if (!take(text, "T") && !take(text, " ")) return std::nullopt;
    if (!take_clock(text, clock) || !take_zone(text, zone)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return date + clock - zone;
}

bool TimeParser::parse_and_remember(std::string_view text, std::int64_t& time_ms) {
  const std::optional<std::int64_t> parsed = parse_time(text);
  if (!parsed) return false;
  time_ms = *parsed;
  // Not "2019-10-01 01:30+02", which is as long and lies in the day before.
  const bool plain = (text.size() == 19 || (text.size() == 23 && text.ends_with(" UTC"))) && text[10] == ' ' && text[16] == ':';
  if (plain) {
    first_ = load_u64(text.data());
    last_ = load_u64(text.data() + 3);
    date_ms_ = floor_divide(time_ms, ms_per_day) * ms_per_day;
  }
  return true;
}

}  // namespace coterie
