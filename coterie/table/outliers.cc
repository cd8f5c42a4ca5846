#include "coterie/table/outliers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr std::array rule_names = {"none", "iqr", "z", "robust", "winsorise"};
constexpr std::array action_names = {"report", "remove", "cap"};

// Index among names, or Error(usage).
template <std::size_t N>
std::size_t index_of(const std::array<const char*, N>& names, const std::string& text, const std::string& option) {
  const auto it = std::find(names.begin(), names.end(), text);
  if (it != names.end()) return static_cast<std::size_t>(it - names.begin());
  throw Error(ErrorKind::usage, fmt::format("{}: \"{}\" is not known", option, text), "write a rule (iqr, z, robust, winsorise), and behind a colon report, remove or cap");
}

OutlierBounds around(double centre, double reach) { return {centre - reach, centre + reach}; }

OutlierBounds bounds_by(const SortedValues& values, OutlierRule rule) {
  switch (rule) {
    case OutlierRule::iqr: {
      const double first = values.quantile(0.25), third = values.quantile(0.75);
      return {first - 1.5 * (third - first), third + 1.5 * (third - first)};
    }
    case OutlierRule::winsorise: return {values.quantile(0.01), values.quantile(0.99)};
    case OutlierRule::z: return around(values.mean(), 3 * values.deviation());
    default: return around(values.quantile(0.5), 3.5 * 1.4826 * values.median_deviation());
  }
}

}  // namespace

std::optional<OutlierBounds> outlier_bounds(const SortedValues& values, OutlierRule rule) {
  if (values.empty()) return std::nullopt;
  const OutlierBounds bounds = bounds_by(values, rule);
  return bounds.low < bounds.high ? std::optional(bounds) : std::nullopt;
}

const char* name_of(OutlierRule rule) { return rule_names[static_cast<std::size_t>(rule)]; }
const char* name_of(OutlierAction action) { return action_names[static_cast<std::size_t>(action)]; }

OutlierPolicy outlier_policy_from_text(const std::string& text) {
  const std::size_t colon = text.find(':');
  OutlierPolicy policy;
  policy.rule = static_cast<OutlierRule>(index_of(rule_names, text.substr(0, colon), "--outliers " + text));
  if (colon != std::string::npos) policy.action = static_cast<OutlierAction>(index_of(action_names, text.substr(colon + 1), "--outliers " + text));
  return policy;
}

OutlierReport treat_outliers(CustomerTable& table, const OutlierPolicy& policy) {
  OutlierReport report;
  if (policy.rule == OutlierRule::none) return report;
  std::vector<std::size_t> first_column(table.ids.size(), table.names.size());
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    const auto bounds = outlier_bounds(SortedValues(table.values.column(c)), policy.rule);
    if (!bounds) continue;
    ColumnOutliers found{.column = table.names[c], .low = bounds->low, .high = bounds->high};
    for (std::size_t row = 0; row < table.ids.size(); ++row) {
      double& value = table.values.at(row, c);
      if (!(value < bounds->low) && !(value > bounds->high)) continue;
      ++(value < bounds->low ? found.below : found.above);
      first_column[row] = std::min(first_column[row], c);
      if (policy.action == OutlierAction::cap) value = std::clamp(value, bounds->low, bounds->high), table.is_count[c] = table.is_count[c] && value == std::floor(value);
    }
    if (found.below + found.above == 0) continue;
    report.cells += found.below + found.above;
    report.columns.push_back(std::move(found));
  }
  std::vector<std::size_t> kept;
  for (std::size_t row = 0; row < first_column.size(); ++row) {
    if (first_column[row] == table.names.size()) kept.push_back(row);
    else report.touched.push_back({row, table.names[first_column[row]]});
  }
  if (policy.action == OutlierAction::remove && !report.touched.empty()) table = take_customers(table, kept);
  return report;
}

}  // namespace coterie
