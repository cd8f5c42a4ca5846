// Leaf parser of points in time: a value in milliseconds since 1970 (UTC), or nothing.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "coterie/base/time.h"
#include "coterie/source/parse_number.h"

namespace coterie {

// Accepts ISO 8601 dates and times: "2019-10-01", "2019-10-01 00:00:04", "2019-10-01T00:00:04.250Z",
// " UTC" or "+02:00" behind (a time without zone counts as UTC), and seconds (10 digits, also
// with a fraction) or milliseconds (13 digits) since 1970. Fractions are cut to milliseconds. Years 1 to 9999.
std::optional<std::int64_t> parse_time(std::string_view text);

// Remembers the last date, because logs repeat it a million times.
class TimeParser {
 public:
  // The field [p, p+n); may read up to 8 bytes beyond it.
  bool parse(const char* p, std::size_t n, std::int64_t& time_ms) {
    if ((n == 19 || (n == 23 && std::memcmp(p + 19, " UTC", 4) == 0)) && same_date(p)) {
      if (parse_clock(p + 11, time_ms)) {
        time_ms += date_ms_;
        return true;
      }
    }
    return parse_and_remember({p, n}, time_ms);
  }

 private:
  // "HH:MM:SS", eight bytes at once: digits become 0..9 and colons 0, then each byte is checked by its high bit.
  static bool parse_clock(const char* p, std::int64_t& ms) {
    const std::uint64_t word = load_u64(p) ^ 0x30303a30303a3030u;
    const std::uint64_t wrong = ((word + 0x76767f76767f7676u) | word) & 0x8080808080808080u;
    const std::uint64_t pairs = word * 10 + (word >> 8);
    const std::uint64_t hour = pairs & 0xff, minute = pairs >> 24 & 0xff, second = pairs >> 48 & 0xff;
    ms = static_cast<std::int64_t>((hour * 60 + minute) * 60 + second) * 1000;
    return wrong == 0 && hour < 24 && minute < 60 && second < 60;
  }
  // The eleven bytes "2019-10-01 ".
  bool same_date(const char* p) const { return load_u64(p) == first_ && load_u64(p + 3) == last_; }
  bool parse_and_remember(std::string_view text, std::int64_t& time_ms);

  std::uint64_t first_ = 0, last_ = 0;
  std::int64_t date_ms_ = 0;
};

}  // namespace coterie
