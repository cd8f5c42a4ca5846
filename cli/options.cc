#include "cli/options.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "cli/config.h"
#include "coterie/base/error.h"
#include "coterie/source/every_sheet.h"
#include "coterie/source/parse_time.h"

using coterie::Error;
using coterie::ErrorKind;

void add_input_options(CLI::App& command, InputOptions& options) {
  add_read_options(command, options);
  command.add_option("--as-of", options.as_of, "See the customers as they were at the end of this day (2019-10-31) or at this time: later events are set aside");
}

void add_read_options(CLI::App& command, InputOptions& options) {
  command.add_option("files", options.inputs, "CSV (plain, gzip, zstd), Parquet, JSON, Excel, SQLite or DuckDB files, postgresql://...#TABLE, \"sql:SELECT ...\"; - is standard input");
  add_config_option(command);
  command.add_option("--shape", options.shape, "events (a row an event), orders (a row a line of an order), coupons (related tables) or customers (a row a customer); recognised where not given");
  command.add_option("--role", options.roles, "ROLE=COLUMN, for example customer=user_id; roles: time, event_type, product, category, brand, price, customer, session; of orders also quantity, invoice, amount")->allow_extra_args(false);
  command.add_option("--delimiter", options.delimiter, "comma, semicolon, tab or bar; guessed where not given");
  command.add_option("--memory", options.memory, "Most memory the program may take, for example 4GB; half of the machine where not given");
  command.add_option("--spill-dir", options.spill_directory, "Folder for what does not fit into the memory; TMPDIR or /tmp where not given");
  command.add_option("--threads", options.threads, "0: all processors; the results are the same")->check(CLI::Range(0, 1024))->capture_default_str();
}

std::size_t bytes_from_text(const std::string& text) {
  if (text.empty()) return 0;
  std::size_t used = 0;
  double number = 0;
  try {
    number = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  static const std::map<std::string, double> units = {{"", 1}, {"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"KiB", 1024.0},
                                                      {"MiB", 1048576.0}, {"GiB", 1073741824.0}, {"M", 1048576.0}, {"G", 1073741824.0}};
  const auto unit = units.find(text.substr(used));
  if (used == 0 || unit == units.end() || !(number > 0) || number * unit->second > 1e18)
    throw Error(ErrorKind::usage, fmt::format("--memory {} is no amount of memory", text), "write it like --memory 4GB or --memory 512MiB");
  return static_cast<std::size_t>(number * unit->second);
}

coterie::KRange k_range_from_text(const std::string& text) {
  unsigned first = 0, last = 0;
  int used = 0;
  const bool range = std::sscanf(text.c_str(), "%u..%u%n", &first, &last, &used) == 2;
  if (!range) last = std::sscanf(text.c_str(), "%u%n", &first, &used) == 1 ? first : 0;
  const bool whole = static_cast<std::size_t>(used) == text.size();
  if (!whole || first < 2 || last < first || last > 100 || text.find('-') != std::string::npos)
    throw Error(ErrorKind::usage, fmt::format("--k {} is no number of segments", text), "write --k 4, or --k 3..7 to let the silhouette choose; from 2 to 100");
  return {first, last};
}

coterie::SegmentSize segment_size_from_text(const std::string& text) {
  if (text.empty()) return {};
  double number = 0;
  int used = 0;
  const bool read = std::sscanf(text.c_str(), "%lf%n", &number, &used) == 1;
  const std::string unit = read ? text.substr(static_cast<std::size_t>(used)) : "";
  const bool share = unit == "%";
  if (!read || !(unit.empty() || share) || !(number > 0) || (share && number > 50) || !std::isfinite(number))
    throw Error(ErrorKind::usage, fmt::format("--min-segment-size {} is no size of a segment", text), "write a number of customers, 500, or a share of all, 2% (at most 50%)");
  return share ? coterie::SegmentSize{0, number / 100} : coterie::SegmentSize{number, 0};
}

char delimiter_from_text(const std::string& text) {
  static const std::map<std::string, char> names = {{"", 0},     {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"bar", '|'},
                                                    {",", ','}, {";", ';'},     {"\t", '\t'},       {"\\t", '\t'}, {"|", '|'}};
  const auto it = names.find(text);
  if (it == names.end()) throw Error(ErrorKind::usage, fmt::format("--delimiter {} is not known", text), "write comma, semicolon, tab or bar");
  return it->second;
}

std::map<std::string, std::string> pairs_from_texts(const std::string& option, const std::string& example, const std::vector<std::string>& texts) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
      throw Error(ErrorKind::usage, fmt::format("{} {} has no column", option, text), fmt::format("write {} {}=COLUMN", option, example));
    if (!pairs.emplace(text.substr(0, equals), text.substr(equals + 1)).second)
      throw Error(ErrorKind::usage, fmt::format("{} {} is given twice", option, text.substr(0, equals)), "give each once");
  }
  return pairs;
}

std::map<std::string, std::string> roles_from_texts(const std::vector<std::string>& texts) { return pairs_from_texts("--role", "customer", texts); }
std::optional<coterie::Shape> shape_from_text(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return coterie::shape_from_name(text);
}

coterie::ScalingMethod scaling_from_text(const std::string& text) {
  if (const auto method = coterie::scaling_method_from_name(text)) return *method;
  throw Error(ErrorKind::usage, fmt::format("--scale {} is not known", text), "write z, robust, min-max, log-z or yeo-johnson");
}

void add_order_options(CLI::App& command, OrderOptions& options) {
  command.add_option("--returns", options.returns, "Cancellations and negative quantities of order lines: set-aside, or net (they count against sales)")->check(CLI::IsMember({"set-aside", "net"}))->capture_default_str();
  command.add_option("--duplicates", options.duplicates, "Equal rows: keep, or drop all but the first")->check(CLI::IsMember({"keep", "drop"}))->capture_default_str();
  add_date_options(command, options);
}

void add_date_options(CLI::App& command, OrderOptions& options) {
  command.add_option("--date-order", options.date_order, "iso, year-month-day, month-day-year or day-month-year; guessed where not given");
  command.add_option("--today", options.today, "The day recency counts to, like 2011-12-11; where not given, the last event, of orders one day later");
}

std::optional<std::int64_t> today_from_text(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const auto time = coterie::parse_time(text)) return time;
  throw Error(ErrorKind::usage, fmt::format("--today {} is no day", text), "write it like --today 2011-12-11");
}

void add_table_options(CLI::App& command, coterie::RunOptions& options, std::vector<std::string>& derived) {
  command.add_option("--join", options.joins, "Of related tables, TABLE.COLUMN=OTHER_TABLE.KEY; found where not given")->allow_extra_args(false);
  command.add_option("--feature-set", options.feature_set, "Features of a log: basic, all, or names with commas between")->capture_default_str();
  command.add_option("--derive", derived, "NAME=SQL: a further feature, an expression over the customer table")->allow_extra_args(false);
  command.add_option("--filter", options.filters, "SQL: only customers for whom it is true")->allow_extra_args(false);
}

coterie::FeatureFormat feature_format_from_text(const std::string& text) { return text == "csv" ? coterie::FeatureFormat::csv : coterie::FeatureFormat::parquet; }

void take_reading_options(const InputOptions& input, const ColumnOptions& columns, const OrderOptions& orders, const std::vector<std::string>& derived, coterie::RunOptions& options) {
  options.inputs = coterie::with_every_sheet(input.inputs);
  options.shape = shape_from_text(input.shape);
  options.roles = roles_from_texts(input.roles);
  options.columns = column_choices_from(columns);
  options.orders = order_rules_from(orders);
  options.date_order = date_order_from_text(orders.date_order);
  options.today_ms = today_from_text(orders.today);
  options.derived = derivations_from_texts(derived);
  options.delimiter = delimiter_from_text(input.delimiter);
  options.as_of_ms = as_of_from_text(input.as_of);
  options.memory_bytes = bytes_from_text(input.memory);
  options.spill_directory = spill_directory_or_default(input.spill_directory);
  options.threads = input.threads;
}

coterie::OrderRules order_rules_from(const OrderOptions& options) { return {.net_returns = options.returns == "net", .drop_duplicates = options.duplicates == "drop"}; }

std::optional<coterie::DateOrder> date_order_from_text(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const auto order = coterie::date_order_from_name(text)) return order;
  throw Error(ErrorKind::usage, fmt::format("--date-order {} is not known", text), "write iso, year-month-day, month-day-year or day-month-year");
}

void add_flag_options(CLI::App& command, FlagTexts& texts) {
  command.add_option("--flag-threshold", texts.thresholds, "RULE=NUMBER: from where on a rule flags customers of a log; run.json lists the rules")->allow_extra_args(false);
}

coterie::FlagOptions flag_options_from(const FlagTexts& texts) {
  coterie::FlagOptions options{.drop = coterie::split_at_commas(texts.drop)};
  for (const auto& [rule, text] : pairs_from_texts("--flag-threshold", "most_events_in_an_hour", texts.thresholds)) {
    char* end = nullptr;
    options.thresholds[rule] = std::strtod(text.c_str(), &end);
    if (*end != 0) throw Error(ErrorKind::usage, fmt::format("--flag-threshold {}={}: {} is no number", rule, text, text), fmt::format("write --flag-threshold {}=500", rule));
  }
  return options;
}

void add_column_options(CLI::App& command, ColumnOptions& options) {
  command.add_option("--column", options.kinds, "Of a table of customers, NAME=KIND: id, number, truth, level, category, attribute (described, no part of clustering) or ignored")->allow_extra_args(false);
  command.add_option("--order", options.orders, "NAME=LOWEST,...,HIGHEST: the order of a column's levels")->allow_extra_args(false);
  command.add_option("--encode", options.encodings, "NAME=ENCODING: one_hot, ordinal, label (alphabetical numbers) or frequency")->allow_extra_args(false);
  command.add_option("--missing", options.missing, "What becomes of blank cells, RULE or NAME=RULE: drop (the default), mean, median, most_frequent, constant:VALUE or nearest; +flag adds a column that says where")->allow_extra_args(false);
}

namespace {

std::map<std::string, std::string> settings_from_texts(const std::vector<std::string>& texts, const char* option, const char* example) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const bool is_pair = equals != std::string::npos && equals > 0 && equals + 1 < text.size();
    if (!is_pair) throw Error(ErrorKind::usage, fmt::format("{} {} is not understood", option, text), fmt::format("write {} {}", option, example));
    if (!pairs.emplace(text.substr(0, equals), text.substr(equals + 1)).second)
      throw Error(ErrorKind::usage, fmt::format("{} {} is given twice", option, text.substr(0, equals)), "give each column once");
  }
  return pairs;
}

}  // namespace

std::vector<coterie::Derivation> derivations_from_texts(const std::vector<std::string>& texts) {
  std::vector<coterie::Derivation> derivations;
  for (const std::string& text : texts) {
    for (const auto& [name, sql] : settings_from_texts({text}, "--derive", "\"spend_per_item=spend / items\"")) derivations.push_back({name, sql});
  }
  return derivations;
}

coterie::ColumnChoices column_choices_from(const ColumnOptions& options) {
  coterie::ColumnChoices choices{.kinds = settings_from_texts(options.kinds, "--column", "\"City=category\""),
                                 .orders = settings_from_texts(options.orders, "--order", "\"Membership=Bronze,Silver,Gold\""),
                                 .encodings = settings_from_texts(options.encodings, "--encode", "\"City=frequency\"")};
  std::vector<std::string> named;
  for (const std::string& text : options.missing) {
    if (text.find('=') != std::string::npos) named.push_back(text);
    else if (!choices.missing.emplace("", text).second) throw Error(ErrorKind::usage, "--missing is given twice for all columns", "give --missing RULE once, and --missing NAME=RULE for single columns");
  }
  choices.missing.merge(settings_from_texts(named, "--missing", "\"Age=median\""));
  return choices;
}

std::int64_t as_of_from_text(const std::string& text) {
  if (text.empty()) return INT64_MAX;
  const std::string padded = text + std::string(8, '\0');  // the parser reads beyond the text
  const auto time = coterie::parse_time(std::string_view(padded).substr(0, text.size()));
  if (!time) throw Error(ErrorKind::usage, fmt::format("--as-of {} is no date", text), "write --as-of 2019-10-31, or --as-of 2019-10-31T12:00:00Z");
  const bool whole_day = text.size() == 10 && text.find('-') != std::string::npos;
  return whole_day ? *time + coterie::ms_per_day - 1 : *time;
}

std::string spill_directory_or_default(const std::string& text) {
  std::error_code ignored;
  if (!text.empty() && !std::filesystem::is_directory(text, ignored))
    throw Error(ErrorKind::usage, fmt::format("--spill-dir {}: there is no such folder", text), "make it, or give another one");
  if (!text.empty()) return text;
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != 0 ? folder : "/tmp";
}

void print_rows(const coterie::ReadReport& read) {
  fmt::print("{} rows read, {} used, {} set aside", grouped(read.rows.read), grouped(read.rows.used), grouped(read.rows.all_set_aside()));
  std::string reasons;
  for (std::size_t r = 0; r < coterie::reason_count; ++r)
    if (read.rows.set_aside[r] != 0)
      reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", grouped(read.rows.set_aside[r]), name_of(static_cast<coterie::Reason>(r)));
  const bool listed = read.rows.all_set_aside() > read.rows.set_aside[static_cast<std::size_t>(coterie::Reason::after_as_of)];
  fmt::print("{}\n", reasons.empty() ? "" : fmt::format(" ({}{})", reasons, listed ? "; see rejects.csv" : ""));
}
