#include "coterie/table/customer_ids.h"

#include <charconv>

namespace coterie {

std::optional<std::uint64_t> canonical_number(std::string_view id) {
  if (id.empty() || id.size() > 18 || (id[0] == '0' && id.size() > 1)) return std::nullopt;
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(id.data(), id.data() + id.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != id.data() + id.size()) return std::nullopt;
  return number;
}

}  // namespace coterie
