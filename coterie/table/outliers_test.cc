#include "coterie/table/outliers.h"

#include <gtest/gtest.h>

#include <limits>

#include "coterie/base/error.h"

namespace coterie {
namespace {

CustomerTable table_of(const std::vector<double>& values) {
  CustomerTable table;
  table.ids.numbers = HugeArray<std::uint64_t>(values.size());
  table.names = {"x"};
  table.is_count = {true};
  table.values = Matrix(values.size(), 1);
  table.attributes = {{"a", {}}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    table.ids.numbers[i] = i;
    table.values.at(i, 0) = values[i];
    table.attributes[0].values.push_back(std::to_string(i));
  }
  return table;
}

TEST(Outliers, EachRuleHasItsBounds) {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 100};
  const struct {
    OutlierRule rule;
    double low, high;
  } cases[] = {{OutlierRule::iqr, 3.25 - 6.75, 7.75 + 6.75}, {OutlierRule::robust, 5.5 - 3.5 * 1.4826 * 2.5, 5.5 + 3.5 * 1.4826 * 2.5}, {OutlierRule::winsorise, 1.09, 91.81}};
  for (const auto& one : cases) {
    CustomerTable table = table_of(values);
    const OutlierReport report = treat_outliers(table, {one.rule, OutlierAction::report});
    ASSERT_EQ(report.columns.size(), 1u) << name_of(one.rule);
    EXPECT_NEAR(report.columns[0].low, one.low, 1e-9) << name_of(one.rule);
    EXPECT_NEAR(report.columns[0].high, one.high, 1e-9) << name_of(one.rule);
    EXPECT_EQ(report.columns[0].above, 1u);
    EXPECT_EQ(table.values.at(9, 0), 100) << "a report changes nothing";
  }
  // Of ten values none can be more than 3 deviations away: (n - 1) / sqrt(n) is the limit (Shiffler 1988).
  CustomerTable table = table_of(values);
  EXPECT_EQ(treat_outliers(table, {OutlierRule::z, OutlierAction::report}).cells, 0u);
}

TEST(Outliers, AreCappedOrRemovedWithTheirCustomers) {
  CustomerTable capped = table_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 100});
  treat_outliers(capped, {OutlierRule::iqr, OutlierAction::cap});
  EXPECT_DOUBLE_EQ(capped.values.at(9, 0), 14.5);
  EXPECT_FALSE(capped.is_count[0]);
  CustomerTable removed = table_of({1, 2, 3, 100, 5, 6, 7, 8, 9, 4});
  const OutlierReport report = treat_outliers(removed, {OutlierRule::iqr, OutlierAction::remove});
  EXPECT_EQ(report.touched.size(), 1u);
  ASSERT_EQ(removed.ids.size(), 9u);
  EXPECT_EQ(removed.ids.numbers[3], 4u);
  EXPECT_EQ(removed.attributes[0].values[3], "4");
}

TEST(Outliers, AreNoneWhereNothingSpreadsAndBlanksAreNone) {
  CustomerTable table = table_of({0, 0, 0, 0, 0, 0, 0, 5, std::numeric_limits<double>::quiet_NaN()});
  EXPECT_EQ(treat_outliers(table, {OutlierRule::iqr, OutlierAction::remove}).cells, 0u);
  EXPECT_EQ(table.ids.size(), 9u);
}

TEST(OutlierPolicy, IsReadFromTextOrRefused) {
  const OutlierPolicy policy = outlier_policy_from_text("robust:cap");
  EXPECT_EQ(policy.rule, OutlierRule::robust);
  EXPECT_EQ(policy.action, OutlierAction::cap);
  EXPECT_EQ(outlier_policy_from_text("iqr").action, OutlierAction::report);
  EXPECT_THROW(outlier_policy_from_text("far"), Error);
  EXPECT_THROW(outlier_policy_from_text("iqr:hide"), Error);
}

}  // namespace
}  // namespace coterie
