#include "coterie/model/clean.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "coterie/base/error.h"
#include "coterie/model/memory_plan.h"
#include "coterie/model/read_tables.h"
#include "coterie/table/read_customers.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

void make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!std::filesystem::is_directory(path))
    throw Error(ErrorKind::output, fmt::format("cannot make the folder: {}", error.message()), "give a folder you may write to with --out", path);
}

// Rows set aside, a step for each reason.
void add_row_steps(CleanResult& result) {
  for (std::size_t r = 0; r < reason_count; ++r)
    if (const std::uint64_t rows = result.rows.set_aside[r]; rows != 0)
      result.steps.push_back({fmt::format("rows set aside: {}", name_of(static_cast<Reason>(r))), 0, rows, 0});
}

void add_fill_steps(CleanResult& result, const Recipe& recipe) {
  for (const ColumnRecipe& column : recipe.columns) {
    if (column.filled == 0) continue;
    const bool by_neighbours = column.plan.missing.rule == MissingRule::nearest;
    const std::string with = by_neighbours ? std::string("the mean of their nearest customers") : column.plan.kind == ColumnKind::number ? fmt::format("{:g}", column.fill) : column.fill_level;
    result.steps.push_back({fmt::format("{}: blank cells filled with {} ({})", column.plan.name, with, name_of(column.plan.missing.rule)), column.filled, column.filled, column.filled});
  }
}

void add_outlier_steps(CleanResult& result, const OutlierReport& report, const OutlierPolicy& policy) {
  const char* done = policy.action == OutlierAction::cap ? "drawn in to the bounds" : policy.action == OutlierAction::remove ? "removed with their customers" : "reported, not changed";
  for (const ColumnOutliers& column : report.columns)
    result.steps.push_back({fmt::format("{}: {} below {:g} and {} above {:g} ({}), {}", column.column, column.below, column.low, column.above, column.high, name_of(policy.rule), done),
                            column.below + column.above, column.below + column.above, column.below + column.above});
  if (report.customers != 0) result.steps.push_back({fmt::format("customers with an outlier, {}", done), report.cells, report.customers, report.customers});
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

std::string report_json(const CleanOptions& options, const CleanResult& result) {
  Json inputs = Json::array(), columns = Json::array(), steps = Json::array(), reasons = Json::object();
  for (const InputReport& input : result.inputs) inputs.push_back({{"path", input.file.path}, {"hash", input.file.hash}, {"rows", input.rows.read}});
  for (const ColumnPlan& plan : result.plans)
    columns.push_back({{"name", plan.name}, {"kind", name_of(plan.kind)}, {"confidence", plan.confidence}, {"why", plan.why}, {"missing", text_of(plan.missing)}});
  for (const CleanStep& step : result.steps) steps.push_back({{"what", step.what}, {"cells", step.cells}, {"rows", step.rows}, {"customers", step.customers}});
  for (std::size_t r = 0; r < reason_count; ++r)
    if (result.rows.set_aside[r] != 0) reasons[name_of(static_cast<Reason>(r))] = result.rows.set_aside[r];
  const Json json = {{"inputs", inputs},
                     {"rows", {{"read", result.rows.read}, {"used", result.rows.used}, {"set_aside", result.rows.all_set_aside()}, {"set_aside_by_reason", reasons}}},
                     {"outliers", {{"rule", name_of(options.outliers.rule)}, {"action", name_of(options.outliers.action)}}},
                     {"columns", columns},
                     {"steps", steps},
                     {"customers", result.customers}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

CleanResult clean(const CleanOptions& options) {
  make_folder(options.out);
  std::vector<TextTable> tables = read_tables(options.inputs, options.delimiter, plan_memory(options.memory_bytes, 1).limit);
  CleanResult result;
  result.plans = plan_columns(tables, options.columns);
  CustomerTable table = read_customers(tables, result.plans);
  ReadReport read;
  const std::unique_ptr<OutputFile> rejects = fill_ledger(read, tables, options.out + "/rejects.csv");
  require_customers(read);
  result.inputs = read.inputs, result.rows = read.rows;
  add_row_steps(result);
  const Recipe recipe = fit_recipe(table, result.plans);
  table = fill_blanks(recipe, std::move(table));
  add_fill_steps(result, recipe);
  const OutlierReport outliers = treat_outliers(table, options.outliers);
  add_outlier_steps(result, outliers, options.outliers);
  result.customers = table.ids.size();
  if (result.customers == 0) throw Error(ErrorKind::no_usable_rows, "every customer has an outlier, and all would be removed", "draw them in instead: --outliers RULE:cap");
  OutputFile cleaned(options.out + "/cleaned.csv"), report(options.out + "/clean.json");
  write_cleaned(cleaned, table, result.plans);
  report.write(report_json(options, result));
  cleaned.commit();
  rejects->commit();
  report.commit();
  return result;
}

}  // namespace coterie
