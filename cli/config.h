// coterie.toml: every option of the command line in a file that anyone can read, edit, compare and keep.
//
//   inputs = ["customers.csv"]            the files
//   out = "segments"                      any option by its long name, without the dashes
//   k = "2..5"
//   filter = "Age >= 18"                  SQL over the customer table; or several in brackets
//   [roles]                               --role customer=user_id
//   customer = "user_id"
//   [columns."Membership Type"]           --column, --order, --encode, --missing of one column
//   kind = "level"
//   order = ["Bronze", "Silver", "Gold"]
//   [derive]                              --derive NAME=SQL
//   spend_per_item = "\"Total Spend\" / \"Items Purchased\""
//
// Paths are relative to the working directory, as on the command line. An option that is given on the command line
// as well counts from there.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

// Adds --config FILE; apply_config must be called before the options are used.
void add_config_option(CLI::App& command);

// Sets the options of `command` that the command line did not. Throws Error(missing_input), Error(usage) with line and
// column: no TOML, an unknown key (with the nearest known one), a value of the wrong type.
void apply_config(CLI::App& command);

// Throws Error(usage) as the command line does when the option (or "files") was given in neither place.
void require_option(const CLI::App& command, const std::string& name);

// A text as it stands in TOML.
std::string toml_text(const std::string& text);
