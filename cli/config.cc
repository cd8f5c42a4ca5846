#include "cli/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <vector>

#include <toml++/toml.h>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"

namespace {

using coterie::Error;
using coterie::ErrorKind;

// Where a key or value stands: "coterie.toml:3:5".
std::string place_of(const std::string& path, const toml::source_region& region) {
  return fmt::format("{}:{}:{}", path, region.begin.line, region.begin.column);
}

// One file on its way into the options of a command.
struct Config {
  CLI::App& command;
  std::string path;
  std::vector<CLI::Option*> given = {};  // on the command line: they stay

  bool is_given(const CLI::Option* option) const { return std::find(given.begin(), given.end(), option) != given.end(); }
};

std::vector<std::string> known_keys(const CLI::App& command) {
  std::vector<std::string> keys = {"inputs", "roles", "columns", "flags"};
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames())
      if (name != "help" && name != "config" && name != "role" && name != "flag-threshold" && name != "column" && name != "order" && name != "encode") keys.push_back(name);
  return keys;
}

[[noreturn]] void throw_unknown(const Config& config, std::string_view key, const toml::source_region& at, const std::vector<std::string>& known, const char* what) {
  throw Error(ErrorKind::usage, fmt::format("there is no {} \"{}\"{}", what, key, coterie::did_you_mean(key, known)), fmt::format("the {}s are {}", what, fmt::join(known, ", ")), place_of(config.path, at));
}

// A text, number or truth as it would stand on the command line.
std::string text_of(const Config& config, std::string_view key, const toml::node& value) {
  if (const auto text = value.value_exact<std::string>()) return *text;
  if (const auto number = value.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto number = value.value_exact<double>()) return fmt::format("{}", *number);
  if (const auto truth = value.value_exact<bool>()) return *truth ? "true" : "false";
  throw Error(ErrorKind::usage, fmt::format("{} is no text, number or truth", key), "write for example k = \"3..7\"", place_of(config.path, value.source()));
}

std::vector<std::string> texts_of(const Config& config, std::string_view key, const toml::node& value) {
  const toml::array* list = value.as_array();
  if (list == nullptr) return {text_of(config, key, value)};
  std::vector<std::string> texts;
  for (const toml::node& element : *list) texts.push_back(text_of(config, key, element));
  return texts;
}

// Gives the option values as if they stood on the command line.
void give(const Config& config, const std::string& option_name, const std::vector<std::string>& values, const toml::node& at) {
  CLI::Option* option = config.command.get_option_no_throw(option_name);
  if (option == nullptr) throw Error(ErrorKind::usage, fmt::format("coterie {} has no {}", config.command.get_name(), option_name), "take it out", place_of(config.path, at.source()));
  if (config.is_given(option)) return;
  try {
    for (const std::string& value : values) option->add_result(value);
    option->run_callback();
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::usage, error.what(), fmt::format("coterie {} --help shows the options", config.command.get_name()), place_of(config.path, at.source()));
  }
}

const toml::table& table_of(const Config& config, std::string_view key, const toml::node& value) {
  if (const toml::table* table = value.as_table()) return *table;
  throw Error(ErrorKind::usage, fmt::format("{} is no table", key), fmt::format("write [{}] and below it NAME = \"VALUE\"", key), place_of(config.path, value.source()));
}

// [roles], [flags] and [derive]: NAME = VALUE becomes --option NAME=VALUE.
void give_pairs(const Config& config, std::string_view key, const std::string& option, const toml::node& value) {
  for (const auto& [name, element] : table_of(config, key, value))
    give(config, option, {fmt::format("{}={}", name.str(), text_of(config, name.str(), element))}, element);
}

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, ",")); }

void give_columns(const Config& config, const toml::node& value) {
  static const std::map<std::string, std::string, std::less<>> options = {{"kind", "--column"}, {"order", "--order"}, {"encode", "--encode"}, {"missing", "--missing"}};
  static const std::vector<std::string> keys = {"kind", "order", "encode", "missing"};
  for (const auto& [column, settings] : table_of(config, "columns", value)) {
    if (const auto kind = settings.value_exact<std::string>()) {  // City = "category", in short
      give(config, "--column", {fmt::format("{}={}", column.str(), *kind)}, settings);
      continue;
    }
    for (const auto& [key, setting] : table_of(config, fmt::format("columns.\"{}\"", column.str()), settings)) {
      const auto option = options.find(key.str());
      if (option == options.end()) throw_unknown(config, key.str(), key.source(), keys, "setting");
      give(config, option->second, {fmt::format("{}={}", column.str(), joined(texts_of(config, key.str(), setting)))}, setting);
    }
  }
}

void give_key(const Config& config, std::string_view key, const toml::source_region& at, const toml::node& value) {
  if (key == "inputs") return give(config, "files", texts_of(config, key, value), value);
  if (key == "roles") return give_pairs(config, key, "--role", value);
  if (key == "flags") return give_pairs(config, key, "--flag-threshold", value);
  if (key == "derive") return give_pairs(config, key, "--derive", value);
  if (key == "columns") return give_columns(config, value);
  const std::vector<std::string> known = known_keys(config.command);
  if (std::find(known.begin(), known.end(), key) == known.end()) throw_unknown(config, key, at, known, "key");
  give(config, fmt::format("--{}", key), texts_of(config, key, value), value);
}

toml::table parse(const std::string& path) {
  if (!std::ifstream(path)) throw Error(ErrorKind::missing_input, "there is no such file", "check the path behind --config; coterie inspect FILE --save coterie.toml writes one", path);
  try {
    return toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::usage, fmt::format("this is no TOML: {}", error.description()), "write NAME = \"VALUE\", texts in quotes", place_of(path, error.source()));
  }
}

}  // namespace

void add_config_option(CLI::App& command) { command.add_option("--config", "A coterie.toml with options; what stands on the command line counts more"); }

void apply_config(CLI::App& command) {
  const CLI::Option* option = command.get_option("--config");
  if (option->count() == 0) return;
  Config config{.command = command, .path = option->results().front()};
  const toml::table table = parse(config.path);
  for (CLI::Option* known : command.get_options())
    if (known->count() > 0) config.given.push_back(known);
  for (const auto& [key, value] : table) give_key(config, key.str(), key.source(), value);
}

void require_option(const CLI::App& command, const std::string& name) {
  if (command.get_option(name)->count() > 0) return;
  throw Error(ErrorKind::usage, name + " is required", fmt::format("coterie {} --help shows the options", command.get_name()));
}

std::string toml_text(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20) quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else quoted += c;
  }
  return quoted + '"';
}
