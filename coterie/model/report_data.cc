#include "coterie/model/report_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "coterie/base/time.h"
#include "coterie/deliver/segments_sql.h"
#include "coterie/model/row_counts_json.h"
#include "coterie/segments/feature_words.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

// Six significant digits.
Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  const double rounded = std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
  if (rounded == std::floor(rounded) && std::abs(rounded) < 1e15) return static_cast<std::int64_t>(rounded);
  return rounded;
}

const char* name_of(FeatureKind kind) {
  switch (kind) {
    case FeatureKind::count: return "count";
    case FeatureKind::money: return "money";
    case FeatureKind::ratio: return "ratio";
    case FeatureKind::days: return "days";
  }
  return "number";
}

// Builds the parts; `shown` are the features that are in the report, in their order.
class ReportData {
 public:
  ReportData(const RunOptions& options, const CustomerTable& customers, const RunResult& result, const ReportLimits& limits)
      : options_(options), customers_(customers), result_(result), limits_(limits), shown_(choose_features()) {}

  Json all() const {
    return {{"version", COTERIE_VERSION},
            {"model_of", fitted_here() ? Json(nullptr) : Json(text(result_.model_of))},
            {"customers", result_.customers},
            {"events", events()},
            {"revenue", revenue()},
            {"features", features()},
            {"features_left_out", result_.model.features.size() - shown_.size()},
            {"everyone", profile(result_.profiles.everyone)},
            {"segments", segments()},
            {"k", choice()},
            {"pca", pca()},
            {"activity", activity()},
            {"verdict", fitted_here() ? verdict() : Json(nullptr)},
            {"scores", fitted_here() ? scores() : Json(nullptr)},
            {"separability", fitted_here() ? separability() : Json(nullptr)},
            {"future", fitted_here() ? future() : Json(nullptr)},
            {"rfm", rfm()},
            {"rules", {{"fidelity", number(result_.explanation.rules.fidelity)}, {"fitted_rows", result_.explanation.rules.fitted_rows}}},
            {"ledger", ledger()},
            {"options", options()},
            {"log", log()},
            {"notes", notes()}};
  }

 private:
  std::vector<std::size_t> choose_features() const {
    const std::size_t columns = result_.model.features.size(), k = result_.model.k;
    std::vector<double> spread(columns);
    for (std::size_t c = 0; c < k; ++c)
      for (std::size_t f = 0; f < columns; ++f) spread[f] = std::max(spread[f], std::abs(result_.model.centres[c * columns + f]));
    std::vector<std::size_t> order(columns);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return spread[a] > spread[b]; });
    order.resize(std::min(columns, std::max<std::size_t>(5, limits_.numbers / (16 * k))));
    std::sort(order.begin(), order.end());
    return order;
  }
  bool fitted_here() const { return result_.model_of.empty(); }
  std::string text(const std::string& whole) const {
    return shortened(whole, std::min(limits_.text, std::max<std::size_t>(40, 20 * limits_.text / std::max<std::size_t>(1, result_.model.k))));
  }
  static std::string shortened(const std::string& whole, std::size_t most) {
    if (whole.size() <= most) return whole;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(whole[end]) & 0xc0) == 0x80) --end;  // not within a character
    return whole.substr(0, end) + "...";
  }
  Json numbers(const std::vector<double>& of_columns) const {
    Json list = Json::array();
    for (const std::size_t f : shown_) list.push_back(number(of_columns[f]));
    return list;
  }
  Json events() const {
    if (result_.read.first_ms > result_.read.last_ms) return nullptr;
    Json by_type = Json::object();
    for (int t = 0; t < event_type_count; ++t) by_type[coterie::name_of(static_cast<EventType>(t))] = result_.read.events_by_type[static_cast<std::size_t>(t)];
    return {{"by_type", by_type}, {"first", iso_time(result_.read.first_ms)}, {"last", iso_time(result_.read.last_ms)}};
  }
  // What a row of the data is.
  Json log() const {
    switch (result_.model.shape) {
      case Shape::events: return "events";
      case Shape::orders: return "order lines";
      default: return "rows";
    }
  }
  Json revenue() const {
    const std::optional<std::size_t> column = revenue_column(result_.model.features);
    if (!column) return nullptr;
    return {{"feature", text(result_.model.features[*column])}, {"total", number(result_.profiles.everyone.means[*column] * static_cast<double>(result_.customers))}};
  }
  Json features() const {
    Json list = Json::array();
    for (const std::size_t f : shown_) {
      const std::string& name = result_.model.features[f];
      const auto it = std::find_if(result_.features.begin(), result_.features.end(), [&](const Feature& feature) { return feature.name == name; });
      const bool known = it != result_.features.end();
      list.push_back({{"name", text(name)}, {"kind", is_share(name) ? "share" : known ? name_of(it->kind) : kind_of_column(name)}, {"definition", known ? Json(it->definition) : definition_of_coupon_feature(name)}});
      if (const Json levels = levels_of_column(name); !levels.empty()) list.back()["levels"] = levels;
    }
    return list;
  }
  // Of a table of customers: "truth" for what is 0 or 1, "level" for places in an order, else "number".
  const char* kind_of_column(const std::string& name) const {
    for (const ColumnRecipe& column : result_.model.recipe.columns) {
      const ColumnPlan& plan = column.plan;
      if (name == plan.name + " missing" || (plan.encoding == Encoding::one_hot && name.starts_with(plan.name + "="))) return "truth";
      if (name == plan.name) return plan.kind == ColumnKind::truth ? "truth" : plan.encoding == Encoding::ordinal ? "level" : "number";
    }
    return "number";
  }
  Json levels_of_column(const std::string& name) const {
    constexpr std::size_t most = 20;
    Json levels = Json::array();
    for (const ColumnRecipe& column : result_.model.recipe.columns)
      if (name == column.plan.name && column.plan.encoding == Encoding::ordinal && column.plan.levels.size() <= most)
        for (const std::string& level : column.plan.levels) levels.push_back(text(level));
    return levels;
  }
  Json definition_of_coupon_feature(const std::string& name) const {
    for (const CouponFeature& feature : result_.coupon_features)
      if (feature.name == name) return feature.definition;
    return nullptr;
  }
  Json profile(const ClusterProfile& profile) const {
    Json quantiles = Json::array();
    for (const std::size_t f : shown_)
      quantiles.push_back({number(profile.quantile_05[f]), number(profile.quantile_25[f]), number(profile.medians[f]), number(profile.quantile_75[f]), number(profile.quantile_95[f])});
    return {{"customers", profile.customers}, {"means", numbers(profile.means)}, {"quantiles", quantiles}, {"above_zero", numbers(profile.above_zero)}};
  }
  Json segments() const {
    Json list = Json::array();
    for (std::size_t c = 0; c < result_.profiles.clusters.size(); ++c) list.push_back(segment(c));
    return list;
  }
  bool is_small(std::size_t c) const { return result_.profiles.clusters[c].customers < limits_.least_customers; }
  Json segment(std::size_t c) const {
    const ClusterProfile& own = result_.profiles.clusters[c];
    const SegmentName& name = result_.model.segments[c];
    Json json = profile(own);
    if (is_small(c)) json["quantiles"] = nullptr, json["above_zero"] = nullptr;
    json["name"] = text(name.name);
    json["small"] = is_small(c);
    json["noise"] = result_.model.has_noise && c + 1 == result_.profiles.clusters.size();
    json["play"] = {{"goal", text(name.play.goal)}, {"action", text(name.play.action)}, {"channel", text(name.play.channel)}, {"offer", text(name.play.offer)}, {"timing", text(name.play.timing)}};
    json["evidence"] = evidence(name.evidence);
    json["share"] = number(own.share);
    const std::optional<std::size_t> money = revenue_column(result_.model.features);
    json["revenue_share"] = money ? number(share_of_sum(own, result_.profiles.everyone, *money)) : Json(nullptr);
    json["lifts"] = lifts(own);
    const std::size_t columns = result_.model.features.size();
    Json centre = Json::array();
    for (const std::size_t f : shown_) centre.push_back(number(result_.model.centres[c * columns + f]));
    json["centre"] = centre;
    json["nearest"] = nearest(c);
    json["typical"] = typical(c);
    json["rule"] = rule(c);
    return json;
  }
  Json evidence(const std::vector<Evidence>& list) const {
    Json json = Json::array();
    for (const Evidence& e : list) json.push_back({{"feature", text(e.feature)}, {"divisor", text(e.divisor)}, {"own", number(e.own)}, {"everyone", number(e.everyone)}});
    return json;
  }
  Json lifts(const ClusterProfile& own) const {
    Json list = Json::array();
    for (const std::size_t f : shown_) {
      const Lift lift = lift_of(own, result_.profiles.everyone, f);
      list.push_back({number(lift.times), number(lift.low), number(lift.high)});
    }
    return list;
  }
  Json nearest(std::size_t c) const {
    const NearestSegment& nearest = result_.explanation.nearest[c];
    if (nearest.cluster < 0) return nullptr;
    Json features = Json::array();  // places in the report's own list
    for (const std::size_t f : nearest.columns)
      if (const auto it = std::lower_bound(shown_.begin(), shown_.end(), f); it != shown_.end() && *it == f && features.size() < 3) features.push_back(it - shown_.begin());
    return {{"segment", nearest.cluster}, {"distance", number(nearest.distance)}, {"features", features}};
  }
  Json typical(std::size_t c) const {
    Json list = Json::array();
    if (is_small(c)) return list;
    for (const std::uint32_t row : result_.explanation.typical[c]) {
      Json values = Json::array();
      for (const std::size_t f : shown_) values.push_back(number(customers_.values.at(row, f)));
      list.push_back({{"id", text(customers_.ids.text(row))}, {"values", values}});
    }
    return list;
  }
  Json rule(std::size_t c) const {
    const SegmentRules& rules = result_.explanation.rules;
    Json list = Json::array();
    for (const SegmentRule& rule : rules.rules)
      if (rule.cluster == static_cast<std::int32_t>(c)) list.push_back(conditions(rule));
    return {{"precision", number(rules.clusters[c].precision)}, {"recall", number(rules.clusters[c].recall)}, {"ways", list}};
  }
  Json conditions(const SegmentRule& rule) const {
    Json list = Json::array();
    for (const RuleCondition& condition : rule.conditions)
      list.push_back({{"feature", text(result_.model.features[condition.column])}, {"at_least", condition.at_least}, {"value", condition.threshold}});
    return {{"conditions", list}, {"customers", rule.customers}, {"of_segment", rule.of_cluster}};
  }
  Json choice() const {
    Json rows = Json::array();
    for (const KChoiceRow& row : result_.choice.rows) {
      const Json silhouette = row.silhouette ? Json{number(row.silhouette->mean), number(row.silhouette->low), number(row.silhouette->high)} : Json(nullptr);
      rows.push_back({{"k", row.k}, {"inertia", number(row.inertia)}, {"silhouette", silhouette}, {"bic", row.bic ? number(*row.bic) : Json(nullptr)}});
    }
    return {{"chosen", result_.choice.chosen}, {"by_bic", result_.choice.by_bic}, {"best", result_.choice.best}, {"elbow", result_.choice.elbow ? Json(*result_.choice.elbow) : Json(nullptr)},
            {"exact", result_.choice.exact}, {"judged_rows", result_.choice.judged_rows}, {"reason", result_.choice.reason}, {"rows", rows}};
  }
  Json pca() const {
    Json points = Json::array();
    const auto coordinate = [](double value) { return std::round(value * 1000) / 1000; };
    for (const ScatterPoint& point : result_.explanation.points) points.push_back({coordinate(point.x), coordinate(point.y), point.cluster, point.drawn});
    const Pca& pca = result_.model.pca;
    const std::size_t axes = std::min<std::size_t>(2, pca.components);
    Json explained = Json::array(), leading = Json::array();
    for (std::size_t a = 0; a < axes; ++a) explained.push_back(number(pca.explained_ratio[a])), leading.push_back(leading_features(a));
    return {{"explained", explained}, {"leading", leading}, {"points", points}};
  }
  // The three features with the greatest weight on an axis, a minus before those that fall along it.
  Json leading_features(std::size_t axis) const {
    const double* weights = result_.model.pca.axes.data() + axis * result_.model.pca.columns;
    std::vector<std::size_t> order(result_.model.pca.columns);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return std::abs(weights[a]) > std::abs(weights[b]); });
    Json list = Json::array();
    for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i)
      list.push_back({{"feature", text(result_.model.features[order[i]])}, {"falls", weights[order[i]] < 0}});
    return list;
  }
  Json verdict() const {
    const Verdict& verdict = result_.verdict;
    Json table = Json::array(), jaccards = Json::array();
    for (const KEvidence& row : verdict.table)
      table.push_back({{"k", row.k}, {"silhouette", number(row.silhouette.mean)}, {"without_groups", without_groups(row)}, {"half_split_agreement", number(row.half_split_agreement.mean)}, {"least_jaccard", number(row.least_jaccard)},
                       {"least_separation", number(row.least_separation)}, {"stable", row.stable}, {"separated", row.separated}, {"natural", row.natural}});
    for (const SegmentStability& segment : verdict.segments) jaccards.push_back(number(segment.jaccard.mean));
    return {{"answer", coterie::name_of(verdict.answer)}, {"sentence", verdict.sentence}, {"null_customers", verdict.null_customers}, {"table", table}, {"jaccards", jaccards}};
  }
  // The silhouette of fits to data like these without groups: mean and deviation over the drawings; then that of a fit to as many
  // of these customers, which is what they are to be held beside.
  static Json without_groups(const KEvidence& row) {
    if (row.nulls.empty()) return nullptr;
    const NullComparison& hardest = row.hardest_null().silhouette;
    return {number(hardest.null_mean), number(hardest.null_deviation), number(hardest.value)};
  }
  // Every k and all that is known of it, under the names of k_table.csv; null where it is not known.
  Json scores() const {
    std::set<std::size_t> ks;
    for (const KChoiceRow& row : result_.choice.rows) ks.insert(row.k);
    for (const KEvidence& row : result_.verdict.table) ks.insert(row.k);
    Json table = Json::array();
    for (const std::size_t k : ks) table.push_back(scores_of(k));
    const KEvidence* chosen = result_.verdict.evidence(result_.choice.chosen);
    Json nulls = Json::array();
    if (chosen != nullptr)
      for (const NullTest& test : chosen->nulls)
        nulls.push_back({{"name", coterie::name_of(test.null)}, {"silhouette", null_comparison(test.silhouette)}, {"gap", null_comparison(test.gap)}, {"half_split_agreement", null_comparison(test.agreement)}});
    return {{"table", table}, {"nulls", nulls}, {"null_drawings", result_.verdict.null_drawings}, {"sample_customers", std::max(result_.verdict.sample_customers, result_.scores.customers)}};
  }
  Json scores_of(std::size_t k) const {
    Json json = {{"k", k}};
    if (const KEvidence* e = result_.verdict.evidence(k)) {
      json["simplified_silhouette"] = number(e->simplified_silhouette), json["calinski_harabasz"] = number(e->calinski_harabasz), json["davies_bouldin"] = number(e->davies_bouldin);
      // Where the algorithm was not fitted again there are no nulls, nor these.
      if (!e->nulls.empty()) json["gap"] = number(e->gap), json["gap_error"] = number(e->gap_error), json["prediction_strength"] = number(e->prediction_strength.mean);
    }
    if (const auto s = std::ranges::find(result_.scores.rows, k, &PartitionScores::k); s != result_.scores.rows.end()) {
      json["medoid_silhouette"] = number(s->medoid_silhouette.mean), json["squared_silhouette"] = number(s->squared_silhouette.mean);
      json["xie_beni"] = number(s->xie_beni.mean), json["dunn"] = number(s->dunn.mean), json["dbcv"] = number(s->dbcv.mean);
    }
    if (const auto row = std::ranges::find(result_.choice.rows, k, &KChoiceRow::k); row != result_.choice.rows.end())
      if (row->bic) json["log_likelihood"] = number(row->log_likelihood.value_or(NAN)), json["bic"] = number(*row->bic), json["icl"] = number(row->icl.value_or(NAN));
    return json;
  }
  static Json null_comparison(const NullComparison& c) { return {number(c.value), number(c.null_mean), number(c.z), number(c.p_value)}; }
  Json separability() const {
    if (!result_.separability) return nullptr;
    const Separability& s = *result_.separability;
    return {{"accuracy", number(s.accuracy)}, {"precision", number(s.precision)}, {"recall", number(s.recall)}, {"f1", number(s.f1)}, {"auc", number(s.auc)}, {"test_rows", s.test_rows}, {"sentence", s.sentence}};
  }
  Json future() const {
    Json rivals = Json::array();
    for (const FutureRival& rival : result_.future.rivals) {
      Json scores = Json::array();
      for (std::size_t s = 0; s < std::size(future_scores); ++s) scores.push_back({{"name", coterie::name_of(future_scores[s])}, {"mean", number(rival.scores[s].mean)}, {"low", number(rival.scores[s].low)}, {"high", number(rival.scores[s].high)}});
      rivals.push_back({{"name", rival.name}, {"scores", scores}});
    }
    return {{"sentence", result_.future.sentence}, {"customers", result_.future.customers}, {"rivals", rivals}};
  }
  Json activity() const {
    const ActivityProfile& profile = result_.explanation.activity;
    if (profile.customers == 0) return nullptr;
    Json list = Json::array();
    for (std::size_t c = 0; c < profile.segments.size(); ++c) list.push_back(is_small(c) ? Json(nullptr) : activity_of(profile.segments[c]));
    return {{"everyone", activity_of(profile.everyone)}, {"segments", list}};
  }
  Json activity_of(const SegmentActivity& segment) const {
    const std::size_t most = result_.model.k <= 20 ? 8 : 2;
    Json interests = Json::array();
    for (const std::vector<Interest>& kind : segment.interests) {
      Json list = Json::array();
      for (std::size_t i = 0; i < std::min(most, kind.size()); ++i) {
        list.push_back({{"name", text(kind[i].text)}, {"own", number(kind[i].own)}, {"everyone", number(kind[i].everyone)}, {"lift", number(kind[i].lift)}});
        if (!kind[i].product_name.empty()) list.back()["product_name"] = text(kind[i].product_name);
      }
      interests.push_back(list);
    }
    return {{"customers", segment.customers}, {"interests", interests}, {"hours", shares(segment.hours)}, {"weekdays", shares(segment.weekdays)}, {"months", shares(segment.months)}};
  }
  static Json shares(const auto& values) {
    Json list = Json::array();
    for (const double share : values) list.push_back(std::round(share * 1e4) / 1e4);
    return list;
  }
  // Customers and money by the scores of recency and frequency: [recency][frequency], both from 1 to 5.
  Json rfm() const {
    const RfmScores& scores = result_.rfm;
    const std::optional<std::size_t> money = revenue_column(customers_.names);
    if (scores.recency.empty() || !money) return nullptr;
    std::uint64_t customers[5][5] = {};
    double sums[5][5] = {}, all = 0;
    for (std::size_t i = 0; i < scores.recency.size(); ++i) {
      const double value = customers_.values.at(i, *money);
      ++customers[scores.recency[i] - 1][scores.frequency[i] - 1];
      sums[scores.recency[i] - 1][scores.frequency[i] - 1] += value, all += value;
    }
    Json cells = Json::array(), names = Json::array();
    for (int r = 0; r < 5; ++r)
      for (int f = 0; f < 5; ++f) cells.push_back({customers[r][f], number(all > 0 ? sums[r][f] / all : 0)});
    const std::array<std::uint64_t, 10> count = count_rfm_names(scores);
    for (std::size_t n = 0; n < count.size(); ++n) names.push_back({{"name", rfm_names[n]}, {"customers", count[n]}});
    return {{"cells", cells}, {"names", names}};
  }
  Json ledger() const {
    Json inputs = Json::array();
    const std::vector<InputReport>& all = result_.read.inputs;
    for (std::size_t i = 0; i < std::min(all.size(), limits_.inputs); ++i)
      inputs.push_back({{"name", text(std::filesystem::path(all[i].file.path).filename().string())}, {"bytes", all[i].file.bytes}, {"rows", row_counts_to_json(all[i].rows)}});
    return {{"rows", row_counts_to_json(result_.read.rows)}, {"inputs", inputs}, {"more_inputs", all.size() - inputs.size()}};
  }
  Json options() const {
    return {{"k", {options_.k.first, options_.k.last}}, {"algorithm", result_.model.algorithm}, {"restarts", options_.restarts.value_or(own_restarts(options_.algorithm))}, {"seed", options_.seed},
            {"scaling", coterie::name_of(result_.model.scaling.method)}, {"own_names", !options_.names.empty()},
            {"different_rows", result_.different_rows}};
  }
  Json notes() const {
    Json list = Json::array();
    for (std::size_t i = 0; i < std::min(result_.notes.size(), limits_.notes); ++i) list.push_back(shortened(result_.notes[i], 3 * limits_.text));
    return list;
  }

  const RunOptions& options_;
  const CustomerTable& customers_;
  const RunResult& result_;
  const ReportLimits& limits_;
  std::vector<std::size_t> shown_;
};

}  // namespace

std::string report_data(const RunOptions& options, const CustomerTable& customers, const RunResult& result, const ReportLimits& limits) {
  return ReportData(options, customers, result, limits).all().dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace coterie
