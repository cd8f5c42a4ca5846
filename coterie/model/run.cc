#include "coterie/model/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <future>

#include "coterie/base/error.h"
#include "coterie/base/memory.h"
#include "coterie/base/output_folder.h"
#include "coterie/base/parallel.h"
#include "coterie/deliver/csv_tables.h"
#include "coterie/deliver/customer_flags.h"
#include "coterie/deliver/customer_reasons.h"
#include "coterie/deliver/features_file.h"
#include "coterie/deliver/k_table.h"
#include "coterie/deliver/membership.h"
#include "coterie/deliver/report_page.h"
#include "coterie/deliver/segments_sql.h"
#include "coterie/deliver/tree_table.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/model/distributions.h"
#include "coterie/model/explain.h"
#include "coterie/model/identities.h"
#include "coterie/model/memory_plan.h"
#include "coterie/model/report_data.h"
#include "coterie/model/run_report.h"
#include "coterie/model/shop_data.h"
#include "coterie/model/stations.h"
#include "coterie/score/without_noise.h"
#include "coterie/source/duckdb_library.h"

namespace coterie {
namespace {

constexpr std::size_t many_customers = 1'000'000;  // with so many the run takes so long that more drawings of the nulls do not show

void describe_input(Model& model, const RunOptions& options, const ShopData& data) {
  model.shape = data.shape;
  model.id_name = data.customers.id_name;
  model.has_id_column = data.has_id_column;
  model.derived = options.derived;
  model.recipe = data.recipe;
  model.features = data.customers.names;
}

// A few customers far out drive k-means: what it finds first is them. Densities and Gower's ranges are driven by them as well, in other ways.
void note_heavy_tails(MatrixView scaled, const Algorithm& algorithm, const Model& model, std::vector<std::string>& notes) {
  std::vector<HeavyTail> tails = heavy_tails(scaled);
  if (tails.empty()) return;
  std::stable_sort(tails.begin(), tails.end(), [](const HeavyTail& a, const HeavyTail& b) { return a.greatest > b.greatest; });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, tails.size()); ++i) names.push_back(fmt::format("{} {:.0f}", model.features[tails[i].column], tails[i].greatest));
  const std::string more = tails.size() > names.size() ? fmt::format(" and {} more above 20", tails.size() - names.size()) : "";
  notes.push_back(fmt::format("a few customers far out will drive {}: greatest {} {}{}{}", std::holds_alternative<KmeansOptions>(algorithm) ? "k-means" : "the clustering", model.scaling.method == ScalingMethod::z ? "z-scores" : "scaled values", fmt::join(names, ", "), more,
                              model.scaling.method == ScalingMethod::z ? "; --scale log-z draws them in" : ""));
}

// No more clusters than different rows.
KRange fit_range(KRange asked, std::size_t most_segments, std::size_t customers, std::size_t different_rows, std::vector<std::string>& notes) {
  if (most_segments > 0 && asked.last > most_segments) {
    if (asked.first > most_segments)
      throw Error(ErrorKind::usage, fmt::format("--k begins at {}, but --max-segments is {}", asked.first, most_segments), "give a lower --k, or leave --max-segments out");
    asked.last = most_segments;
  }
  if (asked.last <= different_rows) return asked;
  if (different_rows < 2)
    throw Error(ErrorKind::usage, customers < 2 ? "there is one customer only" : fmt::format("all {} customers have the same features: there is nothing to tell them apart by", customers),
                "give data of several customers, and look at the columns with: coterie inspect FILE");
  if (asked.first > different_rows)
    throw Error(ErrorKind::usage, fmt::format("{} clusters are asked for, but the customers have only {} different rows of features", asked.first, different_rows),
                fmt::format("give a smaller --k (at most {}) or more data", different_rows));
  notes.push_back(fmt::format("k ends at {} instead of {}: there are no more different rows", different_rows, asked.last));
  return {asked.first, different_rows};
}

// Natural segments go before the highest silhouette.
void take_verdict(RunResult& result) {
  if (result.verdict.k == result.choice.chosen) return;
  result.choice.chosen = result.verdict.k;
  result.choice.reason += fmt::format(" Yet k = {} is chosen: its segments are natural.", result.verdict.k);
}

// What the segments of a log's past foretell; nothing of data without times.
FutureTest judge_future(ShopData& data, const RunOptions& options, KRange range) {
  PastAndFuture& table = data.past_and_future;
  if (data.features.empty() || range.last < 2) return {};
  const double share = options.least_segment.of(data.customers.ids.size()) / static_cast<double>(data.customers.ids.size());
  if (table.features.rows() > 0) scale_in_place(table.features, fit_scaling(table.features, options.scaling, options.threads), options.threads);
  const auto column = [&](const char* name, const char* of_orders) -> std::optional<std::size_t> {
    const auto it = std::find_if(data.features.begin(), data.features.end(), [&](const Feature& f) { return f.name == std::string_view(name) || f.name == std::string_view(of_orders); });
    return it == data.features.end() ? std::nullopt : std::optional(static_cast<std::size_t>(it - data.features.begin()));
  };
  return future_test({.past = table.features, .revenue = table.revenue, .purchases = table.purchases, .events = table.events, .recency = column("recency_days", "recency_days"),
                      .frequency = column("n_purchase", "frequency"), .money = column("revenue", "monetary")},
                     {.k = range, .least_share = share, .seed = options.seed, .threads = options.threads});
}

// k, or how the algorithm finds it itself, in the customers at hand.
Sweep cluster(const RunOptions& options, const EqualRows& unique, const Model& model, std::vector<std::string>& notes) {
  const KRange range = finds_k(options.algorithm) ? options.k : fit_range(options.k, options.most_segments, unique.unique_of_row.size(), unique.rows.rows(), notes);
  Sweep sweep = cluster_sweep(options.algorithm, unique.view(), layout_of(model), {.range = range, .restarts = options.restarts, .seed = options.seed, .threads = options.threads});
  notes.insert(notes.end(), sweep.notes.begin(), sweep.notes.end());
  return sweep;
}

Verdict judge_sweep(const RunOptions& options, const EqualRows& unique, const Sweep& sweep, const RunResult& result) {
  const MixedLayout layout = layout_of(result.model);
  VerdictOptions judging{.null_drawings = result.customers < many_customers ? 19 : 99, .last_k = std::max<std::size_t>(8, sweep.clusterings.back().k), .seed = options.seed, .threads = options.threads};
  if (!layout.categories.empty()) judging.numbers = layout.numbers;
  const Refit refit = refit_of(options.algorithm, layout, static_cast<double>(result.customers));
  return judge(unique.view(), sweep.clusterings, result.choice.allowed, result.choice.chosen, refit, judging);
}

// A logistic regression that re-predicts the clusters.
std::optional<Separability> how_separable(const RunOptions& options, MatrixView x, const Sweep& sweep, std::size_t k) {
  const Clustering& chosen = *std::ranges::find(sweep.clusterings, k, &Clustering::k);
  if (std::ranges::count_if(chosen.sizes, [](double size) { return size >= 4; }) < 2) return std::nullopt;
  try {
    return separability(x, chosen.labels, {.max_rows = 10'000, .seed = options.seed, .threads = options.threads});
  } catch (const Error&) {
    return std::nullopt;  // too few different rows a cluster
  }
}

// Noise becomes the last segment, with the mean of its rows as a centre.
void number_noise(MatrixView x, Clustering& chosen) {
  std::vector<double> mean(x.columns);
  double customers = 0;
  for (std::size_t i = 0; i < x.rows; ++i) {
    if (chosen.labels[i] >= 0) continue;
    chosen.labels[i] = static_cast<std::int32_t>(chosen.k), customers += x.weight(i);
    for (std::size_t j = 0; j < x.columns; ++j) mean[j] += x.weight(i) * x.at(i, j);
  }
  for (const double sum : mean) chosen.centres.push_back(customers > 0 ? sum / customers : 0);
  chosen.sizes.push_back(customers), ++chosen.k;
}

// The chosen clustering becomes the model's.
Clustering take_clustering(MatrixView x, const RunOptions& options, Sweep& sweep, RunResult& result) {
  const auto at = std::ranges::find(sweep.clusterings, result.choice.chosen, &Clustering::k);
  Clustering chosen = std::move(*at);
  result.model.algorithm = name_of(options.algorithm);
  result.model.rule = std::move(sweep.rules[static_cast<std::size_t>(at - sweep.clusterings.begin())]);
  result.model.has_noise = std::holds_alternative<HdbscanChoice>(options.algorithm);
  if (result.model.has_noise) {
    number_noise(x, chosen);
    if (!result.verdict.segments.empty()) result.verdict.segments.push_back({.jaccard = {std::nan(""), std::nan(""), std::nan(""), std::nan("")}, .separation = std::nan(""), .group = chosen.k - 1});
  }
  result.model.k = chosen.k, result.model.centres = chosen.centres;
  return chosen;
}

// Names by rules; noise is no segment.
std::vector<SegmentName> name_clusters(const Profiles& profiles, const Model& model, const NameRules& rules) {
  if (!model.has_noise) return name_segments(profiles, model.features, rules);
  Profiles clusters = profiles;
  clusters.clusters.pop_back();
  std::vector<SegmentName> names = name_segments(clusters, model.features, rules);
  names.push_back({.name = "no segment", .because = "noise: too few customers are like them to make a segment",
                   .play = {.action = "Look at those who bring most one by one, and treat the others as everyone: they are like no segment, nor like each other."}});
  return names;
}

// Of different rows (and of rows that are dealt out), and which of them a customer's is; empty where it is not asked for.
struct ReasonRows {
  HugeArray<RowReason> reasons;
  HugeArray<std::uint32_t> of_customer;
};

// Files that not every run has; null where this one does not. Written under temporary names.
struct FurtherFiles {
  std::unique_ptr<OutputFile> reasons, membership, tree;
};

std::unique_ptr<OutputFile> reasons_file(const RunOptions& options, const CustomerTable& customers, std::span<const std::int32_t> labels, const ReasonRows& rows,
                                         const RunResult& result) {
  if (!options.reasons) return nullptr;
  auto file = std::make_unique<OutputFile>(options.out + "/customer_reasons.csv");
  write_customer_reasons(*file, {customers, labels, rows.reasons, rows.of_customer, result.profiles, result.model.segments, result.model.has_noise});
  return file;
}

// One more column: the exact silhouette of each row, or with many rows the simplified one under its own name. Noise has none.
void add_silhouettes(MatrixView x, const Model& model, std::span<const std::int32_t> labels, Membership& members, int threads) {
  constexpr std::size_t exact_rows = 20'000;
  const std::size_t k = model.k - model.has_noise;
  if (k < 2) return;
  std::vector<std::int32_t> clusters(labels.begin(), labels.end());
  std::ranges::replace_if(clusters, [&](std::int32_t label) { return label >= static_cast<std::int32_t>(k); }, -1);
  const ClusteredRows rows = without_noise(x, clusters);
  const Partition partition{rows.labels, k};
  const bool exact = rows.labels.size() <= exact_rows;
  const std::vector<double> values = exact ? exact_silhouette(rows.view(), partition, threads).partitions[0].values
                                           : simplified_silhouette(rows.view(), std::span(model.centres).first(k * x.columns), partition, threads).values;
  Membership more{members.names, Matrix(x.rows, members.names.size() + 1)};
  more.names.push_back(exact ? "silhouette" : "simplified_silhouette");
  for (std::size_t j = 0; j < members.names.size(); ++j) std::ranges::copy(members.values.column(j), more.values.column(j).begin());
  const std::span<double> last = more.values.column(members.names.size());
  for (std::size_t i = 0, at = 0; i < x.rows; ++i) last[i] = clusters[i] < 0 ? std::nan("") : values[at++];
  members = std::move(more);
}

std::unique_ptr<OutputFile> membership_file(const RunOptions& options, const CustomerTable& customers, std::span<const std::int32_t> labels, const EqualRows& unique,
                                            std::span<const std::int32_t> row_labels, const Model& model) {
  Membership members = membership(model.rule, unique.view(), options.threads);
  if (options.silhouettes) add_silhouettes(unique.view(), model, row_labels, members, options.threads);
  if (members.names.empty()) return nullptr;
  auto file = std::make_unique<OutputFile>(options.out + "/membership.csv");
  write_membership(*file, customers, labels, members, unique.unique_of_row);
  return file;
}

std::unique_ptr<OutputFile> tree_file(const RunOptions& options, const Sweep& sweep, const Model& model) {
  const auto* density = std::get_if<Density>(&model.rule);
  if (density == nullptr && !sweep.tree) return nullptr;
  auto file = std::make_unique<OutputFile>(options.out + "/tree.csv");
  if (density != nullptr) write_condensed_tree(*file, density->model->condensed, density->model->selected, density->number_of);
  else write_merge_tree(*file, *sweep.tree, sweep.leaf_customers, std::get<LabelledPoints>(model.rule).labels);
  return file;
}

// The features are final once they are read, so their file is written beside the stations that follow, by a thread of
// its own; at the end with --threads 1, or where the limit of memory leaves no room. Committed with all others.
std::future<FeaturesFile> begin_features_file(const RunOptions& options, const CustomerTable& customers, const MemoryPlan& memory) {
  const int threads = options.threads > 0 ? options.threads : default_threads();
  const bool beside = threads > 1 && peak_memory() + memory.duckdb <= memory.limit;
  return std::async(beside ? std::launch::async : std::launch::deferred, [&options, &customers, memory, beside] {
    if (!beside) give_back_freed_pages();  // DuckDB takes its own
    return FeaturesFile(options.out, options.features, customers, memory.duckdb);
  });
}

// Everything under temporary names first, then all renamed at once; run.json, which says what the others are, last.
void write_outputs(const RunOptions& options, const CustomerTable& customers, std::span<const std::int32_t> labels, std::unique_ptr<OutputFile> rejects,
                   FurtherFiles further, const Distributions& distributions, OutputFolder* store, std::future<FeaturesFile> features_file, Stations& stations, RunResult& result) {
  const auto path = [&](const char* name) { return options.out + "/" + name; };
  OutputFile segments(path("customer_segments.csv")), summary(path("segment_summary.csv")), k_table(path("k_table.csv")), model(path("model.json")), report(path("run.json"));
  OutputFile rules(path("segments.sql")), page(path("report.html")), compared(path("distributions.json"));
  compared.write(distributions_to_json(distributions, write_customer_segments(segments, customers, labels)));
  write_segment_summary(summary, customers, result.profiles, result.model.segments, result.verdict);
  write_k_table(k_table, result.choice, result.verdict, result.scores);
  model.write(model_to_json(result.model));
  rules.write(segments_sql(result.explanation.rules, customers.id_name, customers.names, result.model.segments));
  page.write(report_page(report_data(options, customers, result)));
  std::unique_ptr<OutputFile> rfm;
  if (!result.rfm.name.empty()) {
    rfm = std::make_unique<OutputFile>(path("rfm_scores.csv"));
    write_rfm_scores(*rfm, customers, result.rfm);
  }
  std::unique_ptr<OutputFile> flags;
  if (!result.flags.customers.empty()) {
    flags = std::make_unique<OutputFile>(path("customer_flags.csv"));
    write_customer_flags(*flags, result.flags);
  }
  FeaturesFile features = features_file.get();
  stations.end();
  result.peak_memory_bytes = peak_memory();
  report.write(run_to_json(options, customers, result));
  segments.commit();
  summary.commit();
  k_table.commit();
  model.commit();
  rules.commit();
  page.commit();
  compared.commit();
  features.commit();
  if (rfm) rfm->commit();
  for (const auto* file : {&further.reasons, &further.membership, &further.tree})
    if (*file) (*file)->commit();
  if (flags) flags->commit();
  rejects->commit();
  if (store) store->commit();
  report.commit();
  // What an earlier run left in the other format, of other data, or beyond what was asked for now, would no longer be true.
  std::error_code ignored;
  if (!rfm) std::filesystem::remove(path("rfm_scores.csv"), ignored);
  if (!further.reasons) std::filesystem::remove(path("customer_reasons.csv"), ignored);
  if (!further.membership) std::filesystem::remove(path("membership.csv"), ignored);
  if (!further.tree) std::filesystem::remove(path("tree.csv"), ignored);
  if (!store) std::filesystem::remove_all(path("store"), ignored);
  if (!flags) std::filesystem::remove(path("customer_flags.csv"), ignored);
}

}  // namespace

RunResult run(const RunOptions& options) {
  RunResult result;
  Stations stations(result.times, options.station);
  const MemoryPlan memory = plan_memory(options.memory_bytes, options.threads);
  const NameRules name_rules = options.names.empty() ? default_name_rules() : load_name_rules(options.names);
  const MadeFolder made(options.out);
  if (options.features == FeatureFormat::parquet) duckdb_library::functions();  // what is not there fails now, not at the end

  stations.begin("read");
  ShopData data = read_shop_data(options, memory, [&](const char* station) { stations.begin(station); }, result.notes);
  const CustomerTable& customers = data.customers;
  result.read = data.read;
  result.spilled_bytes = data.spilled_bytes;
  result.store_id = data.store_id;
  result.features = data.features;
  result.flags = std::move(data.flags);
  result.coupon_features = data.coupon_features;
  result.future_cut_ms = data.future_cut_ms;
  result.customers = customers.ids.size();
  if (data.shape == Shape::orders) result.rfm = score_rfm(customers, options.rfm_ties);

  std::future<FeaturesFile> features_file = begin_features_file(options, customers, memory);

  stations.begin("scale");
  EqualRows unique = merge_equal_rows(customers.values, options.threads);
  result.different_rows = unique.rows.rows();
  describe_input(result.model, options, data);
  result.model.scaling = fit_scaling(unique.view(), options.scaling, options.threads);
  scale_in_place(unique.rows, result.model.scaling, options.threads);
  note_heavy_tails(unique.rows, options.algorithm, result.model, result.notes);
  result.model.pca = fit_pca(unique.view(), 0, options.threads);

  stations.begin("cluster");
  Sweep sweep = cluster(options, unique, result.model, result.notes);

  stations.begin("choose k");
  const bool is_choice = sweep.clusterings.size() > 1 || sweep.clusterings[0].k > 1 || !finds_k(options.algorithm);
  result.choice = is_choice ? choose_k(unique.view(), sweep.clusterings, {.seed = options.seed, .threads = options.threads}, options.least_segment.of(result.customers)) : no_choice(sweep.clusterings[0]);

  stations.begin("score");
  result.scores = score_partitions(unique.view(), sweep.clusterings, {.seed = options.seed, .threads = options.threads});

  stations.begin("verdict");
  result.verdict = judge_sweep(options, unique, sweep, result);
  take_verdict(result);
  result.separability = how_separable(options, unique.view(), sweep, result.choice.chosen);
  const Clustering chosen = take_clustering(unique.view(), options, sweep, result);

  stations.begin("future");
  result.future = judge_future(data, options, {sweep.clusterings.front().k, sweep.clusterings.back().k});

  stations.begin("profile");
  const HugeArray<std::int32_t> labels = deal(result.model.rule, unique.view(), chosen.labels, unique.unique_of_row);
  result.explanation = explain_centres(unique, chosen.labels, result.model, options.threads);
  FurtherFiles further{nullptr, membership_file(options, customers, labels, unique, chosen.labels, result.model), tree_file(options, sweep, result.model)};
  ReasonRows reasons;
  if (options.reasons) {
    const std::vector<std::uint32_t> customer_of_row = first_rows(unique);
    const MixedLayout layout = layout_of(result.model);
    const ExplainedRows explained{unique.view(), chosen.labels, result.model.rule, chosen.centres, layout, customers.values, customer_of_row};
    reasons.reasons = reasons_of_rows(explained, options.threads);
    reasons.of_customer = std::move(unique.unique_of_row);
    add_dealt_reasons(explained, labels, reasons.reasons, reasons.of_customer);
  }
  unique = {};
  Distributions distributions(result.model.features.size());
  result.profiles = profile_clusters(customers, labels, chosen.k, options.threads, [&](std::size_t f, const GroupedValues& values) { distributions[f] = distribution_of(result.model, f, values); });
  result.model.segments = name_clusters(result.profiles, result.model, name_rules);
  result.model.identities = first_identities(chosen.k);
  if (!options.identities_of.empty()) keep_identities(options.identities_of, customers.ids, labels, distributions, result.model, options.threads);

  stations.begin("explain");
  result.explanation.activity = profile_activity(data.activity, labels, chosen.k);
  result.explanation.rules = fit_segment_rules(customers, labels, chosen.k, {.threads = options.threads});

  stations.begin("write");
  further.reasons = reasons_file(options, customers, labels, reasons, result);
  write_outputs(options, customers, labels, std::move(data.rejects), std::move(further), distributions, data.store.get(), std::move(features_file), stations, result);
  result.notes.insert(result.notes.end(), data.store_notes.begin(), data.store_notes.end());
  return result;
}

AssignResult assign_new_customers(const AssignOptions& options) {
  AssignResult result;
  result.model = load_model(options.model);
  const MemoryPlan memory = plan_memory(options.memory_bytes, options.threads);
  std::vector<std::string> notes;
  const ShopData data = read_for_model(options, result.model, memory, notes);
  const CustomerTable& customers = data.customers;
  result.read = data.read;
  const HugeArray<std::int32_t> labels = assign_clusters(result.model, customers, options.threads);
  result.sizes.assign(result.model.k, 0);
  for (const std::int32_t label : labels) ++result.sizes[static_cast<std::size_t>(label)];
  OutputFile out(options.out);
  write_customer_segments(out, customers, labels);
  out.commit();
  return result;
}

}  // namespace coterie
