// Segments in short rules: what a small decision tree on the features says about who is in which segment.
//
// The tree (segments/decision_tree.h) is fitted to the labels of a sample and judged on all customers. Its leaves are the
// rules: each a conjunction of at most 4 conditions (up to 6 where a segment would have no rule), together disjoint and complete, so that they can be an SQL CASE.
// They are an approximation of the model, and say how good a one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/table/customer_table.h"

namespace coterie {

struct RuleCondition {
  std::size_t column = 0;
  bool at_least = true;  // value >= threshold, else value < threshold
  double threshold = 0;
};

struct SegmentRule {
  std::int32_t cluster = 0;
  std::vector<RuleCondition> conditions;        // in the order of the columns; all must hold
  std::uint64_t customers = 0, of_cluster = 0;  // for whom they hold, and how many of these are in the cluster
};

struct RuleQuality {
  double precision = 0;  // of the customers whom the rules put into the segment, the share that is in it; 0 without any
  double recall = 0;     // of the customers in the segment, the share that the rules put into it
};

struct SegmentRules {
  std::vector<SegmentRule> rules;     // by cluster, then the most customers of the cluster first
  std::vector<RuleQuality> clusters;  // a cluster each: all its rules together
  double fidelity = 0;                // share of all customers to whom the rules give their segment
  std::size_t fitted_rows = 0;        // of the sample
};

struct SegmentRulesOptions {
  std::size_t sample_rows = 20'000;  // about; every segment at least 1,000 or all it has
  int threads = 0;
};

// labels: one a row of the table, in [0, k); at least one row. Same result for any number of threads.
SegmentRules fit_segment_rules(const CustomerTable& table, std::span<const std::int32_t> labels, std::size_t k, const SegmentRulesOptions& options = {});

// The cluster whose rule holds for a row of values; -1 where one that is asked for is NaN.
template <class At>
std::int32_t cluster_by_rules(const SegmentRules& rules, const At& at) {
  for (const SegmentRule& rule : rules.rules) {
    bool holds = true;
    for (const RuleCondition& c : rule.conditions) holds = holds && (c.at_least ? at(c.column) >= c.threshold : at(c.column) < c.threshold);
    if (holds) return rule.cluster;
  }
  return -1;
}

}  // namespace coterie
