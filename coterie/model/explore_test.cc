// Looking at real and made-up data: the numbers of pandas and scipy (tests/reference/exploration.py), and the same text whatever
// threads, memory and order of files.
#include "coterie/model/explore.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "coterie/base/error.h"
#include "coterie/events/event_log_test.h"
#include "coterie/model/exploration_files.h"
#include "coterie/sample/events_file_test.h"

namespace coterie {
namespace {

const ColumnDescription& column(const Exploration& e, const std::string& name) {
  return *std::find_if(e.tables.front().columns.begin(), e.tables.front().columns.end(), [&](const ColumnDescription& c) { return c.name == name; });
}

const FoundOutliers& outliers(const ColumnDescription& c, OutlierRule rule) {
  return *std::find_if(c.numbers->outliers.begin(), c.numbers->outliers.end(), [&](const FoundOutliers& o) { return o.rule == rule; });
}

TEST(Explore, OrderLinesHaveTheNumbersOfPandas) {
  COTERIE_NEEDS_SHARED("data/orders/online_retail.csv.gz");
  const TestFolder folder;
  const Exploration e = explore({.inputs = {shared_file("data/orders/online_retail.csv.gz").string()}, .out = folder.path()});
  EXPECT_EQ(e.read.rows.read, 541'909u);
  EXPECT_EQ(e.tables.front().rows, 541'909u);
  EXPECT_EQ(column(e, "CustomerID").missing, 135'080u);
  EXPECT_EQ(column(e, "CustomerID").distinct, 4372);
  EXPECT_EQ(column(e, "InvoiceNo").distinct, 25'900);
  EXPECT_EQ(column(e, "StockCode").distinct, 4070);
  EXPECT_EQ(column(e, "InvoiceDate").distinct, 23'260);
  EXPECT_EQ(column(e, "Country").distinct, 38);
  const ColumnDescription &quantity = column(e, "Quantity"), &price = column(e, "UnitPrice");
  EXPECT_NEAR(quantity.numbers->mean, 9.55224954743324, 1e-12);
  EXPECT_NEAR(quantity.numbers->deviation, 218.08095663447764, 1e-9);
  EXPECT_NEAR(quantity.numbers->skewness, -0.26407557610517635, 1e-10);
  EXPECT_NEAR(price.numbers->mean, 4.611113626088514, 1e-12);
  EXPECT_NEAR(price.numbers->deviation, 96.75976378429183, 1e-9);
  EXPECT_NEAR(price.numbers->skewness, 186.50645547026195, 1e-8);
  const auto quantile = [](const ColumnDescription& c, double share) { return c.numbers->quantiles[static_cast<std::size_t>(std::find(described_quantiles.begin(), described_quantiles.end(), share) - described_quantiles.begin())]; };
  const double shares[] = {0.01, 0.25, 0.5, 0.75, 0.99}, quantities[] = {-2, 1, 3, 10, 100}, prices[] = {0.19, 1.25, 2.08, 4.13, 18};
  for (int i = 0; i < 5; ++i) {
    EXPECT_DOUBLE_EQ(quantile(quantity, shares[i]), quantities[i]);
    EXPECT_DOUBLE_EQ(quantile(price, shares[i]), prices[i]);
  }
  EXPECT_EQ(outliers(quantity, OutlierRule::iqr).below, 1984u);
  EXPECT_EQ(outliers(quantity, OutlierRule::iqr).above, 56'635u);
  EXPECT_EQ(outliers(price, OutlierRule::iqr).below, 2u);
  EXPECT_EQ(outliers(price, OutlierRule::iqr).above, 39'625u);
  const Joint& joint = e.tables.front().joint;
  ASSERT_EQ(joint.correlations.names, (std::vector<std::string>{"Quantity", "UnitPrice"}));
  EXPECT_NEAR(joint.correlations.values.pearson[1], -0.0012349245448702647, 1e-12);
  EXPECT_NEAR(joint.correlations.values.spearman[1], -0.3854070512046104, 1e-10);
  const auto plot = std::find_if(joint.boxes.begin(), joint.boxes.end(), [](const BoxPlot& p) { return p.number == "UnitPrice" && p.category == "Country"; });
  const auto germany = std::find_if(plot->boxes.begin(), plot->boxes.end(), [](const Box& b) { return b.level == "Germany"; });
  EXPECT_DOUBLE_EQ(germany->first_quartile, 1.25);
  EXPECT_DOUBLE_EQ(germany->median, 1.95);
  EXPECT_DOUBLE_EQ(germany->third_quartile, 3.75);
}

TEST(Explore, ThreadsMemoryAndOrderOfFilesDoNotShow) {
  const TestFolder folder;
  const std::string a = folder.path("a.csv"), b = folder.path("b.csv");
  write_sample(a, {.rows = 60'000, .seed = 1});
  write_sample(b, {.rows = 40'000, .seed = 2});
  const std::string first = exploration_to_json(explore({.inputs = {a, b}, .out = folder.path("one"), .threads = 1}));
  EXPECT_EQ(exploration_to_json(explore({.inputs = {b, a}, .out = folder.path("three"), .threads = 3})), first);
  EXPECT_EQ(exploration_to_json(explore({.inputs = {a, b}, .out = folder.path("small"), .threads = 2, .memory_bytes = std::size_t{260} << 20})), first);
}

TEST(Explore, RowsThatAreSetAsideAreDescribedAndCounted) {
  const TestFolder folder;
  const std::string log = folder.file("log.csv",
      "event_time,event_type,product_id,brand,price,user_id,user_session\n"
      "2024-01-01 10:00:00 UTC,view,1,acme,5,7,a\n"
      "2024-01-01 10:00:00 UTC,view,1,acme,5,,a\n"
      "2024-01-01 10:00:00 UTC,\"view\",2,\"ac,me\",7,8,b\n"
      "broken\n");
  const Exploration e = explore({.inputs = {log}, .out = folder.path("out")});
  EXPECT_EQ(e.read.rows.read, e.read.rows.used + e.read.rows.all_set_aside());
  EXPECT_EQ(e.tables.front().rows, 3u);  // all but the one with the wrong number of fields
  EXPECT_EQ(column(e, "user_id").missing, 1u);
  EXPECT_EQ(column(e, "brand").distinct, 2);
  EXPECT_EQ(column(e, "price").numbers->count, 3u);
}

TEST(Explore, TheNamesOfProductsAreTexts) {
  const TestFolder folder;
  std::string rows = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n";
  for (int i = 0; i < 200; ++i) rows += std::to_string(i / 2) + ",P" + std::to_string(i % 50) + ",THING " + std::to_string(i % 50) + ",1,2024-01-05,2.5," + std::to_string(i / 9) + "\n";
  const Exploration e = explore({.inputs = {folder.file("orders.csv", rows)}, .out = folder.path("out")});
  EXPECT_EQ(column(e, "StockCode").content, Content::id);
  EXPECT_EQ(column(e, "Description").content, Content::text);
}

TEST(Explore, SaysWhatDrivesKMeansAndWhichScalingHelps) {
  const TestFolder folder;
  std::string rows = "customer_id,spend,visits\n";
  for (int i = 0; i < 2000; ++i) rows += std::to_string(i) + "," + std::to_string(i == 0 ? 1'000'000 : 10 + i % 50) + "," + std::to_string(i % 9) + "\n";
  const Exploration e = explore({.inputs = {folder.file("customers.csv", rows)}, .out = folder.path("out")});
  EXPECT_EQ(e.features.recommended, ScalingMethod::log_z);
  ASSERT_FALSE(e.findings.empty());
  EXPECT_NE(e.findings.front().find("spend"), std::string::npos);
  EXPECT_NE(e.findings.front().find("--scale log-z"), std::string::npos);
}

TEST(Explore, NothingIsWrittenWhereTheInputIsNotThere) {
  const TestFolder folder;
  EXPECT_THROW(explore({.inputs = {folder.path("none.csv")}, .out = folder.path("out")}), Error);
  EXPECT_FALSE(std::filesystem::exists(folder.path("out")));
}

}  // namespace
}  // namespace coterie
