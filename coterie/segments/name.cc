#include "coterie/segments/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <optional>

#include "coterie/segments/feature_words.h"

namespace coterie {
namespace {

std::string number(double value) { return std::abs(value) >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value); }

// A cluster's means against everyone's, by feature name. In scores a feature that is not there compares as equal.
class Comparison {
 public:
  Comparison(const ClusterProfile& cluster, const ClusterProfile& everyone, const std::vector<std::string>& names)
      : cluster_(cluster), everyone_(everyone), names_(names) {}

  const std::vector<std::string>& names() const { return names_; }
  // log2(cluster / everyone), within +-6 and 0 where both are nothing.
  double lift(const std::string& feature) const {
    const std::optional<double> own = mean(cluster_, feature), all = mean(everyone_, feature);
    if (!own || *all <= 0) return 0;
    return std::clamp(std::log2(std::max(*own, 0.0) / *all), -6.0, 6.0);
  }
  // In deviations of all customers; 0 where these are all alike.
  double difference(const std::string& feature) const {
    const auto c = static_cast<std::size_t>(std::find(names_.begin(), names_.end(), feature) - names_.begin());
    return everyone_.deviations[c] > 0 ? (cluster_.means[c] - everyone_.means[c]) / everyone_.deviations[c] : 0;
  }
  bool holds(const NameCondition& condition) const {
    const std::optional<double> own = value_of(cluster_, condition), all = value_of(everyone_, condition);
    if (!own || !all) return false;
    if (condition.times_average && *all <= 0 && condition.at_least) return false;  // nothing is many times nothing
    const double threshold = condition.times_average ? condition.value * *all : condition.value;
    return condition.at_least ? *own >= threshold : *own <= threshold;
  }
  Evidence evidence(const NameCondition& condition) const {
    return {condition.feature, condition.divisor, *value_of(cluster_, condition), *value_of(everyone_, condition)};
  }
  // Whether the evidence can still be had.
  bool renew(Evidence& e) const {
    const NameCondition condition{e.feature, e.divisor, true, 0, false};
    const std::optional<double> own = value_of(cluster_, condition), all = value_of(everyone_, condition);
    if (own && all) e.own = *own, e.everyone = *all;
    return own && all;
  }

 private:
  std::optional<double> mean(const ClusterProfile& profile, const std::string& feature) const {
    const auto it = std::find(names_.begin(), names_.end(), feature);
    if (it == names_.end()) return std::nullopt;
    return profile.means[static_cast<std::size_t>(it - names_.begin())];
  }
  // None where a feature is not there or the divisor's mean is 0.
  std::optional<double> value_of(const ClusterProfile& profile, const NameCondition& condition) const {
    const std::optional<double> value = mean(profile, condition.feature);
    if (condition.divisor.empty() || !value) return value;
    const std::optional<double> divisor = mean(profile, condition.divisor);
    if (!divisor || *divisor == 0) return std::nullopt;
    return *value / *divisor;
  }

  const ClusterProfile& cluster_;
  const ClusterProfile& everyone_;
  const std::vector<std::string>& names_;
};

// Means within a tenth of a deviation of everyone's are neither high nor low; two deviations off they are very much so.
constexpr double hardly_different = 0.1, far_out = 2;

std::vector<Evidence> evidence_of(const Comparison& comparison, const NameRule& rule) {
  std::vector<Evidence> list;
  for (const NameCondition& condition : rule.when) {
    const auto is_same = [&](const Evidence& e) { return e.feature == condition.feature && e.divisor == condition.divisor; };
    if (std::none_of(list.begin(), list.end(), is_same)) list.push_back(comparison.evidence(condition));
  }
  return list;
}

// A feature of 0 and 1 that stands for one value of a column: "City=Chicago".
struct Level {
  std::string column, value;
};
std::optional<Level> level_of(const std::string& feature) {
  const std::size_t equals = feature.find('=');
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  return Level{feature.substr(0, equals), feature.substr(equals + 1)};
}

std::string sentence_of(const Evidence& e) {
  if (const auto level = level_of(e.feature); level && e.divisor.empty())
    return fmt::format("{}: {} {:.0f} % against {:.0f} % of everyone", level->column, level->value, 100 * e.own, 100 * e.everyone);
  return fmt::format("{}{}{} {} on average against {} for everyone", e.feature, e.divisor.empty() ? "" : " / ", e.divisor, number(e.own), number(e.everyone));
}

std::string sentence_of(const std::vector<Evidence>& evidence) {
  std::string text;
  for (const Evidence& e : evidence) text += (text.empty() ? "" : "; ") + sentence_of(e);
  return text;
}

// What a table of customers calls the days since a customer was last there; none where it has no such column.
std::optional<std::string> recency_column(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::string lower;
    for (const char letter : name) lower += letter == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    if (lower == "recency" || lower == "recency days" || lower.find("days since") != std::string::npos || lower.find("since last") != std::string::npos) return name;
  }
  return std::nullopt;
}

// By what it buys, in doublings of everyone's; of a table with another column of money in deviations, as its units and
// its spread are not known. Without money nothing speaks for more than to get to know them.
const char* goal_for(const Comparison& comparison) {
  const std::vector<std::string>& names = comparison.names();
  const auto has = [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  if (has("revenue") || has("n_purchase") || has("monetary") || has("frequency")) {
    const double worth = comparison.lift("revenue") + comparison.lift("n_purchase") + comparison.lift("monetary") + comparison.lift("frequency");
    return worth > 2 ? "keep" : worth > 0.5 ? "grow" : worth < -0.5 && comparison.lift("recency_days") > 0.5 ? "win back" : "activate";
  }
  const std::optional<std::size_t> money = revenue_column(names);
  if (!money) return "activate";
  const double worth = comparison.difference(names[*money]);
  const std::optional<std::string> recency = recency_column(names);
  const bool long_away = recency && comparison.difference(*recency) > 0.5;
  return worth > 1 ? "keep" : long_away ? "win back" : worth > 0.25 ? "grow" : "activate";
}

Play play_for(const Comparison& comparison, const NameRules& rules) {
  const char* goal = goal_for(comparison);
  const auto it = std::find_if(rules.plays_by_goal.begin(), rules.plays_by_goal.end(), [&](const Play& play) { return play.goal == goal; });
  if (it != rules.plays_by_goal.end()) return *it;
  Play play;
  play.goal = goal;
  return play;
}

// "high revenue", "very few views", "City: Chicago", "seldom City: Chicago". `own`: the mean in the segment.
std::string phrase_of(const std::string& feature, double difference, double own) {
  const auto level = level_of(feature);
  if (!level) return (std::abs(difference) >= far_out ? "very " : "") + amount_of(feature, difference > 0);
  const char* how_many = own >= 0.5 ? "" : difference > 0 ? "often " : own < 0.05 ? "not " : "seldom ";
  return how_many + word_of(feature);
}

// The features by how far their means are from everyone's, in deviations of all customers, the farthest first; of the levels of
// one column the first only, as the others follow from it.
std::vector<std::pair<double, std::string>> greatest_differences(const Comparison& comparison, std::size_t most) {
  std::vector<std::pair<double, std::string>> all, chosen;
  for (const std::string& feature : comparison.names()) all.emplace_back(comparison.difference(feature), feature);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return std::abs(a.first) > std::abs(b.first); });
  std::vector<std::string> columns;
  for (const auto& [difference, feature] : all) {
    const auto level = level_of(feature);
    const std::string& column = level ? level->column : feature;
    if (chosen.size() == most || std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
    columns.push_back(column);
    chosen.emplace_back(difference, feature);
  }
  return chosen;
}

// "many views, recently seen": the two features whose means differ most from everyone's.
SegmentName describe(const Comparison& comparison, const NameRules& rules) {
  std::string name;
  std::vector<Evidence> evidence;
  for (const auto& [difference, feature] : greatest_differences(comparison, 2)) {
    evidence.push_back(comparison.evidence({feature, "", true, 0, false}));
    if (std::abs(difference) >= hardly_different) name += (name.empty() ? "" : ", ") + phrase_of(feature, difference, evidence.back().own);
  }
  return {name.empty() ? "typical customers" : name, sentence_of(evidence), play_for(comparison, rules), evidence};
}

// Clusters that differ in the same two features get what tells them apart: their size, and where that is the same
// too, a count.
void make_unique(std::vector<SegmentName>& names, const Profiles& profiles) {
  std::map<std::string, int> count, met;
  for (const SegmentName& segment : names) ++count[segment.name];
  for (std::size_t c = 0; c < names.size(); ++c)
    if (count[names[c].name] > 1) names[c].name += fmt::format(" ({:.3g} % of customers)", 100 * profiles.clusters[c].share);
  for (SegmentName& segment : names)
    if (const int number = ++met[segment.name]; number > 1) segment.name += fmt::format(", number {}", number);
}

struct Candidate {
  double score;
  std::size_t cluster;
  const NameRule* rule;
};

// Every rule for every cluster it holds for, the highest score first.
std::vector<Candidate> candidates_of(const std::vector<Comparison>& comparisons, const NameRules& rules) {
  std::vector<Candidate> candidates;
  for (const NameRule& rule : rules.rules)
    for (std::size_t c = 0; c < comparisons.size(); ++c) {
      if (!std::all_of(rule.when.begin(), rule.when.end(), [&](const NameCondition& condition) { return comparisons[c].holds(condition); })) continue;
      double score = 0;
      for (const ScoreTerm& term : rule.score) score += term.weight * comparisons[c].lift(term.feature);
      candidates.push_back({score, c, &rule});
    }
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  return candidates;
}

}  // namespace

void renew_evidence(const Profiles& profiles, const std::vector<std::string>& names, std::vector<SegmentName>& segments) {
  for (std::size_t c = 0; c < segments.size(); ++c) {
    const Comparison comparison(profiles.clusters[c], profiles.everyone, names);
    std::erase_if(segments[c].evidence, [&](Evidence& e) { return !comparison.renew(e); });
  }
}

std::vector<SegmentName> name_segments(const Profiles& profiles, const std::vector<std::string>& names, const NameRules& rules) {
  std::vector<Comparison> comparisons;
  for (const ClusterProfile& cluster : profiles.clusters) comparisons.emplace_back(cluster, profiles.everyone, names);
  std::vector<std::optional<SegmentName>> chosen(profiles.clusters.size());
  std::vector<std::string> used;
  for (const Candidate& candidate : candidates_of(comparisons, rules)) {
    if (chosen[candidate.cluster] || std::find(used.begin(), used.end(), candidate.rule->name) != used.end()) continue;
    const std::vector<Evidence> evidence = evidence_of(comparisons[candidate.cluster], *candidate.rule);
    chosen[candidate.cluster] = SegmentName{candidate.rule->name, sentence_of(evidence), candidate.rule->play, evidence};
    used.push_back(candidate.rule->name);
  }
  std::vector<SegmentName> result;
  for (std::size_t c = 0; c < chosen.size(); ++c) result.push_back(chosen[c] ? *chosen[c] : describe(comparisons[c], rules));
  make_unique(result, profiles);
  return result;
}

}  // namespace coterie
