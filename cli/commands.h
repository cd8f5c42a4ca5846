// The program's commands, one file each. A command converts its options, calls the library and prints.
#pragma once

#include <CLI/CLI.hpp>

void add_run_command(CLI::App& app);
void add_assign_command(CLI::App& app);
void add_clean_command(CLI::App& app);
void add_compare_command(CLI::App& app);
void add_explore_command(CLI::App& app);
void add_export_command(CLI::App& app);
void add_features_command(CLI::App& app);
void add_history_command(CLI::App& app);
void add_inspect_command(CLI::App& app);
void add_refresh_command(CLI::App& app);
void add_sample_command(CLI::App& app);
void add_names_command(CLI::App& app);
