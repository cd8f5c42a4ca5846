#include "coterie/sample/hostile.h"

#include <cassert>
#include <iterator>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "coterie/base/random.h"

namespace coterie {
namespace {

enum Column { time, type, product, category, code, brand, price, customer, session, columns };
using Row = std::array<std::string, columns>;
constexpr const char* header[columns] = {"event_time", "event_type", "product_id", "category_id", "category_code",
                                         "brand", "price", "user_id", "user_session"};

// Brands that cannot be written without quotes ('#' stands for the delimiter), and their plain twins.
struct Nasty {
  const char* text;
  const char* plain;
};
constexpr Nasty nasty_brands[] = {
    {"a#b", "delimiter"},         {"#", "lone_delimiter"},    {"say \"hi\"", "quotes"},
    {"\"", "lone_quote"},         {"two\nlines", "newline"},  {"two\r\nlines", "crlf"},
    {"\n", "lone_newline"},       {"\"#\n\"#\"", "all"},      {"x#view#1#2", "looks_like_fields"},
    {"\n2019-10-01 00:00:00 UTC#view#1#2###5.00#500000001#s", "looks_like_a_row"},
};
constexpr const char* bad_times[] = {"yesterday", "2019-13-01 00:00:00 UTC", "2019-02-30 10:00:00 UTC",
                                     "2019-10-01 24:00:01 UTC", "2019-10-01 10:61:00 UTC", "2019-10-", "--"};
constexpr const char* bad_prices[] = {"free", "1.2.3", "12.5 each", "-", ".", "1e", "0x1F"};
constexpr const char* bad_types[] = {"vieww", "remove", "VIEW?", "0"};

template <std::size_t n>
const char* one_of(const char* const (&words)[n], Random& random) {
  return words[random.below(n)];
}

Row good_row(const HostileOptions& o, std::uint64_t i, Random& random) {
  const std::uint64_t second = i * 7 + random.below(7), who = random.below(o.customers), item = random.below(200);
  const std::uint64_t luck = random.below(20);
  Row row;
  row[time] = fmt::format("2019-10-{:02} {:02}:{:02}:{:02} UTC", 1 + second / 86'400, second / 3'600 % 24, second / 60 % 60, second % 60);
  row[type] = luck < 16 ? "view" : luck < 18 ? "cart" : "purchase";
  row[product] = fmt::format("{}", 1'000'000 + item);
  row[category] = fmt::format("{}", 2'053'013'555'631'882'655u + item % 30);
  row[code] = item % 3 == 0 ? "" : fmt::format("department{}.leaf{}", item % 5, item % 30);
  row[brand] = item % 4 == 0 ? "" : fmt::format("brand{}", item % 17);
  row[price] = fmt::format("{}.{:02}", item * 3, item % 100);
  row[customer] = fmt::format("{}", 500'000'000 + who * 1'001);
  row[session] = fmt::format("{:08x}-0000-4000-8000-{:012x}", mix64(who) >> 32, second / 5'000);
  return row;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out += '"';
}

std::string nasty_text(const Nasty& nasty, char delimiter) {
  std::string text = nasty.text;
  for (char& c : text)
    if (c == '#') c = delimiter;
  return text;
}

std::string joined(const std::vector<std::string>& fields, char delimiter) {
  std::string line;
  for (const std::string& field : fields) line.append(&field == fields.data() ? 0 : 1, delimiter) += field;
  return line;
}

// Writes the row well, but as awkwardly as allowed; `row` becomes its plain twin.
std::vector<std::string> awkward_fields(Row& row, const HostileOptions& o, Random& random) {
  std::vector<std::string> fields(row.begin(), row.end());
  if (!o.quotes) return fields;
  if (random.below(4) == 0) {
    const Nasty& nasty = nasty_brands[random.below(std::size(nasty_brands))];
    fields[brand] = quoted(nasty_text(nasty, o.delimiter));
    row[brand] = nasty.plain;
  }
  for (std::size_t c = 0; c < columns; ++c)
    if (c != brand && random.below(10) == 0) fields[c] = quoted(fields[c]);
  return fields;
}

void spoil(std::vector<std::string>& fields, HostileFault fault, const HostileOptions& o, Random& random) {
  switch (fault) {
    case HostileFault::no_customer: fields[customer] = ""; break;
    case HostileFault::no_time: fields[time] = ""; break;
    case HostileFault::bad_time: fields[time] = one_of(bad_times, random); break;
    case HostileFault::bad_price: fields[price] = o.quotes && random.below(4) == 0 ? "\"12,5,1\"" : one_of(bad_prices, random); break;
    case HostileFault::unknown_type: fields[type] = one_of(bad_types, random); break;
    case HostileFault::too_few_fields: fields.resize(1 + random.below(columns - 1)); break;
    case HostileFault::too_many_fields: fields.push_back("more"); break;
    case HostileFault::unterminated_quote: fields[brand] = "\"never closed"; break;
  }
}

}  // namespace

const char* name_of(HostileFault fault) {
  static constexpr const char* names[hostile_faults] = {"no_customer",  "no_time",        "bad_time",        "bad_price",
                                                        "unknown_type", "too_few_fields", "too_many_fields", "unterminated_quote"};
  return names[static_cast<std::size_t>(fault)];
}

HostileLog make_hostile_events(const HostileOptions& o) {
  assert(o.rows <= 300'000 && o.customers >= 1);  // the times stay within October
  Random random(o.seed, 0x686f7374696c65);
  const std::string line_end = o.crlf ? "\r\n" : "\n";
  const std::string names = joined({std::begin(header), std::end(header)}, o.delimiter);
  HostileLog log;
  log.text = (o.byte_order_mark ? "\xef\xbb\xbf" : "") + names;
  log.clean = names + "\n";
  const auto add = [&](std::uint64_t i, bool bad, HostileFault fault) {
    Row row = good_row(o, i, random);
    std::vector<std::string> fields = awkward_fields(row, o, random);
    if (bad) spoil(fields, fault, o, random);
    log.text += line_end + joined(fields, o.delimiter);
    if (bad) ++log.rejected[static_cast<std::size_t>(fault)];
    else log.clean += joined({row.begin(), row.end()}, o.delimiter) + "\n", ++log.used;
    ++log.records;
  };
  for (std::uint64_t i = 0; i < o.rows; ++i) {
    if (o.blank_lines && random.below(50) == 0) log.text += line_end;
    const bool bad = random.uniform() < o.fault_share;
    add(i, bad, static_cast<HostileFault>(random.below(hostile_faults - 1)));
  }
  if (o.unterminated_quote) add(o.rows, true, HostileFault::unterminated_quote);
  if (o.newline_at_end) log.text += line_end;
  return log;
}

}  // namespace coterie
