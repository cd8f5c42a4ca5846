// coterie export: the customers of a run for the tools that send the mail, show the ads and draw the charts.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "coterie/base/error.h"
#include "coterie/model/export.h"

namespace {

using coterie::Error;
using coterie::ErrorKind;

struct ExportCommand {
  coterie::ExportOptions options;
  std::string platform, delimiter, cells;
  std::vector<std::string> columns, hold_out;
  std::uint64_t seed = 1;
  long minimum_size = -1;
};

double share_from_text(const std::string& text) {
  std::size_t used = 0;
  double share = -1;
  try {
    share = std::stod(text, &used);
  } catch (const std::exception&) {
  }
  if (used != text.size() || used == 0) throw Error(ErrorKind::usage, fmt::format("--hold-out {} is no share of customers", text), "write --hold-out 0.1, or --hold-out SEGMENT=0.2");
  return share;
}

// "0.1" for all segments, "NAME=0.2" for one.
coterie::HoldOut hold_out_from_texts(const std::vector<std::string>& texts, std::uint64_t seed) {
  coterie::HoldOut hold_out{.share = 0, .by_segment = {}, .seed = seed};
  for (const std::string& text : texts) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos) hold_out.share = share_from_text(text);
    else hold_out.by_segment[text.substr(0, equals)] = share_from_text(text.substr(equals + 1));
  }
  return hold_out;
}

// A row a segment: customers = exported + those left out, by reason.
void print_reconciliation(const coterie::ExportResult& result) {
  std::size_t width = 7;
  for (const auto& segment : result.run.model.segments) width = std::max(width, segment.name.size());
  std::vector<std::size_t> shown;  // reasons that occur
  for (std::size_t o = 1; o < coterie::outcome_count; ++o)
    for (const auto& counts : result.audience.counts)
      if (counts[o] != 0) {
        shown.push_back(o);
        break;
      }
  fmt::print("{:<{}}  {:>11} = {:>11}", "segment", width, "customers", "exported");
  for (const std::size_t o : shown) fmt::print(" + {}", name_of(static_cast<coterie::Outcome>(o)));
  fmt::print("\n");
  std::array<std::uint64_t, coterie::outcome_count> total{};
  const auto print_row = [&](const std::string& name, const std::array<std::uint64_t, coterie::outcome_count>& counts) {
    std::uint64_t size = 0;
    for (const std::uint64_t count : counts) size += count;
    fmt::print("{:<{}}  {:>11} = {:>11}", name, width, grouped(size), grouped(counts[0]));
    for (const std::size_t o : shown) fmt::print(" + {:>{}}", grouped(counts[o]), std::string_view(name_of(static_cast<coterie::Outcome>(o))).size());
    fmt::print("\n");
  };
  for (std::size_t c = 0; c < result.audience.counts.size(); ++c) {
    print_row(result.run.model.segments[c].name, result.audience.counts[c]);
    for (std::size_t o = 0; o < coterie::outcome_count; ++o) total[o] += result.audience.counts[c][o];
  }
  print_row("all", total);
}

// The customers of the last export, each with one outcome.
void print_departures(const coterie::ExportOptions& options, const coterie::ExportResult& result) {
  if (options.since.empty()) return;
  std::uint64_t all = 0;
  for (const std::uint64_t count : result.departures) all += count;
  fmt::print("\nsince {}: {} {} then", options.since, grouped(all), result.after_comparison ? "in a segment" : "exported");
  for (std::size_t d = 0; d < (result.after_comparison ? coterie::departure_count : coterie::departure_count - 1); ++d)
    fmt::print(" {} {} {}", d == 0 ? "=" : "+", grouped(result.departures[d]), name_of(static_cast<coterie::Departure>(d)));
  fmt::print("\n");
}

void run(ExportCommand& command) {
  coterie::ExportOptions& options = command.options;
  const auto platform = coterie::platform_from_name(command.platform);
  if (!platform) {
    std::string names;
    for (std::size_t p = 0; p < coterie::platform_count; ++p) names += fmt::format("{}{}", p == 0 ? "" : ", ", rule_of(static_cast<coterie::Platform>(p)).name);
    throw Error(ErrorKind::usage, fmt::format("--platform {} is not known", command.platform), "the platforms are " + names);
  }
  options.platform = *platform;
  options.delimiter = delimiter_from_text(command.delimiter);
  options.contact_columns = pairs_from_texts("--contact", "email", command.columns);
  if (!command.hold_out.empty()) options.hold_out = hold_out_from_texts(command.hold_out, command.seed);
  if (command.minimum_size >= 0) options.minimum_size = static_cast<std::size_t>(command.minimum_size);
  if (!command.cells.empty()) options.for_spreadsheets = command.cells == "spreadsheet";
  const coterie::ExportResult result = coterie::export_customers(options);
  print_reconciliation(result);
  print_departures(options, result);
  for (const std::string& note : result.notes) fmt::print("note: {}\n", note);
  fmt::print("\n");
  for (const coterie::WrittenFile& file : result.files)
    if (file.name != "report.html") fmt::print("{}/{}: {} rows\n", options.out, file.name, grouped(file.rows));
  fmt::print("{}/manifest.json\nopen {}/report.html in a browser\n", options.out, options.out);
}

}  // namespace

void add_export_command(CLI::App& app) {
  CLI::App* app_export = app.add_subcommand("export", "The customers of a run, as lists for mailing, advertising and analysis tools");
  const auto command = std::make_shared<ExportCommand>();
  coterie::ExportOptions& options = command->options;
  app_export->add_option("--run", options.run, "Folder that coterie run wrote")->required();
  app_export->add_option("--platform", command->platform, "klaviyo, hubspot, mailchimp, shopify, csv, google, meta, parquet or duckdb")->required();
  app_export->add_option("--out", options.out, "Folder for the export; an earlier export there is replaced")->required();
  app_export->add_option("--contacts", options.contacts, "CSV of the customers' contacts: id, e-mail, phone, names, consent");
  app_export->add_option("--contact", command->columns, "FIELD=COLUMN of the contacts; fields: customer, email, phone, first_name, last_name, city, postal_code, country, consent, tags")->allow_extra_args(false);
  app_export->add_option("--delimiter", command->delimiter, "Of the contacts: comma, semicolon, tab or bar; guessed where not given");
  app_export->add_option("--phone-country", options.phone_country, "Country of phone numbers without \"+\", as two letters, where the contacts have none");
  app_export->add_flag("--consent-given", options.consent_elsewhere, "The contacts hold only customers who agreed; there is no consent column");
  app_export->add_option("--segment", options.segments, "Name or number of a segment to export; all where not given")->allow_extra_args(false);
  app_export->add_option("--exclude", options.exclude, "CSV of customer ids or e-mail addresses to leave out")->allow_extra_args(false);
  app_export->add_option("--after", options.after, "Folder of an export of higher priority: its customers are left out here")->allow_extra_args(false);
  app_export->add_option("--since", options.since, "Folder of the last export for this platform, or of coterie compare: those who left their segment since are written, too, to be removed there");
  app_export->add_option("--hold-out", command->hold_out, "Share of each segment that gets no campaign, or SEGMENT=SHARE; kept for all exports of the run")->allow_extra_args(false);
  app_export->add_option("--seed", command->seed, "Of the hold-out")->capture_default_str();
  app_export->add_flag("--new-hold-out", options.new_hold_out, "Replace the run's hold-out by the one given");
  app_export->add_option("--minimum-size", command->minimum_size, "Customers a segment must have left to be published; 100 for google and meta, else 10")->check(CLI::NonNegativeNumber);
  app_export->add_option("--cells", command->cells, "spreadsheet: formulas made harmless (default of csv); typed: as they are")->check(CLI::IsMember({"spreadsheet", "typed"}));
  app_export->callback([command] { run(*command); });
}
