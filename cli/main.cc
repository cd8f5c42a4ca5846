#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands.h"
#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"

namespace {

using coterie::Error;
using coterie::ErrorKind;

// What is wrong with the options of a command; of one that it does not have, which may be meant.
std::string option_fault(const CLI::App& command, const CLI::ParseError& error) {
  const std::string message = error.what();
  const std::size_t begin = message.find("--");
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr || begin == std::string::npos) return message;
  const std::string typed = message.substr(begin, message.find_first_of(" =,", begin) - begin);
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  return fmt::format("coterie {} has no option {}{}", command.get_name(), typed, coterie::did_you_mean(typed, known));
}

[[noreturn]] void fail(const CLI::App& app, const CLI::ParseError& error, const std::string& command) {
  std::vector<std::string> names;
  for (const CLI::App* known : app.get_subcommands({})) {
    if (known->get_name() == command) throw Error(ErrorKind::usage, option_fault(*known, error), fmt::format("coterie {} --help shows the options", command));
    names.push_back(known->get_name());
  }
  throw Error(ErrorKind::usage, command.empty() ? "a command is missing" : fmt::format("there is no command \"{}\"{}", command, coterie::did_you_mean(command, names)),
              fmt::format("the commands are {}", fmt::join(names, ", ")));
}

int run(int argc, char** argv) {
  CLI::App app("Finds the groups of customers that are really there.", "coterie");
  app.set_version_flag("--version", "coterie " COTERIE_VERSION);
  app.require_subcommand(1);
  add_run_command(app);
  add_assign_command(app);
  add_compare_command(app);
  add_refresh_command(app);
  add_history_command(app);
  add_explore_command(app);
  add_features_command(app);
  add_export_command(app);
  add_inspect_command(app);
  add_clean_command(app);
  add_sample_command(app);
  add_names_command(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    fail(app, error, argc > 1 ? argv[1] : "");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const coterie::Error& error) {
    fmt::print(stderr, "coterie: {}\n", text_of(error));
    return exit_code(error.kind);
  } catch (const std::exception& error) {
    fmt::print(stderr, "coterie: {}\n", error.what());
    return 1;
  }
}
