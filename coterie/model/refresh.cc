#include "coterie/model/refresh.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "coterie/base/error.h"
#include "coterie/base/memory.h"
#include "coterie/base/output_folder.h"
#include "coterie/base/time.h"
#include "coterie/deliver/csv_tables.h"
#include "coterie/deliver/parquet.h"
#include "coterie/deliver/report_page.h"
#include "coterie/deliver/segments_sql.h"
#include "coterie/model/comparison_files.h"
#include "coterie/model/earlier_options.h"
#include "coterie/model/explain.h"
#include "coterie/model/report_data.h"
#include "coterie/model/row_counts_json.h"
#include "coterie/model/shop_data.h"
#include "coterie/model/store_manifest.h"
#include "coterie/segments/profile.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

void require_another_folder(const RefreshOptions& options) {
  std::error_code ignored;
  if (fs::weakly_canonical(options.model, ignored) == fs::weakly_canonical(options.run.out, ignored))
    throw Error(ErrorKind::usage, "the refreshed run would replace the run it is compared with", "give another folder with --out", options.run.out);
}

AssignOptions assign_options(const RefreshOptions& options, const OrderRules& orders, const std::string& rejects_path) {
  const RunOptions& run = options.run;
  return {.inputs = run.inputs, .model = options.model, .rejects_path = rejects_path, .roles = run.roles, .joins = run.joins,
          .orders = orders, .date_order = run.date_order, .today_ms = run.today_ms, .delimiter = run.delimiter, .as_of_ms = run.as_of_ms, .store = run.store, .threads = run.threads,
          .memory_bytes = run.memory_bytes, .spill_directory = run.spill_directory, .progress = run.progress};
}

Json earlier_options_to_json(const EarlierOptions& options) {
  return {{"returns", options.orders.net_returns ? "net" : "set-aside"},
          {"duplicates", options.orders.drop_duplicates ? "drop" : "keep"},
          {"filters", options.filters},
          {"flag_thresholds", options.flags.thresholds},
          {"drop_flagged", options.flags.drop},
          {"rfm_ties", options.rfm_ties == RfmTies::first ? "first" : "alike"},
          {"feature_set", options.feature_set}};
}

std::string refresh_to_json(const RefreshOptions& options, const EarlierOptions& earlier, const ShopData& data, const Model& model, const Profiles& profiles) {
  const ReadReport& read = data.read;
  Json inputs = Json::array(), segments = Json::array();
  for (const InputReport& input : read.inputs) inputs.push_back({{"path", input.file.path}, {"bytes", input.file.bytes}, {"hash", input.file.hash}, {"rows", row_counts_to_json(input.rows)}});
  for (std::size_t c = 0; c < model.k; ++c)
    segments.push_back({{"cluster", c}, {"identity", model.identities[c]}, {"segment", model.segments[c].name}, {"customers", profiles.clusters[c].customers}, {"share", profiles.clusters[c].share}});
  const Json json = {{"program", "coterie"},
                     {"version", COTERIE_VERSION},
                     {"model", options.model},
                     {"store", data.store_id.empty() ? Json(nullptr) : Json(data.store_id)},
                     {"as_of", options.run.as_of_ms == INT64_MAX ? Json(nullptr) : Json(iso_time(options.run.as_of_ms))},
                     {"options", earlier_options_to_json(earlier)},
                     {"inputs", inputs},
                     {"rows", row_counts_to_json(read.rows)},
                     {"segments", segments}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// What run, refresh and export leave in the folder of a run.
bool is_of_run(const std::string& entry) {
  static constexpr std::array names = {"customer_segments.csv", "segment_summary.csv", "features.parquet", "features.csv", "model.json", "rejects.csv", "rfm_scores.csv", "k_table.csv", "customer_reasons.csv", "customer_flags.csv", "membership.csv", "tree.csv",
                                       "segments.sql", "report.html", "distributions.json", "run.json", "refresh.json", "hold_out.json", "changes", "store"};
  return std::find(names.begin(), names.end(), entry) != names.end();
}

// report.html and segments.sql: what a run shows of the segments as they are now. What it does not compute again, the page says.
void write_page(const RefreshOptions& options, const Model& model, const ShopData& data, AssignedCustomers assigned, std::span<const std::int32_t> labels, const Profiles& profiles, const OutputFolder& folder) {
  const CustomerTable& customers = data.customers;
  RunResult shown;
  shown.read = data.read, shown.features = data.features, shown.coupon_features = data.coupon_features;
  shown.customers = customers.ids.size(), shown.different_rows = assigned.unique.rows.rows();
  shown.model = model, shown.profiles = profiles, shown.model_of = options.model;
  renew_evidence(profiles, model.features, shown.model.segments);
  shown.explanation = explain_centres(assigned.unique, assigned.unique_labels, model, options.run.threads);
  assigned = {};
  shown.explanation.rules = fit_segment_rules(customers, labels, model.k, {.threads = options.run.threads});
  if (data.shape == Shape::orders) shown.rfm = score_rfm(customers, options.run.rfm_ties);
  write_file(folder.file("report.html"), report_page(report_data(options.run, customers, shown)));
  write_file(folder.file("segments.sql"), segments_sql(shown.explanation.rules, customers.id_name, customers.names, model.segments));
}

// What the columns tell, each seen once: how they are distributed now, and how that has drifted.
struct Described {
  Profiles profiles;
  Distributions distributions;
  std::vector<std::vector<FeatureDrift>> drift;  // of each feature
};

Described describe(const Model& model, const CustomerTable& customers, std::span<const std::int32_t> labels, const Distributions& before, int threads) {
  Described result{{}, Distributions(model.features.size()), std::vector<std::vector<FeatureDrift>>(model.features.size())};
  const ClusterMatches matches = same_segments(model.k);
  result.profiles = profile_clusters(customers, labels, model.k, threads, [&](std::size_t f, const GroupedValues& values) {
    result.distributions[f] = distribution_of(model, f, values);
    result.drift[f] = drift_of(before[f], result.distributions[f], values, matches);
  });
  return result;
}

void refresh_under_model(RefreshOptions options, RefreshResult& result) {
  RunOptions& run = options.run;
  const Model model = load_model(options.model);
  const MemoryPlan memory = plan_memory(run.memory_bytes, run.threads);
  const EarlierOptions earlier = load_earlier_options(options.model);
  run.rfm_ties = earlier.rfm_ties;
  OutputFolder folder(run.out, is_of_run);
  if (!run.store.folder.empty()) run.store.folder = folder.file("store");
  ComparedRun before{load_saved_run(options.model), {}};
  before.distributions = distributions_of(before.run, run.threads);
  ShopData read = read_for_model(assign_options(options, earlier.orders, folder.file("rejects.csv")), model, memory, result.notes);
  AssignedCustomers assigned = assign_customers(model, read.customers, run.threads);
  const HugeArray<std::int32_t> labels = std::move(assigned.labels);
  Described described = describe(model, read.customers, labels, before.distributions, run.threads);
  write_page(options, model, read, std::move(assigned), labels, described.profiles, folder);
  OutputFile segments(folder.file("customer_segments.csv")), summary(folder.file("segment_summary.csv"));
  const std::string labels_hash = write_customer_segments(segments, read.customers, labels);
  write_file(folder.file("distributions.json"), distributions_to_json(described.distributions, labels_hash));
  write_segment_summary(summary, read.customers, described.profiles, model.segments, {});
  segments.commit();
  summary.commit();
  read.rejects->commit();
  if (run.features == FeatureFormat::parquet) give_back_freed_pages();  // DuckDB takes its own
  FeaturesFile(folder.file(""), run.features, read.customers, memory.duckdb).commit();
  fs::copy_file(options.model + "/model.json", folder.file("model.json"));
  if (fs::exists(options.model + "/hold_out.json")) fs::copy_file(options.model + "/hold_out.json", folder.file("hold_out.json"));
  write_file(folder.file("refresh.json"), refresh_to_json(options, earlier, read, model, described.profiles));
  if (read.store) read.store->commit();
  folder.commit();
  result.read = read.read;
  ComparedRun after{{run.out, model, read.customers.id_name, std::move(read.customers.ids), {labels.begin(), labels.end()}, labels_hash}, std::move(described.distributions)};
  result.comparison = compare_by_same_model(std::move(before), std::move(after), described.drift);
  write_comparison(run.out + "/changes", result.comparison);
}

// What the earlier run was told about its data holds for the new one, too.
void take_options(const Model& model, const EarlierOptions& earlier, RunOptions& run) {
  run.shape = model.shape;
  run.scaling = model.scaling.method;
  run.derived = model.derived;
  run.orders = earlier.orders;
  run.filters = earlier.filters;
  run.feature_set = earlier.feature_set;
  run.algorithm = earlier.algorithm;
  run.flags = earlier.flags;
  run.rfm_ties = earlier.rfm_ties;
}

void refit(const RefreshOptions& options, RefreshResult& refreshed) {
  RunOptions run = options.run;
  run.identities_of = options.model;
  take_options(load_model(options.model), load_earlier_options(options.model), run);
  const RunResult result = coterie::run(run);
  const std::string hold_out = options.model + "/hold_out.json";
  if (fs::exists(hold_out)) fs::copy_file(hold_out, run.out + "/hold_out.json", fs::copy_options::overwrite_existing);
  refreshed.read = result.read;
  refreshed.notes = result.notes;
  refreshed.comparison = compare_runs({options.model, run.out, run.out + "/changes", run.threads});
}

// Where the earlier run keeps a store, it goes on.
void take_store(RefreshOptions& options) {
  StoreOptions& store = options.run.store;
  const bool goes_on = !store_id_of_run(options.model).empty();
  if (goes_on) store.earlier = options.model;
  if (goes_on || options.keep_store) store.folder = options.run.out + "/store";
  if (options.run.inputs.empty() && !goes_on)
    throw Error(ErrorKind::usage, "this run keeps no store of the rows it has read, and no file is given", "give all logs, old and new", options.model);
  if (store.drop_repeated && !goes_on) throw Error(ErrorKind::usage, "--duplicates drop needs a run that keeps a store", "keep one: coterie run ALL_LOGS --out DIR --store", options.model);
}

}  // namespace

RefreshResult refresh(RefreshOptions options) {
  require_another_folder(options);
  load_model(options.model);  // what is no run fails before anything is read
  take_store(options);
  RefreshResult result;
  if (options.refit) refit(options, result);
  else refresh_under_model(options, result);
  return result;
}

}  // namespace coterie
