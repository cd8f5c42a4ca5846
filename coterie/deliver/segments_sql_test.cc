// The rules as SQL, run by DuckDB on the very features they were made of.
#include "coterie/deliver/segments_sql.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/random.h"
#include "coterie/source/duckdb.h"

namespace coterie {
namespace {

struct Segmented {
  CustomerTable table;
  std::vector<std::int32_t> labels;
};

// Skewed counts and sums; the labels a function of them that no tree has exactly, label 2 rare.
Segmented skewed_customers(std::size_t rows) {
  Random random(11);
  Segmented data;
  data.table.id_name = "customer \"id\"";
  data.table.ids.numbers = HugeArray<std::uint64_t>(rows);
  data.table.names = {"n_view", "re\"venue", "rate"};
  data.table.values = Matrix(rows, 3);
  for (std::size_t i = 0; i < rows; ++i) {
    data.table.ids.numbers[i] = 1000 + i;
    const double views = std::floor(-10 * std::log(1 - random.uniform())), revenue = std::exp(2 * random.normal());
    data.table.values.at(i, 0) = views, data.table.values.at(i, 1) = revenue, data.table.values.at(i, 2) = random.uniform();
    data.labels.push_back(revenue > 40 ? 2 : views + 5 * data.table.values.at(i, 2) > 14 ? 1 : 0);
  }
  return data;
}

const std::vector<SegmentName> names = {{"browsers", ""}, {"it's \n; drop table features; --", ""}, {"", ""}};

TEST(SegmentRules, SayHowGoodTheyAre) {
  const Segmented data = skewed_customers(50000);
  const SegmentRules rules = fit_segment_rules(data.table, data.labels, 3, {.threads = 1});
  std::vector<double> size(3), claimed(3), right(3);
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    const std::int32_t said = cluster_by_rules(rules, [&](std::size_t c) { return data.table.values.at(i, c); });
    ASSERT_GE(said, 0);
    ++size[static_cast<std::size_t>(data.labels[i])];
    ++claimed[static_cast<std::size_t>(said)];
    right[static_cast<std::size_t>(said)] += said == data.labels[i];
  }
  EXPECT_EQ(rules.fidelity, (right[0] + right[1] + right[2]) / 50000);
  EXPECT_GT(rules.fidelity, 0.9);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(rules.clusters[c].precision, right[c] / claimed[c]);
    EXPECT_EQ(rules.clusters[c].recall, right[c] / size[c]);
    EXPECT_GT(rules.clusters[c].recall, 0.85);
  }
  for (const SegmentRule& rule : rules.rules) EXPECT_LE(rule.conditions.size(), 4u);
  const SegmentRules again = fit_segment_rules(data.table, data.labels, 3, {.threads = 3});
  EXPECT_EQ(segments_sql(again, "id", data.table.names, names), segments_sql(rules, "id", data.table.names, names));
}

TEST(SegmentsSql, GivesEveryCustomerWhatTheRulesGive) {
  const Segmented data = skewed_customers(5000);
  const SegmentRules rules = fit_segment_rules(data.table, data.labels, 3);
  DuckDb database;
  std::vector<std::int64_t> ids(5000);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(data.table.ids.numbers[i]);
  std::vector<SqlColumn> columns = {{data.table.id_name, std::span<const std::int64_t>(ids)}};
  for (std::size_t c = 0; c < 3; ++c) columns.push_back({data.table.names[c], data.table.values.column(c)});
  database.add_columns("customers", std::move(columns));
  database.execute("create table features as from customers()");
  const SqlResult answer = database.query(segments_sql(rules, data.table.id_name, data.table.names, names));
  ASSERT_EQ(answer.rows(), 5000u);
  for (std::size_t i = 0; i < answer.rows(); ++i) {
    const std::int32_t said = cluster_by_rules(rules, [&](std::size_t c) { return data.table.values.at(i, c); });
    EXPECT_EQ(answer.integer(i, 0), ids[i]);
    EXPECT_EQ(answer.integer(i, 1), said);
    EXPECT_EQ(answer.text(i, 2), names[static_cast<std::size_t>(said)].name);
  }
}

TEST(SegmentsSql, GivesNullWhereAColumnIsNull) {
  const Segmented data = skewed_customers(5000);
  const SegmentRules rules = fit_segment_rules(data.table, data.labels, 3);
  DuckDb database;
  database.execute(R"(create table features as select 1 as "customer ""id""", null::double as n_view, null::double as "re""venue", null::double as rate)");
  EXPECT_TRUE(database.query(segments_sql(rules, data.table.id_name, data.table.names, names)).is_null(0, 1));
}

TEST(SegmentsSql, OneSegmentNeedsNoCondition) {
  const Segmented data = skewed_customers(10);
  const SegmentRules rules = fit_segment_rules(data.table, std::vector<std::int32_t>(10, 0), 1);
  ASSERT_EQ(rules.rules.size(), 1u);
  EXPECT_EQ(sql_of(rules.rules[0], data.table.names), "true");
  EXPECT_EQ(rules.fidelity, 1);
}

}  // namespace
}  // namespace coterie
