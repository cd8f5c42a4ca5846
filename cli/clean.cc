// coterie clean: a shop's data, cleaned step by step.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/options.h"
#include "coterie/model/clean.h"
#include "coterie/source/every_sheet.h"

namespace {

struct CleanCommand {
  InputOptions input;
  ColumnOptions columns;
  OrderOptions orders;
  FlagTexts flags;
  std::vector<std::string> joins;
  std::string out, outliers = "none";
};

void print(const coterie::CleanResult& result, const std::string& out) {
  fmt::print("{} rows read, {} used, {} set aside\n", grouped(result.rows.read), grouped(result.rows.used), grouped(result.rows.all_set_aside()));
  if (!result.steps.empty()) fmt::print("\n{:>10} {:>10} {:>10}  step\n", "cells", "rows", "customers");
  for (const auto& step : result.steps)
    fmt::print("{:>10} {:>10} {:>10}  {}\n", grouped(step.cells), grouped(step.rows), step.customers ? grouped(*step.customers) : "-", step.what);
  fmt::print("\n{} customers in {}/{}\n", grouped(result.customers), out, result.files.size() == 1 ? result.files.front() : fmt::format("tables ({} tables)", result.files.size()));
}

void run(const CleanCommand& command) {
  print(coterie::clean({.inputs = coterie::with_every_sheet(command.input.inputs),
                        .out = command.out,
                        .shape = shape_from_text(command.input.shape),
                        .roles = roles_from_texts(command.input.roles),
                        .joins = command.joins,
                        .columns = column_choices_from(command.columns),
                        .rules = order_rules_from(command.orders),
                        .date_order = date_order_from_text(command.orders.date_order),
                        .outliers = coterie::outlier_policy_from_text(command.outliers),
                        .flags = flag_options_from(command.flags),
                        .delimiter = delimiter_from_text(command.input.delimiter),
                        .memory_bytes = bytes_from_text(command.input.memory),
                        .spill_directory = spill_directory_or_default(command.input.spill_directory)}),
        command.out);
}

}  // namespace

void add_clean_command(CLI::App& app) {
  CLI::App* clean = app.add_subcommand("clean", "Clean a shop's data of any shape, and say what each step did");
  const auto command = std::make_shared<CleanCommand>();
  add_read_options(*clean, command->input);
  add_column_options(*clean, command->columns);
  add_order_options(*clean, command->orders);
  add_flag_options(*clean, command->flags);
  clean->add_option("--join", command->joins, "Of related tables, TABLE.COLUMN=OTHER_TABLE.KEY; found where not given")->allow_extra_args(false);
  clean->add_option("--outliers", command->outliers, "RULE:ACTION; rules: iqr, z, robust, winsorise; actions: report, remove (with their rows), cap; of logs the prices and quantities")->capture_default_str();
  clean->add_option("--out", command->out, "Folder for cleaned.csv, rejects.csv and clean.json");
  clean->callback([command, clean] {
    apply_config(*clean);
    for (const char* name : {"files", "--out"}) require_option(*clean, name);
    run(*command);
  });
}
