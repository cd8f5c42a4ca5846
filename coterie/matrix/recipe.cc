#include "coterie/matrix/recipe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <numeric>

#include "coterie/base/error.h"

namespace coterie {
namespace {

bool is_feature(const ColumnPlan& plan) { return plan.kind >= ColumnKind::number && plan.kind <= ColumnKind::category; }

std::span<const double> numbers_of(const CustomerTable& table, const std::string& name) {
  const auto it = std::find(table.names.begin(), table.names.end(), name);
  assert(it != table.names.end());
  return table.values.column(static_cast<std::size_t>(it - table.names.begin()));
}

const std::vector<std::string>& words_of(const CustomerTable& table, const std::string& name) {
  const auto it = std::find_if(table.attributes.begin(), table.attributes.end(), [&](const Attribute& a) { return a.name == name; });
  assert(it != table.attributes.end());
  return it->values;
}

std::vector<double> present(std::span<const double> values) {
  std::vector<double> there;
  for (const double value : values)
    if (!std::isnan(value)) there.push_back(value);
  return there;
}

double mean_of(const std::vector<double>& values) {
  return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Ties to the smallest.
double mode_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double best = 0;
  std::ptrdiff_t most = 0;
  for (auto run = values.begin(); run != values.end();) {
    const auto end = std::upper_bound(run, values.end(), *run);
    if (end - run > most) most = end - run, best = *run;
    run = end;
  }
  return best;
}

std::vector<std::size_t> count_levels(const std::vector<std::string>& levels, const std::vector<std::string>& words) {
  std::vector<std::size_t> counts(levels.size());
  std::map<std::string_view, std::size_t> index;
  for (std::size_t l = 0; l < levels.size(); ++l) index.emplace(levels[l], l);
  for (const std::string& word : words)
    if (const auto it = index.find(word); it != index.end()) ++counts[it->second];
  return counts;
}

double fill_of(const ColumnPlan& plan, std::span<const double> column) {
  switch (plan.missing.rule) {
    case MissingRule::median: return median_of(present(column));
    case MissingRule::most_frequent: return mode_of(present(column));
    case MissingRule::constant:
      if (const auto value = parse_amount(plan.missing.constant, plan.format)) return *value;
      throw Error(ErrorKind::usage, fmt::format("--missing {}=constant:{}: that is no number", plan.name, plan.missing.constant), "write for example constant:0");
    default: return mean_of(present(column));
  }
}

std::string fill_level_of(const ColumnPlan& plan, const std::vector<std::size_t>& counts) {
  if (plan.missing.rule != MissingRule::constant) return plan.levels[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
  if (std::find(plan.levels.begin(), plan.levels.end(), plan.missing.constant) == plan.levels.end())
    throw Error(ErrorKind::usage, fmt::format("--missing {}=constant:{}: that is no value of the column", plan.name, plan.missing.constant), fmt::format("write one of {}", fmt::join(plan.levels, ", ")));
  return plan.missing.constant;
}

void fit_words(ColumnRecipe& column, const std::vector<std::string>& words) {
  const std::vector<std::size_t> counts = count_levels(column.plan.levels, words);
  column.filled = static_cast<std::uint64_t>(std::count(words.begin(), words.end(), ""));
  column.fill_level = fill_level_of(column.plan, counts);
  if (column.plan.encoding != Encoding::frequency) return;
  const bool fills = column.plan.missing.rule != MissingRule::drop;
  for (std::size_t l = 0; l < counts.size(); ++l) {
    const std::size_t count = counts[l] + (fills && column.plan.levels[l] == column.fill_level ? column.filled : 0);
    column.frequencies.push_back(static_cast<double>(count) / static_cast<double>(words.size()));
  }
}

ColumnRecipe fit_column(const CustomerTable& table, const ColumnPlan& plan) {
  ColumnRecipe column{.plan = plan};
  if (plan.kind != ColumnKind::number) {
    fit_words(column, words_of(table, plan.name));
    return column;
  }
  const std::span<const double> values = numbers_of(table, plan.name);
  column.filled = static_cast<std::uint64_t>(std::count_if(values.begin(), values.end(), [](double x) { return std::isnan(x); }));
  column.fill = fill_of(plan, values);
  return column;
}

Donors fit_donors(const CustomerTable& table, const std::vector<std::string>& names) {
  Donors donors{.names = names, .means = {}, .deviations = {}, .values = {}};
  std::vector<std::span<const double>> columns;
  for (const std::string& name : names) {
    columns.push_back(numbers_of(table, name));
    const std::vector<double> there = present(columns.back());
    const double mean = mean_of(there);
    double squares = 0;
    for (const double x : there) squares += (x - mean) * (x - mean);
    const double deviation = there.empty() ? 0 : std::sqrt(squares / static_cast<double>(there.size()));
    donors.means.push_back(mean);
    donors.deviations.push_back(deviation > 0 ? deviation : 1);
  }
  std::vector<std::size_t> complete;
  for (std::size_t row = 0; row < table.values.rows(); ++row)
    if (std::none_of(columns.begin(), columns.end(), [&](const auto& column) { return std::isnan(column[row]); })) complete.push_back(row);
  if (complete.empty()) throw Error(ErrorKind::usage, "--missing nearest: no row has all its numbers, so there is none to fill from", "write --missing median");
  const std::size_t taken = std::min(complete.size(), most_donors);
  for (std::size_t d = 0; d < taken; ++d)
    for (const auto& column : columns) donors.values.push_back(column[complete[d * complete.size() / taken]]);
  return donors;
}

// --- applying ----------------------------------------------------------------------------------------

// Numbers and flags as they come, a column each.
struct Encoded {
  std::vector<std::string> names;
  std::vector<bool> is_count;
  std::vector<std::vector<double>> columns;

  void add(std::string name, bool whole, std::vector<double> values) {
    names.push_back(std::move(name));
    is_count.push_back(whole);
    columns.push_back(std::move(values));
  }
};

// The mean of the target over the donors that are nearest in the numbers this row has.
double nearest_fill(const Donors& donors, const std::vector<double>& row, std::size_t target) {
  const std::size_t width = donors.names.size(), count = donors.values.size() / width;
  std::vector<std::pair<double, std::size_t>> near;
  for (std::size_t d = 0; d < count; ++d) {
    double squares = 0;
    for (std::size_t c = 0; c < width; ++c) {
      if (std::isnan(row[c])) continue;
      const double difference = (row[c] - donors.values[d * width + c]) / donors.deviations[c];
      squares += difference * difference;
    }
    near.emplace_back(squares, d);
  }
  const std::size_t taken = std::min(nearest_donors, count);
  std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(taken), near.end());
  double sum = 0;
  for (std::size_t i = 0; i < taken; ++i) sum += donors.values[near[i].second * width + target];
  return sum / static_cast<double>(taken);
}

std::vector<double> fill_from_donors(const Donors& donors, const CustomerTable& table, const std::string& name) {
  std::vector<std::span<const double>> columns;
  for (const std::string& donor : donors.names) columns.push_back(numbers_of(table, donor));
  const auto target = static_cast<std::size_t>(std::find(donors.names.begin(), donors.names.end(), name) - donors.names.begin());
  std::vector<double> filled(columns[target].begin(), columns[target].end()), row(donors.names.size());
  for (std::size_t i = 0; i < filled.size(); ++i) {
    if (!std::isnan(filled[i])) continue;
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = columns[c][i];
    filled[i] = nearest_fill(donors, row, target);
  }
  return filled;
}

void encode_number(Encoded& out, const Recipe& recipe, const ColumnRecipe& column, const CustomerTable& table) {
  const std::span<const double> values = numbers_of(table, column.plan.name);
  std::vector<double> numbers(values.begin(), values.end()), flags;
  for (const double x : values) flags.push_back(std::isnan(x));
  if (column.plan.missing.rule == MissingRule::nearest) numbers = fill_from_donors(recipe.donors, table, column.plan.name);
  for (double& x : numbers) x = std::isnan(x) ? column.fill : x;
  const bool whole = std::all_of(numbers.begin(), numbers.end(), [](double x) { return x == std::floor(x) && std::abs(x) < 0x1p53; });
  out.add(column.plan.name, whole, std::move(numbers));
  if (column.plan.missing.flag && column.filled > 0) out.add(column.plan.name + " missing", true, std::move(flags));
}

void encode_words(Encoded& out, const ColumnRecipe& column, const std::vector<std::string>& words) {
  const ColumnPlan& plan = column.plan;
  std::map<std::string_view, std::size_t> index;
  for (std::size_t l = 0; l < plan.levels.size(); ++l) index.emplace(plan.levels[l], l);
  std::vector<std::size_t> codes;
  std::vector<double> flags;
  for (const std::string& word : words) {
    codes.push_back(index.at(word.empty() ? column.fill_level : word));
    flags.push_back(word.empty());
  }
  const auto add = [&](std::string name, bool whole, const auto& value) {
    std::vector<double> values;
    for (const std::size_t code : codes) values.push_back(value(code));
    out.add(std::move(name), whole, std::move(values));
  };
  if (plan.encoding == Encoding::one_hot) {
    for (std::size_t l = plan.levels.size() == 2 ? 1 : 0; l < plan.levels.size(); ++l)
      add(plan.name + "=" + plan.levels[l], true, [l](std::size_t code) { return code == l ? 1.0 : 0.0; });
  } else if (plan.encoding == Encoding::frequency) {
    add(plan.name, false, [&](std::size_t code) { return column.frequencies[code]; });
  } else {
    add(plan.name, true, [](std::size_t code) { return static_cast<double>(code); });
  }
  if (plan.missing.flag && column.filled > 0) out.add(plan.name + " missing", true, std::move(flags));
}

}  // namespace

Recipe fit_recipe(const CustomerTable& table, const std::vector<ColumnPlan>& plans) {
  Recipe recipe;
  std::vector<std::string> numbers;
  bool wants_donors = false;
  for (const ColumnPlan& plan : plans) {
    if (!is_feature(plan)) continue;
    recipe.columns.push_back(fit_column(table, plan));
    if (plan.kind == ColumnKind::number) numbers.push_back(plan.name);
    wants_donors |= plan.missing.rule == MissingRule::nearest;
  }
  if (wants_donors) recipe.donors = fit_donors(table, numbers);
  return recipe;
}

CustomerTable fill_blanks(const Recipe& recipe, CustomerTable table) {
  const CustomerTable& given = table;
  std::vector<std::pair<std::size_t, std::vector<double>>> filled;
  for (const ColumnRecipe& column : recipe.columns) {
    const std::string& name = column.plan.name;
    if (column.plan.kind != ColumnKind::number) {
      const auto attribute = std::find_if(table.attributes.begin(), table.attributes.end(), [&](const Attribute& a) { return a.name == name; });
      for (std::string& word : attribute->values)
        if (word.empty()) word = column.fill_level;
      continue;
    }
    const std::span<const double> values = numbers_of(given, name);
    std::vector<double> numbers(values.begin(), values.end());
    if (column.plan.missing.rule == MissingRule::nearest) numbers = fill_from_donors(recipe.donors, given, name);
    for (double& x : numbers) x = std::isnan(x) ? column.fill : x;
    filled.emplace_back(std::find(table.names.begin(), table.names.end(), name) - table.names.begin(), std::move(numbers));
  }
  for (const auto& [column, numbers] : filled) std::copy(numbers.begin(), numbers.end(), table.values.column(column).begin());
  return table;
}

CustomerTable apply_recipe(const Recipe& recipe, CustomerTable table) {
  if (recipe.columns.empty()) return table;
  Encoded encoded;
  for (const ColumnRecipe& column : recipe.columns) {
    if (column.plan.kind == ColumnKind::number) encode_number(encoded, recipe, column, table);
    else encode_words(encoded, column, words_of(table, column.plan.name));
  }
  Matrix values(table.ids.size(), encoded.columns.size());
  for (std::size_t c = 0; c < encoded.columns.size(); ++c) std::copy(encoded.columns[c].begin(), encoded.columns[c].end(), values.column(c).begin());
  table.names = std::move(encoded.names);
  table.is_count = std::move(encoded.is_count);
  table.values = std::move(values);
  return table;
}

}  // namespace coterie
