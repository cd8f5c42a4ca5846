// Options that several commands share, and their forms: "4GB", "2..10", "role=column".
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coterie/base/grouped_number.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/events/event.h"
#include "coterie/matrix/scaling.h"
#include "coterie/model/run.h"
#include "coterie/model/shape.h"
#include "coterie/source/parse_date.h"
#include "coterie/table/column_plan.h"
#include "coterie/table/derive.h"

// How logs are read.
struct InputOptions {
  std::vector<std::string> inputs;
  std::vector<std::string> roles;  // "role=column"
  std::string shape;               // "": recognised
  std::string delimiter;           // "", a character, or comma semicolon tab bar
  std::string as_of;               // "", a date or a point in time
  std::string memory;              // "", "4GB", "512MiB"
  std::string spill_directory;
  int threads = 0;
};
// With --as-of, and without.
void add_input_options(CLI::App& command, InputOptions& options);
void add_read_options(CLI::App& command, InputOptions& options);

// How lines of orders are read.
struct OrderOptions {
  std::string returns = "set-aside", duplicates = "keep", date_order, today;
};
void add_order_options(CLI::App& command, OrderOptions& options);
void add_date_options(CLI::App& command, OrderOptions& options);  // without what becomes of returns and duplicates
coterie::OrderRules order_rules_from(const OrderOptions& options);
std::optional<std::int64_t> today_from_text(const std::string& text);  // milliseconds since 1970; "" is none
std::optional<coterie::DateOrder> date_order_from_text(const std::string& text);  // "" is none

// Who is flagged as a bot, staff, a reseller or a test, and who of them is left out.
struct FlagTexts {
  std::vector<std::string> thresholds;  // "RULE=NUMBER"
  std::string drop;                     // "bots,staff"
};
void add_flag_options(CLI::App& command, FlagTexts& texts);  // without what becomes of them
coterie::FlagOptions flag_options_from(const FlagTexts& texts);

// What the columns of a table of customers are, and how they become numbers.
struct ColumnOptions {
  std::vector<std::string> kinds, orders, encodings, missing;  // "NAME=VALUE"; missing also "VALUE"
};
void add_column_options(CLI::App& command, ColumnOptions& options);
// Which features there are, and of which customers: --join, --feature-set, --derive, --filter.
void add_table_options(CLI::App& command, coterie::RunOptions& options, std::vector<std::string>& derived);
std::vector<coterie::Derivation> derivations_from_texts(const std::vector<std::string>& texts);  // "NAME=SQL"
coterie::ColumnChoices column_choices_from(const ColumnOptions& options);

// What the options of reading say, put into those of the library; files with sheets become their sheets.
void take_reading_options(const InputOptions& input, const ColumnOptions& columns, const OrderOptions& orders, const std::vector<std::string>& derived, coterie::RunOptions& options);

// These throw Error(usage) that names the option and shows a right one.
std::size_t bytes_from_text(const std::string& text);  // "" is 0
coterie::KRange k_range_from_text(const std::string& text);
coterie::SegmentSize segment_size_from_text(const std::string& text);  // "" is no limit
coterie::FeatureFormat feature_format_from_text(const std::string& text);  // parquet or csv
char delimiter_from_text(const std::string& text);  // "" is 0
std::map<std::string, std::string> roles_from_texts(const std::vector<std::string>& texts);
// "name=column" pairs of any option; `example` is a name that stands in the hint.
std::map<std::string, std::string> pairs_from_texts(const std::string& option, const std::string& example, const std::vector<std::string>& texts);
std::optional<coterie::Shape> shape_from_text(const std::string& text);  // "" is none
coterie::ScalingMethod scaling_from_text(const std::string& text);
// "2019-10-31" is the end of that day (UTC), a point in time is itself; "" is INT64_MAX.
std::int64_t as_of_from_text(const std::string& text);
std::string spill_directory_or_default(const std::string& text);

using coterie::grouped;
// The ledger in one line of the terminal.
void print_rows(const coterie::ReadReport& read);
