// coterie run: from a shop's raw data to segments.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "cli/algorithm_options.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "coterie/base/time.h"
#include "coterie/model/run.h"
#include "coterie/model/run_report.h"

namespace {

using coterie::RunResult;

struct RunCommand {
  InputOptions input;
  ColumnOptions columns;
  OrderOptions orders;
  coterie::RunOptions options;
  AlgorithmOptions algorithm;
  CLI::App* app = nullptr;
  std::vector<std::string> derived;
  FlagTexts flags;
  std::string k = "3..7", features = "parquet", scale = "z", rfm_ties = "alike", least_segment;
  bool json = false, store = false;
};

void print_inputs(const coterie::ReadReport& read) {
  for (const coterie::InputReport& input : read.inputs) {
    const bool packed = input.file.format != coterie::Compression::plain;
    fmt::print("{}: {} columns, {}{}{}\n", input.file.path, input.dialect.columns.size(), input.file.made_from.empty() ? coterie::name_of_delimiter(input.dialect.delimiter) : input.file.made_from,
               input.dialect.has_header ? "" : ", no header", packed ? fmt::format(", {}", name_of(input.file.format)) : "");
  }
}

// What the verdict knows of a k beside the silhouette.
std::string evidence_text(const coterie::KEvidence* e) {
  if (e == nullptr) return "";
  const std::string null = e->nulls.empty() ? "" : fmt::format("{:.3f} / {:.3f}", e->hardest_null().silhouette.value, e->hardest_null().silhouette.null_mean);
  return fmt::format("{:>20}  {:>10.2f}  {:>6.2f}  {:>9.2f}", null, e->least_separation, e->half_split_agreement.mean, e->least_jaccard);
}

std::string silhouette_text(const coterie::KChoiceRow& row, bool exact) {
  if (!row.silhouette) return "";
  return fmt::format("{:.3f} ({})", row.silhouette->mean, exact ? "exact" : fmt::format("{:.3f} to {:.3f}", row.silhouette->low, row.silhouette->high));
}

// Beside data without groups: how many deviations of such data this k stands above it, and how often such data reach it.
void print_nulls(const coterie::KEvidence& e, int drawings) {
  fmt::print("k = {} beside data without groups ({} drawings each; deviations above them, p):\n", e.k, drawings);
  for (const coterie::NullTest& test : e.nulls) {
    fmt::print("  {:<9}", name_of(test.null));
    for (const auto& [name, c] : {std::pair("silhouette", &test.silhouette), std::pair("gap", &test.gap), std::pair("halves", &test.agreement)})
      fmt::print("  {} {:.3f} for {:.3f} ({:+.1f}, p {:.2g})", name, c->value, c->null_mean, c->z, c->p_value);
    fmt::print("\n");
  }
}

void print_next_best(const std::optional<coterie::NearOptimum>& found) {
  if (!found) return;
  const coterie::NearOptimum& near = *found;
  if (near.agreement >= 1) fmt::print("next-best solution: none other within 1 % of the least inertia\n");
  else fmt::print("next-best solution: {:.2g} % more inertia, {:.2f} of 1 the same segments\n", 100 * near.excess, near.agreement);
}

// What was judged, but could not be delivered.
void print_not_swept(const coterie::KChoice& choice, const coterie::Verdict& verdict) {
  std::string ks, example;
  for (const coterie::KEvidence& e : verdict.table) {
    if (std::any_of(choice.rows.begin(), choice.rows.end(), [&](const coterie::KChoiceRow& row) { return row.k == e.k; })) continue;
    fmt::print("  {:2} {:>12}   {:<26}{}   judged on a sample only\n", e.k, "", fmt::format("{:.3f} ({:.3f} to {:.3f})", e.silhouette.mean, e.silhouette.low, e.silhouette.high), evidence_text(&e));
    ks += fmt::format("{}{}", ks.empty() ? "" : ", ", e.k), example = std::to_string(e.k);
  }
  if (!ks.empty()) fmt::print("outside of --k, so not delivered: k = {} (to have one: --k {})\n", ks, example);
}

void print_k_table(const coterie::KChoice& choice, const coterie::Verdict& verdict) {
  const bool judged = !verdict.table.empty();
  fmt::print("\n  k      inertia   silhouette (95 % interval){}{}\n", judged ? "  sample / no groups  separation  halves  resamples" : "", choice.by_bic ? "           BIC" : "");
  for (const coterie::KChoiceRow& row : choice.rows) {
    fmt::print("{} {:2} {:12.6g}   {:<26}{}{}{}\n", row.k == choice.chosen ? '>' : ' ', row.k, row.inertia, silhouette_text(row, choice.exact), evidence_text(verdict.evidence(row.k)),
               row.bic ? fmt::format("  {:12.7g}", *row.bic) : "", choice.elbow == row.k ? "   elbow" : "");
  }
  print_not_swept(choice, verdict);
  const bool beside_nulls = judged && !verdict.evidence(verdict.k)->nulls.empty();
  if (beside_nulls) fmt::print("sample / no groups: silhouettes of fits to {} of the customers, and to as many without groups, to be held beside each other;\n", grouped(verdict.null_customers));
  if (judged)
    fmt::print("separation: the gap between the nearest two segments (1: nobody in between);\n"
               "halves, resamples: how far other customers give the same segments, the worst segment (1 = the same)\n");
  fmt::print("{}\n", choice.reason);
  if (beside_nulls) print_nulls(*verdict.evidence(verdict.k), verdict.null_drawings);
  if (judged) print_next_best(verdict.evidence(verdict.k)->near_optimum);
  fmt::print("\nverdict: {}\n", verdict.sentence);
}

// "0.770 (0.71 to 0.83)"
std::string auc_text(const coterie::Estimate& e) { return fmt::format("{:.3f} ({:.2f} to {:.2f})", e.mean, e.low, e.high); }

std::string percent_text(const coterie::Estimate& e) { return fmt::format("{:.0f} % ({:.0f} to {:.0f})", 100 * e.mean, 100 * e.low, 100 * e.high); }

// What the segments of the first part of the time foretell of the last.
void print_future(const RunResult& result) {
  const coterie::FutureTest& future = result.future;
  if (future.sentence.empty()) return;  // the data has no times
  if (!future.rivals.empty()) {
    fmt::print("\nfuture: {} segments (k-means) made of what was before {} and what came after ({} customers, {} bought later); 95 % intervals\n", future.k,
               coterie::iso_time(result.future_cut_ms).substr(0, 10), grouped(future.customers), grouped(future.buyers));
    fmt::print("  {:<14} {:>5}  {:>20}  {:>20}  {:>20}\n", "", "cells", "top fifth's revenue", "purchase AUC", "churn AUC");
    for (const coterie::FutureRival& rival : future.rivals)
      fmt::print("  {:<14} {:>5}  {:>20}  {:>20}  {:>20}\n", rival.name, rival.cells, percent_text(rival.scores[0]), auc_text(rival.scores[2]), auc_text(rival.scores[3]));
  }
  fmt::print("{}{}\n", future.rivals.empty() ? "\nfuture: " : "", future.sentence);
}

// Of an event log the columns everyone knows; else the seven in which segments differ most, in deviations.
std::vector<std::size_t> columns_to_show(const RunResult& result) {
  std::vector<std::size_t> shown;
  for (const char* wanted : {"total_events", "n_view", "n_cart", "n_purchase", "n_sessions", "revenue", "recency_days"}) {
    const auto it = std::find(result.model.features.begin(), result.model.features.end(), wanted);
    if (it != result.model.features.end()) shown.push_back(static_cast<std::size_t>(it - result.model.features.begin()));
  }
  if (result.model.shape == coterie::Shape::events) return shown;
  const std::size_t columns = result.model.features.size();
  std::vector<double> spread(columns);
  for (std::size_t c = 0; c < result.model.k; ++c)
    for (std::size_t j = 0; j < columns; ++j) spread[j] = std::max(spread[j], std::abs(result.model.centres[c * columns + j]));
  shown.resize(columns);
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  std::stable_sort(shown.begin(), shown.end(), [&](std::size_t a, std::size_t b) { return spread[a] > spread[b]; });
  shown.resize(std::min<std::size_t>(7, columns));
  std::sort(shown.begin(), shown.end());
  return shown;
}

void print_segments(const RunResult& result) {
  const std::vector<std::size_t> shown = columns_to_show(result);
  const auto column_width = [&](std::size_t column) { return std::max<std::size_t>(13, result.model.features[column].size() + 1); };
  std::size_t width = 7;
  for (const auto& segment : result.model.segments) width = std::max(width, segment.name.size());
  fmt::print("\ncluster  {:<{}}  {:>11}  {:>6}   means: ", "segment", width, "customers", "share");
  for (const std::size_t column : shown) fmt::print("{:>{}}", result.model.features[column], column_width(column));
  fmt::print("\n");
  for (std::size_t c = 0; c < result.profiles.clusters.size(); ++c) {
    const coterie::ClusterProfile& profile = result.profiles.clusters[c];
    fmt::print("{:>7}  {:<{}}  {:>11}  {:>4.1f} %          ", c, result.model.segments[c].name, width, grouped(profile.customers), 100 * profile.share);
    for (const std::size_t column : shown) fmt::print("{:>{}.2f}", profile.means[column], column_width(column));
    fmt::print("\n");
  }
}

// The ten taught names, of order lines.
void print_rfm(const coterie::RfmScores& scores) {
  if (scores.name.empty()) return;
  const auto counts = count_rfm_names(scores);
  std::string text;
  for (std::size_t name = 0; name < counts.size(); ++name) text += fmt::format("{}{} {}", name == 0 ? "" : ", ", coterie::rfm_names[name], grouped(counts[name]));
  fmt::print("\nRFM scores (rfm_scores.csv): {}\n", text);
}

void print_result(const RunResult& result, const std::string& out) {
  print_inputs(result.read);
  print_rows(result.read);
  fmt::print("{} customers, {} different rows of features\n", grouped(result.customers), grouped(result.different_rows));
  for (const std::string& note : result.notes) fmt::print("note: {}\n", note);
  print_k_table(result.choice, result.verdict);
  print_segments(result);
  print_future(result);
  print_rfm(result.rfm);
  double wall = 0, cpu = 0;
  for (const auto& time : result.times) wall += time.wall_seconds, cpu += time.cpu_seconds;
  fmt::print("\nwritten to {} in {:.1f} s ({:.1f} CPU-seconds, {} MB of memory)\n", out, wall, cpu, result.peak_memory_bytes / 1'000'000);
  fmt::print("open {}/report.html in a browser\n", out);
}

void run(RunCommand& command) {
  coterie::RunOptions& options = command.options;
  take_reading_options(command.input, command.columns, command.orders, command.derived, options);
  options.k = k_range_from_text(command.k);
  options.algorithm = algorithm_from(command.algorithm, *command.app);
  if (command.store) options.store.folder = options.out + "/store";
  options.least_segment = segment_size_from_text(command.least_segment);
  options.rfm_ties = command.rfm_ties == "first" ? coterie::RfmTies::first : coterie::RfmTies::alike;
  options.flags = flag_options_from(command.flags);
  options.scaling = scaling_from_text(command.scale);
  options.features = feature_format_from_text(command.features);
  Progress progress;
  progress.follow(options);
  const RunResult result = coterie::run(options);
  progress.clear();
  if (command.json) fmt::print("{}", summary_to_json(result));
  else print_result(result, options.out);
}

}  // namespace

void add_run_command(CLI::App& app) {
  CLI::App* run_app = app.add_subcommand("run", "From a shop's raw data to customer segments");
  const auto command = std::make_shared<RunCommand>();
  command->app = run_app;
  add_input_options(*run_app, command->input);
  add_column_options(*run_app, command->columns);
  add_order_options(*run_app, command->orders);
  add_table_options(*run_app, command->options, command->derived);
  add_flag_options(*run_app, command->flags);
  run_app->add_option("--drop-flagged", command->flags.drop, "Leave out who is flagged: bots, staff, resellers, test_orders or names of rules, with commas between; nobody is where not given");
  run_app->add_option("--rfm-ties", command->rfm_ties, "RFM scores of customers with the same frequency: alike, or first (by their order, as often taught)")->check(CLI::IsMember({"alike", "first"}))->capture_default_str();
  run_app->add_option("--scale", command->scale, "How features are made comparable: z, robust, min-max, log-z (log(1 + x), then z) or yeo-johnson")->capture_default_str();
  run_app->add_option("--out", command->options.out, "Folder for the results");
  run_app->add_option("--k", command->k, "Number of segments, or a range of which the verdict and the silhouette choose")->capture_default_str();
  run_app->add_option("--min-segment-size", command->least_segment, "A k with a smaller segment is not chosen: customers (500) or a share (2%)");
  run_app->add_option("--max-segments", command->options.most_segments, "The range of --k ends there")->check(CLI::Range(2, 100));
  add_algorithm_options(*run_app, command->algorithm);
  run_app->add_option("--restarts", command->options.restarts, "Seedings for each k: 10 of k-means, else the algorithm's own")->check(CLI::Range(1, 10000));
  run_app->add_option("--seed", command->options.seed, "Same seed, same result")->capture_default_str();
  run_app->add_option("--features", command->features, "Format of the features file")->check(CLI::IsMember({"parquet", "csv"}))->capture_default_str();
  run_app->add_option("--names", command->options.names, "File of rules for names and actions; coterie names prints those that are used without it");
  run_app->add_flag("--reasons", command->options.reasons, "Also write customer_reasons.csv: how sure each customer's segment is, why, and what would move them");
  run_app->add_flag("--silhouettes", command->options.silhouettes, "Also write a silhouette for each customer into membership.csv (exact up to 20,000 different rows, else the simplified one)");
  run_app->add_flag("--store", command->store, "Keep the rows' histories in OUT/store (about 12 bytes an event), so that coterie refresh reads new rows only");
  run_app->add_flag("--json", command->json, "Print the summary as JSON");
  run_app->callback([command, run_app] {
    apply_config(*run_app);
    require_option(*run_app, "files");
    require_option(*run_app, "--out");
    run(*command);
  });
}
