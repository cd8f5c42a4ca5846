#include "coterie/events/string_table.h"

#include "coterie/base/error.h"

namespace coterie {

std::uint32_t StringTable::insert(std::size_t at, std::string_view text, std::uint64_t hash) {
  if (size() >= most_) return none;
  const std::uint32_t code = size();
  slots_[at] = {hash, code};
  bytes_.append(text);
  starts_.push_back(bytes_.size());
  hashes_.push_back(hash);
  if (hashes_.size() * 2 > slots_.size()) {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.code == none) continue;
      std::size_t to = slot.hash & (slots_.size() - 1);
      while (slots_[to].code != none) to = (to + 1) & (slots_.size() - 1);
      slots_[to] = slot;
    }
  }
  return code;
}

void StringTable::throw_collision() {
  throw Error(ErrorKind::usage, "two different texts of the input have the same 64-bit hash",
              "this happens by chance once in a billion runs; rename one of the customers, or report it");
}

}  // namespace coterie
