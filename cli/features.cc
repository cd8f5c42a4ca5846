// coterie features: the table of features, and no further.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "coterie/model/feature_table.h"

namespace {

struct FeaturesCommand {
  InputOptions input;
  ColumnOptions columns;
  OrderOptions orders;
  coterie::RunOptions options;
  std::vector<std::string> derived;
  std::string format = "parquet";
};

void print_table(const coterie::FeatureTable& table, const FeaturesCommand& command) {
  print_rows(table.read);
  fmt::print("shape: {}, {} customers\n", name_of(table.shape), grouped(table.customers));
  for (const std::string& note : table.notes) fmt::print("note: {}\n", note);
  std::size_t width = 0;
  for (const coterie::DefinedFeature& feature : table.features) width = std::max(width, feature.name.size());
  fmt::print("\n");
  for (const coterie::DefinedFeature& feature : table.features) fmt::print("{:<{}}  {}\n", feature.name, width, feature.definition);
  double wall = 0, cpu = 0;
  for (const coterie::StationTime& station : table.times) wall += station.wall_seconds, cpu += station.cpu_seconds;
  fmt::print("\nwritten to {}/features.{} in {:.1f} s ({:.1f} CPU-seconds, {} MB of memory)\n", command.options.out, command.format, wall, cpu, table.peak_memory_bytes / 1'000'000);
}

void run(FeaturesCommand& command) {
  coterie::RunOptions& options = command.options;
  take_reading_options(command.input, command.columns, command.orders, command.derived, options);
  options.features = feature_format_from_text(command.format);
  Progress progress;
  progress.follow(options);
  const coterie::FeatureTable table = coterie::write_feature_table(options);
  progress.clear();
  print_table(table, command);
}

}  // namespace

void add_features_command(CLI::App& app) {
  CLI::App* features = app.add_subcommand("features", "Make the table of features alone, a row a customer, to model on");
  const auto command = std::make_shared<FeaturesCommand>();
  add_input_options(*features, command->input);
  add_column_options(*features, command->columns);
  add_order_options(*features, command->orders);
  add_table_options(*features, command->options, command->derived);
  features->add_option("--features", command->format, "parquet or csv")->check(CLI::IsMember({"parquet", "csv"}))->capture_default_str();
  features->add_option("--out", command->options.out, "Folder for features.parquet (or .csv) and rejects.csv");
  features->callback([command, features] {
    apply_config(*features);
    require_option(*features, "files");
    require_option(*features, "--out");
    run(*command);
  });
}
