#include "coterie/table/related_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <unordered_set>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"

namespace coterie {
namespace {

constexpr double least_found = 0.9;
constexpr std::array<std::string_view, 4> customer_words = {"customer", "client", "user", "member"};

using Values = std::unordered_set<std::string_view>;

// "branches" -> "branch", "cities" -> "city".
std::string singular(std::string name) {
  if (name.ends_with("ies")) return name.substr(0, name.size() - 3) + "y";
  if (name.ends_with("ches") || name.ends_with("shes") || name.ends_with("sses") || name.ends_with("xes")) return name.substr(0, name.size() - 2);
  return name.ends_with("s") ? name.substr(0, name.size() - 1) : name;
}

bool is_of_customers(const TextTable& table, std::size_t column) {
  const std::string name = normal_form(table.dialect.columns[column]);
  return std::any_of(customer_words.begin(), customer_words.end(), [&](std::string_view word) { return name.find(word) != name.npos; });
}

// Rows of customers without an id, or with one that is there already, are set aside (features/coupons.h): up to one in fifty do not
// keep their column from being a key. Rows of other tables are joined as they are.
std::size_t tolerated_rows(const TextTable& table, std::size_t column) {
  return is_of_customers(table, column) ? table.rows() / 50 : 0;
}

// The values of a column that is a key; nothing if it is none, because more than `tolerated` rows are blank or repeat a value.
std::optional<Values> key_values(const TextTable& table, std::size_t column, std::size_t tolerated) {
  Values values;
  std::size_t faults = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view value = trimmed(table.at(row, column));
    if ((is_missing(value) || !values.insert(value).second) && ++faults > tolerated) return std::nullopt;
  }
  return values.empty() ? std::nullopt : std::optional(std::move(values));
}

double share_found(const TextTable& table, std::size_t column, const Values& keys) {
  std::size_t values = 0, found = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view value = trimmed(table.at(row, column));
    if (is_missing(value)) continue;
    ++values, found += keys.contains(value);
  }
  return values == 0 ? 0 : static_cast<double>(found) / static_cast<double>(values);
}

bool names_match(const std::string& column, const std::string& key, const std::string& key_table) {
  const std::string name = normal_form(column), key_name = normal_form(key);
  return name == key_name || (key_name == "id" && name == singular(normal_form(key_table)) + "id");
}

std::optional<Values> key_values(const TextTable& table, std::size_t column) { return key_values(table, column, tolerated_rows(table, column)); }

struct Place {
  std::size_t table, column;
};

// "branches.id": a column of a table.
Place place_of(const std::vector<TextTable>& tables, std::string_view text, const std::string& option) {
  std::vector<std::string> names;
  for (const TextTable& table : tables) names.push_back(name_of_table(table));
  for (std::size_t t = 0; t < tables.size(); ++t) {
    if (!text.starts_with(names[t] + ".")) continue;
    const std::string column(text.substr(names[t].size() + 1));
    const auto& columns = tables[t].dialect.columns;
    const auto it = std::find(columns.begin(), columns.end(), column);
    if (it != columns.end()) return {t, static_cast<std::size_t>(it - columns.begin())};
    throw Error(ErrorKind::missing_column, fmt::format("{}: {} has no column \"{}\"{}", option, names[t], column, did_you_mean(column, columns)),
                fmt::format("its columns are: {}", fmt::join(columns, ", ")));
  }
  throw Error(ErrorKind::missing_column, fmt::format("{}: \"{}\" begins with no table's name", option, text), fmt::format("the tables are {}; write TABLE.COLUMN", fmt::join(names, ", ")));
}

Join given_join(const std::vector<TextTable>& tables, const std::string& text) {
  const std::string option = "--join " + text;
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) throw Error(ErrorKind::usage, option + " is not understood", "write --join TABLE.COLUMN=OTHER_TABLE.KEY");
  const Place from = place_of(tables, trimmed(std::string_view(text).substr(0, equals)), option), to = place_of(tables, trimmed(std::string_view(text).substr(equals + 1)), option);
  const auto keys = key_values(tables[to.table], to.column, tolerated_rows(tables[to.table], to.column) * 5 / 2 + is_of_customers(tables[to.table], to.column));  // the user says it is one
  if (!keys) throw Error(ErrorKind::usage, option + ": the second column is no key: a value is blank or stands there twice", "write the column that refers first, and the key it refers to second");
  return {from.table, from.column, to.table, to.column, share_found(tables[from.table], from.column, *keys)};
}

}  // namespace

std::string name_of_table(const TextTable& table) {
  if (const std::size_t hash = table.file.path.rfind('#'); hash != std::string::npos) return table.file.path.substr(hash + 1);  // of FILE#TABLE
  const std::string file = std::filesystem::path(table.file.path).filename().string();
  return file.substr(0, file.find('.'));
}

std::string text_of(const Join& join, const std::vector<TextTable>& tables) {
  return fmt::format("{}.{} = {}.{} ({:.4g} % of its values found)", name_of_table(tables[join.table]), tables[join.table].dialect.columns[join.column], name_of_table(tables[join.key_table]),
                     tables[join.key_table].dialect.columns[join.key], 100 * join.found);
}

std::vector<Join> find_joins(const std::vector<TextTable>& tables, const std::vector<std::string>& given) {
  std::vector<Join> joins;
  for (const std::string& text : given) joins.push_back(given_join(tables, text));
  const auto is_joined = [&](std::size_t table, std::size_t column) {
    return std::any_of(joins.begin(), joins.end(), [&](const Join& join) { return join.table == table && join.column == column; });
  };
  for (std::size_t k = 0; k < tables.size(); ++k)
    for (std::size_t key = 0; key < tables[k].columns(); ++key) {
      const auto keys = key_values(tables[k], key);
      if (!keys) continue;
      for (std::size_t t = 0; t < tables.size(); ++t)
        for (std::size_t c = 0; t != k && c < tables[t].columns(); ++c) {
          if (is_joined(t, c) || !names_match(tables[t].dialect.columns[c], tables[k].dialect.columns[key], name_of_table(tables[k]))) continue;
          const double found = share_found(tables[t], c, *keys);
          // Of two keys the one with more rows is referred to.
          const bool backwards = key_values(tables[t], c).has_value() && (tables[t].rows() > tables[k].rows() || (tables[t].rows() == tables[k].rows() && t > k));
          if (found >= least_found && !backwards) joins.push_back({t, c, k, key, found});
        }
    }
  return joins;
}

}  // namespace coterie
