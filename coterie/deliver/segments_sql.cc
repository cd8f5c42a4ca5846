#include "coterie/deliver/segments_sql.h"

#include <fmt/format.h>

#include <algorithm>

#include "coterie/source/duckdb.h"

namespace coterie {
namespace {

// A name may hold anything; a comment ends with its line.
std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
  return text;
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string cases(const SegmentRules& rules, const std::vector<std::string>& columns, const auto& value_of_cluster) {
  std::string text = "  case\n";
  for (const SegmentRule& rule : rules.rules)
    text += fmt::format("    when {} then {}\n", sql_of(rule, columns), value_of_cluster(static_cast<std::size_t>(rule.cluster)));
  return text + "  end";
}

}  // namespace

std::string sql_of(const SegmentRule& rule, const std::vector<std::string>& columns) {
  std::string text;
  for (const RuleCondition& condition : rule.conditions)
    text += fmt::format("{}{} {} {}", text.empty() ? "" : " and ", sql_name(columns[condition.column]), condition.at_least ? ">=" : "<", condition.threshold);
  return text.empty() ? "true" : text;
}

std::string segments_sql(const SegmentRules& rules, const std::string& id_name, const std::vector<std::string>& columns,
                         const std::vector<SegmentName>& names) {
  std::string text = "-- Short rules for segments: an approximation of the model, which gives " + percent(rules.fidelity) +
                     " of the customers their segment.\n-- For the segments themselves use customer_segments.csv or coterie assign.\n";
  for (std::size_t c = 0; c < names.size(); ++c)
    text += rules.clusters[c].recall > 0 ? fmt::format("--   {} {}: precision {}, recall {}\n", c, one_line(names[c].name), percent(rules.clusters[c].precision), percent(rules.clusters[c].recall))
                                         : fmt::format("--   {} {}: no short rule finds it\n", c, one_line(names[c].name));
  text += fmt::format("-- \"features\" is the table of features: in DuckDB, create view features as from 'features.parquet'\nselect {},\n", sql_name(id_name));
  text += cases(rules, columns, [](std::size_t c) { return std::to_string(c); }) + " as cluster,\n";
  text += cases(rules, columns, [&](std::size_t c) { return sql_text(names[c].name); }) + " as segment\nfrom features;\n";
  return text;
}

}  // namespace coterie
