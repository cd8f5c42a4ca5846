#include "coterie/table/read_customers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"
#include "coterie/source/rounded_id.h"
#include "coterie/table/customer_ids.h"

namespace coterie {
namespace {

constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();

struct PlannedColumn {
  const ColumnPlan* plan;
  std::size_t column;  // in the table
};

std::vector<PlannedColumn> locate(const TextTable& table, const std::vector<ColumnPlan>& plans) {
  std::vector<PlannedColumn> located;
  const std::vector<std::string>& columns = table.dialect.columns;
  for (const ColumnPlan& plan : plans) {
    if (plan.kind == ColumnKind::ignored) continue;
    const auto it = std::find(columns.begin(), columns.end(), plan.name);
    if (it == columns.end())
      throw Error(ErrorKind::missing_column, fmt::format("there is no column \"{}\"{}", plan.name, did_you_mean(plan.name, columns)),
                  fmt::format("the columns are: {}", fmt::join(columns, ", ")), table.file.path);
    located.push_back({&plan, static_cast<std::size_t>(it - columns.begin())});
  }
  return located;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// The level as the plan spells it; truths in any case.
const std::string* level_of(const ColumnPlan& plan, std::string_view text) {
  const auto is_same = [&](const std::string& level) { return level == text || (plan.kind == ColumnKind::truth && lower_case(level) == lower_case(text)); };
  const auto it = std::find_if(plan.levels.begin(), plan.levels.end(), is_same);
  return it == plan.levels.end() ? nullptr : &*it;
}

// One customer on the way from its row.
struct ReadRow {
  std::string id;
  std::vector<double> numbers;
  std::vector<std::string> words;
  RowPlace place{};
};

// All fields of a row, in one text that is another one for every other row.
std::string whole_row(const TextTable& table, std::size_t row) {
  std::string all;
  for (std::size_t c = 0; c < table.columns(); ++c) all.append(table.at(row, c)).push_back('\x1f');
  return all;
}

// Reads the rows of all tables; ids seen so far tell duplicates.
class RowReader {
 public:
  explicit RowReader(bool drop_duplicates) : drop_duplicates_(drop_duplicates) {}

  // False: the row is set aside.
  bool read(TextTable& table, std::size_t row, const std::vector<PlannedColumn>& columns, ReadRow& out) {
    out = {};
    if (drop_duplicates_ && !rows_.insert(whole_row(table, row)).second) {
      reject(table, row, 0, Reason::duplicate_row);
      return false;
    }
    for (const auto& [plan, column] : columns) {
      const std::string_view text = trimmed(table.at(row, column));
      if (const auto reason = take(*plan, text, out)) {
        const bool is_equal = *reason == Reason::duplicate_customer && ids_.at(out.id) == whole_row(table, row);
        reject(table, row, column, is_equal ? Reason::duplicate_row : *reason);
        return false;
      }
    }
    if (!out.id.empty()) ids_.emplace(out.id, whole_row(table, row));
    return true;
  }

 private:
  std::optional<Reason> take(const ColumnPlan& plan, std::string_view text, ReadRow& out) {
    const bool missing = is_missing(text);
    if (plan.kind == ColumnKind::id) {
      if (missing) return Reason::no_customer;
      if (is_scientific_id(text) || (plan.rounded_ids && ends_in_rounding_zeros(text))) return Reason::rounded_id;
      out.id = text;
      return ids_.contains(out.id) ? std::optional(Reason::duplicate_customer) : std::nullopt;
    }
    if (missing && plan.missing.rule == MissingRule::drop) return Reason::missing_value;
    if (plan.kind == ColumnKind::number) {
      const std::optional<double> value = missing ? missing_number : parse_amount(text, plan.format);
      if (!value) return Reason::bad_number;
      out.numbers.push_back(*value);
      return std::nullopt;
    }
    if (missing || plan.kind == ColumnKind::attribute) {
      out.words.emplace_back(missing ? "" : text);
      return std::nullopt;
    }
    const std::string* level = level_of(plan, text);
    if (level == nullptr) return Reason::unknown_category;
    out.words.push_back(*level);
    return std::nullopt;
  }

  bool drop_duplicates_;
  std::unordered_map<std::string, std::string> ids_;  // with their rows
  std::unordered_set<std::string> rows_;
};

// Numbers rising, then texts in byte order.
std::vector<std::size_t> order_by_id(const std::vector<ReadRow>& rows) {
  std::vector<std::optional<std::uint64_t>> numbers;
  for (const ReadRow& row : rows) numbers.push_back(canonical_number(row.id));
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (numbers[a].has_value() != numbers[b].has_value()) return numbers[a].has_value();
    return numbers[a] ? *numbers[a] < *numbers[b] : rows[a].id < rows[b].id;
  });
  return order;
}

CustomerIds ids_of(const std::vector<ReadRow>& rows, const std::vector<std::size_t>& order) {
  std::vector<std::uint64_t> numbers;
  CustomerIds ids;
  for (const std::size_t row : order) {
    if (const auto number = canonical_number(rows[row].id)) numbers.push_back(*number);
    else ids.texts.push_back(rows[row].id);
  }
  ids.numbers = HugeArray<std::uint64_t>(numbers.size());
  std::copy(numbers.begin(), numbers.end(), ids.numbers.begin());
  return ids;
}

CustomerTable table_of(std::vector<ReadRow>& rows, const std::vector<ColumnPlan>& plans, std::vector<RowPlace>* places) {
  const std::vector<std::size_t> order = order_by_id(rows);
  CustomerTable table;
  table.id_name = "row";
  for (const ColumnPlan& plan : plans) {
    if (plan.kind == ColumnKind::id) table.id_name = plan.name;
    else if (plan.kind == ColumnKind::number) table.names.push_back(plan.name);
    else if (plan.kind != ColumnKind::ignored) table.attributes.push_back({plan.name, std::vector<std::string>(rows.size())});
  }
  table.ids = ids_of(rows, order);
  table.values = Matrix(rows.size(), table.names.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    ReadRow& row = rows[order[i]];
    if (places != nullptr) places->push_back(row.place);
    for (std::size_t c = 0; c < row.numbers.size(); ++c) table.values.at(i, c) = row.numbers[c];
    for (std::size_t a = 0; a < row.words.size(); ++a) table.attributes[a].values[i] = std::move(row.words[a]);
  }
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    const auto values = table.values.column(c);
    table.is_count.push_back(std::all_of(values.begin(), values.end(), [](double x) { return std::isnan(x) || (x == std::floor(x) && std::abs(x) < 0x1p53); }));
  }
  return table;
}

}  // namespace

CustomerTable read_customers(std::vector<TextTable>& tables, const std::vector<ColumnPlan>& plans, bool drop_duplicates, std::vector<RowPlace>* places) {
  const bool has_id = std::any_of(plans.begin(), plans.end(), [](const ColumnPlan& plan) { return plan.kind == ColumnKind::id; });
  std::vector<ReadRow> rows;
  RowReader reader(drop_duplicates);
  std::size_t number = 0;
  for (std::size_t t = 0; t < tables.size(); ++t) {
    TextTable& table = tables[t];
    const std::vector<PlannedColumn> columns = locate(table, plans);
    ReadRow read;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      ++number;
      if (!reader.read(table, row, columns, read)) continue;
      if (!has_id) read.id = std::to_string(number);
      read.place = {t, row};
      rows.push_back(std::move(read));
    }
  }
  return table_of(rows, plans, places);
}

}  // namespace coterie
