// Options that several commands share, and their forms: "4GB", "2..10", "role=column".
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "coterie/cluster/kmeans.h"

// How logs are read.
struct InputOptions {
  std::vector<std::string> inputs;
  std::vector<std::string> roles;  // "role=column"
  std::string delimiter;           // "", a character, or comma semicolon tab bar
  std::string as_of;               // "", a date or a point in time
  std::string memory;              // "", "4GB", "512MiB"
  std::string spill_directory;
  int threads = 0;
};
// With --as-of, and without.
void add_input_options(CLI::App& command, InputOptions& options);
void add_read_options(CLI::App& command, InputOptions& options);

// These throw Error(usage) that names the option and shows a right one.
std::size_t bytes_from_text(const std::string& text);  // "" is 0
coterie::KRange k_range_from_text(const std::string& text);
char delimiter_from_text(const std::string& text);  // "" is 0
std::map<std::string, std::string> roles_from_texts(const std::vector<std::string>& texts);
// "name=column" pairs of any option; `example` is a name that stands in the hint.
std::map<std::string, std::string> pairs_from_texts(const std::string& option, const std::string& example, const std::vector<std::string>& texts);
// "2019-10-31" is the end of that day (UTC), a point in time is itself; "" is INT64_MAX.
std::int64_t as_of_from_text(const std::string& text);
std::string spill_directory_or_default(const std::string& text);

// "1,234,567".
std::string grouped(std::uint64_t number);
