#include "coterie/events/read_events.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "coterie/events/history.h"
#include "coterie/base/error.h"
#include "coterie/events/event_log_test.h"
#include "coterie/events/event_rows.h"
#include "coterie/sample/hostile.h"

namespace coterie {
namespace {

constexpr const char* header = "event_time,event_type,product_id,category_code,brand,price,user_id,user_session\n";
constexpr const char* good = "2019-10-01 00:00:00 UTC,view,1,a.b,x,1.00,7,s\n";

struct ReadResult {
  ReadReport report;
  std::vector<Event> events;  // sorted
  std::string rejects;        // rejects.csv without its header and without the folder of the files
  std::vector<std::string> names;
};

std::string without(std::string text, const std::string& part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part)) text.erase(at, part.size());
  return text;
}

ReadResult read(const TestFolder& folder, const std::vector<std::string>& paths, ReadEventsOptions options = {}) {
  options.rejects_path = folder.path("rejects.csv");
  if (options.threads == 0) options.threads = 2;
  EventLog log = read_events(paths, options);
  ReadResult result{log.report, {}, {}, {}};
  HistoryReader reader;
  for (std::size_t p = 0; p < log.store.partitions(); ++p)
    reader.for_each(log.store, p, 0, [&](const History& history) {
      result.events.insert(result.events.end(), history.events.begin(), history.events.end());
    });
  std::sort(result.events.begin(), result.events.end(), [](const Event& a, const Event& b) { return all_fields(a) < all_fields(b); });
  for (std::uint32_t c = 0; c < log.customer_names.size(); ++c) result.names.emplace_back(log.customer_names.text(c));
  std::sort(result.names.begin(), result.names.end());
  log.rejects->commit();
  const std::string text = content_of(options.rejects_path);
  result.rejects = without(text.substr(text.find('\n') + 1), folder.path() + "/");
  return result;
}

ReadResult read_text(const std::string& text, ReadEventsOptions options = {}) {
  const TestFolder folder;
  return read(folder, {folder.file("log.csv", text)}, std::move(options));
}

std::string error_of(const std::string& text, ReadEventsOptions options = {}) {
  const TestFolder folder;
  try {
    read(folder, {folder.file("log.csv", text)}, std::move(options));
  } catch (const Error& error) {
    return without(std::string(name_of(error.kind)) + " " + text_of(error), folder.path() + "/");
  }
  return "";
}

std::uint64_t set_aside(const RowCounts& rows, Reason reason) { return rows.set_aside[static_cast<std::size_t>(reason)]; }

void expect_same(const ReadResult& a, const ReadResult& b, const std::string& what) {
  EXPECT_EQ(a.rejects, b.rejects) << what;
  EXPECT_EQ(a.report.rows.read, b.report.rows.read) << what;
  EXPECT_EQ(a.report.rows.used, b.report.rows.used) << what;
  EXPECT_EQ(a.report.rows.blank_lines, b.report.rows.blank_lines) << what;
  EXPECT_EQ(a.report.rows.set_aside, b.report.rows.set_aside) << what;
  EXPECT_EQ(a.report.events_by_type, b.report.events_by_type) << what;
  EXPECT_EQ(a.report.first_ms, b.report.first_ms) << what;
  EXPECT_EQ(a.report.last_ms, b.report.last_ms) << what;
  EXPECT_EQ(a.names, b.names) << what;
  ASSERT_EQ(a.events.size(), b.events.size()) << what;
  for (std::size_t i = 0; i < a.events.size(); ++i) ASSERT_EQ(all_fields(a.events[i]), all_fields(b.events[i])) << what;
}

// Rows with a quote are read field by field, others by the index and with the item at hand.
TEST(ReadEvents, UsualRowsGiveWhatTheSameRowsGiveInQuotes) {
  Random random(12);
  const char* categories[] = {"", "unknown", "electronics.smartphone", "appliances.kitchen.refrigerators.of.a.name.that.is.longer.than.most.names.of.categories.are"};
  const char* types[] = {"view", "cart", "purchase", "remove_from_cart", "View", "sale"};
  const char* times[] = {"2019-10-01 00:00:07 UTC", "2019-10-01 23:59:59 UTC", "2019-11-02 10:11:12 UTC", "2019-10-01T10:11:12Z", "2019-10-01 25:00:00 UTC", ""};
  for (const char* newline : {"\n", "\r\n"}) {
    std::string plain = "event_time,event_type,product_id,category_code,brand,price,user_id,user_session" + std::string(newline), quoted = plain;
    for (int i = 0; i < 20'000; ++i) {
      const std::string fields[] = {times[random.below(30) == 0 ? random.below(6) : random.below(3)], types[random.below(20) == 0 ? random.below(6) : 0],
                                    std::to_string(1'000'000 + random.below(300)), categories[random.below(4)], random.below(3) == 0 ? "" : "brand" + std::to_string(random.below(30)),
                                    fmt::format("{}.{:02}", random.below(5), random.below(3)), random.below(50) == 0 ? "anna" : std::to_string(random.below(900)),
                                    random.below(9) == 0 ? "" : fmt::format("{:08x}-6a9f-4a2b-8c7d-{:012x}", random.below(40), random.below(40))};
      for (std::size_t f = 0; f < std::size(fields); ++f) {
        const char* const end = f + 1 == std::size(fields) ? newline : ",";
        plain += fields[f] + end;
        quoted += "\"" + fields[f] + "\"" + end;
      }
    }
    ReadResult a = read_text(plain), b = read_text(quoted);
    EXPECT_GT(a.report.rows.used, 18'000u);
    EXPECT_GT(a.report.rows.all_set_aside(), 100u);
    a.rejects.clear(), b.rejects.clear();  // their columns differ by the quotes
    expect_same(a, b, newline);
    expect_same(read_text(plain, {.threads = 3, .memory_bytes = 1, .block_bytes = 30'000}), read_text(plain), "in small blocks, spilled");
  }
}

TEST(ReadEvents, MakesAnEventOfEachField) {
  const ReadResult result = read_text(std::string(header) + "2019-10-01 00:00:04.250 UTC,Purchase,12,a.b,\"x, y\",33.20,513903572,s-1\n"
                                                            "1569888005,view,sku-7,,,,anna,\n");
  ASSERT_EQ(result.events.size(), 2u);
  const Event& bought = result.events[0];
  EXPECT_EQ(bought.time_ms, 1'569'888'004'250);
  EXPECT_EQ(bought.type, EventType::purchase);
  EXPECT_EQ(bought.product, 12u);
  EXPECT_EQ(bought.category, hash_text("a.b"));
  EXPECT_EQ(bought.brand, hash_text("x, y"));
  EXPECT_EQ(bought.price_micros, 33'200'000);
  EXPECT_EQ(bought.customer, 513'903'572u);
  EXPECT_EQ(bought.session, hash_text("s-1"));
  const Event& seen = result.events[1];
  EXPECT_EQ(seen.time_ms, 1'569'888'005'000);
  EXPECT_EQ(seen.product, identifier_of("sku-7"));
  EXPECT_EQ(seen.category, hash_text("unknown"));
  EXPECT_EQ(seen.brand, hash_text("unknown"));
  EXPECT_EQ(seen.price_micros, no_price);
  EXPECT_EQ(seen.customer, identifier_of("anna"));
  EXPECT_EQ(seen.session, no_identifier);
  EXPECT_EQ(result.names, std::vector<std::string>{"anna"});
  EXPECT_EQ(result.report.first_ms, 1'569'888'004'250);
  EXPECT_EQ(result.report.last_ms, 1'569'888'005'000);
}

TEST(IdentifierOf, TakesCanonicalNumbersAsTheyAreAndHashesTheRest) {
  EXPECT_EQ(identifier_of("0"), 0u);
  EXPECT_EQ(identifier_of("999999999999999999"), 999'999'999'999'999'999u);
  for (const char* text : {"", "00", "007", "1000000000000000000", "-1", "1.0", " 1", "anna"}) EXPECT_GE(identifier_of(text), named_flag) << text;
  EXPECT_NE(identifier_of("07"), identifier_of("7"));
}

TEST(ReadEvents, SaysOfEachBadRowWhereAndWhy) {
  struct Case {
    const char* row;
    const char* reject;  // behind "log.csv,"
  };
  const Case cases[] = {
      {"2019-10-01 00:00:00 UTC,view,1,a.b,x,1.00,,s\n", "3,43,user_id,no_customer,"},
      {",view,1,a.b,x,1.00,7,s\n", "3,1,event_time,no_time,"},
      {"2019-13-01 00:00:00 UTC,view,1,a.b,x,1.00,7,s\n", "3,1,event_time,bad_time,2019-13-01 00:00:00 UTC"},
      {"2019-10-01 00:00:00 UTC,look,1,a.b,x,1.00,7,s\n", "3,25,event_type,unknown_event_type,look"},
      {"2019-10-01 00:00:00 UTC,,1,a.b,x,1.00,7,s\n", "3,25,event_type,unknown_event_type,"},
      {"2019-10-01 00:00:00 UTC,view,1,a.b,x,\"12,5\",7,s\n", "3,38,price,bad_price,\"12,5\""},
      {"2019-10-01 00:00:00 UTC,view,1,a.b,x,\"5\"\" disk\",7,s\n", "3,38,price,bad_price,\"5\"\" disk\""},
      {"2019-10-01 00:00:00 UTC,view,1,a.b,\"two\nlines, \"\"both\"\" long\",free,7,s\n", "4,23,price,bad_price,free"},
      {"2019-10-01 00:00:00 UTC,view,1,a.b,x,1.00,7\n", "3,1,,wrong_field_count,7 fields instead of 8"},
      {"2019-10-01 00:00:00 UTC,view,1,a.b,x,1.00,7,s,t\n", "3,1,,wrong_field_count,9 fields instead of 8"},
      {"2019-10-01 00:00:00 UTC,view,1,\"a.b,x,1.00,7,s\n", "3,32,,unterminated_quote,"},
      {"2019-10-01 00:00:00 UTC,view,1,\"a.b\"c,x,1.00,7,s\n", "3,32,,text_after_quote,"},
      {"\"\"\n", "3,1,,wrong_field_count,1 fields instead of 8"},
  };
  for (const Case& c : cases) {
    const ReadResult result = read_text(std::string(header) + good + c.row + good);
    EXPECT_EQ(result.rejects, std::string("log.csv,") + c.reject + "\n") << c.row;
    EXPECT_EQ(result.report.rows.read, 3u) << c.row;
    EXPECT_EQ(result.report.rows.used, 2u) << c.row;
    EXPECT_EQ(result.events.size(), 2u) << c.row;
  }
}

TEST(ReadEvents, ALongFieldIsShownByItsBeginning) {
  const ReadResult result = read_text(std::string(header) + good + "2019-10-01 00:00:00 UTC,view,1,a.b,x," + std::string(5000, '7') + "x,7,s\n");
  EXPECT_EQ(result.rejects, "log.csv,3,38,price,bad_price," + std::string(100, '7') + "\n");
}

TEST(ReadEvents, TheLastLineMayLackItsNewlineAndIsUnfinishedWhenFieldsLack) {
  const std::string row = std::string(good).substr(0, std::string(good).size() - 1);
  const ReadResult whole = read_text(std::string(header) + good + row);
  EXPECT_EQ(whole.report.rows.used, 2u);
  EXPECT_TRUE(whole.report.inputs[0].last_line_without_newline);
  EXPECT_FALSE(read_text(std::string(header) + good).report.inputs[0].last_line_without_newline);
  const ReadResult cut = read_text(std::string(header) + good + row.substr(0, 30));
  EXPECT_EQ(cut.report.rows.used, 1u);
  EXPECT_EQ(cut.rejects, "log.csv,3,1,,unfinished_last_line,3 fields instead of 8\n");
  EXPECT_EQ(set_aside(cut.report.rows, Reason::unfinished_last_line), 1u);
  EXPECT_EQ(read_text(std::string(header) + good + row.substr(0, 30) + "\n").rejects, "log.csv,3,1,,wrong_field_count,3 fields instead of 8\n");
  EXPECT_EQ(read_text(std::string(header) + good + "a,b,c,d,e,f,g,h,i").rejects, "log.csv,3,1,,wrong_field_count,9 fields instead of 8\n");
}

TEST(ReadEvents, BlankLinesAreCountedAndAreNoRows) {
  const ReadResult result = read_text(std::string("\n\r\n") + header + "\n" + good + "\r\n\n" + "bad\n" + good + "\n");
  EXPECT_EQ(result.report.rows.read, 3u);
  EXPECT_EQ(result.report.rows.used, 2u);
  EXPECT_EQ(result.report.rows.blank_lines, 4u) << "those behind the header";
  EXPECT_EQ(result.rejects, "log.csv,8,1,,wrong_field_count,1 fields instead of 8\n");
}

TEST(ReadEvents, CountsLinesBehindAHeaderOfTwoLinesAndAByteOrderMark) {
  const ReadResult result = read_text("\xef\xbb\xbf" "event_time,event_type,user_id,\"price\nin euro\"\r\n2019-10-01,view,7,1.00\r\n2019-10-01,view,7,dear\r\n",
                                      {.roles = {{"price", "price\nin euro"}}});
  EXPECT_EQ(result.report.rows.used, 1u);
  EXPECT_EQ(result.rejects, "log.csv,4,19,\"price\nin euro\",bad_price,dear\n");
}

TEST(ReadEvents, WithoutAHeaderTheFirstRowIsARow) {
  const ReadResult result = read_text("2019-10-01,view,7\nyesterday,view,7\n", {.roles = {{"time", "column_1"}, {"customer", "column_3"}}});
  EXPECT_EQ(result.report.rows.used, 1u);
  EXPECT_EQ(result.rejects, "log.csv,2,1,column_1,bad_time,yesterday\n");
}

TEST(ReadEvents, CrlfGivesTheSameEvents) {
  std::string text = std::string(header) + good + good + "2019-10-01 00:00:00,cart,1,,,,8,\"q\nr\"\nbad,row\n", crlf;
  for (const char c : text) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  const ReadResult lf = read_text(text), cr = read_text(crlf);
  EXPECT_EQ(lf.rejects, cr.rejects);
  EXPECT_EQ(lf.report.rows.used, cr.report.rows.used);
  EXPECT_EQ(lf.events.size(), cr.events.size());
  EXPECT_TRUE(cr.report.inputs[0].dialect.crlf);
}

TEST(ReadEvents, BlocksOfAnySizeAndAnyThreadsGiveTheSame) {
  for (const bool quotes : {false, true}) {
    const HostileLog log = make_hostile_events({.rows = 150, .seed = 3, .quotes = quotes, .newline_at_end = false});
    const ReadResult expected = read_text(log.text, {.threads = 1});
    for (const std::size_t block : {1, 7, 64, 100, 1000, 20'000})
      for (const int threads : {1, 2, 3, 5})
        expect_same(read_text(log.text, {.threads = threads, .block_bytes = block}), expected, fmt::format("block {} threads {} quotes {}", block, threads, quotes));
  }
}

TEST(ReadEvents, LineNumbersAreRightBehindARowLongerThanABlock) {
  for (const std::size_t length : {std::size_t{200'000}, std::size_t{300'000}, std::size_t{700'000}, std::size_t{1'000'000}, std::size_t{1'600'000}})
    for (const bool quote : {false, true}) {
      const std::string text = std::string(header) + good + (quote ? "\"" : "") + std::string(length, 'x') + "\nbad\n" + good + "bad\n";
      const ReadResult expected = read_text(text, {.threads = 1});
      EXPECT_EQ(expected.report.rows.read, 5u);
      EXPECT_NE(expected.rejects.find("log.csv,4,1,,wrong_field_count"), std::string::npos) << expected.rejects;
      EXPECT_NE(expected.rejects.find("log.csv,6,1,,wrong_field_count"), std::string::npos) << expected.rejects;
      for (const std::size_t block : {std::size_t{100'000}, std::size_t{512} << 10, std::size_t{600'000}, std::size_t{1} << 20})
        expect_same(read_text(text, {.threads = 3, .block_bytes = block}), expected, fmt::format("{} bytes in blocks of {}", length, block));
    }
}

TEST(ReadEvents, CountsOfHostileLogsComeOutExactly) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const HostileOptions options{.rows = 1500, .seed = seed, .delimiter = ",;\t|"[seed % 4], .quotes = seed % 3 != 0, .crlf = seed % 2 == 0,
                                 .byte_order_mark = seed % 5 == 0, .blank_lines = seed % 7 != 0, .newline_at_end = seed % 4 != 1,
                                 .unterminated_quote = seed % 6 == 0};
    const HostileLog log = make_hostile_events(options);
    const ReadResult result = read_text(log.text, {.threads = 3, .block_bytes = 4096});
    const RowCounts& rows = result.report.rows;
    const auto expected = [&](HostileFault fault) { return log.rejected[static_cast<std::size_t>(fault)]; };
    EXPECT_EQ(result.report.inputs[0].dialect.delimiter, options.delimiter) << seed;
    EXPECT_EQ(rows.read, log.records) << seed;
    EXPECT_EQ(rows.used, log.used) << seed;
    EXPECT_EQ(set_aside(rows, Reason::no_customer), expected(HostileFault::no_customer)) << seed;
    EXPECT_EQ(set_aside(rows, Reason::no_time), expected(HostileFault::no_time)) << seed;
    EXPECT_EQ(set_aside(rows, Reason::bad_time), expected(HostileFault::bad_time)) << seed;
    EXPECT_EQ(set_aside(rows, Reason::bad_price), expected(HostileFault::bad_price)) << seed;
    EXPECT_EQ(set_aside(rows, Reason::unknown_event_type), expected(HostileFault::unknown_type)) << seed;
    EXPECT_EQ(set_aside(rows, Reason::wrong_field_count) + set_aside(rows, Reason::unfinished_last_line),
              expected(HostileFault::too_few_fields) + expected(HostileFault::too_many_fields)) << seed;
    // A later quoted field of the same line may close the quote that was never to be closed.
    EXPECT_EQ(set_aside(rows, Reason::unterminated_quote) + set_aside(rows, Reason::text_after_quote), expected(HostileFault::unterminated_quote)) << seed;
    ReadResult clean = read_text(log.clean, {.delimiter = options.delimiter});
    EXPECT_EQ(clean.report.rows.used, log.used);
    EXPECT_EQ(clean.report.rows.all_set_aside(), 0u);
    ASSERT_EQ(clean.events.size(), result.events.size());
    ReadResult bare = result;  // brands are written differently
    for (auto* events : {&clean.events, &bare.events}) {
      for (Event& event : *events) event.brand = 0;
      std::sort(events->begin(), events->end(), [](const Event& a, const Event& b) { return all_fields(a) < all_fields(b); });
    }
    for (std::size_t i = 0; i < bare.events.size(); ++i) ASSERT_EQ(all_fields(bare.events[i]), all_fields(clean.events[i])) << seed;
  }
}

TEST(ReadEvents, FilesInAnyOrderAndAnyCutGiveTheSameEvents) {
  const TestFolder folder;
  const HostileLog log = make_hostile_events({.rows = 900, .fault_share = 0});
  const ReadResult expected = read(folder, {folder.file("whole.csv", log.clean)});
  const std::string head = log.clean.substr(0, log.clean.find('\n') + 1);
  std::vector<std::string> paths;
  std::size_t at = head.size();
  for (const char* name : {"b.csv", "c.csv", "a.csv"}) {
    const std::size_t end = std::string(name) == "a.csv" ? log.clean.size() : log.clean.find('\n', at + log.clean.size() / 3) + 1;
    paths.push_back(folder.file(name, head + log.clean.substr(at, end - at)));
    at = end;
  }
  for (int order = 0; order < 6; ++order) {
    std::next_permutation(paths.begin(), paths.end());
    const ReadResult result = read(folder, paths);
    expect_same(result, expected, "order " + std::to_string(order));
    EXPECT_TRUE(result.report.inputs[0].file.path.ends_with("a.csv"));
    EXPECT_EQ(result.report.inputs.size(), 3u);
  }
}

TEST(ReadEvents, TakesFilesOfDifferentShapeTogetherAndDropsARoleThatOneLacks) {
  const TestFolder folder;
  const std::vector<std::string> paths = {folder.file("a.csv", "event_time,event_type,user_id,brand\n2019-10-01,view,1,x\n"),
                                          folder.file("b.csv", "user_id;event_type;event_time\n1;cart;2019-10-02\n")};
  const EventLog log = read_events(paths, {.threads = 2});
  EXPECT_EQ(log.report.rows.used, 2u);
  EXPECT_TRUE(log.has_role[static_cast<int>(Role::customer)]);
  EXPECT_FALSE(log.has_role[static_cast<int>(Role::brand)]);
  EXPECT_EQ(log.customer_column, "user_id");
}

TEST(ReadEvents, ReadsAThousandFiles) {
  const TestFolder folder;
  std::vector<std::string> paths;
  for (int i = 0; i < 1200; ++i) paths.push_back(folder.file(fmt::format("{}.csv", i), std::string(header) + good));
  EXPECT_EQ(read_events(paths, {.threads = 2}).report.rows.used, 1200u);
}

TEST(ReadEvents, ReadsAPipeOnceAndAFileBesideIt) {
  const TestFolder folder;
  const std::string pipe = folder.path("pipe.csv");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::jthread writer([&] { std::ofstream(pipe) << header << good << good; });
  const std::string file = folder.file("file.csv", std::string(header) + good);
  EXPECT_EQ(read_events({pipe, file}, {.threads = 2}).report.rows.used, 3u);
}

TEST(ReadEvents, SaysInWhichLineADamagedFileBreaksOff) {
  const TestFolder folder;
  std::string text = header;
  Random random(1);
  for (int i = 0; i < 20'000; ++i) text += fmt::format("2019-10-01 00:00:00 UTC,view,{},a.b,x,1.00,{},s\n", random.below(1'000'000), random.below(1'000'000));
  const std::string path = folder.path("log.csv.gz");
  gzFile gz = gzopen(path.c_str(), "wb");
  gzwrite(gz, text.data(), static_cast<unsigned>(text.size()));
  gzclose(gz);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  try {
    read(folder, {path});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::damaged_input);
    EXPECT_NE(std::string(error.what()).find("the data breaks off in line "), std::string::npos) << error.what();
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path("rejects.csv")));
}

TEST(ReadEvents, SaysWhatCannotBeDone) {
  EXPECT_EQ(error_of(header),
            "no_usable_rows log.csv: no usable row: there is no row behind the header\n"
            "  fix: look at the columns with: coterie inspect FILE, and correct them with --role");
  EXPECT_EQ(error_of(std::string(header) + "a,b\nc\n2019-10-01,view,1,,,,,\n"),
            "no_usable_rows log.csv: no usable row: all 3 rows were set aside: 1 no_customer 2 wrong_field_count\n"
            "  fix: look at the columns with: coterie inspect FILE, and correct them with --role");
  const TestFolder folder;
  const std::string path = folder.file("log.csv", std::string(header) + good);
  try {
    read_events({path, path}, {});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(text_of(error), path + ": the file is given twice; its events would count double\n  fix: give each file once");
  }
}

TEST(ReadEvents, NamesOfCustomersStayWithinTheirMemory) {
  std::string text = header;
  for (int i = 0; i < 20'000; ++i) text += fmt::format("2019-10-01,view,1,,,,customer-{:030},\n", i);
  EXPECT_EQ(error_of(text, {.threads = 1, .names_bytes = 1 << 20}),
            "memory the customers' ids are texts, or equal rows are dropped, and what has to be kept of them takes more than the 1 MiB there are\n"
            "  fix: give more --memory, or fewer --threads (each keeps the ids it meets)");
  EXPECT_EQ(read_text(text, {.names_bytes = 64 << 20}).names.size(), 20'000u);
}

TEST(ReadEvents, TheStoreLogIsReadToItsCutLastLine) {
  COTERIE_NEEDS_SHARED("data/events/store_events_2019-Oct_17435.csv");
  const TestFolder folder;
  const ReadResult result = read(folder, {shared_file("data/events/store_events_2019-Oct_17435.csv").string()});
  EXPECT_EQ(result.report.rows.read, 17'435u);
  EXPECT_EQ(result.report.rows.used, 17'434u);
  EXPECT_EQ(set_aside(result.report.rows, Reason::unfinished_last_line), 1u);
  std::set<Identifier> customers;
  for (const Event& event : result.events) customers.insert(event.customer);
  EXPECT_EQ(customers.size(), 4'504u) << "the cut line would make one more, with a number cut short";
  std::size_t equal = 0;
  for (std::size_t i = 1; i < result.events.size(); ++i) equal += all_fields(result.events[i]) == all_fields(result.events[i - 1]);
  EXPECT_EQ(equal, 5u) << "duplicate rows stay";
}

TEST(ReadEvents, BlankCustomersAreSetAsideAndBlankPricesKept) {
  COTERIE_NEEDS_SHARED("data/events/store_events_blanked_10000.csv");
  const TestFolder folder;
  const ReadResult result = read(folder, {shared_file("data/events/store_events_blanked_10000.csv").string()});
  EXPECT_EQ(result.report.rows.read, 10'000u);
  EXPECT_EQ(set_aside(result.report.rows, Reason::no_customer), 1'022u);
  EXPECT_EQ(result.report.rows.used, 8'978u);
  // 91 prices are blank, 8 of them of rows without a customer.
  EXPECT_EQ(std::count_if(result.events.begin(), result.events.end(), [](const Event& e) { return e.price_micros == no_price; }), 83);
}

}  // namespace
}  // namespace coterie
