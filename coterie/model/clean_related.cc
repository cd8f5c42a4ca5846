// Related tables of coupons: each is checked by what it is (claims have a customer who is there, dates, a known status), and written by
// itself; references that lead nowhere are counted.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "coterie/base/error.h"
#include "coterie/base/time.h"
#include "coterie/features/coupons.h"
#include "coterie/model/clean_shapes.h"
#include "coterie/model/memory_plan.h"
#include "coterie/model/read_tables.h"

namespace coterie {
namespace {

using UsedRows = std::vector<std::vector<std::size_t>>;  // a table each

std::string whole_row(const TextTable& table, std::size_t row) {
  std::string all;
  for (std::size_t c = 0; c < table.columns(); ++c) all.append(table.at(row, c)).push_back('\x1f');
  return all;
}

// Of rows that are used: those that are equal to an earlier one, set aside where asked for.
std::uint64_t treat_equal_rows(TextTable& table, std::vector<std::size_t>& rows, bool drop) {
  std::set<std::string> seen;
  std::vector<std::size_t> kept;
  std::uint64_t equal = 0;
  for (const std::size_t row : rows) {
    const bool is_new = seen.insert(whole_row(table, row)).second;
    equal += !is_new;
    if (is_new || !drop) kept.push_back(row);
    else reject(table, row, 0, Reason::duplicate_row);
  }
  rows = std::move(kept);
  return equal;
}

void add_blank_steps(const TextTable& table, const std::vector<std::size_t>& rows, CleanResult& result) {
  for (std::size_t c = 0; c < table.columns(); ++c) {
    const auto blank = static_cast<std::uint64_t>(std::count_if(rows.begin(), rows.end(), [&](std::size_t row) { return is_missing(table.at(row, c)); }));
    if (blank > 0) result.steps.push_back({fmt::format("{}.{}: blank cells, kept", name_of_table(table), table.dialect.columns[c]), blank, blank, std::nullopt});
  }
}

void add_reference_steps(const std::vector<TextTable>& tables, const CouponPlan& plan, const UsedRows& used, CleanResult& result) {
  for (const Join& join : plan.joins) {
    std::set<std::string_view> keys;
    for (const std::size_t row : used[join.key_table]) keys.insert(trimmed(tables[join.key_table].at(row, join.key)));
    std::uint64_t lost = 0;
    for (const std::size_t row : used[join.table]) {
      const std::string_view value = trimmed(tables[join.table].at(row, join.column));
      lost += !is_missing(value) && !keys.contains(value);
    }
    if (lost > 0) result.steps.push_back({fmt::format("{}: values that lead nowhere, kept", text_of(join, tables)), lost, lost, std::nullopt});
  }
}

std::string cell_text(std::string_view text, const std::optional<DateOrder>& date) {
  text = trimmed(text);
  const auto time = date && *date != DateOrder::iso ? parse_date(text, *date) : std::nullopt;
  return csv_field(time ? iso_time(*time).substr(0, text.find(':') == text.npos ? 10 : std::string::npos) : std::string(text));
}

// How the dates of a column are written; nothing where it has none.
std::optional<DateOrder> date_order_of(const TextTable& table, std::size_t column, const std::vector<std::size_t>& rows) {
  std::vector<std::string_view> values;
  for (const std::size_t row : rows)
    if (const std::string_view text = trimmed(table.at(row, column)); !is_missing(text) && values.size() < 1000) values.push_back(text);
  const DateFormat format = guess_date_format(values);
  return format.share > 0.9 ? std::optional(format.order) : std::nullopt;
}

void write_table(OutputFile& file, const TextTable& table, const std::vector<std::size_t>& rows) {
  std::string line;
  std::vector<std::optional<DateOrder>> dates;
  for (std::size_t c = 0; c < table.columns(); ++c) {
    line += (c == 0 ? "" : ",") + csv_field(table.dialect.columns[c]);
    dates.push_back(date_order_of(table, c, rows));
  }
  file.write(line + "\n");
  for (const std::size_t row : rows) {
    line.clear();
    for (std::size_t c = 0; c < table.columns(); ++c) line += (c == 0 ? "" : ",") + cell_text(table.at(row, c), dates[c]);
    file.write(line + "\n");
  }
}

void require_no_fills(const CleanOptions& options) {
  if (!options.columns.missing.empty()) throw Error(ErrorKind::usage, "--missing is for logs and tables of customers: in related tables a blank says that something did not happen", "leave it out");
  if (options.outliers.rule != OutlierRule::none) throw Error(ErrorKind::usage, "--outliers is for logs and tables of customers: related tables of coupons are counted, not measured", "leave it out");
}

}  // namespace

CleanResult clean_related(const CleanOptions& options, OutputFiles& files) {
  require_no_fills(options);
  std::vector<TextTable> tables = read_tables(options.inputs, options.delimiter, plan_memory(options.memory_bytes, 1).limit);
  const CouponPlan plan = plan_coupons(tables, find_joins(tables, options.joins), options.roles);
  UsedRows used = check_coupons(tables, plan);
  CleanResult result{.shape = Shape::coupons};
  for (std::size_t t = 0; t < tables.size(); ++t)
    if (const std::uint64_t equal = treat_equal_rows(tables[t], used[t], options.rules.drop_duplicates); equal > 0 && !options.rules.drop_duplicates)
      result.steps.push_back({fmt::format("{}: rows equal to an earlier one, kept (--duplicates drop)", name_of_table(tables[t])), 0, equal, std::nullopt});
  for (std::size_t t = 0; t < tables.size(); ++t) add_blank_steps(tables[t], used[t], result);
  add_reference_steps(tables, plan, used, result);
  result.customers = used[plan.customers].size();
  std::filesystem::create_directories(options.out + "/tables");
  for (std::size_t t = 0; t < tables.size(); ++t) {
    result.files.push_back(fmt::format("tables/{}.csv", name_of_table(tables[t])));
    files.push_back(std::make_unique<OutputFile>(options.out + "/" + result.files.back()));
    write_table(*files.back(), tables[t], used[t]);
  }
  ReadReport read;
  files.push_back(fill_ledger(read, tables, options.out + "/rejects.csv"));
  result.inputs = read.inputs, result.rows = read.rows;
  std::vector<CleanStep> checks = std::move(result.steps);
  result.steps.clear();
  add_row_steps(result, false);
  result.steps.insert(result.steps.end(), checks.begin(), checks.end());
  return result;
}

}  // namespace coterie
