// coterie compare: who moved where between two runs, and what has drifted.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/comparison.h"
#include "coterie/model/compare.h"

namespace {

void run(const coterie::CompareOptions& options) {
  print_comparison(compare_runs(options));
  fmt::print("\nwritten to {}\nopen {}/report.html in a browser\n", options.out, options.out);
}

}  // namespace

void add_compare_command(CLI::App& app) {
  CLI::App* compare = app.add_subcommand("compare", "Who moved where between two runs, which segment is which, what has drifted");
  const auto options = std::make_shared<coterie::CompareOptions>();
  compare->add_option("earlier", options->earlier, "Folder of the earlier run")->required();
  compare->add_option("later", options->later, "Folder of the later run")->required();
  compare->add_option("--out", options->out, "Folder for the comparison; an earlier one there is replaced")->required();
  compare->callback([options] { run(*options); });
}
