#include "coterie/segments/segment_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "coterie/base/parallel.h"
#include "coterie/segments/decision_tree.h"

namespace coterie {
namespace {

constexpr std::size_t least_of_a_segment = 1000;
// A question that explains less than this is not worth its words.
constexpr double least_gain = 0.005;
constexpr int most_conditions = 6;  // one city after the other is a long way down

struct Sample {
  Matrix values;
  std::vector<double> weights;
  std::vector<std::int32_t> labels;
  std::vector<double> class_weights;

  MatrixView view() const { return {values.view().values, values.rows(), values.columns(), values.view().stride, weights.data()}; }
};

std::vector<std::vector<std::uint32_t>> rows_by_cluster(std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<std::vector<std::uint32_t>> rows(k);
  for (std::size_t i = 0; i < labels.size(); ++i) rows[static_cast<std::size_t>(labels[i])].push_back(static_cast<std::uint32_t>(i));
  return rows;
}

// Of each segment every n-th customer in the order of the ids, weighted so that they stand for all.
Sample draw_sample(const CustomerTable& table, std::span<const std::int32_t> labels, std::size_t k, std::size_t sample_rows) {
  const std::vector<std::vector<std::uint32_t>> members = rows_by_cluster(labels, k);
  const double rate = std::min(1.0, static_cast<double>(sample_rows) / static_cast<double>(labels.size()));
  Sample sample;
  std::vector<std::uint32_t> rows;
  for (std::size_t c = 0; c < k; ++c) {
    const std::size_t size = members[c].size();
    const std::size_t drawn = std::min(size, std::max(least_of_a_segment, static_cast<std::size_t>(rate * static_cast<double>(size))));
    for (std::size_t i = 0; i < drawn; ++i) rows.push_back(members[c][i * size / drawn]);
    sample.weights.resize(rows.size(), static_cast<double>(size) / static_cast<double>(std::max<std::size_t>(drawn, 1)));
    sample.labels.resize(rows.size(), static_cast<std::int32_t>(c));
    // Halfway between counting customers and counting segments: small segments get their rule, too.
    sample.class_weights.push_back(size == 0 ? 1 : 1 / std::sqrt(static_cast<double>(size)));
  }
  sample.values = Matrix(rows.size(), table.values.columns());
  for (std::size_t c = 0; c < table.values.columns(); ++c)
    for (std::size_t i = 0; i < rows.size(); ++i) sample.values.at(i, c) = table.values.at(rows[i], c);
  return sample;
}

struct Bounds {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
};

// Follows every way to a leaf; of several bounds of a column on one side the tightest stays.
void collect_rules(const DecisionTree& tree, std::size_t node, std::map<std::size_t, Bounds>& bounds, std::vector<SegmentRule>& rules) {
  const TreeNode& here = tree[node];
  if (here.column < 0) {
    SegmentRule rule;
    rule.cluster = here.label;
    for (const auto& [column, bound] : bounds) {
      if (std::isfinite(bound.low)) rule.conditions.push_back({column, true, bound.low});
      if (std::isfinite(bound.high)) rule.conditions.push_back({column, false, bound.high});
    }
    rules.push_back(std::move(rule));
    return;
  }
  const auto column = static_cast<std::size_t>(here.column);
  const Bounds before = bounds[column];
  bounds[column] = {before.low, here.threshold};
  collect_rules(tree, static_cast<std::size_t>(here.low), bounds, rules);
  bounds[column] = {here.threshold, before.high};
  collect_rules(tree, static_cast<std::size_t>(here.high), bounds, rules);
  bounds[column] = before;
}

// [rule][cluster]: customers for whom the rule holds.
using RuleCounts = std::vector<std::vector<std::uint64_t>>;

RuleCounts count_rules(const CustomerTable& table, std::span<const std::int32_t> labels, std::size_t k, const SegmentRules& rules, int threads) {
  constexpr std::size_t block = 1 << 16;
  const std::size_t rows = labels.size();
  std::vector<RuleCounts> counts(block_count(rows, block), RuleCounts(rules.rules.size(), std::vector<std::uint64_t>(k)));
  for_each_block(counts.size(), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, rows, block);
    for (std::size_t row = range.begin; row < range.end; ++row)
      for (std::size_t r = 0; r < rules.rules.size(); ++r) {
        const std::vector<RuleCondition>& conditions = rules.rules[r].conditions;
        const auto holds = [&](const RuleCondition& c) { return (table.values.at(row, c.column) >= c.threshold) == c.at_least; };
        if (!std::all_of(conditions.begin(), conditions.end(), holds)) continue;
        ++counts[b][r][static_cast<std::size_t>(labels[row])];
        break;
      }
  });
  for (std::size_t b = 1; b < counts.size(); ++b)
    for (std::size_t r = 0; r < counts[0].size(); ++r)
      for (std::size_t c = 0; c < k; ++c) counts[0][r][c] += counts[b][r][c];
  return counts[0];
}

void judge(SegmentRules& rules, const RuleCounts& counts, std::size_t k, std::size_t rows) {
  std::vector<std::uint64_t> size(k), claimed(k), right(k);
  for (std::size_t r = 0; r < rules.rules.size(); ++r) {
    SegmentRule& rule = rules.rules[r];
    const auto cluster = static_cast<std::size_t>(rule.cluster);
    for (std::size_t c = 0; c < k; ++c) size[c] += counts[r][c], rule.customers += counts[r][c];
    rule.of_cluster = counts[r][cluster];
    claimed[cluster] += rule.customers;
    right[cluster] += rule.of_cluster;
  }
  const auto ratio = [](std::uint64_t a, std::uint64_t b) { return b == 0 ? 0.0 : static_cast<double>(a) / static_cast<double>(b); };
  std::uint64_t all_right = 0;
  for (std::size_t c = 0; c < k; ++c) {
    rules.clusters.push_back({ratio(right[c], claimed[c]), ratio(right[c], size[c])});
    all_right += right[c];
  }
  rules.fidelity = ratio(all_right, rows);
  std::stable_sort(rules.rules.begin(), rules.rules.end(), [](const SegmentRule& a, const SegmentRule& b) {
    return a.cluster != b.cluster ? a.cluster < b.cluster : a.of_cluster > b.of_cluster;
  });
}

bool has_leaf_for_each(const DecisionTree& tree, std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<bool> met(k), there(k);
  for (const std::int32_t label : labels) there[static_cast<std::size_t>(label)] = true;
  for (const TreeNode& node : tree)
    if (node.column < 0) met[static_cast<std::size_t>(node.label)] = true;
  for (std::size_t c = 0; c < k; ++c)
    if (there[c] && !met[c]) return false;
  return true;
}

}  // namespace

SegmentRules fit_segment_rules(const CustomerTable& table, std::span<const std::int32_t> labels, std::size_t k, const SegmentRulesOptions& options) {
  const Sample sample = draw_sample(table, labels, k, options.sample_rows);
  DecisionTree tree;
  for (int depth = 4; depth <= most_conditions && (tree.empty() || !has_leaf_for_each(tree, sample.labels, k)); ++depth)
    tree = fit_tree(sample.view(), sample.labels, k, {.depth = depth, .least_gain = least_gain, .class_weights = sample.class_weights});
  SegmentRules rules;
  rules.fitted_rows = sample.labels.size();
  std::map<std::size_t, Bounds> bounds;
  collect_rules(tree, 0, bounds, rules.rules);
  judge(rules, count_rules(table, labels, k, rules, options.threads), k, labels.size());
  return rules;
}

}  // namespace coterie
