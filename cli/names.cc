// coterie names: the rules that name segments, to be copied and changed.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "coterie/segments/name_rules.h"

void add_names_command(CLI::App& app) {
  CLI::App* names = app.add_subcommand("names", "Print the rules that name segments, or check a file of them");
  const auto file = std::make_shared<std::string>();
  names->add_option("--check", *file, "A file of rules: says what is wrong with it, or how many rules it has");
  names->callback([file] {
    if (file->empty()) fmt::print("{}", coterie::default_name_rules_text());
    else fmt::print("{}: {} rules\n", *file, coterie::load_name_rules(*file).rules.size());
  });
}
