// What products are called: hand-made votes, and the same words for any threads, cuts and orders of files.
#include "coterie/events/product_words.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "coterie/base/random.h"
#include "coterie/events/event_log_test.h"
#include "coterie/events/read_events.h"
#include "coterie/events/segment_writer.h"

namespace coterie {
namespace {

// Customers by their places in the draw.
std::vector<Identifier> customers_in_order(std::size_t n) {
  std::vector<Identifier> customers;
  for (std::size_t c = 0; c < n; ++c) customers.push_back(c);
  std::sort(customers.begin(), customers.end(), [](Identifier a, Identifier b) { return sample_place(a) < sample_place(b); });
  return customers;
}

using Seen = std::map<std::string, std::string>;  // code: name

Seen seen_of(const ProductWords& words) {
  Seen seen;
  for (const ProductWord& word : words.sorted()) seen[words.code(word.product)] = words.name(word.product);
  return seen;
}

TEST(ProductWords, NumbersAreTheirOwnTextAndOtherCodesAreKept) {
  ProductWords words;
  words.add(7, identifier_of("85123A"), "85123A", "");
  words.add(7, identifier_of("00123"), "00123", "  LANTERN, white ");
  words.add(7, identifier_of("caf\xe9"), "caf\xe9", "2 \xa3 mug");  // Windows-1252
  words.add(7, 123, "123", "");
  words.add(7, identifier_of(std::string(101, 'x')), std::string(101, 'x'), std::string(99, 'y') + "\u00e9");
  EXPECT_EQ(words.size(), 4u);
  EXPECT_EQ(words.code(identifier_of("85123A")), "85123A");
  EXPECT_EQ(words.name(identifier_of("85123A")), "");
  EXPECT_EQ(words.name(identifier_of("00123")), "LANTERN, white");
  EXPECT_EQ(words.code(identifier_of("caf\xe9")), "caf\u00e9");
  EXPECT_EQ(words.name(identifier_of("caf\xe9")), "2 \u00a3 mug");
  EXPECT_EQ(words.code(123), "123");
  EXPECT_EQ(words.code(identifier_of("unheard of")), "");
  EXPECT_EQ(words.code(identifier_of(std::string(101, 'x'))), "");
  EXPECT_EQ(words.name(identifier_of(std::string(101, 'x'))), std::string(97, 'y') + "\u2026");
}

TEST(ProductWords, TheFiveFirstCustomersOfTheDrawVoteAndTheRowsOrderDoesNotMatter) {
  const std::vector<Identifier> customers = customers_in_order(9);
  std::vector<std::pair<Identifier, std::string>> rows;
  for (std::size_t i = 0; i < 9; ++i) rows.emplace_back(customers[i], i < 2 ? "old name" : i < 5 ? "name" : "later name");
  rows.emplace_back(customers[4], "remark");  // behind "name" in byte order: that customer's vote stays
  Random random(3);
  for (int turn = 0; turn < 20; ++turn) {
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
    ProductWords words, first, second;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      words.add(rows[i].first, 5, "5", rows[i].second);
      (i % 2 == 0 ? first : second).add(rows[i].first, 5, "5", rows[i].second);
    }
    EXPECT_EQ(words.name(5), "name");
    first.add(second);
    EXPECT_EQ(first.name(5), "name");
    ProductWords again;
    for (const ProductWord& word : first.sorted()) again.add(word);
    EXPECT_EQ(again.name(5), "name");
    words.keep_below(sample_place(customers[3]));  // two votes against one
    EXPECT_EQ(words.name(5), "old name");
    words.keep_below(sample_place(customers[0]));
    EXPECT_EQ(words.size(), 0u);
  }
  ProductWords even;
  even.add(1, 5, "5", "b");
  even.add(2, 5, "5", "a");
  EXPECT_EQ(even.name(5), "a");
}

TEST(ProductWords, KeepsThoseOfTheSampleWhateverWasReadOnTheWay) {
  constexpr std::size_t events = 900'000;
  ProductWords words;
  Random random(4);
  std::set<std::string> expected;
  for (std::size_t i = 0; i < events; ++i) {
    const Identifier customer = random.below(80'000);
    const std::string code = fmt::format("P{}", i % 400'000);
    if (words.wants(customer)) words.add(customer, identifier_of(code), code, "");
    if (sample_place(customer) < sample_limit(events)) expected.insert(code);
  }
  EXPECT_LT(words.size(), 380'000u);  // the draw of the first events was wider
  words.keep_below(sample_limit(events));
  std::set<std::string> found;
  for (const auto& [code, name] : seen_of(words)) found.insert(code);
  EXPECT_EQ(found, expected);
}

TEST(ProductWords, BeyondTheirMemoryThoseOfManyCustomersStay) {
  ProductWords words(1000);
  Random random(5);
  for (std::size_t i = 0; i < 100'000; ++i) {
    const bool is_popular = i % 5 == 0;
    const std::string code = is_popular ? fmt::format("popular {}", random.below(20)) : fmt::format("P{}", i);
    const Identifier customer = random.below(5000);
    if (words.wants(customer)) words.add(customer, identifier_of(code), code, "");
    EXPECT_LE(words.size(), 1000u);
  }
  for (int p = 0; p < 20; ++p) EXPECT_EQ(words.code(identifier_of(fmt::format("popular {}", p))), fmt::format("popular {}", p));
}

// Rows as text: codes in every form, names that differ now and then, some customers in the sample of a log that is larger than it.
std::vector<std::string> rows_of(std::size_t n, bool of_orders) {
  Random random(6);
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t product = random.below(300);
    const std::string code = product % 3 == 0 ? fmt::format("SKU-{}-BLK", product) : product % 3 == 1 ? fmt::format("\"{:05}, {}\"", product, 'A' + product % 5) : fmt::format("{}", product);
    const std::string name = random.below(10) == 0 ? "" : fmt::format("\"thing {}{}\"", product, random.below(8) == 0 ? ", remark" : "");
    const std::string when = fmt::format("2019-10-{:02} {:02}:00:00", 1 + i * 28 / n, random.below(24));
    if (of_orders) rows.push_back(fmt::format("I{},{},{},{},{},2.50,{}\n", i / 3, code, name, 1 + random.below(5), when, random.below(900)));
    else rows.push_back(fmt::format("{},view,{},shoes,acme,5.00,{},{},s{}\n", when, code, name, random.below(900), i / 4));
  }
  return rows;
}

enum Kind { named_events, orders, events };
constexpr const char* headers[] = {"event_time,event_type,product_id,category_code,brand,price,product_name,user_id,user_session\n",
                                   "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n",
                                   "event_time,event_type,product_id,category_code,brand,price,remark,user_id,user_session\n"};

std::string text_of(const std::vector<std::string>& rows, Kind kind, std::size_t first, std::size_t last) {
  std::string text = headers[kind];
  for (std::size_t i = first; i < last; ++i) text += rows[i];
  return text;
}

TEST(ProductWords, AreTheSameForAnyThreadsFilesBlocksAndMemoryAndInAStore) {
  for (const Kind kind : {named_events, orders, events}) {
    const TestFolder folder;
    const std::vector<std::string> rows = rows_of(6000, kind == orders);
    const std::size_t cut = 2500;
    const std::string whole = folder.file("whole.csv", text_of(rows, kind, 0, rows.size()));
    const std::string one = folder.file("2.csv", text_of(rows, kind, 0, cut)), two = folder.file("1.csv", text_of(rows, kind, cut, rows.size()));
    ReadEventsOptions options{.kind = kind == orders ? LogKind::orders : LogKind::events, .threads = 1, .product_words = true};
    const EventLog plain = read_events({whole}, options);
    const Seen expected = seen_of(plain.products);
    ASSERT_EQ(expected.size(), kind == events ? 200u : 300u);
    EXPECT_EQ(expected.at("SKU-0-BLK"), kind == events ? "" : "thing 0");
    EXPECT_EQ(expected.at("00001, 66"), kind == events ? "" : "thing 1");
    if (kind != events) EXPECT_EQ(expected.at("2"), "thing 2");
    options.threads = 4, options.block_bytes = 700, options.memory_bytes = 1 << 20, options.spill_directory = folder.path();
    EXPECT_EQ(seen_of(read_events({one, two}, options).products), expected);
    // Segments of the parts, merged, are the segment of the whole, byte for byte.
    write_segment(plain, folder.path("whole"), {});
    write_segment(read_events({one}, options), folder.path("a"), {});
    write_segment(read_events({two}, options), folder.path("b"), {});
    EventLog both{{}, EventStore({.partition_bits = 0, .writers = 0}), StringTable(), "id", {}, nullptr};
    both.stored = std::make_unique<HistoryStore>(std::vector{folder.path("a"), folder.path("b")});
    both.products = both.stored->take_products();
    both.report.rows.used = rows.size();
    EXPECT_EQ(seen_of(both.products), expected);
    write_segment(both, folder.path("merged"), {});
    EXPECT_EQ(content_of(folder.path("merged")), content_of(folder.path("whole"))) << kind;
  }
}

TEST(ProductWords, AreNotKeptUnaskedAndNotOfNumbersWithoutNames) {
  const TestFolder folder;
  const std::string log = folder.file("log.csv", "event_time,event_type,product_id,user_id\n2019-10-01 00:00:00 UTC,view,A1,7\n2019-10-01 00:00:00 UTC,view,12,7\n");
  EXPECT_EQ(read_events({log}, {.threads = 1}).products.size(), 0u);
  EXPECT_EQ(seen_of(read_events({log}, {.threads = 1, .product_words = true}).products), (Seen{{"A1", ""}}));
}

}  // namespace
}  // namespace coterie
