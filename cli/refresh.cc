// coterie refresh: a run brought up to date; coterie history: its segments at several dates.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/comparison.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "coterie/base/time.h"
#include "coterie/model/refresh.h"
#include "coterie/model/segment_history.h"
#include "coterie/source/every_sheet.h"

namespace {

struct RefreshCommand {
  InputOptions input;
  OrderOptions orders;
  coterie::RefreshOptions options;
  std::string k = "3..7", features = "parquet", duplicates = "keep";
};

void run_refresh(RefreshCommand& command) {
  Progress progress;
  coterie::RunOptions& run = command.options.run;
  run.inputs = coterie::with_every_sheet(command.input.inputs);
  run.k = k_range_from_text(command.k);
  run.roles = roles_from_texts(command.input.roles);
  run.store.drop_repeated = command.duplicates == "drop";
  run.date_order = date_order_from_text(command.orders.date_order);
  run.today_ms = today_from_text(command.orders.today);
  run.delimiter = delimiter_from_text(command.input.delimiter);
  run.as_of_ms = as_of_from_text(command.input.as_of);
  run.memory_bytes = bytes_from_text(command.input.memory);
  run.spill_directory = spill_directory_or_default(command.input.spill_directory);
  run.threads = command.input.threads;
  run.features = feature_format_from_text(command.features);
  run.progress = [&](std::uint64_t done, std::uint64_t total) { progress.bytes(done, total); };
  const coterie::RefreshResult result = coterie::refresh(command.options);
  progress.clear();
  fmt::print("{} rows read, {} used, {} set aside\n", grouped(result.read.rows.read), grouped(result.read.rows.used), grouped(result.read.rows.all_set_aside()));
  for (const std::string& note : result.notes) fmt::print("note: {}\n", note);
  print_comparison(result.comparison);
  fmt::print("\nwritten to {}\n", run.out);
}

struct HistoryCommand {
  InputOptions input;
  OrderOptions orders;
  std::string model, out;
  std::vector<std::string> dates;
};

void run_history(const HistoryCommand& command) {
  coterie::SegmentHistoryOptions options;
  options.assign = {.inputs = coterie::with_every_sheet(command.input.inputs),
                    .model = command.model,
                    .out = command.out,
                    .roles = roles_from_texts(command.input.roles),
                    .date_order = date_order_from_text(command.orders.date_order),
                    .today_ms = today_from_text(command.orders.today),
                    .delimiter = delimiter_from_text(command.input.delimiter),
                    .threads = command.input.threads,
                    .memory_bytes = bytes_from_text(command.input.memory),
                    .spill_directory = spill_directory_or_default(command.input.spill_directory)};
  for (const std::string& date : command.dates) options.as_of_ms.push_back(as_of_from_text(date));
  const coterie::SegmentHistory history = coterie::segment_history(options);
  for (const coterie::SegmentAt& row : history.rows)
    fmt::print(stderr, "{}  {:>11} customers  {:>4.1f} %  +{} -{}  {}\n", coterie::iso_time(row.as_of_ms).substr(0, 10), grouped(row.customers), 100 * row.share, grouped(row.entered),
               grouped(row.left), history.model.segments[row.cluster].name);
}

}  // namespace

void add_refresh_command(CLI::App& app) {
  CLI::App* refresh = app.add_subcommand("refresh", "Bring a run up to date: new data under its model, or a refit that keeps identities");
  const auto command = std::make_shared<RefreshCommand>();
  add_input_options(*refresh, command->input);
  add_date_options(*refresh, command->orders);
  refresh->add_option("--join", command->options.run.joins, "Of related tables, TABLE.COLUMN=OTHER_TABLE.KEY; found where not given")->allow_extra_args(false);
  refresh->add_option("--model", command->options.model, "Folder of the run to be refreshed; it stays as it is");
  refresh->add_option("--out", command->options.run.out, "Folder for the refreshed run");
  refresh->add_flag("--store", command->options.keep_store, "Keep a store of the rows, where the run keeps none yet; one that does goes on by itself and takes new rows only");
  refresh->add_option("--duplicates", command->duplicates, "Of rows that the store holds already: keep (they count again) or drop (exports that overlap)")->check(CLI::IsMember({"keep", "drop"}))->capture_default_str();
  refresh->add_flag("--refit", command->options.refit, "Fit a new model; a segment that goes on keeps its identity and name");
  refresh->add_option("--k", command->k, "Of a refit: number of segments, or a range of which the silhouette chooses")->capture_default_str();
  refresh->add_option("--restarts", command->options.run.restarts, "Of a refit: seedings for each k")->check(CLI::Range(1, 10000));
  refresh->add_option("--seed", command->options.run.seed, "Of a refit: same seed, same result")->capture_default_str();
  refresh->add_option("--features", command->features, "Format of the features file")->check(CLI::IsMember({"parquet", "csv"}))->capture_default_str();
  refresh->callback([command, refresh] {
    apply_config(*refresh);
    for (const char* name : {"--model", "--out"}) require_option(*refresh, name);
    run_refresh(*command);
  });
}

void add_history_command(CLI::App& app) {
  CLI::App* history = app.add_subcommand("history", "The segments of a log's customers at several dates, under one model");
  const auto command = std::make_shared<HistoryCommand>();
  add_read_options(*history, command->input);
  add_date_options(*history, command->orders);
  history->add_option("--as-of", command->dates, "A date; give it once for each")->allow_extra_args(false);
  history->add_option("--model", command->model, "Folder that coterie run wrote");
  history->add_option("--out", command->out, "CSV file to write, or - for standard output");
  history->callback([command, history] {
    apply_config(*history);
    for (const char* name : {"--as-of", "--model", "--out"}) require_option(*history, name);
    run_history(*command);
  });
}
