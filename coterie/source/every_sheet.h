// Every sheet of an Excel workbook is a table.
#pragma once

#include <string>
#include <vector>

namespace coterie {

// A workbook with several sheets as FILE#SHEET for each that has a row, where none is named; other paths as they are. Databases
// hold tables of many kinds: of them the user names one. Throws Error(damaged_input) for what is no workbook.
std::vector<std::string> with_every_sheet(const std::vector<std::string>& paths);

// The names of the sheets that have a row, of several; else none.
std::vector<std::string> sheets_of_excel(const std::string& path);  // tabular_excel.cc

}  // namespace coterie
