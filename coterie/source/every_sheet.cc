#include "coterie/source/every_sheet.h"

#include <optional>

#include "coterie/source/tabular.h"

namespace coterie {

std::vector<std::string> with_every_sheet(const std::vector<std::string>& paths) {
  std::vector<std::string> all;
  for (const std::string& path : paths) {
    const std::optional<TabularPath> tabular = tabular_path_of(path);
    const bool is_whole_book = tabular && tabular->format == TabularFormat::excel && tabular->table.empty();
    const std::vector<std::string> sheets = is_whole_book ? sheets_of_excel(path) : std::vector<std::string>();
    if (sheets.empty()) all.push_back(path);
    for (const std::string& sheet : sheets) all.push_back(path + "#" + sheet);
  }
  return all;
}

}  // namespace coterie
