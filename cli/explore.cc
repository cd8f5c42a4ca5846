// coterie explore: a look at the data before clustering.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "coterie/base/time.h"
#include "coterie/model/explore.h"
#include "coterie/model/exploration_files.h"

namespace {

using coterie::ColumnDescription;

struct ExploreCommand {
  InputOptions input;
  ColumnOptions columns;
  OrderOptions orders;
  coterie::RunOptions options;
  std::vector<std::string> derived;
  bool json = false;
};

// What is worth a line: of numbers the middle and the ends, of times the period, else the most frequent value.
std::string gist(const ColumnDescription& column) {
  if (column.numbers) {
    const auto& q = column.numbers->quantiles;
    return fmt::format("{:g} to {:g}, median {:g}, mean {:.4g}", q.front(), q.back(), q[5], column.numbers->mean);
  }
  if (column.times) return fmt::format("{} to {}", coterie::iso_time(column.times->first_ms).substr(0, 10), coterie::iso_time(column.times->last_ms).substr(0, 10));
  if (column.top.empty() || column.content == coterie::Content::id) return "";
  return fmt::format("{} ({:.0f} %)", column.top.front().first, 100.0 * static_cast<double>(column.top.front().second) / static_cast<double>(column.rows));
}

void print_table(const coterie::ExploredTable& table) {
  std::size_t width = 6;
  for (const ColumnDescription& column : table.columns) width = std::max(width, column.name.size());
  fmt::print("\n{}{:<{}}  {:<9} {:>8} {:>12}\n", table.name.empty() ? "" : fmt::format("{}: {} rows\n", table.name, grouped(table.rows)), "column", width, "content", "missing", "different");
  for (const ColumnDescription& column : table.columns) {
    const double missing = column.rows == 0 ? 0 : 100.0 * static_cast<double>(column.missing) / static_cast<double>(column.rows);
    const std::string different = fmt::format("{}{}", column.distinct_error > 0 ? "~" : "", grouped(static_cast<std::uint64_t>(column.distinct + 0.5)));
    const std::string about = gist(column);
    fmt::print("{:<{}}  {:<9} {:>8} {:>12}{}{}\n", column.name, width, name_of(column.content), column.missing == 0 ? "-" : missing < 0.1 ? "< 0.1 %" : fmt::format("{:.1f} %", missing), different, about.empty() ? "" : "  ", about);
  }
}

void print_funnel(const std::vector<coterie::FunnelStep>& funnel) {
  if (funnel.empty()) return;
  fmt::print("\n{:<26} {:>12} {:>8}\n", "", "customers", "");
  for (const coterie::FunnelStep& step : funnel)
    fmt::print("{:<26} {:>12} {:>6.1f} %\n", step.name, grouped(step.customers), funnel.front().customers == 0 ? 0 : 100.0 * static_cast<double>(step.customers) / static_cast<double>(funnel.front().customers));
}

void print_exploration(const coterie::Exploration& e, const std::string& out) {
  print_rows(e.read);
  fmt::print("shape: {}, {} customers\n", name_of(e.shape), grouped(e.customers));
  for (const std::string& note : e.notes) fmt::print("note: {}\n", note);
  for (const coterie::ExploredTable& table : e.tables) print_table(table);
  const bool any = std::any_of(e.tables.begin(), e.tables.end(), [](const auto& table) { return std::any_of(table.columns.begin(), table.columns.end(), [](const auto& c) { return c.distinct_error > 0; }); });
  if (any) fmt::print("~: estimated; the standard error is in explore.json\n");
  print_funnel(e.funnel);
  if (!e.findings.empty()) fmt::print("\nbefore clustering:\n");
  for (const std::string& finding : e.findings) fmt::print("* {}\n", finding);
  fmt::print("\nwritten to {} in {:.1f} s ({} MB of memory)\nopen {}/explore.html in a browser\n", out, e.wall_seconds, e.peak_memory_bytes / 1'000'000, out);
}

void run(ExploreCommand& command) {
  coterie::RunOptions& options = command.options;
  take_reading_options(command.input, command.columns, command.orders, command.derived, options);
  Progress progress;
  progress.follow(options);
  const coterie::Exploration exploration = coterie::explore(options);
  progress.clear();
  if (command.json) fmt::print("{}", exploration_to_json(exploration));
  else print_exploration(exploration, options.out);
}

}  // namespace

void add_explore_command(CLI::App& app) {
  CLI::App* explore = app.add_subcommand("explore", "Look at a shop's data before clustering: columns, funnel, times, what sells, features");
  const auto command = std::make_shared<ExploreCommand>();
  add_input_options(*explore, command->input);
  add_column_options(*explore, command->columns);
  add_order_options(*explore, command->orders);
  add_table_options(*explore, command->options, command->derived);
  explore->add_option("--out", command->options.out, "Folder for explore.html, explore.json and rejects.csv");
  explore->add_flag("--json", command->json, "Print explore.json instead of a summary");
  explore->callback([command, explore] {
    apply_config(*explore);
    require_option(*explore, "files");
    require_option(*explore, "--out");
    run(*command);
  });
}
