#include "coterie/table/column_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"
#include "coterie/source/parse_time.h"
#include "coterie/source/rounded_id.h"

namespace coterie {
namespace {

constexpr double most_of_them = 0.9;
constexpr std::size_t most_levels = 50;

constexpr std::array kind_names = {"id", "number", "truth", "level", "category", "attribute", "ignored"};
constexpr std::array encoding_names = {"number", "one_hot", "ordinal", "label", "frequency"};
constexpr std::array rule_names = {"drop", "mean", "median", "most_frequent", "constant", "nearest"};

// Index of `text` among names, or Error(usage).
template <std::size_t N>
std::size_t index_of(const std::array<const char*, N>& names, const std::string& text, const std::string& option, const char* what) {
  const auto it = std::find(names.begin(), names.end(), text);
  if (it != names.end()) return static_cast<std::size_t>(it - names.begin());
  throw Error(ErrorKind::usage, fmt::format("{}: \"{}\" is no {}", option, text, what), fmt::format("write one of {}", fmt::join(names, ", ")));
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

const std::vector<std::vector<std::string>>& known_scales() {
  static const std::vector<std::vector<std::string>> scales = {
      {"bronze", "silver", "gold", "platinum", "diamond"},
      {"very low", "low", "medium", "high", "very high"},
      {"very unsatisfied", "unsatisfied", "neutral", "satisfied", "very satisfied"},
      {"very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"},
      {"strongly disagree", "disagree", "neutral", "agree", "strongly agree"},
      {"poor", "fair", "average", "good", "very good", "excellent"},
      {"never", "rarely", "sometimes", "often", "always"},
      {"basic", "standard", "premium"},
      {"free", "basic", "plus", "pro", "enterprise"},
      {"xxs", "xs", "s", "m", "l", "xl", "xxl"},
      {"small", "medium", "large"},
      {"daily", "weekly", "monthly", "quarterly", "yearly"}};
  return scales;
}

const std::vector<std::pair<std::string, std::string>>& truth_pairs() {
  static const std::vector<std::pair<std::string, std::string>> pairs = {{"false", "true"}, {"no", "yes"}, {"n", "y"}, {"f", "t"}};
  return pairs;
}

// The values of one column, without the missing ones.
struct ColumnValues {
  std::vector<std::string_view> all;
  std::vector<std::string> different;  // in byte order; of very many not all
  std::size_t different_count = 0;
};

ColumnValues values_of(const std::vector<TextTable>& tables, std::size_t column) {
  ColumnValues values;
  std::set<std::string_view> different;
  for (const TextTable& table : tables)
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const std::string_view text = table.at(row, column);
      if (is_missing(text)) continue;
      values.all.push_back(trimmed(text));
      different.insert(values.all.back());
    }
  values.different_count = different.size();
  values.different.assign(different.begin(), different.end());
  return values;
}

// The different values in the order of the scale that has them all; none if no scale does, or there is but one value.
std::vector<std::string> order_by_scale(const std::vector<std::string>& different, const std::vector<std::string>& scale) {
  std::vector<std::string> ordered;
  for (const std::string& step : scale)
    for (const std::string& value : different)
      if (lower_case(value) == step) ordered.push_back(value);
  return different.size() >= 2 && ordered.size() == different.size() ? ordered : std::vector<std::string>();
}

std::vector<std::string> known_order(const std::vector<std::string>& different) {
  if (different.size() > 10) return {};
  for (const auto& scale : known_scales())
    if (auto ordered = order_by_scale(different, scale); !ordered.empty()) return ordered;
  return {};
}

std::vector<std::string> truth_levels(const std::vector<std::string>& different) {
  for (const auto& [no, yes] : truth_pairs())
    if (!different.empty() && std::all_of(different.begin(), different.end(), [&](const std::string& v) { return lower_case(v) == no || lower_case(v) == yes; }))
      return {no, yes};
  return {};
}

bool is_named_id(std::string_view name) {
  std::string letters;
  for (const char c : lower_case(name))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters += c;
  static const std::set<std::string> words = {"id", "customer", "user", "client", "email", "customernumber", "customerno", "cust", "member"};
  const bool ends_with_id = letters.size() > 2 && letters.ends_with("id") && (name.ends_with("ID") || name.ends_with("Id") || name.ends_with("_id") || name.ends_with(" id"));
  return words.contains(letters) || ends_with_id || letters == "customerid" || letters == "userid" || letters == "clientid";
}

double share(std::size_t part, std::size_t all) { return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all); }

void settle(ColumnPlan& plan, ColumnKind kind, double confidence, std::string why) {
  plan.kind = kind, plan.confidence = confidence, plan.why = std::move(why);
}

// As a number, where nine in ten values are.
bool try_number(ColumnPlan& plan, const ColumnValues& values) {
  plan.format = guess_amount_format(values.all);
  const auto numbers = std::count_if(values.all.begin(), values.all.end(), [&](std::string_view text) { return parse_amount(text, plan.format).has_value(); });
  const double part = share(static_cast<std::size_t>(numbers), values.all.size());
  if (part < most_of_them) return false;
  settle(plan, ColumnKind::number, part, fmt::format("{:.4g} % of {} values are numbers{}{}{}", 100 * part, values.all.size(), plan.format.decimal == ',' ? " with a decimal comma" : "",
                                                     plan.format.unit.empty() ? "" : fmt::format(", in {}", plan.format.unit), plan.format.ambiguous ? "; their commas are taken for thousands marks" : ""));
  return true;
}

// Ids that a spreadsheet shows as 1.23457E+12 are mostly alike, and ids all the same: each row is set aside with that reason.
bool are_scientific(const ColumnValues& values) {
  const auto count = std::count_if(values.all.begin(), values.all.end(), is_scientific_id);
  return share(static_cast<std::size_t>(count), values.all.size()) > 0.5;
}

bool try_id(ColumnPlan& plan, const ColumnValues& values) {
  const double part = share(values.different_count, values.all.size());
  if (!is_named_id(plan.name) || (part < most_of_them && !are_scientific(values))) return false;
  const std::optional<ColumnKind> instead = plan.confidence > 0 ? std::optional(plan.kind) : std::nullopt;
  settle(plan, ColumnKind::id, part, fmt::format("name \"{}\"; {:.4g} % of {} values are different", plan.name, 100 * part, values.all.size()));
  plan.runner_up = instead;
  return true;
}

void infer_words(ColumnPlan& plan, const ColumnValues& values) {
  const std::size_t times = static_cast<std::size_t>(std::count_if(values.all.begin(), values.all.end(), [](std::string_view text) { return parse_time(text).has_value(); }));
  if (share(times, values.all.size()) >= most_of_them)
    return settle(plan, ColumnKind::attribute, share(times, values.all.size()), "points in time: a number of days can be derived of it");
  plan.levels = known_order(values.different);
  if (!plan.levels.empty()) {
    plan.runner_up = ColumnKind::category;
    return settle(plan, ColumnKind::level, 1, fmt::format("all values are of the scale {}", fmt::join(plan.levels, " < ")));
  }
  const bool repeats = 2 * values.different_count <= values.all.size();
  if (values.different_count <= most_levels && repeats) {
    plan.levels = values.different;
    plan.runner_up = ColumnKind::attribute;
    return settle(plan, ColumnKind::category, 1 - share(values.different_count, values.all.size()),
                  fmt::format("{} different words in {} values", values.different_count, values.all.size()));
  }
  settle(plan, ColumnKind::attribute, share(values.different_count, values.all.size()),
         fmt::format("{} different texts in {} values: too many for categories", values.different_count, values.all.size()));
}

ColumnPlan infer(const std::string& name, const ColumnValues& values, bool id_taken) {
  ColumnPlan plan{.name = name};
  if (values.all.empty()) {
    settle(plan, ColumnKind::ignored, 1, "it has no value");
    return plan;
  }
  plan.levels = truth_levels(values.different);
  if (!plan.levels.empty()) {
    settle(plan, ColumnKind::truth, 1, fmt::format("all values are {} or {}", plan.levels[0], plan.levels[1]));
    plan.runner_up = ColumnKind::category;
    return plan;
  }
  if (try_number(plan, values)) {
    if (!id_taken) try_id(plan, values);
    return plan;
  }
  if (!id_taken && try_id(plan, values)) return plan;
  infer_words(plan, values);
  return plan;
}

void take_kind(ColumnPlan& plan, const ColumnValues& values, const std::string& text) {
  const std::string option = fmt::format("--column {}={}", plan.name, text);
  const auto kind = static_cast<ColumnKind>(index_of(kind_names, text, option, "kind of column"));
  plan = {.name = plan.name, .kind = kind, .confidence = 1, .why = "given by --column"};
  if (kind == ColumnKind::number) plan.format = guess_amount_format(values.all);
  if (kind == ColumnKind::truth) plan.levels = truth_levels(values.different);
  if (kind == ColumnKind::truth && plan.levels.empty()) {
    if (values.different_count != 2) throw Error(ErrorKind::usage, fmt::format("{}: the column has {} different values when a truth has two", option, values.different_count), "make it a category");
    plan.levels = values.different;
  }
  if (kind == ColumnKind::category) plan.levels = values.different;
  if (kind == ColumnKind::level) plan.levels = known_order(values.different);
  if (kind == ColumnKind::category && values.different_count > 1000)
    throw Error(ErrorKind::usage, fmt::format("{}: the column has {} different values when a category has at most 1000", option, values.different_count), "make it an attribute");
}

void take_order(ColumnPlan& plan, const ColumnValues& values, const std::string& text) {
  const std::string option = fmt::format("--order {}={}", plan.name, text);
  const std::vector<std::string> order = split_at_commas(text);
  for (const std::string& value : values.different)
    if (std::find(order.begin(), order.end(), value) == order.end())
      throw Error(ErrorKind::usage, fmt::format("{}: the column also has the value \"{}\"", option, value.substr(0, 60)), "name every value, the lowest first");
  if (std::set<std::string>(order.begin(), order.end()).size() != order.size()) throw Error(ErrorKind::usage, option + ": a value stands there twice", "name every value once");
  plan = {.name = plan.name, .kind = ColumnKind::level, .levels = order, .confidence = 1, .why = "order given by --order"};
}

Encoding encoding_for(ColumnKind kind) {
  if (kind == ColumnKind::category) return Encoding::one_hot;
  return kind == ColumnKind::level ? Encoding::ordinal : Encoding::number;
}

void take_encoding(ColumnPlan& plan, const std::string& text) {
  const std::string option = fmt::format("--encode {}={}", plan.name, text);
  plan.encoding = static_cast<Encoding>(index_of(encoding_names, text, option, "encoding"));
  const bool has_levels = plan.kind == ColumnKind::category || plan.kind == ColumnKind::level;
  if (has_levels == (plan.encoding == Encoding::number))
    throw Error(ErrorKind::usage, fmt::format("{}: the column is a {}, which has no such encoding", option, name_of(plan.kind)),
                has_levels ? "write one_hot, ordinal, label or frequency" : fmt::format("make it a category: --column \"{}=category\"", plan.name));
  if (plan.encoding == Encoding::ordinal && plan.kind == ColumnKind::category)
    throw Error(ErrorKind::usage, option + ": a category has no order", fmt::format("give the order: --order \"{}={}\"", plan.name, fmt::join(plan.levels, ",")));
  if (plan.encoding == Encoding::label) std::sort(plan.levels.begin(), plan.levels.end());
}

void require_columns(const std::vector<std::string>& columns, const std::map<std::string, std::string>& given, const char* option) {
  for (const auto& [name, value] : given)
    if (!name.empty() && std::find(columns.begin(), columns.end(), name) == columns.end())
      throw Error(ErrorKind::missing_column, fmt::format("{} {}: there is no column \"{}\"{}", option, name, name, did_you_mean(name, columns)),
                  fmt::format("the columns are: {}", fmt::join(columns, ", ")));
}

void require_same_columns(const std::vector<TextTable>& tables) {
  for (const TextTable& table : tables)
    if (table.dialect.columns != tables.front().dialect.columns)
      throw Error(ErrorKind::usage, fmt::format("the columns are not those of {}", tables.front().file.path), "give tables with the same header line", table.file.path);
  for (const std::string& name : tables.front().dialect.columns)
    if (std::count(tables.front().dialect.columns.begin(), tables.front().dialect.columns.end(), name) > 1)
      throw Error(ErrorKind::usage, fmt::format("there is more than one column \"{}\"", name), "rename one of them in the header line", tables.front().file.path);
}

void take_missing(ColumnPlan& plan, const ColumnChoices& choices) {
  const auto own = choices.missing.find(plan.name), all = choices.missing.find("");
  const bool is_feature = plan.kind >= ColumnKind::number && plan.kind <= ColumnKind::category;
  if (own != choices.missing.end()) plan.missing = missing_policy_from_text(own->second, "--missing " + plan.name);
  else if (all != choices.missing.end() && is_feature) plan.missing = missing_policy_from_text(all->second, "--missing");
  else if (!is_feature) plan.missing.rule = MissingRule::constant;  // stays blank
  const bool is_mean = plan.missing.rule == MissingRule::mean || plan.missing.rule == MissingRule::median || plan.missing.rule == MissingRule::nearest;
  if (plan.kind != ColumnKind::number && is_mean) {
    if (own != choices.missing.end())
      throw Error(ErrorKind::usage, fmt::format("--missing {}={}: the column is a {}, which has no {}", plan.name, own->second, name_of(plan.kind), name_of(plan.missing.rule)),
                  "write drop, most_frequent or constant:VALUE");
    plan.missing.rule = MissingRule::most_frequent;  // what "mean" for every feature means for words
  }
}

}  // namespace

const char* name_of(ColumnKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }
const char* name_of(Encoding encoding) { return encoding_names[static_cast<std::size_t>(encoding)]; }
const char* name_of(MissingRule rule) { return rule_names[static_cast<std::size_t>(rule)]; }

MissingPolicy missing_policy_from_text(const std::string& text, const std::string& option) {
  MissingPolicy policy;
  std::string rule = text;
  if (rule.ends_with("+flag")) policy.flag = true, rule.resize(rule.size() - 5);
  if (const std::size_t colon = rule.find(':'); colon != std::string::npos && rule.substr(0, colon) == "constant") {
    policy.constant = rule.substr(colon + 1);
    rule.resize(colon);
  }
  policy.rule = static_cast<MissingRule>(index_of(rule_names, rule, option, "rule for missing values"));
  if ((policy.rule == MissingRule::constant) != !policy.constant.empty())
    throw Error(ErrorKind::usage, fmt::format("{}: the constant is missing", option), "write it behind a colon: constant:0");
  if (policy.flag && policy.rule == MissingRule::drop)
    throw Error(ErrorKind::usage, fmt::format("{}: rows that are dropped have no flag", option), "write for example median+flag");
  return policy;
}

std::string text_of(const MissingPolicy& policy) {
  std::string text = name_of(policy.rule);
  if (policy.rule == MissingRule::constant) text += ":" + policy.constant;
  return policy.flag ? text + "+flag" : text;
}

std::vector<ColumnPlan> plan_columns(const std::vector<TextTable>& tables, const ColumnChoices& choices) {
  require_same_columns(tables);
  const std::vector<std::string>& columns = tables.front().dialect.columns;
  require_columns(columns, choices.kinds, "--column");
  require_columns(columns, choices.orders, "--order");
  require_columns(columns, choices.encodings, "--encode");
  require_columns(columns, choices.missing, "--missing");
  bool id_taken = std::any_of(choices.kinds.begin(), choices.kinds.end(), [](const auto& choice) { return choice.second == "id"; });
  std::vector<ColumnPlan> plans;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const ColumnValues values = values_of(tables, c);
    ColumnPlan plan = infer(columns[c], values, id_taken || choices.kinds.contains(columns[c]));
    if (const auto kind = choices.kinds.find(columns[c]); kind != choices.kinds.end()) take_kind(plan, values, kind->second);
    if (const auto order = choices.orders.find(columns[c]); order != choices.orders.end()) take_order(plan, values, order->second);
    if (plan.kind == ColumnKind::level && plan.levels.empty())
      throw Error(ErrorKind::usage, fmt::format("the order of the levels of \"{}\" is not known", columns[c]), fmt::format("give it: --order \"{}=LOWEST,...,HIGHEST\"", columns[c]));
    plan.encoding = encoding_for(plan.kind);
    if (const auto encoding = choices.encodings.find(columns[c]); encoding != choices.encodings.end()) take_encoding(plan, encoding->second);
    take_missing(plan, choices);
    plan.rounded_ids = plan.kind == ColumnKind::id && are_rounded_ids(values.all);
    id_taken |= plan.kind == ColumnKind::id;
    plans.push_back(std::move(plan));
  }
  if (std::count_if(plans.begin(), plans.end(), [](const ColumnPlan& plan) { return plan.kind == ColumnKind::id; }) > 1)
    throw Error(ErrorKind::usage, "two columns are given as the id", "give one: --column NAME=id");
  return plans;
}

}  // namespace coterie
