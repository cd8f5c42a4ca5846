#include "cli/options.h"

#include <fmt/format.h>

#include <cstdlib>

#include "coterie/base/error.h"
#include "coterie/source/parse_time.h"

using coterie::Error;
using coterie::ErrorKind;

void add_input_options(CLI::App& command, InputOptions& options) {
  add_read_options(command, options);
  command.add_option("--as-of", options.as_of, "See the customers as they were at the end of this day (2019-10-31) or at this time: later events are set aside");
}

void add_read_options(CLI::App& command, InputOptions& options) {
  command.add_option("files", options.inputs, "Event logs: CSV, plain, gzip or zstd; - is standard input")->required();
  command.add_option("--role", options.roles, "ROLE=COLUMN, for example customer=user_id; roles: time, event_type, product, category, brand, price, customer, session")->allow_extra_args(false);
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

std::int64_t as_of_from_text(const std::string& text) {
  if (text.empty()) return INT64_MAX;
  const std::string padded = text + std::string(8, '\0');  // the parser reads beyond the text
  const auto time = coterie::parse_time(std::string_view(padded).substr(0, text.size()));
  if (!time) throw Error(ErrorKind::usage, fmt::format("--as-of {} is no date", text), "write --as-of 2019-10-31, or --as-of 2019-10-31T12:00:00Z");
  const bool whole_day = text.size() == 10 && text.find('-') != std::string::npos;
  return whole_day ? *time + coterie::ms_per_day - 1 : *time;
}

std::string spill_directory_or_default(const std::string& text) {
  if (!text.empty()) return text;
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != 0 ? folder : "/tmp";
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::ptrdiff_t i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3) text.insert(static_cast<std::size_t>(i), ",");
  return text;
}
