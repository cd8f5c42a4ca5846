// coterie inspect: what a file is taken for, and why.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/options.h"
#include "coterie/base/output_file.h"
#include "coterie/events/roles.h"
#include "coterie/features/coupon_roles.h"
#include "coterie/features/coupons.h"
#include "coterie/model/shape.h"
#include "coterie/source/bytes.h"
#include "coterie/source/dialect.h"
#include "coterie/source/every_sheet.h"

namespace {

struct InspectCommand {
  InputOptions input;
  ColumnOptions columns;
  std::vector<std::string> joins;
  std::string save;
};

// What inspect found, as coterie.toml.
struct Findings {
  coterie::Shape shape = coterie::Shape::events;
  coterie::Dialect dialect;
  coterie::RoleMap roles;
  std::vector<coterie::ColumnPlan> plans;
};

std::string column_name(const coterie::Dialect& dialect, int column) {
  return column < 0 ? "-" : dialect.columns[static_cast<std::size_t>(column)];
}

std::string encoding_of(const coterie::Dialect& dialect, coterie::Recoding recoding) {
  const bool is_utf16 = recoding == coterie::Recoding::utf16_little_endian || recoding == coterie::Recoding::utf16_big_endian;
  if (is_utf16) return name_of(recoding);
  if (dialect.windows_1252) return "Windows-1252 (or Latin-1): some bytes are no UTF-8";
  return dialect.byte_order_mark ? "UTF-8 with byte order mark" : "UTF-8";
}

// Where no column plays a role.
const char* what_then(coterie::Role role, coterie::LogKind kind) {
  if (is_required(role, kind)) return "MISSING: give it with --role";
  return role == coterie::Role::product_name ? "no column fits; products are shown by their codes" : "no column fits; its features will be left out";
}

void print_roles(const coterie::Dialect& dialect, const coterie::RoleMap& roles, coterie::LogKind kind) {
  fmt::print("  {:<12} {:<20} {:<11} {:<27} {}\n", "role", "column", "confidence", "runner-up", "why");
  for (const coterie::Role role : roles_of(kind)) {
    const coterie::RoleChoice& choice = roles.of(role);
    const std::string runner_up = choice.runner_up < 0 ? "-" : fmt::format("{} ({:.2f})", column_name(dialect, choice.runner_up), choice.runner_up_confidence);
    const std::string why = choice.column >= 0 ? choice.why : fmt::format("{}{}", what_then(role, kind), choice.why.empty() ? "" : fmt::format(" ({})", choice.why));
    fmt::print("  {:<12} {:<20} {:<11} {:<27} {}\n", name_of(role), column_name(dialect, choice.column),
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

void print_plans(const std::vector<coterie::ColumnPlan>& plans) {
  std::size_t width = 6;
  for (const auto& plan : plans) width = std::max(width, plan.name.size());
  fmt::print("  {:<{}} {:<10} {:<10} {:<11} {:<10} {}\n", "column", width, "kind", "encoding", "confidence", "runner-up", "why");
  for (const auto& plan : plans) {
    const bool is_feature = plan.kind >= coterie::ColumnKind::number && plan.kind <= coterie::ColumnKind::category;
    fmt::print("  {:<{}} {:<10} {:<10} {:<11.2f} {:<10} {}\n", plan.name, width, name_of(plan.kind), is_feature ? name_of(plan.encoding) : "-", plan.confidence,
               plan.runner_up ? name_of(*plan.runner_up) : "-", plan.why);
  }
}

std::string roles_as_toml(const Findings& found) {
  std::string text = "\n[roles]\n";
  for (int r = 0; r < coterie::role_count; ++r) {
    const coterie::RoleChoice& choice = found.roles.choice[r];
    if (choice.column >= 0) text += fmt::format("{} = {}  # {:.2f}: {}\n", name_of(static_cast<coterie::Role>(r)), toml_text(column_name(found.dialect, choice.column)), choice.confidence, choice.why);
  }
  return text;
}

std::string plans_as_toml(const std::vector<coterie::ColumnPlan>& plans) {
  std::string text;
  for (const auto& plan : plans) {
    const bool has_levels = plan.kind == coterie::ColumnKind::level, is_word = has_levels || plan.kind == coterie::ColumnKind::category;
    text += fmt::format("\n[columns.{}]\nkind = {}  # {:.2f}: {}\n", toml_text(plan.name), toml_text(name_of(plan.kind)), plan.confidence, plan.why);
    std::vector<std::string> levels;
    for (const std::string& level : plan.levels) levels.push_back(toml_text(level));
    if (has_levels) text += fmt::format("order = [{}]\n", fmt::join(levels, ", "));
    if (is_word) text += fmt::format("encode = {}\n", toml_text(name_of(plan.encoding)));
  }
  return text;
}

void save(const Findings& found, const InspectCommand& command) {
  std::vector<std::string> inputs;
  for (const std::string& input : command.input.inputs) inputs.push_back(toml_text(input));
  std::string text = fmt::format("# Written by coterie inspect; coterie run --config {} reads it.\ninputs = [{}]\nshape = {}\n", command.save, fmt::join(inputs, ", "), toml_text(name_of(found.shape)));
  text += found.plans.empty() ? roles_as_toml(found) : plans_as_toml(found.plans);
  coterie::write_file(command.save, text);
}

Findings print_file(const std::string& path, const InspectCommand& command) {
  const char delimiter = delimiter_from_text(command.input.delimiter);
  const coterie::ByteReader reader(path, {.threads = 1});
  const coterie::Dialect dialect = coterie::sniff_dialect(reader.head(), reader.head_is_all(), path, delimiter);
  const coterie::ShapeGuess guess = recognise_shape(dialect, path);
  const coterie::Shape shape = shape_from_text(command.input.shape).value_or(guess.shape);
  const coterie::LogKind kind = shape == coterie::Shape::orders ? coterie::LogKind::orders : coterie::LogKind::events;
  const coterie::RoleMap roles = find_roles(dialect, roles_from_texts(command.input.roles), path, kind);
  fmt::print("{}\n", path);
  fmt::print("  shape        {} ({})\n", name_of(shape), shape == guess.shape ? guess.why : "given by --shape");
  if (reader.tabular()) fmt::print("  format       {}, read as CSV\n", name_of(*reader.tabular()));
  fmt::print("  compression  {}\n", name_of(reader.compression()));
  fmt::print("  delimiter    {}\n", reader.recoding() == coterie::Recoding::blanks ? "blanks" : coterie::name_of_delimiter(dialect.delimiter));
  fmt::print("  line ends    {}\n", dialect.crlf ? "CRLF" : "LF");
  fmt::print("  encoding     {}\n", encoding_of(dialect, reader.recoding()));
  if (shape != coterie::Shape::customers && roles.column(coterie::Role::time) >= 0)
    fmt::print("  dates        {}{}\n", name_of(roles.dates.order), roles.dates.ambiguous ? ", but day-month-year fits as well: --date-order" : "");
  fmt::print("  header       {}\n", dialect.has_header ? "yes" : "no: the first row looks like data");
  const bool can_be_read_again = reader.tabular() || (reader.total_bytes().has_value() && path != "-");
  if (shape != coterie::Shape::customers || !can_be_read_again) {
    fmt::print("  columns      {}, looked at the first {} rows\n\n", dialect.columns.size(), dialect.samples.size());
    print_roles(dialect, roles, kind);
    return {shape, dialect, roles, {}};
  }
  std::vector<coterie::TextTable> tables;
  tables.push_back(coterie::read_text_table(path, delimiter));
  fmt::print("  columns      {}, looked at all {} rows\n\n", dialect.columns.size(), tables[0].ledger.rows.read);
  Findings found{shape, dialect, roles, plan_columns(tables, column_choices_from(command.columns))};
  print_plans(found.plans);
  return found;
}

int column_of(const coterie::CouponPlan& plan, std::string_view role) {
  if (role == "status") return plan.status;
  if (role == "burn_date") return plan.burn_date;
  return role == "claim_date" ? plan.claim_date : plan.coupon;
}

void print_coupon_roles(const coterie::TextTable& claims, const coterie::CouponPlan& plan) {
  const auto name = [&](int column) { return column < 0 ? std::string("-") : claims.dialect.columns[static_cast<std::size_t>(column)]; };
  fmt::print("  {:<11} {:<20} {:<11} {:<27} {}\n", "role", "column", "confidence", "runner-up", "why");
  for (const coterie::CouponRole& role : find_coupon_roles(claims, plan.claim_customer)) {
    const int column = column_of(plan, role.name);
    const bool is_given = column != role.column;
    fmt::print("  {:<11} {:<20} {:<11} {:<27} {}\n", role.name, name(column), column < 0 ? "-" : fmt::format("{:.2f}", is_given ? 1.0 : role.confidence),
               role.runner_up < 0 ? "-" : fmt::format("{} ({:.2f})", name(role.runner_up), role.runner_up_confidence), is_given ? "given by --role" : column < 0 ? "no column fits" : role.why);
  }
}

std::string coupon_roles_as_toml(const coterie::TextTable& claims, const coterie::CouponPlan& plan) {
  std::string text = "\n[roles]\n";
  for (const coterie::CouponRole& role : find_coupon_roles(claims, plan.claim_customer))
    if (const int column = column_of(plan, role.name); column >= 0) text += fmt::format("{} = {}\n", role.name, toml_text(claims.dialect.columns[static_cast<std::size_t>(column)]));
  return text;
}

// Several tables: each with its size, and how they refer to each other.
void print_related(const InspectCommand& command) {
  std::vector<coterie::TextTable> tables;
  for (const std::string& path : command.input.inputs) tables.push_back(coterie::read_text_table(path, delimiter_from_text(command.input.delimiter)));
  fmt::print("shape coupons (the files are tables with different columns)\n\n");
  for (const auto& table : tables) fmt::print("  {}: {} rows; {}\n", name_of_table(table), table.ledger.rows.read, fmt::join(table.dialect.columns, ", "));
  fmt::print("\n");
  const coterie::CouponPlan plan = coterie::plan_coupons(tables, find_joins(tables, command.joins), roles_from_texts(command.input.roles));
  for (const auto& join : plan.joins) fmt::print("  join {}\n", text_of(join, tables));
  fmt::print("\n  customers in {}, by {}; claims in {}, by {}\n\n", name_of_table(tables[plan.customers]), tables[plan.customers].dialect.columns[plan.customer_key],
             name_of_table(tables[plan.claims]), tables[plan.claims].dialect.columns[plan.claim_customer]);
  print_coupon_roles(tables[plan.claims], plan);
  if (command.save.empty()) return;
  std::vector<std::string> inputs, joins;
  for (const std::string& input : command.input.inputs) inputs.push_back(toml_text(input));
  for (const auto& join : plan.joins)
    joins.push_back(toml_text(fmt::format("{}.{}={}.{}", name_of_table(tables[join.table]), tables[join.table].dialect.columns[join.column], name_of_table(tables[join.key_table]),
                                          tables[join.key_table].dialect.columns[join.key])));
  coterie::write_file(command.save, fmt::format("# Written by coterie inspect; coterie run --config {} reads it.\ninputs = [{}]\nshape = \"coupons\"\njoin = [{}]\n{}", command.save,
                                                fmt::join(inputs, ", "), fmt::join(joins, ", "), coupon_roles_as_toml(tables[plan.claims], plan)));
}

}  // namespace

void add_inspect_command(CLI::App& app) {
  CLI::App* inspect = app.add_subcommand("inspect", "Show what a file is taken for, and why");
  const auto command = std::make_shared<InspectCommand>();
  inspect->add_option("files", command->input.inputs, "Event logs or tables of customers");
  inspect->add_option("--join", command->joins, "TABLE.COLUMN=OTHER_TABLE.KEY, to try it out")->allow_extra_args(false);
  inspect->add_option("--save", command->save, "File to write what was found to, as coterie.toml");
  add_config_option(*inspect);
  inspect->add_option("--shape", command->input.shape, "events, orders, coupons or customers, to try it out");
  inspect->add_option("--role", command->input.roles, "ROLE=COLUMN, to try it out")->allow_extra_args(false);
  inspect->add_option("--delimiter", command->input.delimiter, "comma, semicolon, tab or bar; guessed where not given");
  add_column_options(*inspect, command->columns);
  inspect->callback([command, inspect] {
    apply_config(*inspect);
    require_option(*inspect, "files");
    command->input.inputs = coterie::with_every_sheet(command->input.inputs);
    std::vector<Findings> found;
    const bool related = coterie::recognise_shape(command->input.inputs, delimiter_from_text(command->input.delimiter)).shape == coterie::Shape::coupons;
    if (related || command->input.shape == "coupons") return print_related(*command);
    for (const std::string& path : command->input.inputs) found.push_back(print_file(path, *command));
    if (!command->save.empty()) save(found.front(), *command);
  });
}
