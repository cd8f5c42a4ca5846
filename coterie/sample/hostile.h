// Event logs as bad as they come, with what must become of them: which rows are to be used (as a clean log of
// the same columns) and how many are to be rejected for which fault. For tests of readers.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace coterie {

// Each bad row has exactly one fault.
enum class HostileFault {
  no_customer,        // user_id is blank
  no_time,            // event_time is blank
  bad_time,           // event_time is no time: a word, month 13, 30 February, hour 24, an epoch cut in half
  bad_price,          // price is no number: a word, two points, "12,5" in quotes, a lone sign
  unknown_type,       // event_type is none of view, cart, purchase
  too_few_fields,     // the row ends early, with at least one field missing
  too_many_fields,    // one field too many
  unterminated_quote  // the last record opens a quote that is never closed; it takes in all that follows
};
inline constexpr std::size_t hostile_faults = 8;
const char* name_of(HostileFault fault);

struct HostileOptions {
  std::uint64_t rows = 2'000;      // records altogether, good and bad, without the header and blank lines
  std::uint64_t customers = 60;    // drawn from; few enough that each has several events
  std::uint64_t seed = 1;
  char delimiter = ',';
  double fault_share = 0.1;         // of the rows, spread over the faults but the last
  bool quotes = true;               // quoted fields with delimiters, doubled quotes and line breaks inside
  bool crlf = false;                // lines end in CR LF
  bool byte_order_mark = false;
  bool blank_lines = true;          // empty lines between records: no records, not to be counted
  bool newline_at_end = true;
  bool unterminated_quote = false;  // adds one bad record at the end (not counted in `rows`)
};

struct HostileLog {
  std::string text;   // the log with all its faults
  std::string clean;  // the rows to be used, in order, plainly written: no quotes or line breaks needed, LF
  std::uint64_t records = 0, used = 0;  // records = used + the sum of rejected
  std::array<std::uint64_t, hostile_faults> rejected{};  // by HostileFault
};

// In `clean` a brand that needed quotes stands as one without (another word, one for one), so that distinct
// counts are the same. Columns and times as in events.h.
HostileLog make_hostile_events(const HostileOptions& options = {});

}  // namespace coterie
