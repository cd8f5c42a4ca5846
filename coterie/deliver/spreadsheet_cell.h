// Cells that a spreadsheet would run as a formula, made harmless.
#pragma once

#include <string>
#include <string_view>

namespace coterie {

// Excel, LibreOffice and Google Sheets run what begins with = + - @, a tab, a line end or a NUL (OWASP, "CSV Injection";
// ASVS 5.0, 1.2.10), also behind blanks and as the full-width forms of these signs. Such a cell gets an apostrophe in
// front, which spreadsheets take for "this is text". Plain numbers ("-12.50", "+3") stay as they are.
std::string harmless_cell(std::string_view text);

}  // namespace coterie
