#include "coterie/source/duckdb.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/source/duckdb_test.h"

namespace coterie {
namespace {

TEST(DuckDb, GivesTypedValues) {
  COTERIE_NEEDS_DUCKDB();
  DuckDb duckdb({.threads = 2});
  const SqlResult r = duckdb.query(
      "SELECT 42 AS i, 1.5::DOUBLE AS d, 'short' AS s, 'a text longer than twelve bytes' AS l, NULL::INTEGER AS n, "
      "true AS b, (-7)::TINYINT AS t, 12.34::DECIMAL(9,2) AS m, -1.5::DECIMAL(30,1) AS w, 5::HUGEINT AS h, "
      "DATE '1970-01-03' AS day, TIMESTAMP '1970-01-01 00:00:01' AS time, -3::HUGEINT AS negative, "
      "170141183460469231731687303715884105727::HUGEINT AS huge, 18446744073709551615::UBIGINT AS u");
  ASSERT_EQ(r.rows(), 1u);
  EXPECT_EQ(r.names[0], "i");
  EXPECT_EQ(r.integer(0, 0), 42);
  EXPECT_EQ(r.real(0, 0), 42.0);
  EXPECT_EQ(r.real(0, 1), 1.5);
  EXPECT_EQ(r.text(0, 2), "short");
  EXPECT_EQ(r.text(0, 3), "a text longer than twelve bytes");
  EXPECT_TRUE(r.is_null(0, 4));
  EXPECT_EQ(r.integer(0, 5), 1);
  EXPECT_EQ(r.integer(0, 6), -7);
  EXPECT_EQ(r.real(0, 7), 12.34);
  EXPECT_EQ(r.real(0, 8), -1.5);
  EXPECT_EQ(r.integer(0, 9), 5);
  EXPECT_EQ(r.integer(0, 10), 2);
  EXPECT_EQ(r.integer(0, 11), 1'000'000);
  EXPECT_EQ(r.integer(0, 12), -3);
  EXPECT_EQ(r.real(0, 13), 0x1p127);
  EXPECT_EQ(r.real(0, 14), 0x1p64);
}

TEST(DuckDb, ReadsColumnsInRowOrderWithNaNAsNull) {
  COTERIE_NEEDS_DUCKDB();
  DuckDb duckdb({.threads = 2});
  std::vector<std::int64_t> whole(10000);
  std::vector<double> real(whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    whole[i] = static_cast<std::int64_t>(i) * 3 - 5;
    real[i] = i % 7 == 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(i) / 8;
  }
  std::string buffer;
  const TextColumn text = {whole.size(), [&](std::size_t row) { return std::string_view(buffer = "customer number " + std::to_string(row)); }};
  duckdb.add_columns("t", {{"whole", whole}, {"real", real}, {"who \"x\"", text}});
  const SqlResult all = duckdb.query("SELECT * FROM t()");
  ASSERT_EQ(all.rows(), whole.size());
  EXPECT_EQ(all.names[2], "who \"x\"");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    ASSERT_EQ(all.integer(i, 0), whole[i]);
    ASSERT_EQ(all.is_null(i, 1), i % 7 == 0);
    ASSERT_TRUE(i % 7 == 0 || all.real(i, 1) == real[i]);
    ASSERT_EQ(all.text(i, 2), "customer number " + std::to_string(i));
  }
  EXPECT_EQ(duckdb.query("SELECT count(*) FROM t()").integer(0, 0), 10000);
  EXPECT_EQ(duckdb.query("SELECT sum(whole), count(real) FROM t()").integer(0, 0), 3 * 9999 * 5000 - 50000);
  EXPECT_EQ(duckdb.query("SELECT " + sql_name("who \"x\"") + " FROM t() WHERE whole = 1").text(0, 0), "customer number 2");
}

TEST(DuckDb, TextThatIsNotUtf8IsRepaired) {
  COTERIE_NEEDS_DUCKDB();
  DuckDb duckdb({.threads = 2});
  const std::vector<std::string> texts = {"plain", "Gr\xc3\xb6\xc3\x9f" "e", "\xff" "a", "cut \xe2\x82", "\xed\xa0\x80", "\xf0\x9f\x98\x80", "\xc0\xaf"};
  const std::vector<std::string> repaired = {"plain", "Gr\xc3\xb6\xc3\x9f" "e", "\xef\xbf\xbd" "a", "cut \xef\xbf\xbd\xef\xbf\xbd",
                                             "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "\xf0\x9f\x98\x80", "\xef\xbf\xbd\xef\xbf\xbd"};
  duckdb.add_columns("t", {{"text", TextColumn{texts.size(), [&](std::size_t row) { return std::string_view(texts[row]); }}}});
  const SqlResult r = duckdb.query("SELECT text FROM t()");
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(r.text(i, 0), repaired[i]);
}

TEST(DuckDb, AnExceptionInAColumnIsAnErrorOfTheQuery) {
  COTERIE_NEEDS_DUCKDB();
  DuckDb duckdb({.threads = 2});
  duckdb.add_columns("t", {{"text", TextColumn{3, [](std::size_t) -> std::string_view { throw std::runtime_error("no such text"); }}}});
  try {
    duckdb.query("SELECT * FROM t()");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("no such text"), std::string::npos);
  }
}

TEST(DuckDb, WrongSqlAndTypesThatAreNotReadAreUsageErrors) {
  COTERIE_NEEDS_DUCKDB();
  DuckDb duckdb({.threads = 2});
  for (const char* sql : {"SELEC 1", "SELECT * FROM nothing", "SELECT [1, 2]"}) {
    try {
      duckdb.query(sql);
      FAIL() << sql;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::usage);
    }
  }
}

TEST(DuckDb, AMemoryLimitThatIsTooSmallIsAMemoryError) {
  COTERIE_NEEDS_DUCKDB();
  DuckDb duckdb({.threads = 1, .memory_limit_bytes = 4 << 20});
  duckdb.execute("SET temp_directory = ''");
  try {
    duckdb.query("SELECT max(l) FROM (SELECT list(i) AS l FROM range(10000000) t(i))");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::memory) << error.what();
  }
}

TEST(DuckDb, QuotesTextAndNames) {
  EXPECT_EQ(sql_text("it's"), "'it''s'");
  EXPECT_EQ(sql_name("a \"b\""), "\"a \"\"b\"\"\"");
}

// In a process of its own, where nothing has been loaded yet.
TEST(DuckDbDeathTest, WithoutTheLibraryTheErrorTellsTheFix) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(
      {
        setenv("COTERIE_DUCKDB", "/nowhere/libduckdb.so", 1);
        try {
          DuckDb();
        } catch (const Error& error) {
          const bool good = error.kind == ErrorKind::missing_library && error.hint.find("COTERIE_DUCKDB") != error.hint.npos;
          std::exit(good ? 0 : 1);
        }
        std::exit(2);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace coterie
