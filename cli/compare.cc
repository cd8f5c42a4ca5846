// coterie compare: who moved where between two runs, and what has drifted; or how far two files of labels agree.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/comparison.h"
#include "coterie/base/error.h"
#include "coterie/model/compare.h"
#include "coterie/model/compare_labels.h"

namespace {

void compare_folders(const coterie::CompareOptions& options) {
  if (options.out.empty()) throw coterie::Error(coterie::ErrorKind::usage, "two runs are compared, but there is no folder for the comparison", "give one with --out FOLDER");
  print_comparison(compare_runs(options));
  fmt::print("\nwritten to {}\nopen {}/report.html in a browser\n", options.out, options.out);
}

void compare_files(const coterie::CompareOptions& options) {
  if (!options.out.empty()) throw coterie::Error(coterie::ErrorKind::usage, "two files of labels are compared on the terminal only", "leave --out out, or give the folders of two runs");
  print_comparison(coterie::compare_label_files(options.earlier, options.later));
}

void run(const coterie::CompareOptions& options) {
  const bool files[] = {std::filesystem::is_regular_file(options.earlier), std::filesystem::is_regular_file(options.later)};
  const bool folders[] = {std::filesystem::is_directory(options.earlier), std::filesystem::is_directory(options.later)};
  if ((files[0] && folders[1]) || (folders[0] && files[1])) {
    const std::string& folder = folders[0] ? options.earlier : options.later;
    throw coterie::Error(coterie::ErrorKind::usage, "a run cannot be compared with a file of labels", fmt::format("give the run's labels: {}/customer_segments.csv", folder), folder);
  }
  if (files[0] || files[1]) compare_files(options);
  else compare_folders(options);
}

}  // namespace

void add_compare_command(CLI::App& app) {
  CLI::App* compare = app.add_subcommand("compare", "Who moved where between two runs, which segment is which, what has drifted; or how far two files of labels agree");
  const auto options = std::make_shared<coterie::CompareOptions>();
  compare->add_option("earlier", options->earlier, "Folder of the earlier run; or a file of labels: customer id and label")->required();
  compare->add_option("later", options->later, "Folder of the later run; or another file of labels")->required();
  compare->add_option("--out", options->out, "Folder for the comparison of runs; an earlier one there is replaced");
  compare->callback([options] { run(*options); });
}
