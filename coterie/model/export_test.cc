// The analysis files, opened by DuckDB as a reporting tool would; the lists for other platforms have their tests in tests/cli.
#include "coterie/model/export.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "coterie/base/error.h"
#include "coterie/base/folders_test.h"
#include "coterie/model/run.h"
#include "coterie/sample/events_file_test.h"
#include "coterie/source/duckdb.h"
#include "coterie/source/duckdb_test.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

class Export : public testing::Test {
 protected:
  void SetUp() override { COTERIE_NEEDS_DUCKDB(); }
  std::string path(const std::string& name) const { return folder_.path(name); }
  void run_on_sample(FeatureFormat format) const {
    write_sample(path("events.csv"), {.rows = 20000, .customers = 1000});
    RunOptions options;
    options.inputs = {path("events.csv")};
    options.out = path("run");
    options.features = format;
    run(options);
  }

  const TestFolder folder_;
};

TEST_F(Export, AParquetFileHoldsEachCustomerWithSegmentHoldOutAndFeatures) {
  for (const FeatureFormat format : {FeatureFormat::parquet, FeatureFormat::csv}) {
    run_on_sample(format);
    const ExportResult result = export_customers({.run = path("run"), .platform = Platform::parquet, .out = path("out"), .hold_out = HoldOut{0.2, {}, 5}, .minimum_size = 0});
    DuckDb duckdb;
    const std::string table = "read_parquet(" + sql_text(path("out/customers.parquet")) + ")";
    const SqlResult names = duckdb.query("SELECT string_agg(column_name || ' ' || column_type, ', ') FROM (DESCRIBE SELECT * FROM " + table + ")");
    EXPECT_EQ(names.text(0, 0).substr(0, 86), "user_id BIGINT, cluster BIGINT, segment VARCHAR, hold_out BOOLEAN, total_events BIGINT");
    const SqlResult rows = duckdb.query("SELECT CAST(user_id AS VARCHAR), cluster, segment, hold_out FROM " + table);
    ASSERT_EQ(rows.rows(), 1000u);
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      ASSERT_EQ(rows.text(r, 0), result.run.ids.text(r));
      ASSERT_EQ(rows.integer(r, 1), result.run.labels[r]);
      ASSERT_EQ(rows.text(r, 2), result.run.segment_of(r));
      ASSERT_EQ(rows.integer(r, 3) != 0, is_held_out(result.run.ids.text(r), 0.2, 5));
    }
    const SqlResult events = duckdb.query("SELECT sum(total_events) FROM " + table);
    EXPECT_EQ(events.integer(0, 0), 20000);
  }
}

TEST_F(Export, ADuckDbFileHoldsCustomersAndSegments) {
  run_on_sample(FeatureFormat::parquet);
  const ExportResult result = export_customers({.run = path("run"), .platform = Platform::duckdb, .out = path("out")});
  DuckDb duckdb;
  duckdb.execute("ATTACH " + sql_text(path("out/customers.duckdb")) + " AS shop (READ_ONLY)");
  const SqlResult segments = duckdb.query("SELECT cluster, segment, because, customers FROM shop.segments ORDER BY cluster");
  std::size_t published = 0;
  for (std::size_t c = 0; c < result.run.model.k; ++c) {
    if (result.audience.counts[c][0] == 0) continue;  // smaller than 10
    EXPECT_EQ(segments.text(published, 1), result.run.model.segments[c].name);
    EXPECT_EQ(segments.text(published, 2), result.run.model.segments[c].because);
    EXPECT_EQ(static_cast<std::uint64_t>(segments.integer(published, 3)), result.audience.counts[c][0]);
    ++published;
  }
  EXPECT_EQ(segments.rows(), published);
  EXPECT_LT(published, result.run.model.k);  // this sample has a segment below the minimum
  EXPECT_EQ(static_cast<std::uint64_t>(duckdb.query("SELECT count(*) FROM shop.customers").integer(0, 0)), result.audience.exported());
}

TEST_F(Export, ARunThatIsDamagedIsNotExported) {
  run_on_sample(FeatureFormat::csv);
  for (const char* rows : {"user_id,cluster\n1,99\n", "user_id,cluster\n1,x\n", "user_id,group\n1,0\n", "user_id,cluster\n1,0\n1,0\n", "user_id,cluster\n1,0\n2\n"}) {
    std::ofstream(path("run/customer_segments.csv")) << rows;
    try {
      export_customers({.run = path("run"), .platform = Platform::parquet, .out = path("out")});
      FAIL() << rows;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::damaged_input) << rows;
    }
    EXPECT_FALSE(fs::exists(path("out")));
  }
}

}  // namespace
}  // namespace coterie
