#include "coterie/model/clean_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/error.h"
#include "coterie/matrix/recipe.h"
#include "coterie/model/memory_plan.h"
#include "coterie/model/read_tables.h"
#include "coterie/table/read_customers.h"

namespace coterie {
namespace {

void add_fill_steps(CleanResult& result, const Recipe& recipe) {
  for (const ColumnRecipe& column : recipe.columns) {
    if (column.filled == 0) continue;
    const bool by_neighbours = column.plan.missing.rule == MissingRule::nearest;
    const std::string with = by_neighbours ? std::string("the mean of their nearest customers") : column.plan.kind == ColumnKind::number ? fmt::format("{:g}", column.fill) : column.fill_level;
    result.steps.push_back({fmt::format("{}: blank cells filled with {} ({})", column.plan.name, with, name_of(column.plan.missing.rule)), column.filled, column.filled, column.filled});
  }
}

void add_outlier_steps(CleanResult& result, const OutlierReport& report, const OutlierPolicy& policy) {
  const char* done = done_by(policy.action, "removed with their customers");
  for (const ColumnOutliers& column : report.columns)
    result.steps.push_back({fmt::format("{}: {} below {:g} and {} above {:g} ({}), {}", column.column, column.below, column.low, column.above, column.high, name_of(policy.rule), done),
                            column.below + column.above, column.below + column.above, column.below + column.above});
  if (!report.touched.empty()) result.steps.push_back({fmt::format("customers with an outlier, {}", done), report.cells, report.touched.size(), report.touched.size()});
}

// Rows of customers who are removed are set aside like any other.
void set_aside_outliers(std::vector<TextTable>& tables, const std::vector<RowPlace>& places, const OutlierReport& report) {
  for (const TouchedRow& touched : report.touched) {
    TextTable& table = tables[places[touched.row].table];
    const auto& columns = table.dialect.columns;
    const auto column = std::find(columns.begin(), columns.end(), touched.column) - columns.begin();
    reject(table, places[touched.row].row, static_cast<std::size_t>(column), Reason::outlier);
  }
}

std::string number_text(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string id_text(const CustomerIds& ids, std::size_t row) {
  return row < ids.numbers.size() ? std::to_string(ids.numbers[row]) : csv_field(ids.texts[row - ids.numbers.size()]);
}

// The planned columns in the order of the input.
void write_cleaned(OutputFile& file, const CustomerTable& table, const std::vector<ColumnPlan>& plans) {
  std::string line;
  const auto add = [&](const std::string& text) { line += (line.empty() ? "" : ",") + text; };
  const auto write_line = [&] { file.write(line + "\n"), line.clear(); };
  const bool has_id = std::any_of(plans.begin(), plans.end(), [](const ColumnPlan& plan) { return plan.kind == ColumnKind::id; });
  if (!has_id) add("row");
  for (const ColumnPlan& plan : plans)
    if (plan.kind != ColumnKind::ignored) add(csv_field(plan.name));
  write_line();
  for (std::size_t row = 0; row < table.ids.size(); ++row) {
    bool first = true;
    const auto put = [&](const std::string& text) { line += (first ? "" : ",") + text, first = false; };
    if (!has_id) put(id_text(table.ids, row));
    std::size_t number = 0, word = 0;
    for (const ColumnPlan& plan : plans) {
      if (plan.kind == ColumnKind::ignored) continue;
      if (plan.kind == ColumnKind::id) put(id_text(table.ids, row));
      else if (plan.kind == ColumnKind::number) put(number_text(table.values.at(row, number++)));
      else put(csv_field(table.attributes[word++].values[row]));
    }
    write_line();
  }
}

}  // namespace

CleanResult clean_customers(const CleanOptions& options, OutputFiles& files) {
  std::vector<TextTable> tables = read_tables(options.inputs, options.delimiter, plan_memory(options.memory_bytes, 1).limit);
  CleanResult result{.shape = Shape::customers};
  result.plans = plan_columns(tables, options.columns);
  std::vector<RowPlace> places;
  CustomerTable table = read_customers(tables, result.plans, options.rules.drop_duplicates, &places);
  OutlierReport outliers;
  Recipe recipe;
  if (table.ids.size() > 0) {
    recipe = fit_recipe(table, result.plans);
    table = fill_blanks(recipe, std::move(table));
    outliers = treat_outliers(table, options.outliers);
    if (table.ids.size() == 0) throw Error(ErrorKind::no_usable_rows, "every customer has an outlier, and all would be removed", "draw them in instead: --outliers RULE:cap");
    if (options.outliers.action == OutlierAction::remove) set_aside_outliers(tables, places, outliers);
  }
  ReadReport read;
  files.push_back(fill_ledger(read, tables, options.out + "/rejects.csv"));
  require_customers(read);
  result.inputs = read.inputs, result.rows = read.rows;
  add_row_steps(result, true);
  add_fill_steps(result, recipe);
  add_outlier_steps(result, outliers, options.outliers);
  result.customers = table.ids.size();
  result.files = {"cleaned.csv"};
  files.push_back(std::make_unique<OutputFile>(options.out + "/cleaned.csv"));
  write_cleaned(*files.back(), table, result.plans);
  return result;
}

}  // namespace coterie
