#include "coterie/model/exploration_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "coterie/base/output_file.h"
#include "coterie/base/time.h"
#include "coterie/deliver/report_page.h"
#include "coterie/model/explore.h"
#include "coterie/model/row_counts_json.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_inputs = 20, most_tables = 20, most_columns = 100, most_findings = 30, most_months = 240, most_days = 800;

// Seven digits are more than any picture shows; shorter numbers keep the page small. Not what does not exist.
Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  const double rounded = std::stod(fmt::format("{:.7g}", value));
  return rounded == std::floor(rounded) && std::abs(rounded) < 1e15 ? Json(static_cast<std::int64_t>(rounded)) : Json(rounded);
}

template <class List>
Json numbers(const List& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number(value));
  return list;
}

Json inputs_to_json(const ReadReport& read) {
  Json inputs = Json::array();
  for (std::size_t i = 0; i < std::min(read.inputs.size(), most_inputs); ++i)
    inputs.push_back({{"path", shown_text(read.inputs[i].file.path)}, {"hash", read.inputs[i].file.hash}, {"rows", row_counts_to_json(read.inputs[i].rows)}});
  return inputs;
}

Json numbers_to_json(const NumberDescription& d) {
  Json outliers = Json::array(), quantiles = Json::object();
  for (std::size_t q = 0; q < described_quantiles.size(); ++q) quantiles[fmt::format("{:g}", described_quantiles[q])] = number(d.quantiles[q]);
  for (const FoundOutliers& o : d.outliers) outliers.push_back({{"rule", name_of(o.rule)}, {"low", number(o.bounds.low)}, {"high", number(o.bounds.high)}, {"below", o.below}, {"above", o.above}});
  return {{"count", d.count}, {"no_numbers", d.no_numbers}, {"zeros", d.zeros}, {"negatives", d.negatives}, {"mean", number(d.mean)}, {"deviation", number(d.deviation)}, {"skewness", number(d.skewness)},
          {"greatest_z", number(d.greatest_z)}, {"quantiles", quantiles}, {"outliers", outliers},
          {"histogram", {{"logarithmic", d.histogram.logarithmic}, {"edges", numbers(d.histogram.edges)}, {"counts", d.histogram.counts}}}};
}

Json times_to_json(const TimeDescription& d) {
  Json months = Json::array();
  const std::size_t skipped = d.months.size() - std::min(d.months.size(), most_months);  // the earliest
  for (std::size_t m = skipped; m < d.months.size(); ++m) months.push_back({d.months[m].first, d.months[m].second});
  return {{"first", iso_time(d.first_ms)}, {"last", iso_time(d.last_ms)}, {"weekdays", d.weekdays}, {"hours", d.hours ? Json(*d.hours) : Json(nullptr)}, {"months", months}, {"months_left_out", skipped}};
}

Json column_to_json(const ColumnDescription& d) {
  Json top = Json::array();
  for (const auto& [text, count] : d.top) top.push_back({text, count});
  Json json = {{"name", d.name}, {"role", d.role ? Json(name_of(*d.role)) : Json(nullptr)}, {"content", name_of(d.content)}, {"rows", d.rows}, {"missing", d.missing},
               {"distinct", std::llround(d.distinct)}, {"distinct_standard_error", d.distinct_error}, {"sampled", d.sampled}, {"top", top}};
  if (d.numbers) json["numbers"] = numbers_to_json(*d.numbers);
  if (d.times) json["times"] = times_to_json(*d.times);
  return json;
}

Json correlations_to_json(const CorrelationTable& table) {
  if (table.names.empty()) return nullptr;
  return {{"names", table.names}, {"pearson", numbers(table.values.pearson)}, {"spearman", numbers(table.values.spearman)}};
}

Json associations_to_json(const AssociationTable& table) {
  if (table.names.empty()) return nullptr;
  std::vector<double> plain, corrected;
  for (const CramersV& v : table.values) plain.push_back(v.plain), corrected.push_back(v.corrected);
  return {{"names", table.names}, {"cramers_v", numbers(plain)}, {"cramers_v_bias_corrected", numbers(corrected)}};
}

Json boxes_to_json(const std::vector<BoxPlot>& plots) {
  Json list = Json::array();
  for (const BoxPlot& plot : plots) {
    Json boxes = Json::array();
    for (const Box& b : plot.boxes)
      boxes.push_back({{"level", b.level}, {"count", b.count}, {"box", numbers(std::vector{b.low, b.first_quartile, b.median, b.third_quartile, b.high})}, {"mean", number(b.mean)}, {"outside", b.outside}});
    list.push_back({{"number", plot.number}, {"category", plot.category}, {"levels", plot.levels}, {"boxes", boxes}});
  }
  return list;
}

Json table_to_json(const ExploredTable& table) {
  Json columns = Json::array();
  for (std::size_t c = 0; c < std::min(table.columns.size(), most_columns); ++c) columns.push_back(column_to_json(table.columns[c]));
  return {{"name", table.name}, {"rows", table.rows}, {"columns", columns}, {"columns_left_out", table.columns.size() - columns.size()},
          {"together", {{"rows", table.joint.rows}, {"share_of_combinations", number(table.joint.share_kept)}, {"boxes", boxes_to_json(table.joint.boxes)},
                        {"correlations", correlations_to_json(table.joint.correlations)}, {"associations", associations_to_json(table.joint.associations)}}}};
}

double money(std::int64_t micros) { return static_cast<double>(micros) / 1e6; }

Json traffic_to_json(const Traffic& traffic) {
  Json days = Json::array(), busiest = Json::array(), by_type = Json::object(), by_hour = Json::object();
  const std::size_t skipped = traffic.by_day.size() - std::min(traffic.by_day.size(), most_days);
  for (auto it = std::next(traffic.by_day.begin(), static_cast<std::ptrdiff_t>(skipped)); it != traffic.by_day.end(); ++it)
    days.push_back({iso_time(it->first * ms_per_day).substr(0, 10), it->second.events, number(money(it->second.revenue_micros))});
  for (const BusyCustomer& customer : traffic.busiest) busiest.push_back({{"customer", shown_text(customer.name)}, {"events", customer.events}});
  for (int t = 0; t < event_type_count; ++t) {
    const auto type = static_cast<std::size_t>(t);
    if (traffic.events[type] == 0) continue;
    by_type[name_of(static_cast<EventType>(t))] = traffic.events[type];
    by_hour[name_of(static_cast<EventType>(t))] = traffic.by_hour[type];
  }
  return {{"customers", traffic.customers}, {"sessions", traffic.sessions}, {"events", by_type}, {"hours_of_week", by_hour}, {"days", days}, {"days_left_out", skipped},
          {"customers_with", traffic.by_customer.any}, {"sessions_with", traffic.by_session.any}, {"busiest", busiest}};
}

Json funnel_to_json(const std::vector<FunnelStep>& funnel) {
  Json steps = Json::array();
  for (const FunnelStep& step : funnel)
    steps.push_back({{"step", step.name}, {"events", step.events ? Json(*step.events) : Json(nullptr)}, {"sessions", step.sessions ? Json(*step.sessions) : Json(nullptr)}, {"customers", step.customers}});
  return steps;
}

Json top_to_json(const std::vector<TopList>& lists) {
  Json json = Json::array();
  for (const TopList& list : lists) {
    Json items = Json::array();
    for (const TopItem& item : list.items) items.push_back({{"value", item.text}, {"events", item.events}, {"revenue", number(item.revenue)}});
    json.push_back({{"role", name_of(list.role)}, {"column", list.column}, {"different", list.different}, {"items", items}});
  }
  return json;
}

Json features_to_json(const ExploredFeatures& explored) {
  Json features = Json::array();
  for (std::size_t f = 0; f < std::min(explored.features.size(), most_columns); ++f) {
    const ExploredFeature& own = explored.features[f];
    features.push_back({{"name", shown_text(own.name)}, {"definition", own.definition}, {"greatest", {{"z", number(own.greatest_z)}, {"log-z", number(own.greatest_log_z)}}},
                        {"numbers", numbers_to_json(own.numbers)}});
  }
  return {{"recommended_scale", name_of(explored.recommended)}, {"why", explored.why}, {"features", features}, {"features_left_out", explored.features.size() - features.size()},
          {"correlations", correlations_to_json(explored.correlations)}};
}

Json to_json(const Exploration& e) {
  Json tables = Json::array(), findings = Json::array();
  for (std::size_t t = 0; t < std::min(e.tables.size(), most_tables); ++t) tables.push_back(table_to_json(e.tables[t]));
  for (std::size_t f = 0; f < std::min(e.findings.size(), most_findings); ++f) findings.push_back(e.findings[f]);
  const bool has_times = e.traffic && e.read.first_ms <= e.read.last_ms;
  return {{"program", "coterie"}, {"version", COTERIE_VERSION}, {"shape", name_of(e.shape)}, {"rows", row_counts_to_json(e.read.rows)}, {"inputs", inputs_to_json(e.read)},
          {"inputs_left_out", e.read.inputs.size() - std::min(e.read.inputs.size(), most_inputs)}, {"customers", e.customers},
          {"period", has_times ? Json({iso_time(e.read.first_ms), iso_time(e.read.last_ms)}) : Json(nullptr)}, {"findings", findings},
          {"findings_left_out", e.findings.size() - findings.size()}, {"notes", e.notes}, {"funnel", funnel_to_json(e.funnel)}, {"traffic", e.traffic ? traffic_to_json(*e.traffic) : Json(nullptr)},
          {"top", top_to_json(e.top)}, {"tables", tables}, {"features", features_to_json(e.features)}};
}

std::string text_of(const Json& json, int indent) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string exploration_to_json(const Exploration& exploration) { return text_of(to_json(exploration), 1) + "\n"; }

void write_exploration(const std::string& folder, const Exploration& exploration) {
  const Json json = to_json(exploration);
  OutputFile page(folder + "/explore.html"), data(folder + "/explore.json");
  page.write(report_page(text_of(Json{{"exploration", json}}, -1)));
  data.write(text_of(json, 1) + "\n");
  page.commit();
  data.commit();
}

}  // namespace coterie
