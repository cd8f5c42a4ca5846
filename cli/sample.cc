// coterie sample events: a made-up event log of any size, with the truth about its customers.
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "cli/commands.h"
#include "coterie/base/output_file.h"
#include "coterie/sample/events.h"

namespace {

struct SampleEvents {
  coterie::EventSampleOptions options;
  std::string out = "-", truth;
};

void run(const SampleEvents& command) {
  coterie::OutputFile events(command.out);
  const auto made = write_events(command.options, [&](std::string_view text) { events.write(text); });
  if (!command.truth.empty()) {
    coterie::OutputFile truth(command.truth);
    write_event_truth(command.options, [&](std::string_view text) { truth.write(text); });
    truth.commit();
  }
  events.commit();
  fmt::print(stderr, "{} rows ({} view, {} cart, {} purchase), {} customers, {} sessions, {} bytes\n", made.rows, made.views,
             made.carts, made.purchases, made.customers, made.sessions, made.bytes);
}

}  // namespace

void add_sample_command(CLI::App& app) {
  CLI::App* sample = app.add_subcommand("sample", "Make data whose truth is known")->require_subcommand(1);
  CLI::App* events = sample->add_subcommand("events", "The event log of a shop, sorted by time");
  const auto command = std::make_shared<SampleEvents>();
  events->add_option("--rows", command->options.rows, "Events")->capture_default_str();
  events->add_option("--customers", command->options.customers, "Customers, exactly; 0: as many as a real log has, one for 20.68 rows")->capture_default_str();
  events->add_option("--seed", command->options.seed, "Same seed, same bytes")->capture_default_str();
  events->add_option("--out", command->out, "File, or - for standard output")->capture_default_str();
  events->add_option("--truth", command->truth, "File for customer,kind");
  events->add_option("--delimiter", command->options.delimiter, "One of , ; | and tab")->capture_default_str();
  events->add_option("--threads", command->options.threads, "0: all processors; the bytes are the same")->capture_default_str();
  events->callback([command] { run(*command); });
}
