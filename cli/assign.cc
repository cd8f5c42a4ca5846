// coterie assign: the segment of each customer of a new log, by a fitted model.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "coterie/model/run.h"
#include "coterie/source/every_sheet.h"

namespace {

struct AssignCommand {
  InputOptions input;
  OrderOptions orders;
  std::vector<std::string> joins;
  std::string model, out;
};

void run(const AssignCommand& command) {
  Progress progress;
  const coterie::AssignResult result = coterie::assign_new_customers(
      {.inputs = coterie::with_every_sheet(command.input.inputs),
       .model = command.model,
       .out = command.out,
       .roles = roles_from_texts(command.input.roles),
       .joins = command.joins,
       .orders = order_rules_from(command.orders),
       .date_order = date_order_from_text(command.orders.date_order),
       .today_ms = today_from_text(command.orders.today),
       .delimiter = delimiter_from_text(command.input.delimiter),
       .as_of_ms = as_of_from_text(command.input.as_of),
       .threads = command.input.threads,
       .memory_bytes = bytes_from_text(command.input.memory),
       .spill_directory = spill_directory_or_default(command.input.spill_directory),
       .progress = [&](std::uint64_t done, std::uint64_t total) { progress.bytes(done, total); }});
  progress.clear();
  fmt::print(stderr, "{} rows read, {} used, {} set aside\n", result.read.rows.read, result.read.rows.used, result.read.rows.all_set_aside());
  for (std::size_t c = 0; c < result.sizes.size(); ++c) fmt::print(stderr, "{:>7}  {}  {} customers\n", c, result.model.segments[c].name, result.sizes[c]);
}

}  // namespace

void add_assign_command(CLI::App& app) {
  CLI::App* assign = app.add_subcommand("assign", "Give the customers of new logs the segments of a fitted model");
  const auto command = std::make_shared<AssignCommand>();
  add_input_options(*assign, command->input);
  add_order_options(*assign, command->orders);
  assign->add_option("--join", command->joins, "Of related tables, TABLE.COLUMN=OTHER_TABLE.KEY; found where not given")->allow_extra_args(false);
  assign->add_option("--model", command->model, "Folder that coterie run wrote");
  assign->add_option("--out", command->out, "CSV file to write, or - for standard output");
  assign->callback([command, assign] {
    apply_config(*assign);
    for (const char* name : {"files", "--model", "--out"}) require_option(*assign, name);
    run(*command);
  });
}
