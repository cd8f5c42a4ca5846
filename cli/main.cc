#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "coterie/base/error.h"

namespace {

using coterie::Error;
using coterie::ErrorKind;

[[noreturn]] void fail(const CLI::App& app, const CLI::ParseError& error, std::string_view command) {
  std::string names;
  for (const CLI::App* known : app.get_subcommands({})) {
    if (known->get_name() == command) throw Error(ErrorKind::usage, error.what(), fmt::format("coterie {} --help shows the options", command));
    names += (names.empty() ? "" : ", ") + known->get_name();
  }
  throw Error(ErrorKind::usage, command.empty() ? "a command is missing" : fmt::format("there is no command \"{}\"", command), "the commands are " + names);
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
