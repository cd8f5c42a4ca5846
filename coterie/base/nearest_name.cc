#include "coterie/base/nearest_name.h"

#include <algorithm>
#include <vector>

namespace coterie {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::size_t edits_between(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> edits((a.size() + 1) * width);
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      std::size_t& here = edits[i * width + j];
      if (i == 0 || j == 0) {
        here = i + j;
        continue;
      }
      const bool same = a[i - 1] == b[j - 1];
      here = std::min({edits[(i - 1) * width + j] + 1, edits[i * width + j - 1] + 1, edits[(i - 1) * width + j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) here = std::min(here, edits[(i - 2) * width + j - 2] + 1);
    }
  return edits.back();
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view typed, std::span<const std::string> known) {
  std::optional<std::string> best;
  std::size_t least = ~std::size_t{0};
  const std::string lower = lower_case(typed);
  for (const std::string& name : known) {
    const std::size_t edits = edits_between(lower, lower_case(name));
    if (edits < least && 5 * edits <= 2 * std::max(typed.size(), name.size())) least = edits, best = name;
  }
  return best;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string> known) {
  const std::optional<std::string> name = nearest_name(typed, known);
  return name ? " (did you mean \"" + *name + "\"?)" : "";
}

}  // namespace coterie
