// coterie clean: a table of customers, cleaned step by step.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/options.h"
#include "coterie/model/clean.h"

namespace {

struct CleanCommand {
  std::vector<std::string> inputs;
  ColumnOptions columns;
  std::string out, outliers = "none", delimiter, memory;
};

void run(const CleanCommand& command) {
  const coterie::CleanResult result = coterie::clean({.inputs = command.inputs,
                                                      .out = command.out,
                                                      .columns = column_choices_from(command.columns),
                                                      .outliers = coterie::outlier_policy_from_text(command.outliers),
                                                      .delimiter = delimiter_from_text(command.delimiter),
                                                      .memory_bytes = bytes_from_text(command.memory)});
  fmt::print("{} rows read, {} used, {} set aside\n", grouped(result.rows.read), grouped(result.rows.used), grouped(result.rows.all_set_aside()));
  if (!result.steps.empty()) fmt::print("\n{:>10} {:>10} {:>10}  step\n", "cells", "rows", "customers");
  for (const auto& step : result.steps) fmt::print("{:>10} {:>10} {:>10}  {}\n", grouped(step.cells), grouped(step.rows), grouped(step.customers), step.what);
  fmt::print("\n{} customers in {}/cleaned.csv\n", grouped(result.customers), command.out);
}

}  // namespace

void add_clean_command(CLI::App& app) {
  CLI::App* clean = app.add_subcommand("clean", "Clean a table of customers, and say what each step did");
  const auto command = std::make_shared<CleanCommand>();
  clean->add_option("files", command->inputs, "Tables with one row a customer and the same columns");
  add_config_option(*clean);
  add_column_options(*clean, command->columns);
  clean->add_option("--outliers", command->outliers, "RULE:ACTION; rules: iqr, z, robust, winsorise; actions: report, remove (with their customers), cap")->capture_default_str();
  clean->add_option("--delimiter", command->delimiter, "comma, semicolon, tab or bar; guessed where not given");
  clean->add_option("--memory", command->memory, "Most memory the program may take, for example 4GB; half of the machine where not given");
  clean->add_option("--out", command->out, "Folder for cleaned.csv, rejects.csv and clean.json");
  clean->callback([command, clean] {
    apply_config(*clean);
    for (const char* name : {"files", "--out"}) require_option(*clean, name);
    run(*command);
  });
}
