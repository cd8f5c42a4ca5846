#include "coterie/model/run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "coterie/base/cpu.h"
#include "coterie/base/parallel.h"
#include "coterie/base/time.h"
#include "coterie/deliver/segments_sql.h"
#include "coterie/model/algorithm_json.h"
#include "coterie/model/row_counts_json.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

Json roles_to_json(const RoleMap& roles, const Dialect& dialect) {
  Json json = Json::object();
  for (int r = 0; r < role_count; ++r) {
    const RoleChoice& choice = roles.choice[r];
    if (choice.column >= 0) json[name_of(static_cast<Role>(r))] = dialect.columns[static_cast<std::size_t>(choice.column)];
  }
  return json;
}

Json input_to_json(const InputReport& input) {
  return {{"path", input.file.path},
          {"bytes", input.file.bytes},
          {"hash", input.file.hash},
          {"compression", name_of(input.file.format)},
          {"made_from", input.file.made_from},
          {"delimiter", std::string(1, input.dialect.delimiter)},
          {"byte_order_mark", input.dialect.byte_order_mark},
          {"header", input.dialect.has_header},
          {"columns", input.dialect.columns},
          {"roles", roles_to_json(input.roles, input.dialect)},
          {"last_line_without_newline", input.last_line_without_newline},
          {"rows", row_counts_to_json(input.rows)}};
}

Json events_to_json(const ReadReport& read) {
  if (read.first_ms > read.last_ms) return nullptr;  // a table of customers has none
  Json by_type = Json::object();
  for (int t = 0; t < event_type_count; ++t) by_type[name_of(static_cast<EventType>(t))] = read.events_by_type[static_cast<std::size_t>(t)];
  return {{"by_type", by_type}, {"first", iso_time(read.first_ms)}, {"last", iso_time(read.last_ms)}};
}

Json estimate_to_json(const Estimate& e) {
  return {{"mean", e.mean}, {"low", e.low}, {"high", e.high}, {"standard_error", e.standard_error}};
}

Json estimate_to_json(const std::optional<Estimate>& estimate) {
  if (!estimate) return nullptr;
  return estimate_to_json(*estimate);
}

Json optional_to_json(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json choice_to_json(const KChoice& choice) {
  Json table = Json::array();
  for (const KChoiceRow& row : choice.rows)
    table.push_back({{"k", row.k},
                     {"inertia", row.inertia},
                     {"silhouette", estimate_to_json(row.silhouette)},
                     {"behind_best", estimate_to_json(row.behind_best)},
                     {"sizes", row.sizes},
                     {"restarts_agreeing", row.restarts_agreeing},
                     {"runner_up_inertia", optional_to_json(row.runner_up_inertia)},
                     {"log_likelihood", optional_to_json(row.log_likelihood)},
                     {"bic", optional_to_json(row.bic)},
                     {"icl", optional_to_json(row.icl)}});
  return {{"chosen", choice.chosen},
          {"best_silhouette", choice.best},
          {"elbow", choice.elbow ? Json(*choice.elbow) : Json(nullptr)},
          {"reason", choice.reason},
          {"silhouette_is_exact", choice.exact},
          {"silhouette_rows", choice.judged_rows},
          {"table", table}};
}

Json comparison_to_json(const NullComparison& c) {
  return {{"value", c.value}, {"null_mean", c.null_mean}, {"null_deviation", c.null_deviation}, {"z", c.z}, {"p", c.p_value}};
}

Json evidence_to_json(const KEvidence& e) {
  const bool fitted_again = !e.nulls.empty();  // else there is no gap or prediction strength
  Json nulls = Json::object();
  for (const NullTest& test : e.nulls)
    nulls[name_of(test.null)] = {{"silhouette", comparison_to_json(test.silhouette)}, {"gap", comparison_to_json(test.gap)}, {"agreement", comparison_to_json(test.agreement)}};
  return {{"k", e.k},
          {"swept", e.swept},
          {"silhouette", estimate_to_json(e.silhouette)},
          {"simplified_silhouette", e.simplified_silhouette},
          {"calinski_harabasz", e.calinski_harabasz},
          {"davies_bouldin", e.davies_bouldin},
          {"gap", fitted_again ? Json(e.gap) : Json()},
          {"gap_error", fitted_again ? Json(e.gap_error) : Json()},
          {"prediction_strength", fitted_again ? estimate_to_json(e.prediction_strength) : Json()},
          {"half_split_agreement", estimate_to_json(e.half_split_agreement)},
          {"least_bootstrap_jaccard", e.least_jaccard},
          {"near_optimum", e.near_optimum ? Json{{"excess", e.near_optimum->excess}, {"agreement", e.near_optimum->agreement}} : Json()},
          {"nulls", nulls},
          {"least_separation", e.least_separation},
          {"dip_p", e.most_p_value},
          {"resampled_customers", e.stability_customers},
          {"groups", e.groups},
          {"separated", e.separated},
          {"stable", e.stable},
          {"natural", e.natural}};
}

Json verdict_to_json(const Verdict& verdict) {
  Json table = Json::array(), segments = Json::array();
  for (const KEvidence& e : verdict.table) table.push_back(evidence_to_json(e));
  for (std::size_t c = 0; c < verdict.segments.size(); ++c)
    segments.push_back({{"cluster", c},
                        {"bootstrap_jaccard", estimate_to_json(verdict.segments[c].jaccard)},
                        {"separation", verdict.segments[c].separation},
                        {"nearest_cluster", verdict.segments[c].nearest},
                        {"group", verdict.segments[c].group}});
  return {{"answer", name_of(verdict.answer)},
          {"sentence", verdict.sentence},
          {"k", verdict.k},
          {"natural_groups", verdict.natural_groups},
          {"natural_k", verdict.natural_k},
          {"customers", {{"judged", verdict.sample_customers}, {"in_a_null", verdict.null_customers}}},
          {"null_drawings", verdict.null_drawings},
          {"segments", segments},
          {"table", table}};
}

Json scores_to_json(const PartitionScoresTable& scores) {
  Json table = Json::array();
  for (const PartitionScores& row : scores.rows)
    table.push_back({{"k", row.k}, {"squared_silhouette", estimate_to_json(row.squared_silhouette)}, {"medoid_silhouette", estimate_to_json(row.medoid_silhouette)},
                     {"xie_beni", estimate_to_json(row.xie_beni)}, {"dunn", estimate_to_json(row.dunn)}, {"dbcv", estimate_to_json(row.dbcv)}});
  return {{"exact", scores.exact}, {"customers", scores.customers}, {"customers_of_an_index", scores.part_customers}, {"table", table}};
}

Json separability_to_json(const std::optional<Separability>& s) {
  if (!s) return nullptr;
  Json classes = Json::array();
  for (const ClassSeparability& c : s->classes)
    classes.push_back({{"cluster", c.label}, {"held_out", c.support}, {"precision", c.precision}, {"recall", c.recall}, {"f1", c.f1}, {"auc", c.auc}});
  return {{"what", "logistic regression that re-predicts the segment, measured on rows it has not seen"}, {"accuracy", s->accuracy}, {"precision", s->precision}, {"recall", s->recall},
          {"f1", s->f1}, {"auc", s->auc}, {"training_rows", s->training_rows}, {"test_rows", s->test_rows}, {"converged", s->converged}, {"segments", classes}, {"sentence", s->sentence}};
}

Json future_to_json(const RunResult& result) {
  if (result.future.sentence.empty()) return nullptr;
  Json rivals = Json::array();
  for (const FutureRival& rival : result.future.rivals) {
    Json scores = Json::object();
    for (const FutureScore score : future_scores) {
      const auto s = static_cast<std::size_t>(score);
      scores[name_of(score)] = {{"value", estimate_to_json(rival.scores[s])}, {"segments_ahead_by", estimate_to_json(rival.behind_segments[s])}};
    }
    rivals.push_back({{"name", rival.name}, {"cells", rival.cells}, {"scores", scores}});
  }
  return {{"cut", iso_time(result.future_cut_ms)}, {"k", result.future.k}, {"customers", result.future.customers}, {"later_buyers", result.future.buyers},
          {"never_back", result.future.gone},      {"later_revenue", result.future.revenue}, {"sentence", result.future.sentence}, {"rivals", rivals}};
}

Json by_feature(const std::vector<std::string>& names, const auto& value_of_column) {
  Json json = Json::object();
  for (std::size_t c = 0; c < names.size(); ++c) json[names[c]] = value_of_column(c);
  return json;
}

Json quartiles_to_json(const ClusterProfile& profile, std::size_t column) {
  return {profile.quantile_05[column], profile.quantile_25[column], profile.medians[column], profile.quantile_75[column], profile.quantile_95[column]};
}

Json lift_to_json(const Lift& lift) { return {{"times", lift.times}, {"low", lift.low}, {"high", lift.high}}; }

Json play_to_json(const Play& play) {
  return {{"goal", play.goal}, {"action", play.action}, {"channel", play.channel}, {"offer", play.offer}, {"timing", play.timing}};
}

Json nearest_to_json(const NearestSegment& nearest, const std::vector<std::string>& names) {
  if (nearest.cluster < 0) return nullptr;
  Json features = Json::array();
  for (std::size_t i = 0; i < std::min<std::size_t>(3, nearest.columns.size()); ++i) features.push_back(names[nearest.columns[i]]);
  return {{"cluster", nearest.cluster}, {"distance", nearest.distance}, {"differs_most_in", features}};
}

Json rules_to_json(const SegmentRules& rules, std::size_t cluster, const std::vector<std::string>& names) {
  Json list = Json::array();
  for (const SegmentRule& rule : rules.rules)
    if (rule.cluster == static_cast<std::int32_t>(cluster)) list.push_back({{"sql", sql_of(rule, names)}, {"customers", rule.customers}, {"of_segment", rule.of_cluster}});
  return {{"precision", rules.clusters[cluster].precision}, {"recall", rules.clusters[cluster].recall}, {"rules", list}};
}

Json interests_to_json(const SegmentActivity& segment) {
  Json json = {{"sampled_customers", segment.customers}};
  for (const auto kind : {0, 1, 2}) {
    Json list = Json::array();
    for (const Interest& i : segment.interests[kind]) {
      list.push_back({{"name", i.text}, {"share_of_events", i.own}, {"everyone", i.everyone}, {"lift", i.lift}, {"p_value", i.p_value}});
      if (!i.product_name.empty()) list.back()["product_name"] = i.product_name;
    }
    json[kind == 0 ? "categories" : kind == 1 ? "brands" : "products"] = list;
  }
  return json;
}

// Mean shares of a customer's events: hours and weekdays (from Monday) in UTC, months from January.
Json rhythm_to_json(const SegmentActivity& segment) {
  const auto shares = [](const auto& values) {
    Json list = Json::array();
    for (const double share : values) list.push_back(std::round(share * 1e6) / 1e6);
    return list;
  };
  return {{"hours", shares(segment.hours)}, {"weekdays", shares(segment.weekdays)}, {"months", shares(segment.months)}};
}

// Sizes, shares and averages: what a summary needs.
Json segment_to_json(const RunResult& result, std::size_t c) {
  const ClusterProfile &profile = result.profiles.clusters[c], &everyone = result.profiles.everyone;
  const std::vector<std::string>& names = result.model.features;
  const std::optional<std::size_t> revenue = revenue_column(names);
  return {{"cluster", c},
          {"segment", result.model.segments[c].name},
          {"because", result.model.segments[c].because},
          {"goal", result.model.segments[c].play.goal},
          {"users", profile.customers},
          {"share", profile.share},
          {"revenue_share", revenue ? Json(share_of_sum(profile, everyone, *revenue)) : Json(nullptr)},
          {"medians", by_feature(names, [&](std::size_t f) { return profile.medians[f]; })},
          {"means", by_feature(names, [&](std::size_t f) { return profile.means[f]; })}};
}

Json segments_to_json(const RunResult& result) {
  Json segments = Json::array();
  for (std::size_t c = 0; c < result.profiles.clusters.size(); ++c) segments.push_back(segment_to_json(result, c));
  return segments;
}

// The same with everything that is known of a segment. Quantiles: 5, 25, 50, 75 and 95 %.
Json explained_segments_to_json(const CustomerTable& customers, const RunResult& result) {
  Json segments = segments_to_json(result);
  const std::vector<std::string>& names = result.model.features;
  for (std::size_t c = 0; c < segments.size(); ++c) {
    const ClusterProfile &profile = result.profiles.clusters[c], &everyone = result.profiles.everyone;
    segments[c]["quantiles"] = by_feature(names, [&](std::size_t f) { return quartiles_to_json(profile, f); });
    segments[c]["above_zero"] = by_feature(names, [&](std::size_t f) { return profile.above_zero[f]; });
    segments[c]["lift"] = by_feature(names, [&](std::size_t f) { return lift_to_json(lift_of(profile, everyone, f)); });
    segments[c]["nearest"] = nearest_to_json(result.explanation.nearest[c], names);
    Json typical = Json::array();
    for (const std::uint32_t row : result.explanation.typical[c]) typical.push_back(customers.ids.text(row));
    segments[c]["typical_customers"] = typical;
    segments[c]["rule"] = rules_to_json(result.explanation.rules, c, names);
    if (result.explanation.activity.customers > 0) {
      segments[c]["interests"] = interests_to_json(result.explanation.activity.segments[c]);
      segments[c]["when"] = rhythm_to_json(result.explanation.activity.segments[c]);
    }
    segments[c]["play"] = play_to_json(result.model.segments[c].play);
  }
  return segments;
}

// Of a table of customers: what the column is, how it is encoded, and what became of blank cells.
Json column_to_json(const ColumnRecipe& column) {
  const ColumnPlan& plan = column.plan;
  Json json = {{"name", plan.name}, {"definition", fmt::format("the column \"{}\" as {}", plan.name, name_of(plan.encoding))}, {"kind", name_of(plan.kind)},
               {"why", plan.why}, {"missing", text_of(plan.missing)}, {"blank_cells_filled", column.filled}};
  if (!plan.levels.empty()) json["levels"] = plan.levels;
  return json;
}

Json rfm_to_json(const RfmScores& scores) {
  if (scores.name.empty()) return nullptr;
  Json json = Json::object();
  const auto counts = count_rfm_names(scores);
  for (std::size_t name = 0; name < counts.size(); ++name) json[rfm_names[name]] = counts[name];
  return json;
}

Json flags_to_json(const CustomerFlags& flags) {
  if (flags.rules.empty()) return nullptr;
  Json rules = Json::array();
  for (const CustomerFlags::Count& count : flags.rules)
    rules.push_back({{"rule", count.rule.name}, {"flag", name_of(count.rule.group)}, {"definition", count.rule.definition}, {"threshold", std::isfinite(count.threshold) ? Json(count.threshold) : Json(nullptr)},
                     {"customers", count.customers}, {"rows", count.events}, {"left_out", count.dropped}});
  return {{"rules", rules}, {"customers", flags.customers.size()}, {"customers_left_out", flags.dropped_customers}, {"rows_left_out", flags.dropped_events}};
}

Json features_to_json(const RunResult& result) {
  Json json = Json::array();
  for (const Feature& feature : result.features) json.push_back({{"name", feature.name}, {"definition", feature.definition}});
  for (const CouponFeature& feature : result.coupon_features) json.push_back({{"name", feature.name}, {"definition", feature.definition}});
  for (const ColumnRecipe& column : result.model.recipe.columns) json.push_back(column_to_json(column));
  return json;
}

Json options_to_json(const RunOptions& options) {
  Json derived = Json::object();
  for (const Derivation& derivation : options.derived) derived[derivation.name] = derivation.sql;
  return {{"k", {options.k.first, options.k.last}},
          {"min_segment_size", {{"customers", options.least_segment.customers}, {"share", options.least_segment.share}}},
          {"max_segments", options.most_segments > 0 ? Json(options.most_segments) : Json(nullptr)},
          {"algorithm", algorithm_to_json(options.algorithm)},
          {"restarts", options.restarts.value_or(own_restarts(options.algorithm))},
          {"seed", options.seed},
          {"roles", options.roles},
          {"feature_set", options.feature_set},
          {"returns", options.orders.net_returns ? "net" : "set-aside"},
          {"duplicates", options.orders.drop_duplicates ? "drop" : "keep"},
          {"rfm_ties", options.rfm_ties == RfmTies::first ? "first" : "alike"},
          {"derived", derived},
          {"filters", options.filters},
          {"flag_thresholds", options.flags.thresholds},
          {"drop_flagged", options.flags.drop},
          {"scale", name_of(options.scaling)},
          {"as_of", options.as_of_ms == INT64_MAX ? Json(nullptr) : Json(iso_time(options.as_of_ms))},
          {"names", options.names.empty() ? Json(nullptr) : Json(options.names)},
          {"delimiter", options.delimiter == 0 ? Json(nullptr) : Json(std::string(1, options.delimiter))},
          {"features", options.features == FeatureFormat::csv ? "csv" : "parquet"}};
}

Json measured_to_json(const RunOptions& options, const RunResult& result) {
  Json stations = Json::array();
  double wall = 0, cpu = 0;
  for (const StationTime& time : result.times) {
    stations.push_back({{"station", time.station}, {"wall_seconds", time.wall_seconds}, {"cpu_seconds", time.cpu_seconds}});
    wall += time.wall_seconds, cpu += time.cpu_seconds;
  }
  return {{"wall_seconds", wall},
          {"cpu_seconds", cpu},
          {"stations", stations},
          {"peak_memory_bytes", result.peak_memory_bytes},
          {"spilled_bytes", result.spilled_bytes},
          {"threads", options.threads > 0 ? options.threads : default_threads()},
          {"instructions", name_of(isa())}};
}

}  // namespace

std::string run_to_json(const RunOptions& options, const CustomerTable& customers, const RunResult& result) {
  Json inputs = Json::array();
  for (const InputReport& input : result.read.inputs) inputs.push_back(input_to_json(input));
  const Json json = {{"program", "coterie"},
                     {"version", COTERIE_VERSION},
                     {"options", options_to_json(options)},
                     {"shape", name_of(result.model.shape)},
                     {"algorithm", result.model.algorithm},
                     {"noise", result.model.has_noise ? Json(result.model.k - 1) : Json(nullptr)},
                     {"store", result.store_id.empty() ? Json(nullptr) : Json(result.store_id)},
                     {"inputs", inputs},
                     {"rows", row_counts_to_json(result.read.rows)},
                     {"events", events_to_json(result.read)},
                     {"customers", result.customers},
                     {"different_rows", result.different_rows},
                     {"features", features_to_json(result)},
                     {"pca", {{"explained_ratio", result.model.pca.explained_ratio}}},
                     {"k", choice_to_json(result.choice)},
                     {"verdict", verdict_to_json(result.verdict)},
                     {"scores", scores_to_json(result.scores)},
                     {"separability", separability_to_json(result.separability)},
                     {"future", future_to_json(result)},
                     {"segments", explained_segments_to_json(customers, result)},
                     {"rfm_segments", rfm_to_json(result.rfm)},
                     {"rules", {{"fidelity", result.explanation.rules.fidelity}, {"fitted_rows", result.explanation.rules.fitted_rows}}},
                     {"flags", flags_to_json(result.flags)},
                     {"notes", result.notes},
                     {"measured", measured_to_json(options, result)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string summary_to_json(const RunResult& result) {
  const Json json = {{"rows", row_counts_to_json(result.read.rows)},
                     {"events", events_to_json(result.read)},
                     {"customers", result.customers},
                     {"k", choice_to_json(result.choice)},
                     {"verdict", verdict_to_json(result.verdict)},
                     {"future", future_to_json(result)},
                     {"segments", segments_to_json(result)},
                     {"notes", result.notes}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace coterie
