#include "coterie/model/explore.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "coterie/base/error.h"
#include "coterie/base/memory.h"
#include "coterie/base/output_folder.h"
#include "coterie/base/parallel.h"
#include "coterie/model/exploration_files.h"
#include "coterie/model/findings.h"
#include "coterie/model/shop_data.h"

namespace coterie {
namespace {

constexpr std::size_t most_correlated = 60;
constexpr double heavy = 20;  // a z beyond which a few customers decide

// How times are written, by the roles of the first file; tables are guessed column by column.
std::optional<DateOrder> dates_of(const ShopData& data, const CensusColumn& column) {
  if (column.role != Role::time) return std::nullopt;
  return data.read.inputs.front().roles.dates.order;
}

// Customers are counted one by one while features are computed; so are those of the rows that are used.
void count_customers(ColumnDescription& column, const ShopData& data) {
  if (column.role != Role::customer || column.distinct_error == 0 || !data.traffic) return;
  column.distinct = static_cast<double>(data.traffic->customers), column.distinct_error = 0;
}

ExploredTable explore_table(const ShopData& data, const Census& census, int threads) {
  ExploredTable table{.name = census.table, .columns = std::vector<ColumnDescription>(census.columns.size()), .joint = {}};
  for_each_block(census.columns.size(), threads, [&](std::size_t c, int) { table.columns[c] = describe_column(census.columns[c], dates_of(data, census.columns[c])); });
  for (ColumnDescription& column : table.columns) count_customers(column, data);
  table.rows = table.columns.empty() ? 0 : table.columns.front().rows;
  table.joint = describe_joint(census, table.columns, data.shape == Shape::events, threads);
  return table;
}

std::vector<FunnelStep> funnel_of_events(const Traffic& traffic) {
  std::vector<FunnelStep> steps;
  const char* names[] = {"viewed", "put into the cart", "bought"};
  const EventType types[] = {EventType::view, EventType::cart, EventType::purchase};
  for (std::size_t s = 0; s < 3; ++s)
    steps.push_back({names[s], traffic.events[static_cast<std::size_t>(types[s])], traffic.sessions > 0 ? std::optional(traffic.by_session.in_order[s]) : std::nullopt, traffic.by_customer.in_order[s]});
  return steps;
}

std::span<const double> feature_of(const CustomerTable& customers, std::string_view name) {
  const auto it = std::find(customers.names.begin(), customers.names.end(), name);
  return it == customers.names.end() ? std::span<const double>() : customers.values.column(static_cast<std::size_t>(it - customers.names.begin()));
}

// Customers who ordered at least so often.
std::vector<FunnelStep> funnel_of_orders(const CustomerTable& customers) {
  std::vector<FunnelStep> steps;
  const std::span<const double> frequency = feature_of(customers, "frequency");
  if (frequency.empty()) return steps;
  for (const int orders : {1, 2, 3, 5, 10}) {
    const auto count = std::count_if(frequency.begin(), frequency.end(), [&](double own) { return own >= orders; });
    steps.push_back({orders == 1 ? "ordered" : fmt::format("ordered {} times or more", orders), {}, {}, static_cast<std::uint64_t>(count)});
  }
  return steps;
}

std::vector<FunnelStep> funnel_of_coupons(const CustomerTable& customers) {
  std::vector<FunnelStep> steps{{"are customers", {}, {}, customers.ids.size()}};
  for (const auto& [feature, name] : {std::pair("claimed_frequency", "claimed a coupon"), std::pair("burn_frequency", "used a coupon")}) {
    const std::span<const double> own = feature_of(customers, feature);
    if (own.empty()) continue;
    FunnelStep step{.name = name, .events = 0, .sessions = {}};
    for (const double times : own) *step.events += static_cast<std::uint64_t>(times), step.customers += times > 0;
    steps.push_back(step);
  }
  return steps;
}

std::vector<FunnelStep> funnel_of(const ShopData& data) {
  switch (data.shape) {
    case Shape::events: return funnel_of_events(*data.traffic);
    case Shape::orders: return funnel_of_orders(data.customers);
    case Shape::coupons: return funnel_of_coupons(data.customers);
    default: return {};
  }
}

// How far the farthest customer is under a scaling: a column's bend is monotone, so it is the least or the greatest.
std::vector<double> greatest_under(const CustomerTable& customers, ScalingMethod method, const std::vector<ExploredFeature>& features, int threads) {
  const Scaling scaling = fit_scaling(customers.values, method, threads);
  Matrix ends(2, features.size());
  for (std::size_t f = 0; f < features.size(); ++f) ends.at(0, f) = features[f].numbers.quantiles.front(), ends.at(1, f) = features[f].numbers.quantiles.back();
  scale_in_place(ends, scaling, 1);
  std::vector<double> greatest;
  for (std::size_t f = 0; f < features.size(); ++f) greatest.push_back(std::max(std::abs(ends.at(0, f)), std::abs(ends.at(1, f))));
  return greatest;
}

// log-z where it brings the farthest customer nearer.
void recommend_scaling(ExploredFeatures& explored) {
  std::vector<const ExploredFeature*> tails;
  const ExploredFeature* farthest = &explored.features.front();
  for (const ExploredFeature& f : explored.features) {
    if (f.greatest_z > heavy) tails.push_back(&f);
    if (f.greatest_log_z > farthest->greatest_log_z) farthest = &f;
  }
  if (tails.empty()) {
    explored.why = fmt::format("no customer is farther than {:.0f} standard deviations from the mean of any feature: plain z-scores will do", heavy);
    return;
  }
  std::stable_sort(tails.begin(), tails.end(), [](const ExploredFeature* a, const ExploredFeature* b) { return a->greatest_z > b->greatest_z; });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, tails.size()); ++i) names.push_back(fmt::format("{} {:.0f}", tails[i]->name, tails[i]->greatest_z));
  const std::string more = tails.size() > names.size() ? fmt::format(" and {} more above {:.0f}", tails.size() - names.size(), heavy) : "";
  explored.why = fmt::format("a few customers far out will drive k-means: greatest z-scores {}{}", fmt::join(names, ", "), more);
  if (farthest->greatest_log_z >= tails.front()->greatest_z) return;
  explored.recommended = ScalingMethod::log_z;
  explored.why += fmt::format("; with --scale log-z the greatest is {:.0f} ({})", farthest->greatest_log_z, farthest->name);
}

std::string definition_of(const ShopData& data, const std::string& name) {
  for (const Feature& feature : data.features)
    if (name == feature.name) return feature.definition;
  for (const CouponFeature& feature : data.coupon_features)
    if (name == feature.name) return feature.definition;
  return "";
}

CorrelationTable correlate_features(const CustomerTable& customers, int threads) {
  const std::size_t shown = std::min(customers.names.size(), most_correlated);
  MatrixView view = customers.values.view();
  view.columns = shown;
  return {std::vector<std::string>(customers.names.begin(), customers.names.begin() + static_cast<std::ptrdiff_t>(shown)), correlate(view, threads)};
}

ExploredFeatures explore_features(const ShopData& data, int threads) {
  const CustomerTable& customers = data.customers;
  ExploredFeatures explored{.features = std::vector<ExploredFeature>(customers.names.size()), .correlations = {}, .why = {}};
  if (customers.names.empty() || customers.ids.size() == 0) return {};
  for_each_block(customers.names.size(), threads, [&](std::size_t f, int) {
    explored.features[f] = {.name = customers.names[f], .definition = definition_of(data, customers.names[f]), .numbers = describe_numbers(SortedValues(customers.values.column(f)))};
  });
  const std::vector<double> z = greatest_under(customers, ScalingMethod::z, explored.features, threads), log_z = greatest_under(customers, ScalingMethod::log_z, explored.features, threads);
  for (std::size_t f = 0; f < explored.features.size(); ++f) {
    ExploredFeature& feature = explored.features[f];
    feature.greatest_z = z[f], feature.greatest_log_z = log_z[f];
  }
  if (customers.names.size() >= 2) explored.correlations = correlate_features(customers, threads);
  recommend_scaling(explored);
  return explored;
}

}  // namespace

Exploration explore(const RunOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const auto begin = [&](const char* station) {
    if (options.station) options.station(station);
  };
  const MadeFolder made(options.out);
  Exploration e;
  begin("read");
  ShopData data = read_shop_data(options, plan_memory(options.memory_bytes, options.threads), begin, e.notes, Purpose::exploration);
  e.shape = data.shape, e.read = data.read, e.customers = data.customers.ids.size();
  begin("columns");
  for (const Census& census : data.censuses) e.tables.push_back(explore_table(data, census, options.threads));
  if (data.traffic) e.top = top_lists(data.censuses.front(), e.tables.front().columns);
  data.censuses.clear();
  begin("features");
  e.funnel = funnel_of(data);
  e.features = explore_features(data, options.threads);
  e.traffic = std::move(data.traffic);
  e.findings = findings(e);
  e.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  e.peak_memory_bytes = peak_memory();
  begin("write");
  write_exploration(options.out, e);
  if (data.rejects) data.rejects->commit();
  return e;
}

}  // namespace coterie
