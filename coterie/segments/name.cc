#include "coterie/segments/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

namespace coterie {
namespace {

// A cluster's means against everyone's, by feature name. A feature that the log does not have compares as equal.
class Comparison {
 public:
  Comparison(const ClusterProfile& cluster, const ClusterProfile& everyone, const std::vector<std::string>& names)
      : cluster_(cluster), everyone_(everyone), names_(names) {}

  double mean(const char* feature) const { return value(cluster_, feature); }
  double overall(const char* feature) const { return value(everyone_, feature); }
  // log2(cluster / everyone), within +-6 and 0 where both are nothing.
  double lift(const char* feature) const {
    const double own = mean(feature), all = overall(feature);
    if (all <= 0) return 0;
    return std::clamp(std::log2(std::max(own, 0.0) / all), -6.0, 6.0);
  }
  std::string evidence(const char* feature) const {
    return fmt::format("{} {} on average against {} for everyone", feature, number(mean(feature)), number(overall(feature)));
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  static std::string number(double value) { return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value); }
  double value(const ClusterProfile& profile, const char* feature) const {
    const auto it = std::find(names_.begin(), names_.end(), feature);
    return it == names_.end() ? 0 : profile.means[static_cast<std::size_t>(it - names_.begin())];
  }
  const ClusterProfile& cluster_;
  const ClusterProfile& everyone_;
  const std::vector<std::string>& names_;
};

struct NameRule {
  const char* name;
  std::function<bool(const Comparison&)> holds;
  std::function<double(const Comparison&)> score;
  std::vector<const char*> evidence;
};

// Half a doubling (41 %) is what it takes to be called high or low.
constexpr double noticeable = 0.5;
// Means within 3.5 % of everyone's are neither high nor low.
constexpr double hardly_different = 0.05;

const std::vector<NameRule>& name_rules() {
  const auto hardly_buys = [](const Comparison& c) { return c.mean("n_purchase") < 0.1 || c.lift("n_purchase") < -2; };
  static const std::vector<NameRule> rules = {
      {"high-value loyal",
       [](const Comparison& c) { return c.lift("n_purchase") > 1 && c.lift("revenue") > 1 && c.mean("n_purchase") >= 1.5; },
       [](const Comparison& c) { return c.lift("n_purchase") + c.lift("revenue") + c.lift("tenure_days"); },
       {"n_purchase", "revenue"}},
      {"big-ticket buyers",
       [](const Comparison& c) { return c.mean("n_purchase") >= 0.5 && c.lift("avg_price_purchased") > c.lift("n_purchase"); },
       [](const Comparison& c) { return c.lift("avg_price_purchased") + c.lift("revenue") - 1; },
       {"avg_price_purchased", "n_purchase"}},
      {"buyers",
       [](const Comparison& c) { return c.mean("n_purchase") >= 0.5 && c.lift("n_purchase") > noticeable; },
       [](const Comparison& c) { return c.lift("n_purchase") + c.lift("cart_to_purchase_rate") / 2 - 1; },
       {"n_purchase", "conversion_rate"}},
      {"cart abandoners",
       [](const Comparison& c) { return c.lift("n_cart") > noticeable && c.mean("n_purchase") < 0.5 * c.mean("n_cart"); },
       [](const Comparison& c) { return c.lift("n_cart") + c.lift("view_to_cart_rate") - c.lift("cart_to_purchase_rate"); },
       {"n_cart", "n_purchase"}},
      {"heavy researchers",
       [](const Comparison& c) { return c.lift("n_view") > 1 && c.lift("conversion_rate") < noticeable; },
       [](const Comparison& c) { return c.lift("n_view") + c.lift("unique_products") / 2 - c.lift("conversion_rate") / 2; },
       {"n_view", "unique_products"}},
      {"returning browsers",
       [=](const Comparison& c) { return hardly_buys(c) && c.lift("tenure_days") > noticeable; },
       [](const Comparison& c) { return c.lift("tenure_days") + c.lift("n_sessions"); },
       {"tenure_days", "n_sessions"}},
      {"lapsed browsers",
       [=](const Comparison& c) { return hardly_buys(c) && c.lift("recency_days") > noticeable; },
       [](const Comparison& c) { return c.lift("recency_days"); },
       {"recency_days", "n_purchase"}},
      {"recent browsers",
       [=](const Comparison& c) { return hardly_buys(c) && c.lift("recency_days") < -noticeable; },
       [](const Comparison& c) { return -c.lift("recency_days"); },
       {"recency_days", "n_purchase"}},
      {"browsers",
       [=](const Comparison& c) { return hardly_buys(c) || c.lift("n_purchase") < -noticeable; },
       [](const Comparison& c) { return -c.lift("total_events") / 2; },
       {"total_events", "n_purchase"}},
      {"occasional visitors",
       [](const Comparison& c) { return c.lift("total_events") < -noticeable; },
       [](const Comparison& c) { return -c.lift("total_events") / 4; },
       {"total_events", "n_sessions"}},
  };
  return rules;
}

std::string evidence_of(const Comparison& comparison, const std::vector<const char*>& features) {
  std::string text;
  for (const char* feature : features) {
    if (std::find(comparison.names().begin(), comparison.names().end(), feature) == comparison.names().end()) continue;
    text += (text.empty() ? "" : "; ") + comparison.evidence(feature);
  }
  return text;
}

// "high n_view, low recency_days": the two features whose means differ most from everyone's.
SegmentName describe(const Comparison& comparison) {
  std::vector<const char*> features;
  for (const std::string& name : comparison.names()) features.push_back(name.c_str());
  std::stable_sort(features.begin(), features.end(),
                   [&](const char* a, const char* b) { return std::abs(comparison.lift(a)) > std::abs(comparison.lift(b)); });
  features.resize(std::min<std::size_t>(2, features.size()));
  if (features.empty() || std::abs(comparison.lift(features[0])) < hardly_different) return {"typical customers", evidence_of(comparison, features)};
  std::string name;
  for (const char* feature : features) {
    if (std::abs(comparison.lift(feature)) < hardly_different) break;
    name += fmt::format("{}{} {}", name.empty() ? "" : ", ", comparison.lift(feature) > 0 ? "high" : "low", feature);
  }
  return {name, evidence_of(comparison, features)};
}

// Clusters that differ in the same two features get what tells them apart: their size, and where that is the same
// too, a count.
void make_unique(std::vector<SegmentName>& names, const Profiles& profiles) {
  std::map<std::string, int> count, met;
  for (const SegmentName& segment : names) ++count[segment.name];
  for (std::size_t c = 0; c < names.size(); ++c)
    if (count[names[c].name] > 1) names[c].name += fmt::format(" ({:.2f} % of customers)", 100 * profiles.clusters[c].share);
  for (SegmentName& segment : names)
    if (const int number = ++met[segment.name]; number > 1) segment.name += fmt::format(", number {}", number);
}

}  // namespace

std::vector<SegmentName> name_segments(const Profiles& profiles, const std::vector<std::string>& names) {
  const std::size_t k = profiles.clusters.size();
  std::vector<Comparison> comparisons;
  for (const ClusterProfile& cluster : profiles.clusters) comparisons.emplace_back(cluster, profiles.everyone, names);
  struct Candidate {
    double score;
    std::size_t cluster;
    const NameRule* rule;
  };
  std::vector<Candidate> candidates;
  for (const NameRule& rule : name_rules())
    for (std::size_t c = 0; c < k; ++c)
      if (rule.holds(comparisons[c])) candidates.push_back({rule.score(comparisons[c]), c, &rule});
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) { return a.score > b.score; });

  std::vector<std::optional<SegmentName>> chosen(k);
  std::vector<const NameRule*> used;
  for (const Candidate& candidate : candidates) {
    if (chosen[candidate.cluster] || std::find(used.begin(), used.end(), candidate.rule) != used.end()) continue;
    chosen[candidate.cluster] = SegmentName{candidate.rule->name, evidence_of(comparisons[candidate.cluster], candidate.rule->evidence)};
    used.push_back(candidate.rule);
  }
  std::vector<SegmentName> result;
  for (std::size_t c = 0; c < k; ++c) result.push_back(chosen[c] ? *chosen[c] : describe(comparisons[c]));
  make_unique(result, profiles);
  return result;
}

}  // namespace coterie
