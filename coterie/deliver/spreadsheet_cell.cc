#include "coterie/deliver/spreadsheet_cell.h"

#include <algorithm>

namespace coterie {
namespace {

bool is_plain_number(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  // Longer ones are phone numbers and the like, which a spreadsheet would turn into 4.9E+12.
  if (text.empty() || text.size() > 15 || text[0] == '.' || text.back() == '.' || std::count(text.begin(), text.end(), '.') > 1) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

bool starts_formula(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view("\t\r\n\0", 4).find(text[0]) != std::string_view::npos) return true;
  while (text.starts_with(' ') || text.starts_with("\xc2\xa0")) text.remove_prefix(text[0] == ' ' ? 1 : 2);
  for (const std::string_view sign : {"=", "+", "-", "@", "＝", "＋", "－", "＠"})
    if (text.starts_with(sign)) return true;
  return false;
}

}  // namespace

std::string harmless_cell(std::string_view text) {
  const bool harmless = !starts_formula(text) || is_plain_number(text);
  return harmless ? std::string(text) : "'" + std::string(text);
}

}  // namespace coterie
