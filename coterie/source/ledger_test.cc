#include "coterie/source/ledger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>

#include "coterie/base/random.h"

namespace coterie {
namespace {

BlockLedger block_of(std::uint64_t newlines, std::uint64_t used, std::vector<std::uint64_t> reject_lines) {
  BlockLedger block;
  block.newlines = newlines;
  block.rows.used = used;
  block.rows.read = used + reject_lines.size();
  block.rows.set_aside[static_cast<std::size_t>(Reason::bad_price)] = reject_lines.size();
  for (const std::uint64_t line : reject_lines) block.rejects.push_back({line, 7, Reason::bad_price, "price", "a,b"});
  return block;
}

TEST(Ledger, PutsBlocksInOrderAndCountsLinesAcrossThem) {
  const std::string path = (std::filesystem::temp_directory_path() / "coterie-ledger-test.csv").string();
  Random random(1);
  for (int round = 0; round < 20; ++round) {
    Ledger ledger(path);
    ledger.begin_file("first.csv", 2);
    std::vector<std::size_t> order{0, 1, 2, 3};
    for (std::size_t i = 4; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    BlockLedger blocks[] = {block_of(5, 4, {1}), block_of(0, 0, {}), block_of(3, 1, {0, 2}), block_of(1, 1, {})};
    for (const std::size_t b : order) ledger.add_block(b, std::move(blocks[b]));
    EXPECT_EQ(ledger.newlines(), 11u);
    const RowCounts first = ledger.end_file();
    EXPECT_EQ(first.read, 9u);
    EXPECT_EQ(first.used, 6u);
    EXPECT_EQ(first.all_set_aside(), 3u);
    ledger.begin_file("sec,ond.csv", 0);
    ledger.add_block(0, block_of(1, 0, {0}));
    EXPECT_EQ(ledger.end_file().read, 1u);
    EXPECT_EQ(ledger.total().read, 10u);
    EXPECT_EQ(ledger.total().all_set_aside(), 4u);
    ledger.take_output()->commit();
    std::ifstream file(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
              "file,line,column,column_name,reason,field\n"
              "first.csv,4,7,price,bad_price,\"a,b\"\n"
              "first.csv,8,7,price,bad_price,\"a,b\"\n"
              "first.csv,10,7,price,bad_price,\"a,b\"\n"
              "\"sec,ond.csv\",1,7,price,bad_price,\"a,b\"\n");
    std::filesystem::remove(path);
  }
}

TEST(Ledger, WithoutAPathOnlyCounts) {
  Ledger ledger("");
  ledger.begin_file("a.csv", 1);
  ledger.add_block(0, block_of(2, 1, {1}));
  EXPECT_EQ(ledger.end_file().all_set_aside(), 1u);
  EXPECT_EQ(ledger.take_output(), nullptr);
}

TEST(Reason, EachHasItsOwnName) {
  std::set<std::string> names;
  for (std::size_t r = 0; r < reason_count; ++r) names.insert(name_of(static_cast<Reason>(r)));
  EXPECT_EQ(names.size(), reason_count);
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(CsvField, QuotesWhatHasToBe) {
  EXPECT_EQ(csv_field("plain text"), "plain text");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("a,b", ';'), "a,b");
  EXPECT_EQ(csv_field("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_field(""), "");
}

}  // namespace
}  // namespace coterie
