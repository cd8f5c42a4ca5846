#include "coterie/matrix/recipe.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr double blank = std::numeric_limits<double>::quiet_NaN();

CustomerTable table_of(const std::vector<std::pair<std::string, std::vector<double>>>& numbers, const std::vector<Attribute>& attributes = {}) {
  CustomerTable table;
  const std::size_t rows = numbers.empty() ? attributes[0].values.size() : numbers[0].second.size();
  table.ids.numbers = HugeArray<std::uint64_t>(rows);
  table.values = Matrix(rows, numbers.size());
  for (std::size_t c = 0; c < numbers.size(); ++c) {
    table.names.push_back(numbers[c].first);
    table.is_count.push_back(true);
    for (std::size_t i = 0; i < rows; ++i) table.values.at(i, c) = numbers[c].second[i];
  }
  table.attributes = attributes;
  return table;
}

std::vector<double> column_of(const CustomerTable& table, std::size_t column) {
  const auto values = table.values.column(column);
  return {values.begin(), values.end()};
}

CustomerTable applied(const CustomerTable& table, const std::vector<ColumnPlan>& plans, CustomerTable again) {
  return apply_recipe(fit_recipe(table, plans), std::move(again));
}

ColumnPlan number(const std::string& name, MissingPolicy missing = {}) {
  return {.name = name, .kind = ColumnKind::number, .missing = missing};
}

TEST(Recipe, FillsBlanksWithWhatItLearned) {
  const struct {
    MissingRule rule;
    double expected;
  } cases[] = {{MissingRule::mean, 4}, {MissingRule::median, 3.5}, {MissingRule::most_frequent, 2}};
  for (const auto& one : cases) {
    const auto fitted = table_of({{"a", {2, 5, blank, 2, 7}}});
    const auto filled = applied(fitted, {number("a", {.rule = one.rule})}, table_of({{"a", {blank, 1}}}));
    EXPECT_EQ(column_of(filled, 0), (std::vector<double>{one.expected, 1})) << name_of(one.rule);
  }
  const auto constant = applied(table_of({{"a", {2, blank}}}), {number("a", {.rule = MissingRule::constant, .constant = "-1", .flag = true})}, table_of({{"a", {blank, 1}}}));
  EXPECT_EQ(column_of(constant, 0), (std::vector<double>{-1, 1}));
  EXPECT_EQ(column_of(constant, 1), (std::vector<double>{1, 0}));
  EXPECT_EQ(constant.names[1], "a missing");
}

TEST(Recipe, FillsFromTheFiveNearestByWhatTheRowHas) {
  // Complete rows: x = 0..9, y = 10 x. The blank y at x = 4 gets the mean of y at x = 2..6.
  std::vector<double> x, y;
  for (int i = 0; i < 10; ++i) x.push_back(i), y.push_back(10 * i);
  x.push_back(4), y.push_back(blank);
  const MissingPolicy nearest{.rule = MissingRule::nearest};
  const auto table = table_of({{"x", x}, {"y", y}});
  const auto filled = applied(table, {number("x", nearest), number("y", nearest)}, table_of({{"x", x}, {"y", y}}));
  EXPECT_DOUBLE_EQ(filled.values.at(10, 1), 40);
  EXPECT_EQ(filled.values.at(3, 1), 30);
}

TEST(Recipe, EncodesWordsInEachWay) {
  const std::vector<Attribute> words = {{"c", {"x", "y", "z", "x"}}};
  const auto encoded = [&](Encoding encoding, std::vector<std::string> levels) {
    const ColumnPlan plan{.name = "c", .kind = ColumnKind::category, .encoding = encoding, .levels = std::move(levels)};
    return applied(table_of({}, words), {plan}, table_of({}, words));
  };
  const auto one_hot = encoded(Encoding::one_hot, {"x", "y", "z"});
  EXPECT_EQ(one_hot.names, (std::vector<std::string>{"c=x", "c=y", "c=z"}));
  EXPECT_EQ(column_of(one_hot, 0), (std::vector<double>{1, 0, 0, 1}));
  EXPECT_EQ(column_of(encoded(Encoding::ordinal, {"z", "x", "y"}), 0), (std::vector<double>{1, 2, 0, 1}));
  EXPECT_EQ(column_of(encoded(Encoding::frequency, {"x", "y", "z"}), 0), (std::vector<double>{0.5, 0.25, 0.25, 0.5}));
}

TEST(Recipe, OneColumnIsEnoughForTwoLevels) {
  const std::vector<Attribute> words = {{"g", {"F", "M", "M"}}};
  const auto table = applied(table_of({}, words), {{.name = "g", .kind = ColumnKind::category, .encoding = Encoding::one_hot, .levels = {"F", "M"}}}, table_of({}, words));
  EXPECT_EQ(table.names, (std::vector<std::string>{"g=M"}));
  EXPECT_EQ(column_of(table, 0), (std::vector<double>{0, 1, 1}));
}

TEST(Recipe, BlankWordsBecomeTheMostFrequentLevel) {
  const std::vector<Attribute> words = {{"c", {"b", "", "a", "b"}}};
  const ColumnPlan plan{.name = "c", .kind = ColumnKind::category, .encoding = Encoding::frequency, .missing = {.rule = MissingRule::most_frequent}, .levels = {"a", "b"}};
  EXPECT_EQ(column_of(applied(table_of({}, words), {plan}, table_of({}, words)), 0), (std::vector<double>{0.75, 0.75, 0.25, 0.75}));
}

TEST(Recipe, AConstantMustFitItsColumn) {
  EXPECT_THROW(fit_recipe(table_of({{"a", {1}}}), {number("a", {.rule = MissingRule::constant, .constant = "x"})}), Error);
  const ColumnPlan plan{.name = "c", .kind = ColumnKind::category, .encoding = Encoding::one_hot, .missing = {.rule = MissingRule::constant, .constant = "z"}, .levels = {"a", "b"}};
  EXPECT_THROW(fit_recipe(table_of({}, {{"c", {"a"}}}), {plan}), Error);
}

}  // namespace
}  // namespace coterie
