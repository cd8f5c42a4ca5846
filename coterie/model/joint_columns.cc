#include "coterie/model/joint_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "coterie/base/parallel.h"

namespace coterie {
namespace {

constexpr std::size_t most_numbers = 24, most_categories = 12, most_boxes = 12, most_box_plots = 40, most_top = 15;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
// Categories with more levels take each other's measure badly, and their table of counts is large.
constexpr double most_levels = 5000;

// Combinations of the census as rows with a weight, in byte order so that sums do not depend on who met them first.
struct JointRows {
  std::vector<std::string> number_names, category_names;
  std::vector<std::vector<double>> numbers;         // a column each; NaN: missing or no number
  std::vector<std::vector<std::uint32_t>> levels;   // a column each
  std::vector<std::vector<std::string>> level_texts;
  std::vector<double> weights;
  std::uint64_t rows = 0;
};

std::vector<std::uint32_t> order_of(const ValueCounts& combinations) {
  std::vector<std::uint32_t> order(combinations.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return combinations.text(a) < combinations.text(b); });
  return order;
}

// Numbers the levels in order of appearance.
struct Levels {
  std::unordered_map<std::string_view, std::uint32_t> number;
  std::vector<std::string> texts;
  std::uint32_t of(std::string_view text) {
    text = trimmed(text);
    if (is_missing(text)) return missing_level;
    const auto [it, is_new] = number.try_emplace(text, static_cast<std::uint32_t>(texts.size()));
    if (is_new) texts.push_back(shown_text(text));
    return it->second;
  }
};

struct Plan {
  std::vector<std::size_t> numbers, categories;  // places among census.together
};

Plan plan_joint(const Census& census, const std::vector<ColumnDescription>& columns) {
  Plan plan;
  for (std::size_t place = 0; place < census.together.size(); ++place) {
    const ColumnDescription& d = columns[census.together[place]];
    if (d.content == Content::number && d.numbers && plan.numbers.size() < most_numbers) plan.numbers.push_back(place);
    if (d.content == Content::category && d.distinct >= 2 && d.distinct <= most_levels && plan.categories.size() < most_categories) plan.categories.push_back(place);
  }
  return plan;
}

JointRows joint_rows(const Census& census, const std::vector<ColumnDescription>& columns, const Plan& plan, bool has_event_types) {
  JointRows rows;
  for (const std::size_t place : plan.numbers) rows.number_names.push_back(columns[census.together[place]].name);
  for (const std::size_t place : plan.categories) rows.category_names.push_back(columns[census.together[place]].name);
  rows.numbers.resize(plan.numbers.size());
  rows.levels.resize(plan.categories.size() + (has_event_types ? 1 : 0));
  std::vector<Levels> levels(plan.categories.size());
  const unsigned kinds = has_event_types ? event_type_count : census_kinds;
  for (const std::uint32_t i : order_of(census.combinations)) {
    const std::vector<std::string_view> parts = parts_of(census.combinations.text(i));
    std::vector<double> numbers;
    for (const std::size_t place : plan.numbers) numbers.push_back(is_missing(parts[place]) ? nan : parse_amount(trimmed(parts[place]), columns[census.together[place]].format).value_or(nan));
    std::vector<std::uint32_t> own;
    for (std::size_t c = 0; c < plan.categories.size(); ++c) own.push_back(levels[c].of(parts[plan.categories[c]]));
    const auto add = [&](std::uint64_t count, unsigned kind) {
      if (count == 0) return;
      for (std::size_t n = 0; n < numbers.size(); ++n) rows.numbers[n].push_back(numbers[n]);
      for (std::size_t c = 0; c < own.size(); ++c) rows.levels[c].push_back(own[c]);
      if (has_event_types) rows.levels.back().push_back(kind);
      rows.weights.push_back(static_cast<double>(count)), rows.rows += count;
    };
    if (!has_event_types) add(census.combinations.count(i), 0);
    else for (unsigned k = 0; k < kinds; ++k) add(census.combinations.count(i, k), k);
  }
  for (Levels& one : levels) rows.level_texts.push_back(std::move(one.texts));
  if (has_event_types) {
    rows.category_names.emplace_back("event type");
    rows.level_texts.emplace_back();
    for (int t = 0; t < event_type_count; ++t) rows.level_texts.back().emplace_back(name_of(static_cast<EventType>(t)));
  }
  return rows;
}

Box box_of(std::string level, std::vector<WeightedValue> own) {
  const SortedValues values(std::move(own));
  Box box{.level = std::move(level), .count = values.count(), .first_quartile = values.quantile(0.25), .median = values.quantile(0.5), .third_quartile = values.quantile(0.75), .mean = values.mean()};
  const double reach = 1.5 * (box.third_quartile - box.first_quartile);
  const auto all = values.different();
  box.low = std::find_if(all.begin(), all.end(), [&](const WeightedValue& v) { return v.value >= box.first_quartile - reach; })->value;
  box.high = std::find_if(all.rbegin(), all.rend(), [&](const WeightedValue& v) { return v.value <= box.third_quartile + reach; })->value;
  box.outside = values.count_below(box.low) + values.count_above(box.high);
  return box;
}

BoxPlot box_plot(const JointRows& rows, std::size_t number, std::size_t category) {
  BoxPlot plot{.number = rows.number_names[number], .category = rows.category_names[category], .boxes = {}};
  std::vector<std::vector<WeightedValue>> groups(rows.level_texts[category].size());
  std::vector<std::uint64_t> counts(groups.size());
  for (std::size_t i = 0; i < rows.weights.size(); ++i) {
    const std::uint32_t level = rows.levels[category][i];
    if (level == missing_level || std::isnan(rows.numbers[number][i])) continue;
    groups[level].push_back({rows.numbers[number][i], static_cast<std::uint64_t>(rows.weights[i])});
    counts[level] += static_cast<std::uint64_t>(rows.weights[i]);
  }
  std::vector<std::size_t> order;
  for (std::size_t level = 0; level < groups.size(); ++level)
    if (counts[level] > 0) order.push_back(level);
  plot.levels = order.size();
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  order.resize(std::min(order.size(), most_boxes));
  for (const std::size_t level : order) plot.boxes.push_back(box_of(rows.level_texts[category][level], std::move(groups[level])));
  return plot;
}

CorrelationTable correlation_table(const JointRows& rows, int threads) {
  CorrelationTable table{.names = rows.number_names, .values = {}};
  Matrix x(rows.weights.size(), rows.numbers.size());
  for (std::size_t n = 0; n < rows.numbers.size(); ++n) std::copy(rows.numbers[n].begin(), rows.numbers[n].end(), x.column(n).begin());
  MatrixView view = x.view();
  view.weights = rows.weights.data();
  table.values = correlate(view, threads);
  return table;
}

AssociationTable association_table(const JointRows& rows, int threads) {
  const std::size_t n = rows.levels.size();
  AssociationTable table{.names = rows.category_names, .values = std::vector<CramersV>(n * n)};
  for_each_block(n * n, threads, [&](std::size_t cell, int) {
    const std::size_t a = cell / n, b = cell % n;
    if (b >= a) table.values[a * n + b] = table.values[b * n + a] = cramers_v(rows.levels[a], rows.levels[b], rows.weights);
  });
  return table;
}

// The place among the columns counted together that plays the role, or none.
std::optional<std::size_t> place_of(const Census& census, Role role) {
  for (std::size_t place = 0; place < census.together.size(); ++place)
    if (census.columns[census.together[place]].role == role) return place;
  return std::nullopt;
}

// The amount of one row of a combination.
class Amounts {
 public:
  Amounts(const Census& census, const std::vector<ColumnDescription>& columns)
      : census_(census), columns_(columns), amount_(place_of(census, Role::amount)), price_(place_of(census, Role::price)), quantity_(place_of(census, Role::quantity)) {}
  double of(const std::vector<std::string_view>& parts) const {
    if (amount_) return number(parts, *amount_);
    return price_ ? number(parts, *price_) * (quantity_ ? number(parts, *quantity_) : 1) : 0;
  }

 private:
  double number(const std::vector<std::string_view>& parts, std::size_t place) const { return parse_amount(trimmed(parts[place]), columns_[census_.together[place]].format).value_or(0); }

  const Census& census_;
  const std::vector<ColumnDescription>& columns_;
  std::optional<std::size_t> amount_, price_, quantity_;
};

std::uint64_t events_of(const TopItem& item) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : item.events) sum += count;
  return sum;
}

// The first of two orders each, then by rows.
std::vector<TopItem> choose_top(std::vector<TopItem> items) {
  std::set<std::string> chosen;
  const auto choose = [&](const auto& goes_before) {
    std::stable_sort(items.begin(), items.end(), goes_before);
    for (std::size_t i = 0; i < std::min(items.size(), most_top); ++i) chosen.insert(items[i].text);
  };
  choose([](const TopItem& a, const TopItem& b) { return a.revenue > b.revenue; });
  choose([](const TopItem& a, const TopItem& b) { return events_of(a) > events_of(b); });
  std::erase_if(items, [&](const TopItem& item) { return !chosen.contains(item.text); });
  return items;
}

TopList top_list(const Census& census, const std::vector<ColumnDescription>& columns, Role role, std::size_t place, const std::vector<std::uint32_t>& order) {
  const Amounts amounts(census, columns);
  std::map<std::string_view, TopItem> items;
  for (const std::uint32_t i : order) {
    const std::vector<std::string_view> parts = parts_of(census.combinations.text(i));
    if (is_missing(parts[place])) continue;
    TopItem& item = items[parts[place]];
    for (unsigned k = 0; k < event_type_count; ++k) item.events[k] += census.combinations.count(i, k);
    const std::uint64_t bought = census.combinations.count(i, static_cast<unsigned>(EventType::purchase));
    if (bought != 0) item.revenue += amounts.of(parts) * static_cast<double>(bought);
  }
  TopList list{.role = role, .column = columns[census.together[place]].name, .different = items.size(), .items = {}};
  std::vector<TopItem> all;
  for (auto& [text, item] : items) item.text = shown_text(text), all.push_back(std::move(item));
  list.items = choose_top(std::move(all));
  return list;
}

}  // namespace

Joint describe_joint(const Census& census, const std::vector<ColumnDescription>& columns, bool has_event_types, int threads) {
  Joint joint{.share_kept = census.share_kept, .boxes = {}, .correlations = {}, .associations = {}};
  if (census.together.empty()) return joint;
  const Plan plan = plan_joint(census, columns);
  const JointRows rows = joint_rows(census, columns, plan, has_event_types);
  joint.rows = rows.rows;
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t category = rows.levels.size(); category-- > 0;)
    for (std::size_t number = 0; number < rows.numbers.size(); ++number)
      if (pairs.size() < most_box_plots) pairs.emplace_back(number, category);
  joint.boxes.resize(pairs.size());
  for_each_block(pairs.size(), threads, [&](std::size_t p, int) { joint.boxes[p] = box_plot(rows, pairs[p].first, pairs[p].second); });
  std::erase_if(joint.boxes, [](const BoxPlot& plot) { return plot.boxes.size() < 2; });
  if (rows.numbers.size() >= 2) joint.correlations = correlation_table(rows, threads);
  if (rows.levels.size() >= 2) joint.associations = association_table(rows, threads);
  return joint;
}

std::vector<TopList> top_lists(const Census& census, const std::vector<ColumnDescription>& columns) {
  std::vector<TopList> lists;
  const std::vector<std::uint32_t> order = order_of(census.combinations);
  for (const Role role : {Role::category, Role::brand, Role::product})
    if (const auto place = place_of(census, role)) lists.push_back(top_list(census, columns, role, *place, order));
  return lists;
}

}  // namespace coterie
