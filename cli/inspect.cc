// coterie inspect: what a file is taken for, and why.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "coterie/events/roles.h"
#include "coterie/source/bytes.h"
#include "coterie/source/dialect.h"

namespace {

std::string column_name(const coterie::Dialect& dialect, int column) {
  return column < 0 ? "-" : dialect.columns[static_cast<std::size_t>(column)];
}

void print_file(const std::string& path, const InputOptions& options) {
  const coterie::ByteReader reader(path, {.threads = 1});
  const coterie::Dialect dialect = coterie::sniff_dialect(reader.head(), reader.head_is_all(), path, delimiter_from_text(options.delimiter));
  const coterie::RoleMap roles = find_roles(dialect, roles_from_texts(options.roles), path);
  fmt::print("{}\n", path);
  fmt::print("  compression  {}\n", name_of(reader.compression()));
  fmt::print("  delimiter    {}\n", coterie::name_of_delimiter(dialect.delimiter));
  fmt::print("  line ends    {}\n", dialect.crlf ? "CRLF" : "LF");
  fmt::print("  encoding     UTF-8{}\n", dialect.byte_order_mark ? " with byte order mark" : "");
  fmt::print("  header       {}\n", dialect.has_header ? "yes" : "no: the first row looks like data");
  fmt::print("  columns      {}, looked at the first {} rows\n\n", dialect.columns.size(), dialect.samples.size());
  fmt::print("  {:<11} {:<20} {:<11} {:<27} {}\n", "role", "column", "confidence", "runner-up", "why");
  for (int r = 0; r < coterie::role_count; ++r) {
    const auto role = static_cast<coterie::Role>(r);
    const coterie::RoleChoice& choice = roles.of(role);
    const std::string runner_up = choice.runner_up < 0 ? "-" : fmt::format("{} ({:.2f})", column_name(dialect, choice.runner_up), choice.runner_up_confidence);
    const std::string why = choice.column >= 0 ? choice.why : fmt::format("{}{}", is_required(role) ? "MISSING: give it with --role" : "no column fits; its features will be left out",
                                                        choice.why.empty() ? "" : fmt::format(" ({})", choice.why));
    fmt::print("  {:<11} {:<20} {:<11} {:<27} {}\n", name_of(role), column_name(dialect, choice.column),
               choice.column < 0 ? "-" : fmt::format("{:.2f}", choice.confidence), runner_up, why);
  }
  std::string unused;
  for (std::size_t c = 0; c < dialect.columns.size(); ++c) {
    bool used = false;
    for (const coterie::RoleChoice& choice : roles.choice) used |= choice.column == static_cast<int>(c);
    if (!used) unused += (unused.empty() ? "" : ", ") + dialect.columns[c];
  }
  fmt::print("  not used: {}\n", unused.empty() ? "-" : unused);
}

}  // namespace

void add_inspect_command(CLI::App& app) {
  CLI::App* inspect = app.add_subcommand("inspect", "Show what a file is taken for, and why");
  const auto options = std::make_shared<InputOptions>();
  inspect->add_option("files", options->inputs, "Event logs")->required();
  inspect->add_option("--role", options->roles, "ROLE=COLUMN, to try it out")->allow_extra_args(false);
  inspect->add_option("--delimiter", options->delimiter, "comma, semicolon, tab or bar; guessed where not given");
  inspect->callback([options] {
    for (const std::string& path : options->inputs) print_file(path, *options);
  });
}
