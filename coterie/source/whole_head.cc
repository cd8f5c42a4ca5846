#include "coterie/source/whole_head.h"

#include <fmt/format.h>

#include <algorithm>

#include "coterie/base/error.h"

namespace coterie {

void require_whole_head(const ByteReader& reader, const std::string& path) {
  if (!reader.head_is_all()) return;
  const std::optional<Damage> damage = reader.damage();
  if (!damage) return;
  const auto line = std::count(reader.head().begin(), reader.head().end(), '\n') + 1;
  throw Error(ErrorKind::damaged_input, fmt::format("{}; the data breaks off in line {}", damage->message, line), "get the file again from its source; nothing was written",
              fmt::format("{}:{}:1", path, line));
}

}  // namespace coterie
