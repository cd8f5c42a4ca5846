#include "coterie/deliver/parquet.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

#include "coterie/base/error.h"
#include "coterie/base/folders_test.h"
#include "coterie/base/random.h"
#include "coterie/source/duckdb_test.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

class Parquet : public testing::Test {
 protected:
  void SetUp() override {
    COTERIE_NEEDS_DUCKDB();
    Random random(1);
    for (std::size_t i = 0; i < 300000; ++i) {
      key_.push_back(512'000'000 + static_cast<std::int64_t>(i) * 3);
      orders_.push_back(static_cast<std::int64_t>(1 / (1e-9 + random.uniform())));
      spent_.push_back(i % 11 == 0 ? std::numeric_limits<double>::quiet_NaN() : 1000 * random.uniform());
    }
  }
  std::vector<SqlColumn> columns() const { return {{"customer_id", key_}, {"orders", orders_}, {"spent it's", spent_}}; }
  std::string path(const std::string& name) const { return folder_.path(name); }

  const TestFolder folder_;
  std::vector<std::int64_t> key_, orders_;
  std::vector<double> spent_;
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(Parquet, HasItsNameOnlyOnceCommitted) {
  {
    ParquetFile file(path("a.parquet"), columns());
    EXPECT_FALSE(fs::exists(path("a.parquet")));
    EXPECT_EQ(folder_.files(), 1u);
  }
  EXPECT_EQ(folder_.files(), 0u);
  ParquetFile file(path("a.parquet"), columns());
  file.commit();
  EXPECT_TRUE(fs::exists(path("a.parquet")));
  EXPECT_EQ(folder_.files(), 1u);
}

TEST_F(Parquet, HoldsEveryValueInRowOrderWithItsType) {
  write_parquet(path("it's.parquet"), columns());
  DuckDb duckdb;
  const std::string table = "read_parquet(" + sql_text(path("it's.parquet")) + ")";
  const SqlResult types = duckdb.query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + table + ")");
  ASSERT_EQ(types.rows(), 3u);
  EXPECT_EQ(types.text(2, 0), "spent it's");
  EXPECT_EQ(types.text(0, 1) + types.text(1, 1) + types.text(2, 1), "BIGINTBIGINTDOUBLE");
  const SqlResult all = duckdb.query("SELECT * FROM " + table);
  ASSERT_EQ(all.rows(), key_.size());
  for (std::size_t i = 0; i < key_.size(); ++i) {
    ASSERT_EQ(all.integer(i, 0), key_[i]);
    ASSERT_EQ(all.integer(i, 1), orders_[i]);
    ASSERT_EQ(all.is_null(i, 2), i % 11 == 0);
    ASSERT_TRUE(i % 11 == 0 || all.real(i, 2) == spent_[i]);
  }
}

TEST_F(Parquet, HasTheSameBytesOnEveryRunAndForAnyMemoryLimit) {
  write_parquet(path("a"), columns());
  write_parquet(path("b"), columns());
  write_parquet(path("c"), columns(), {.memory_limit_bytes = 64 << 20});
  EXPECT_GT(content(path("a")).size(), 1000u);
  EXPECT_TRUE(content(path("a")) == content(path("b")));
  EXPECT_TRUE(content(path("a")) == content(path("c")));
}

TEST_F(Parquet, KeysMayBeText) {
  std::vector<SqlColumn> table = columns();
  std::string buffer;
  table[0].values = TextColumn{key_.size(), [&](std::size_t row) { return std::string_view(buffer = fmt::format("customer {}", row)); }};
  for (const char* compression : {"snappy", "uncompressed", "zstd"}) write_parquet(path("a"), table, {.compression = compression});
  const SqlResult r = DuckDb().query("SELECT count(DISTINCT customer_id), max(customer_id) FROM read_parquet(" + sql_text(path("a")) + ")");
  EXPECT_EQ(r.integer(0, 0), 300000);
  EXPECT_EQ(r.text(0, 1), "customer 99999");
}

TEST_F(Parquet, ATableWithoutRowsIsATable) {
  write_parquet(path("a"), {{"k", std::span<const std::int64_t>()}, {"x", std::span<const double>()}});
  const SqlResult r = DuckDb().query("SELECT count(*) FROM read_parquet(" + sql_text(path("a")) + ")");
  EXPECT_EQ(r.integer(0, 0), 0);
}

TEST_F(Parquet, TwoColumnsOfOneNameAreAUsageError) {
  for (const char* second : {"a", "A"}) {
    try {
      write_parquet(path("a"), {{"a", key_}, {second, orders_}});
      FAIL() << second;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::usage) << error.what();
      EXPECT_EQ(folder_.files(), 0u);
    }
  }
}

TEST_F(Parquet, LeavesNothingBehindWhenItFails) {
  std::vector<SqlColumn> table = columns();
  table[0].values = TextColumn{key_.size(), [](std::size_t row) -> std::string_view {
                                 if (row == 200000) throw std::runtime_error("in the middle");
                                 return "x";
                               }};
  EXPECT_THROW(write_parquet(path("a"), table), Error);
  EXPECT_EQ(folder_.files(), 0u);
  try {
    write_parquet(path("no/such/folder/a"), columns());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::output);
  }
}

}  // namespace
}  // namespace coterie
