#include "coterie/sample/hostile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {
namespace {

using Record = std::vector<std::string>;

// RFC 4180, one character at a time. A record that ends inside quotes is left out and reported.
struct Parsed {
  std::vector<Record> records;
  bool unterminated = false;
};
Parsed parse(std::string_view text, char delimiter) {
  Parsed parsed;
  Record record;
  std::string field;
  bool in_quotes = false, any = false;
  const auto end_record = [&] {
    if (any) record.push_back(field), parsed.records.push_back(record);
    record.clear(), field.clear(), any = false;
  };
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_quotes && c == '"' && i + 1 < text.size() && text[i + 1] == '"') field += text[++i];
    else if (c == '"') in_quotes = !in_quotes, any = true;
    else if (in_quotes) field += c;
    else if (c == delimiter) record.push_back(field), field.clear(), any = true;
    else if (c == '\n') end_record();
    else if (c != '\r') field += c, any = true;
  }
  parsed.unterminated = in_quotes;
  if (!in_quotes) end_record();
  return parsed;
}

// A time and a price as the generator's good rows write them; everything else it writes is bad.
bool is_time(const std::string& t) {
  if (t.size() != 23 || !t.starts_with("2019-10-") || !t.ends_with(" UTC")) return false;
  const int hour = std::stoi(t.substr(11, 2)), minute = std::stoi(t.substr(14, 2));
  return hour < 24 && minute < 60;
}
bool is_price(const std::string& p) {
  return p.size() > 3 && p[p.size() - 3] == '.' && std::count(p.begin(), p.end(), '.') == 1 &&
         p.find_first_not_of("0123456789.") == p.npos;
}

std::optional<HostileFault> fault_of(const Record& r) {
  if (r.size() < 9) return HostileFault::too_few_fields;
  if (r.size() > 9) return HostileFault::too_many_fields;
  if (r[7].empty()) return HostileFault::no_customer;
  if (r[0].empty()) return HostileFault::no_time;
  if (!is_time(r[0])) return HostileFault::bad_time;
  if (!is_price(r[6])) return HostileFault::bad_price;
  if (r[1] != "view" && r[1] != "cart" && r[1] != "purchase") return HostileFault::unknown_type;
  return std::nullopt;
}

void expect_consistent(const HostileOptions& options) {
  const HostileLog log = make_hostile_events(options);
  const Parsed dirty = parse(log.text, options.delimiter), clean = parse(log.clean, options.delimiter);
  EXPECT_EQ(log.records, log.used + std::accumulate(log.rejected.begin(), log.rejected.end(), std::uint64_t{0}));
  EXPECT_EQ(log.records, options.rows + options.unterminated_quote);
  EXPECT_EQ(dirty.unterminated, options.unterminated_quote);
  ASSERT_EQ(dirty.records.size(), options.rows + 1);
  ASSERT_EQ(clean.records.size(), log.used + 1);
  EXPECT_EQ(dirty.records[0], clean.records[0]);

  std::array<std::uint64_t, hostile_faults> rejected{};
  rejected[static_cast<std::size_t>(HostileFault::unterminated_quote)] = dirty.unterminated;
  std::size_t next = 1;
  for (std::size_t i = 1; i < dirty.records.size(); ++i) {
    Record row = dirty.records[i];
    if (const auto fault = fault_of(row)) {
      ++rejected[static_cast<std::size_t>(*fault)];
      continue;
    }
    Record twin = clean.records.at(next++);
    EXPECT_EQ(row[5].empty(), twin[5].empty());
    row[5] = twin[5];  // brands may differ by name, one for one
    EXPECT_EQ(row, twin);
  }
  EXPECT_EQ(rejected, log.rejected);
}

TEST(HostileEvents, hold_exactly_the_faults_they_report) {
  expect_consistent({});
  expect_consistent({.crlf = true, .byte_order_mark = true, .newline_at_end = false});
  expect_consistent({.seed = 2, .delimiter = ';', .fault_share = 0.6});
  expect_consistent({.seed = 3, .delimiter = '\t', .quotes = false, .blank_lines = false});
  expect_consistent({.seed = 4, .unterminated_quote = true});
  expect_consistent({.rows = 0, .newline_at_end = false});
}

TEST(HostileEvents, contain_every_fault_and_quoted_line_breaks) {
  const HostileLog log = make_hostile_events({.unterminated_quote = true});
  for (const auto n : log.rejected) EXPECT_GT(n, 0u);
  const auto lines = static_cast<std::uint64_t>(std::count(log.text.begin(), log.text.end(), '\n'));
  EXPECT_GT(lines, log.records + 200);
  EXPECT_EQ(log.clean.find('"'), log.clean.npos);
}

TEST(HostileEvents, are_the_same_for_the_same_seed) {
  EXPECT_EQ(make_hostile_events().text, make_hostile_events().text);
  EXPECT_NE(make_hostile_events().text, make_hostile_events({.seed = 2}).text);
}

}  // namespace
}  // namespace coterie
