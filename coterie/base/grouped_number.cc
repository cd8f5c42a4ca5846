#include "coterie/base/grouped_number.h"

#include <fmt/format.h>

#include <cstddef>

namespace coterie {

std::string grouped(double value) {
  std::string text = fmt::format("{:.0f}", value);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (text[0] == '-'); at -= 3) text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

}  // namespace coterie
