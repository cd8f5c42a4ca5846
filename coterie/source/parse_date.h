// Points in time as people and spreadsheets write them: "12/1/2010 8:26", "1.12.2010", "20101201". Which part is the day
// and which the month is a property of a column, guessed from its values and never from one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coterie {

enum class DateOrder {
  iso,              // parse_time: 2010-12-01, seconds and milliseconds since 1970
  year_month_day,   // 2010/12/1, 20101201
  month_day_year,   // 12/1/2010
  day_month_year,   // 1/12/2010, 1.12.2010
};
const char* name_of(DateOrder order);  // "month-day-year"
std::optional<DateOrder> date_order_from_name(std::string_view name);

struct DateFormat {
  DateOrder order = DateOrder::iso;
  bool ambiguous = false;  // month-day-year and day-month-year both fit all values
  double share = 0;        // of the values that are points in time in this order
  std::string other = {};  // a value that is one in another order only: the column mixes them
};

// Milliseconds since 1970 (UTC). Parts are set apart by / . or -, years have four digits; behind the date may stand a blank
// or T and a clock: H:MM or H:MM:SS, with AM or PM. 2010-12-01 is read in any order: it can be nothing else.
std::optional<std::int64_t> parse_date(std::string_view text, DateOrder order);

// The order that fits most values; ties to the first of the list above, so that 3/4/2010 is March, save that parts set apart by
// points are day first.
DateFormat guess_date_format(std::span<const std::string_view> values);

}  // namespace coterie
