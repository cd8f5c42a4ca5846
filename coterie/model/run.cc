#include "coterie/model/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "coterie/base/error.h"
#include "coterie/base/memory.h"
#include "coterie/base/parallel.h"
#include "coterie/deliver/csv_tables.h"
#include "coterie/deliver/parquet.h"
#include "coterie/deliver/report_page.h"
#include "coterie/deliver/segments_sql.h"
#include "coterie/features/compute.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/model/memory_plan.h"
#include "coterie/model/report_data.h"
#include "coterie/model/run_report.h"
#include "coterie/source/duckdb_library.h"

namespace coterie {
namespace {

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Times the stations: each lasts until the next begins.
class Stations {
 public:
  Stations(std::vector<StationTime>& times, const std::function<void(const char*)>& announce) : times_(times), announce_(announce) {}

  void begin(const char* name) {
    end();
    times_.push_back({name, 0, 0});
    if (announce_) announce_(name);
  }
  void end() {
    const auto now = std::chrono::steady_clock::now();
    const double cpu = cpu_seconds();
    if (!times_.empty()) {
      times_.back().wall_seconds = std::chrono::duration<double>(now - began_).count();
      times_.back().cpu_seconds = cpu - cpu_;
    }
    began_ = now, cpu_ = cpu;
  }

 private:
  std::vector<StationTime>& times_;
  const std::function<void(const char*)>& announce_;
  std::chrono::steady_clock::time_point began_;
  double cpu_ = 0;
};

void make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!std::filesystem::is_directory(path))
    throw Error(ErrorKind::output, fmt::format("cannot make the folder: {}", error.message()), "give a folder you may write to with --out", path);
}

// What events in memory leave of their share is for decoding them.
ComputeOptions room_for_features(int threads, const MemoryPlan& memory, const EventStore& store) {
  const std::size_t unused = memory.events - std::min(memory.events, store.memory_bytes());
  return {.threads = threads, .memory_bytes = memory.customer_rows, .events_bytes = memory.partitions + unused};
}

// Features that the log has no column for are left out, and said so.
std::vector<Feature> choose_features(const bool (&has_role)[role_count], std::vector<std::string>& notes) {
  std::vector<Feature> features = available_features(has_role);
  std::vector<std::string> missing;
  for (const Feature& feature : feature_catalogue())
    if (std::none_of(features.begin(), features.end(), [&](const Feature& f) { return f.compute == feature.compute; })) missing.emplace_back(feature.name);
  if (!missing.empty()) notes.push_back(fmt::format("left out, because their columns are not there: {}", fmt::join(missing, ", ")));
  return features;
}

// Where two columns fit a role equally well, the first is taken, and said so.
void note_equal_columns(const ReadReport& read, std::vector<std::string>& notes) {
  for (const InputReport& input : read.inputs)
    for (int r = 0; r < role_count; ++r) {
      const RoleChoice& choice = input.roles.choice[r];
      if (choice.runner_up < 0 || choice.runner_up_confidence < choice.confidence) continue;
      notes.push_back(fmt::format("{}: columns {} and {} ({} and {}) fit the role {} equally well; the first is taken", input.file.path, choice.column + 1,
                                  choice.runner_up + 1, input.dialect.columns[static_cast<std::size_t>(choice.column)],
                                  input.dialect.columns[static_cast<std::size_t>(choice.runner_up)], name_of(static_cast<Role>(r))));
    }
}

// No more clusters than different rows.
KRange fit_range(KRange asked, std::size_t different_rows, std::vector<std::string>& notes) {
  if (asked.last <= different_rows) return asked;
  if (different_rows < 2)
    throw Error(ErrorKind::usage, "all customers have the same features: there is nothing to tell them apart by",
                "give a log of several customers; look at its columns with: coterie inspect FILE");
  if (asked.first > different_rows)
    throw Error(ErrorKind::usage, fmt::format("{} clusters are asked for, but the customers have only {} different rows of features", asked.first, different_rows),
                fmt::format("give a smaller --k (at most {}) or more data", different_rows));
  notes.push_back(fmt::format("k ends at {} instead of {}: there are no more different rows", different_rows, asked.last));
  return {asked.first, different_rows};
}

HugeArray<std::int32_t> labels_of_customers(const EqualRows& unique, const HugeArray<std::int32_t>& labels) {
  HugeArray<std::int32_t> all(unique.unique_of_row.size());
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = labels[unique.unique_of_row[row]];
  return all;
}

// The customers nearest to each centre, three different ones a segment, and what tells it from the next segment.
Explanation explain_centres(const EqualRows& unique, const KmeansResult& chosen, const Pca& pca, int threads) {
  constexpr std::size_t shown = 3;
  Explanation explanation;
  explanation.typical = typical_rows(unique.view(), chosen.centres, chosen.labels, shown, threads);
  const std::vector<std::uint32_t> customer = first_rows(unique);
  for (std::vector<std::uint32_t>& rows : explanation.typical)
    for (std::uint32_t& row : rows) row = customer[row];
  explanation.nearest = nearest_segments(chosen.centres, chosen.columns);
  explanation.points = scatter_points(unique.view(), chosen.labels, chosen.k, pca);
  return explanation;
}

std::vector<SqlColumn> columns_for_parquet(const CustomerTable& table) {
  std::vector<SqlColumn> columns;
  const CustomerIds& ids = table.ids;
  if (ids.texts.empty()) {
    // Numbers below 10^18 are the same as signed ones.
    columns.push_back({table.id_name, std::span(reinterpret_cast<const std::int64_t*>(ids.numbers.data()), ids.numbers.size())});
  } else {
    columns.push_back({table.id_name, TextColumn{ids.size(), [&ids, text = std::string()](std::size_t row) mutable -> std::string_view {
                         if (row >= ids.numbers.size()) return ids.texts[row - ids.numbers.size()];
                         text = std::to_string(ids.numbers[row]);
                         return text;
                       }}});
  }
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    if (table.is_count[c]) columns.push_back({table.names[c], WholeNumbers{table.values.column(c)}});
    else columns.push_back({table.names[c], table.values.column(c)});
  }
  return columns;
}

// Everything under temporary names first, then all renamed at once; run.json, which says what the others are, last.
void write_outputs(const RunOptions& options, const CustomerTable& customers, std::span<const std::int32_t> labels, std::unique_ptr<OutputFile> rejects,
                   const MemoryPlan& memory, Stations& stations, RunResult& result) {
  const auto path = [&](const char* name) { return options.out + "/" + name; };
  OutputFile segments(path("customer_segments.csv")), summary(path("segment_summary.csv")), model(path("model.json")), report(path("run.json"));
  OutputFile rules(path("segments.sql")), page(path("report.html"));
  write_customer_segments(segments, customers, labels);
  write_segment_summary(summary, customers, result.profiles, result.model.segments);
  model.write(model_to_json(result.model));
  rules.write(segments_sql(result.explanation.rules, customers.id_name, customers.names, result.model.segments));
  page.write(report_page(report_data(options, customers, result)));
  const bool as_csv = options.features == FeatureFormat::csv;
  std::unique_ptr<OutputFile> features;
  if (as_csv) {
    features = std::make_unique<OutputFile>(path("features.csv"));
    write_features_csv(*features, customers);
  } else {
    give_back_freed_pages();  // DuckDB takes its own
    write_parquet(path("features.parquet"), columns_for_parquet(customers), {.memory_limit_bytes = memory.duckdb});
  }
  stations.end();
  result.peak_memory_bytes = peak_memory();
  report.write(run_to_json(options, customers, result));
  segments.commit();
  summary.commit();
  model.commit();
  rules.commit();
  page.commit();
  if (features) features->commit();
  rejects->commit();
  report.commit();
  // What an earlier run left in the other format would no longer be true.
  std::error_code ignored;
  std::filesystem::remove(path(as_csv ? "features.parquet" : "features.csv"), ignored);
}

}  // namespace

RunResult run(const RunOptions& options) {
  RunResult result;
  Stations stations(result.times, options.station);
  const MemoryPlan memory = plan_memory(options.memory_bytes, options.threads);
  const NameRules name_rules = options.names.empty() ? default_name_rules() : load_name_rules(options.names);
  make_folder(options.out);
  if (options.features == FeatureFormat::parquet) duckdb_library::functions();  // what is not there fails now, not at the end

  stations.begin("read");
  EventLog log = read_events(options.inputs, {.roles = options.roles, .delimiter = options.delimiter, .threads = options.threads,
                                              .memory_bytes = memory.events, .names_bytes = memory.customer_rows,
                                              .spill_directory = options.spill_directory,
                                              .rejects_path = options.out + "/rejects.csv", .progress = options.progress});
  result.read = log.report;
  result.spilled_bytes = log.store.spilled_bytes();

  stations.begin("features");
  note_equal_columns(result.read, result.notes);
  result.features = choose_features(log.has_role, result.notes);
  const CustomerTable customers = compute_features(log, result.features, room_for_features(options.threads, memory, log.store));
  result.customers = customers.ids.size();

  stations.begin("scale");
  EqualRows unique = merge_equal_rows(customers.values, options.threads);
  result.different_rows = unique.rows.rows();
  result.model.id_name = customers.id_name;
  result.model.features = customers.names;
  result.model.scaling = fit_standardisation(unique.view(), options.threads);
  standardise_in_place(unique.rows, result.model.scaling, options.threads);
  result.model.pca = fit_pca(unique.view(), 0, options.threads);

  stations.begin("cluster");
  const KRange range = fit_range(options.k, result.different_rows, result.notes);
  const std::vector<KmeansResult> sweep = kmeans_sweep(
      unique.view(), range, {.restarts = options.restarts, .seed = options.seed, .exact = options.exact, .threads = options.threads});

  stations.begin("choose k");
  result.choice = choose_k(unique.view(), sweep, {.seed = options.seed, .threads = options.threads});
  const KmeansResult& chosen = sweep[result.choice.chosen - range.first];
  result.model.k = chosen.k;
  result.model.centres = chosen.centres;

  stations.begin("profile");
  const HugeArray<std::int32_t> labels = labels_of_customers(unique, chosen.labels);
  result.explanation = explain_centres(unique, chosen, result.model.pca, options.threads);
  unique = {};
  result.profiles = profile_clusters(customers, labels, chosen.k, options.threads);
  result.model.segments = name_segments(result.profiles, customers.names, name_rules);

  stations.begin("explain");
  result.explanation.rules = fit_segment_rules(customers, labels, chosen.k, {.threads = options.threads});

  stations.begin("write");
  write_outputs(options, customers, labels, std::move(log.rejects), memory, stations, result);
  return result;
}

AssignResult assign_new_customers(const AssignOptions& options) {
  AssignResult result;
  result.model = load_model(options.model);
  const MemoryPlan memory = plan_memory(options.memory_bytes, options.threads);
  EventLog log = read_events(options.inputs, {.roles = options.roles, .delimiter = options.delimiter, .threads = options.threads,
                                              .memory_bytes = memory.events, .names_bytes = memory.customer_rows,
                                              .spill_directory = options.spill_directory, .progress = options.progress});
  result.read = log.report;
  std::vector<Feature> features;
  const std::vector<Feature> available = available_features(log.has_role);
  for (const std::string& name : result.model.features) {
    const auto it = std::find_if(available.begin(), available.end(), [&](const Feature& f) { return f.name == name; });
    if (it == available.end())
      throw Error(ErrorKind::missing_column, fmt::format("the model uses {}, and this log has no column for it", name),
                  "give the column with --role, or fit a model on a log without it", options.inputs.front());
    features.push_back(*it);
  }
  const CustomerTable customers = compute_features(log, features, room_for_features(options.threads, memory, log.store));
  const HugeArray<std::int32_t> labels = assign_clusters(result.model, customers, options.threads);
  result.sizes.assign(result.model.k, 0);
  for (const std::int32_t label : labels) ++result.sizes[static_cast<std::size_t>(label)];
  OutputFile out(options.out);
  write_customer_segments(out, customers, labels);
  out.commit();
  return result;
}

}  // namespace coterie
