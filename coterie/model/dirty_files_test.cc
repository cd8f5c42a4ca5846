// Dirty files, one fault each: the row is set aside with the right line, byte column and reason, and every other row is used.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/events/event_log_test.h"
#include "coterie/model/run.h"

namespace coterie {
namespace {

struct DirtyFile {
  const char* fault;     // the row, placed behind the third good row
  const char* expected;  // "line,column,column_name,reason,field" of rejects.csv
};

// The good rows of a shape; the fault becomes line 5.
struct Shop {
  std::string header;
  std::vector<std::string> good;
  std::string ending = "\n";
};

std::string file_with(const Shop& shop, const std::string& fault) {
  std::string text = shop.header + shop.ending;
  for (std::size_t i = 0; i < shop.good.size(); ++i) {
    if (i == 3) text += fault + shop.ending;
    text += shop.good[i] + shop.ending;
  }
  return text;
}

// The one row of rejects.csv, without the file's name; all of them where there are more.
std::string rejects_of(const std::string& out) {
  std::istringstream lines(content_of(out + "/rejects.csv"));
  std::string line, all;
  std::getline(lines, line);
  while (std::getline(lines, line)) all += (all.empty() ? "" : " | ") + line.substr(line.find(',') + 1);
  return all;
}

void expect_set_aside(const Shop& shop, const std::vector<DirtyFile>& files, const RunOptions& base) {
  const TestFolder folder;
  for (const DirtyFile& dirty : files) {
    RunOptions options = base;
    options.inputs = {folder.file("dirty.csv", file_with(shop, dirty.fault))};
    options.out = folder.path("out");
    options.k = {2, 2};
    options.restarts = 1;
    options.features = FeatureFormat::csv;
    options.threads = 1;
    const RunResult result = run(options);
    EXPECT_EQ(rejects_of(options.out), dirty.expected) << dirty.fault;
    EXPECT_EQ(result.read.rows.read, shop.good.size() + 1) << dirty.fault;
    EXPECT_EQ(result.read.rows.used, shop.good.size()) << dirty.fault;
  }
}

RunOptions drop_duplicates() {
  RunOptions options;
  options.orders.drop_duplicates = true;
  return options;
}

const Shop events = {"event_time,event_type,product_id,category_code,brand,price,user_id,user_session",
                     {"2024-01-01 10:00:00,view,1,a.b,acme,9.99,11,s1", "2024-01-01 10:01:00,cart,1,a.b,acme,9.99,11,s1", "2024-01-01 10:02:00,purchase,1,a.b,acme,9.99,11,s1",
                      "2024-01-02 10:00:00,view,2,a.c,acme,5.00,12,s2", "2024-01-03 10:00:00,view,3,a.c,,7.00,13,s3"}};

TEST(DirtyFiles, OfEvents) {
  expect_set_aside(events,
                   {{"2024-01-01 10:00:00,view,1,a,b,1,,s", "5,34,user_id,no_customer,"},
                    {",view,1,a,b,1,11,s", "5,1,event_time,no_time,"},
                    {"yesterday,view,1,a,b,1,11,s", "5,1,event_time,bad_time,yesterday"},
                    {"2024-13-01 10:00:00,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-13-01 10:00:00"},
                    {"2024-02-30 10:00:00,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-02-30 10:00:00"},
                    {"2024-01-01 25:00:00,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-01-01 25:00:00"},
                    {"2024-01-01 10:60:00,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-01-01 10:60:00"},
                    {"01/02/2024,view,1,a,b,1,11,s", "5,1,event_time,bad_time,01/02/2024"},
                    {"2024-01-01 10:00:00 CET,view,1,a,b,1,11,s", "5,1,event_time,bad_time,2024-01-01 10:00:00 CET"},
                    {"2024-01-01 10:00:00,look,1,a,b,1,11,s", "5,21,event_type,unknown_event_type,look"},
                    {"2024-01-01 10:00:00,,1,a,b,1,11,s", "5,21,event_type,unknown_event_type,"},
                    {"2024-01-01 10:00:00,view?,1,a,b,1,11,s", "5,21,event_type,unknown_event_type,view?"},
                    {"2024-01-01 10:00:00,view,1,a,b,1x,11,s", "5,32,price,bad_price,1x"},
                    {"2024-01-01 10:00:00,view,1,a,b,1e3,11,s", "5,32,price,bad_price,1e3"},
                    {"2024-01-01 10:00:00,view,1,a,b,5 kg,11,s", "5,32,price,bad_price,5 kg"},
                    {"2024-01-01 10:00:00,view,1,a,b,15 %,11,s", "5,32,price,bad_price,15 %"},
                    {"2024-01-01 10:00:00,view,1,a,b,\"12,34,5.00\",11,s", "5,32,price,bad_price,\"12,34,5.00\""},
                    {"31.12.2023 10:00,view,1,a,b,1,11,s", "5,1,event_time,bad_time,31.12.2023 10:00"},
                    {"2024-01-01 10:00:00,view,1,a,b,1,1.23457E+12,s", "5,34,user_id,rounded_id,1.23457E+12"},
                    {"2024-01-01 10:00:00,view,1,a,b,1,\"1,23457E+12\",s", "5,34,user_id,rounded_id,\"1,23457E+12\""},
                    {"2024-01-01 10:01:00,cart,1,a.b,acme,9.99,11,s1", "5,1,,duplicate_row,"},
                    {"2024-01-01 10:00:00,view,1,a,b,nan,11,s", "5,32,price,bad_price,nan"},
                    {"2024-01-01 10:00:00,view,1,a,b,\"1,5\",11,s", "5,32,price,bad_price,\"1,5\""},
                    {"2024-01-01 10:00:00,view,1,a,b,9999999999999999,11,s", "5,32,price,bad_price,9999999999999999"},
                    {"2024-01-01 10:00:00,view,1,a,b,1,11", "5,1,,wrong_field_count,7 fields instead of 8"},
                    {"2024-01-01 10:00:00,view,1,a,b,1,11,s,more", "5,1,,wrong_field_count,9 fields instead of 8"},
                    {"nonsense", "5,1,,wrong_field_count,1 fields instead of 8"},
                    {"2024-01-01 10:00:00,view,1,\"a\"b,b,1,11,s", "5,28,,text_after_quote,"},
                    {"2024-01-01 10:00:00,view,1,\"a,b,1,11,s", "5,28,,unterminated_quote,"}},
                   drop_duplicates());
}

const Shop orders = {"invoice;date;customer;product;quantity;unit_price",
                     {"1;2024-01-01 10:00;anna;a;2;5.00", "1;2024-01-01 10:00;anna;b;1;1.50", "2;2024-01-05 12:30;ben;a;1;5.00", "3;2024-01-14 12:30;ben;c;10;2.00", "4;2024-01-15 12:30;cora;a;1;5.00"}};

TEST(DirtyFiles, OfOrderLines) {
  expect_set_aside(orders,
                   {{"5;2024-01-16 12:30;;a;1;5", "5,20,customer,no_customer,"},
                    {"5;;dan;a;1;5", "5,3,date,no_time,"},
                    {"5;soon;dan;a;1;5", "5,3,date,bad_time,soon"},
                    {"5;2024-01-32;dan;a;1;5", "5,3,date,bad_time,2024-01-32"},
                    {"5;16.01.2024;dan;a;1;5", "5,3,date,bad_time,16.01.2024"},
                    {"C5;2024-01-16;dan;a;-1;5", "5,1,invoice,cancellation,C5"},
                    {"c17;2024-01-16;dan;a;1;5", "5,1,invoice,cancellation,c17"},
                    {"5;2024-01-16;dan;a;-1;5", "5,20,quantity,returned,-1"},
                    {"5;2024-01-16;dan;a;0;5", "5,20,quantity,zero_quantity,0"},
                    {"5;2024-01-16;dan;a;;5", "5,20,quantity,bad_quantity,"},
                    {"5;2024-01-16;dan;a;one;5", "5,20,quantity,bad_quantity,one"},
                    {"5;2024-01-16;dan;a;1.5;5", "5,20,quantity,bad_quantity,1.5"},
                    {"5;2024-01-16;dan;a;99999999999;5", "5,20,quantity,bad_quantity,99999999999"},
                    {"5;2024-01-16;dan;a;1;", "5,22,unit_price,bad_price,"},
                    {"5;2024-01-16;dan;a;1;free", "5,22,unit_price,bad_price,free"},
                    {"5;2024-01-16;dan;a;1;5,00", "5,22,unit_price,bad_price,\"5,00\""},
                    {"5;2024-01-16;dan;a;1;0", "5,22,unit_price,zero_price,0"},
                    {"5;2024-01-16;dan;a;1;0.00", "5,22,unit_price,zero_price,0.00"},
                    {"5;2024-01-16;dan;a;1;-3", "5,22,unit_price,negative_price,-3"},
                    {"1;2024-01-01 10:00;anna;b;1;1.50", "5,1,,duplicate_row,"},
                    {"5;2024-01-16;dan;a;1", "5,1,,wrong_field_count,5 fields instead of 6"},
                    {"5;2024-01-16;dan;a;1;5;6", "5,1,,wrong_field_count,7 fields instead of 6"},
                    {"5;2024-01-16;\"dan\" d;a;1;5", "5,14,,text_after_quote,"},
                    {"5;2024-01-16;1E+12;a;1;5", "5,14,customer,rounded_id,1E+12"},
                    {"5;2024-01-16;dan;a;1;5 %", "5,22,unit_price,bad_price,5 %"},
                    {"5;2024-01-16;dan;a;1 kg;5", "5,20,quantity,bad_quantity,1 kg"}},
                   drop_duplicates());
}

const Shop customers = {"id,age,city,plan,active,spend",
                        {"1,30,Rome,basic,yes,10.5", "2,40,Oslo,premium,no,20", "3,50,Rome,basic,yes,30", "4,60,Oslo,standard,no,40", "5,25,Rome,basic,yes,15", "6,35,Oslo,premium,no,25", "7,45,Rome,basic,yes,35",
                         "8,55,Oslo,standard,no,45", "9,28,Rome,basic,yes,12", "10,33,Oslo,premium,no,22", "11,36,Rome,basic,yes,32", "12,39,Oslo,standard,no,42"}};

TEST(DirtyFiles, OfCustomers) {
  expect_set_aside(customers,
                   {{",30,Rome,basic,yes,10", "5,1,id,no_customer,"},
                    {"NA,30,Rome,basic,yes,10", "5,1,id,no_customer,NA"},
                    {"2,30,Rome,basic,yes,10", "5,1,id,duplicate_customer,2"},
                    {"2,40,Oslo,premium,no,20", "5,1,id,duplicate_row,2"},
                    {"1.23457E+12,30,Rome,basic,yes,10", "5,1,id,rounded_id,1.23457E+12"},
                    {"13,,Rome,basic,yes,10", "5,4,age,missing_value,"},
                    {"13,n/a,Rome,basic,yes,10", "5,4,age,missing_value,n/a"},
                    {"13,30,,basic,yes,10", "5,7,city,missing_value,"},
                    {"13,30,Rome,,yes,10", "5,12,plan,missing_value,"},
                    {"13,30,Rome,basic,,10", "5,18,active,missing_value,"},
                    {"13,30,Rome,basic,yes,null", "5,22,spend,missing_value,null"},
                    {"13,thirty,Rome,basic,yes,10", "5,4,age,bad_number,thirty"},
                    {"13,30 years,Rome,basic,yes,10", "5,4,age,bad_number,30 years"},
                    {"13,30,Rome,basic,yes,1.2.3", "5,22,spend,bad_number,1.2.3"},
                    {"13,30,Rome,basic,yes,--5", "5,22,spend,bad_number,--5"},
                    {"13,30,Rome,basic,yes", "5,1,,wrong_field_count,5 fields instead of 6"},
                    {"13,30,Rome,basic,yes,10,", "5,1,,wrong_field_count,7 fields instead of 6"},
                    {"13,30,\"Rome\"x,basic,yes,10", "5,7,,text_after_quote,"},
                    {"13,30,\"Rome,basic,yes,10", "5,7,,unterminated_quote,"}},
                   {});
}

// --- the same faults, written another way -----------------------------------------------------------------------------

// The row of events with the fault, by itself.
constexpr const char* bad_price_row = "2024-01-01 10:00:00,view,1,a,b,1x,11,s";

std::string with(std::string text, char old_char, char new_char) {
  std::replace(text.begin(), text.end(), old_char, new_char);
  return text;
}

std::string as_utf16(const std::string& text) {
  std::string units = "\xff\xfe";
  for (const char c : text) units += c, units += '\0';
  return units;
}

std::string gzipped(const std::string& text) {
  const TestFolder folder;
  const gzFile file = gzopen(folder.path("packed").c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return content_of(folder.path("packed"));
}

std::string zstd_packed(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  return packed;
}

struct DirtyBytes {
  const char* what;
  std::string bytes;
  const char* expected;
};

TEST(DirtyFiles, OfAnyDelimiterQuoteEncodingAndCompression) {
  const std::string text = file_with(events, bad_price_row), head = events.header + "\n";
  Shop crlf = events;
  crlf.ending = "\r\n";
  std::string rest;
  for (const std::string& row : events.good) rest += row + "\n";
  const std::vector<DirtyBytes> files = {
      {"semicolons", with(text, ',', ';'), "5,32,price,bad_price,1x"},
      {"tabs", with(text, ',', '\t'), "5,32,price,bad_price,1x"},
      {"bars", with(text, ',', '|'), "5,32,price,bad_price,1x"},
      {"CRLF", file_with(crlf, bad_price_row), "5,32,price,bad_price,1x"},
      {"byte order mark", "\xef\xbb\xbf" + text, "5,32,price,bad_price,1x"},
      {"UTF-16", as_utf16(text), "5,32,price,bad_price,1x"},
      {"gzip", gzipped(text), "5,32,price,bad_price,1x"},
      {"zstd", zstd_packed(text), "5,32,price,bad_price,1x"},
      {"zstd of tabs", zstd_packed(with(text, ',', '\t')), "5,32,price,bad_price,1x"},
      {"Windows-1252 before it", file_with(events, "2024-01-01 10:00:00,view,1,caf\xe9,b,1x,11,s"), "5,35,price,bad_price,1x"},
      {"UTF-8 before it", file_with(events, "2024-01-01 10:00:00,view,1,caf\xc3\xa9,b,1x,11,s"), "5,36,price,bad_price,1x"},
      {"a quote before it", file_with(events, "2024-01-01 10:00:00,view,1,\"a,a\",b,1x,11,s"), "5,36,price,bad_price,1x"},
      {"a doubled quote before it", file_with(events, "2024-01-01 10:00:00,view,1,\"a\"\"a\",b,1x,11,s"), "5,37,price,bad_price,1x"},
      {"a newline within quotes before it", file_with(events, "2024-01-01 10:00:00,view,1,\"a\na\",b,1x,11,s"), "6,6,price,bad_price,1x"},
      {"blank lines before it", head + "\n\n" + bad_price_row + "\n" + rest, "4,32,price,bad_price,1x"},
      {"the first row", head + bad_price_row + "\n" + rest, "2,32,price,bad_price,1x"},
      {"the last row without an end", head + rest + bad_price_row, "7,32,price,bad_price,1x"},
      {"a decimal point among decimal commas", with(with(with(text, ',', ';'), '.', ','), 'x', '.'), "5,32,price,bad_price,1."},
  };
  for (const DirtyBytes& dirty : files) {
    const TestFolder folder;
    RunOptions options;
    options.inputs = {folder.file("dirty.csv", dirty.bytes)};
    options.out = folder.path("out");
    options.k = {2, 2};
    options.features = FeatureFormat::csv;
    const RunResult result = run(options);
    EXPECT_EQ(rejects_of(options.out), dirty.expected) << dirty.what;
    EXPECT_EQ(result.read.rows.used, events.good.size()) << dirty.what;
  }
}

// --- columns as a whole ------------------------------------------------------------------------------------------------

TEST(DirtyFiles, NumbersAsPeopleWriteThemAreReadByTheColumn) {
  const auto revenue_of = [](const std::string& one, const std::string& two) {
    const TestFolder folder;
    RunOptions options;
    std::string text = "order_id;order_date;customer;unit_price\n";
    for (int i = 0; i < 3; ++i) text += fmt::format("{};2024-01-0{};c{};{}\n{};2024-01-0{};c{};{}\n", i, i + 1, i, one, 10 + i, i + 1, i, two);
    options.inputs = {folder.file("orders.csv", text)};
    options.shape = Shape::orders;
    options.feature_set = "monetary,recency_days";
    options.out = folder.path("out");
    options.k = {2, 2};
    options.features = FeatureFormat::csv;
    const RunResult result = run(options);
    EXPECT_EQ(result.read.rows.used, 6u) << one;
    const std::string features = content_of(options.out + "/features.csv");
    return features.substr(features.find("\nc0,") + 4, features.find("\nc1,") - features.find("\nc0,") - 4);
  };
  EXPECT_EQ(revenue_of("1.234,50", "0,50"), "3,1235");
  EXPECT_EQ(revenue_of("\xe2\x82\xac 1.234,50", "0,50 \xe2\x82\xac"), "3,1235");
  EXPECT_EQ(revenue_of("$1,234.50", "$0.50"), "3,1235");
  EXPECT_EQ(revenue_of("1 234.50", "USD 0.50"), "3,1235");
  EXPECT_EQ(revenue_of("1'234.50", ".5"), "3,1235");
}

TEST(DirtyFiles, TheSameCustomerInUtf8AndWindows1252IsOne) {
  const TestFolder folder;
  RunOptions options;
  const std::string head = events.header + "\n";
  options.inputs = {folder.file("a.csv", head + "2024-01-01 10:00:00,view,1,a,b,1,Ren\xc3\xa9,s\n2024-01-01 10:00:00,view,1,a,b,1,ben,s\n"),
                    folder.file("b.csv", head + "2024-01-02 10:00:00,purchase,1,a,b,1,Ren\xe9,s\n2024-01-03 10:00:00,view,1,a,b,1,cora,s\n")};
  options.out = folder.path("out");
  options.k = {2, 2};
  options.features = FeatureFormat::csv;
  EXPECT_EQ(run(options).customers, 3u);
  EXPECT_NE(content_of(options.out + "/customer_segments.csv").find("Ren\xc3\xa9,"), std::string::npos);
}

TEST(DirtyFiles, AColumnThatMixesOrdersOfDatesIsSaid) {
  const TestFolder folder;
  RunOptions options;
  options.inputs = {folder.file("dirty.csv", file_with(events, "31.12.2023 10:00,view,1,a,b,1,11,s"))};
  options.out = folder.path("out");
  options.k = {2, 2};
  options.features = FeatureFormat::csv;
  const RunResult result = run(options);
  EXPECT_TRUE(std::any_of(result.notes.begin(), result.notes.end(), [](const std::string& note) { return note.find("such as \"31.12.2023 10:00\"") != note.npos; }));
}

// --- files that give nothing --------------------------------------------------------------------------------------------

struct UselessFile {
  const char* name;
  std::string bytes;
  ErrorKind kind;
  const char* says;  // a part of message, hint or place
};

TEST(DirtyFiles, ThatCannotBeReadSayWhereAndWhatToDo) {
  const std::string text = file_with(events, events.good[0]);
  std::string damaged = gzipped(text), rounded = events.header + "\n";
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
  for (int i = 0; i < 5; ++i) rounded += fmt::format("2024-01-01 10:00:00,view,1,a,b,1,12345678901234{}000,s\n", i);
  const std::vector<UselessFile> files = {
      {"cut.csv.gz", gzipped(text).substr(0, 60), ErrorKind::damaged_input, "breaks off in line"},
      {"cut.csv.zst", zstd_packed(text).substr(0, 60), ErrorKind::damaged_input, "breaks off in line"},
      {"damaged.csv.gz", damaged, ErrorKind::damaged_input, "get the file again"},
      {"empty.csv", "", ErrorKind::no_usable_rows, "the file has no row"},
      {"header.csv", events.header + "\n", ErrorKind::no_usable_rows, "no row behind the header"},
      {"zeros.csv", std::string(1000, '\0'), ErrorKind::usage, "zeros.csv"},
      {"no_time.csv", "user_id,event_type\n1,view\n1,cart\n2,view\n", ErrorKind::missing_column, "--role time=COLUMN"},
      {"rounded.csv", rounded, ErrorKind::no_usable_rows, "formatted as text"},
      {"scientific.csv", events.header + "\n2024-01-01 10:00:00,view,1,a,b,1,1.23457E+12,s\n", ErrorKind::no_usable_rows, "formatted as text"},
      {"no_customer.csv", events.header + "\n2024-01-01 10:00:00,view,1,a,b,1,,s\n", ErrorKind::no_usable_rows, "1 no_customer"},
      {"damaged.xlsx", "PK\3\4 and nothing else that a workbook has in it", ErrorKind::damaged_input, "save it again as .xlsx"},
      {"damaged.parquet", "PAR1 and nothing else", ErrorKind::damaged_input, "get the file again"},
      {"damaged.jsonl", "{\"event_time\": \"2024-01-01\", \"event_type\": \"view\", \"user_id\": 1}\n{\"event_time\": ", ErrorKind::damaged_input, "get the file again"},
      {"damaged.sqlite", "SQLite format 3 and nothing else", ErrorKind::damaged_input, "SQLite"},
  };
  for (const UselessFile& useless : files) {
    const TestFolder folder;
    RunOptions options;
    options.inputs = {folder.file(useless.name, useless.bytes)};
    options.out = folder.path("out");
    options.shape = Shape::events;
    options.features = FeatureFormat::csv;
    try {
      run(options);
      ADD_FAILURE() << useless.name << " was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, useless.kind) << useless.name << ": " << error.what();
      EXPECT_NE((error.what() + error.hint + error.place).find(useless.says), std::string::npos) << useless.name << ": " << error.what() << error.hint << error.place;
    }
    EXPECT_FALSE(std::filesystem::exists(options.out + "/run.json")) << useless.name;
  }
}

// --- related tables -----------------------------------------------------------------------------------------------------

struct DirtyTable {
  const char* table;
  const char* fault;     // its last row
  const char* expected;
};

TEST(DirtyFiles, OfRelatedTables) {
  const std::vector<DirtyTable> tables = {
      {"claims", "9,,2024-01-05,claimed,", "21,3,customer_id,no_customer,"},
      {"claims", "9,77,2024-01-05,claimed,", "21,3,customer_id,unknown_customer,77"},
      {"claims", "9,1,,claimed,", "21,5,claim_date,no_time,"},
      {"claims", "9,1,soon,claimed,", "21,5,claim_date,bad_time,soon"},
      {"claims", "9,1,2024-02-30,claimed,", "21,5,claim_date,bad_time,2024-02-30"},
      {"claims", "9,1,2024-01-05,lost,", "21,16,status,unknown_category,lost"},
      {"claims", "9,1,2024-01-05,burned,later", "21,23,burn_date,bad_time,later"},
      {"claims", "9,1,2024-01-05,burned", "21,1,,wrong_field_count,4 fields instead of 5"},
      {"claims", "9,1,2024-01-05,\"burned\"x,", "21,16,,text_after_quote,"},
      {"customers", ",Rome", "6,1,customer_id,no_customer,"},
      {"customers", "2,Rome", "6,1,customer_id,duplicate_customer,2"},
      {"customers", "5,Rome,more", "6,1,,wrong_field_count,3 fields instead of 2"}};
  for (const DirtyTable& dirty : tables) {
    const TestFolder folder;
    std::map<std::string, std::string> texts = {{"customers", "customer_id,city\n1,Rome\n2,Oslo\n3,Rome\n4,Oslo\n"},
                                                {"claims", "claim_id,customer_id,claim_date,status,burn_date\n1,1,2024-01-01,burned,2024-01-03\n2,1,2024-01-02,claimed,\n3,2,2024-01-03,burned,2024-01-04\n"
                                                           "4,3,2024-01-03,claimed,\n5,3,2024-01-04,claimed,\n6,3,2024-01-05,claimed,\n"}};
    for (int i = 7; i < 20; ++i) texts["claims"] += fmt::format("{},{},2024-01-06,burned,2024-01-{:02}\n", i, 1 + i % 4, i);
    texts[dirty.table] += std::string(dirty.fault) + "\n";
    RunOptions options;
    // A key has no blank and no duplicate; a customer's table with one is joined by what is said.
    options.joins = {"claims.customer_id=customers.customer_id"};
    for (const auto& [name, text] : texts) options.inputs.push_back(folder.file(name + ".csv", text));
    options.out = folder.path("out");
    options.k = {2, 2};
    options.features = FeatureFormat::csv;
    try {
      const RunResult result = run(options);
      EXPECT_EQ(rejects_of(options.out), dirty.expected) << dirty.fault;
      EXPECT_EQ(result.read.rows.used + 1, result.read.rows.read) << dirty.fault;
    } catch (const Error& error) {
      ADD_FAILURE() << dirty.table << " " << dirty.fault << ": " << error.what();
    }
  }
}

TEST(DirtyFiles, ALastLineThatIsCutIsSetAside) {
  const TestFolder folder;
  for (const Shop* shop : {&events, &orders, &customers}) {
    RunOptions options;
    std::string text = file_with(*shop, shop->good[3]);
    text.resize(text.size() - shop->good.back().size() + 2);
    options.inputs = {folder.file("cut.csv", text)};
    options.out = folder.path("out");
    options.k = {2, 2};
    options.features = FeatureFormat::csv;
    const RunResult result = run(options);
    const std::string rejects = rejects_of(options.out);
    EXPECT_NE(rejects.find("unfinished_last_line"), std::string::npos) << rejects;
    EXPECT_TRUE(rejects.starts_with(std::to_string(shop->good.size() + 2) + ",1,") || rejects.find("| " + std::to_string(shop->good.size() + 2) + ",1,") != std::string::npos) << rejects;
    EXPECT_EQ(result.read.rows.read, result.read.rows.used + result.read.rows.all_set_aside());
  }
}

}  // namespace
}  // namespace coterie
