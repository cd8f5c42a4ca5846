// The first items of a log, each different combination of product, category, brand and price once, numbered in the order of
// appearance: the popular ones come early, so that two thirds of a shop's events are about the first 2^15.
#pragma once

#include <cstddef>
#include <cstdint>

#include "coterie/base/memory.h"
#include "coterie/base/random.h"
#include "coterie/events/event.h"

namespace coterie {

struct Item {
  Identifier product = no_identifier;
  Identifier category = 0;
  Identifier brand = 0;
  std::int64_t price_micros = no_price;

  bool operator==(const Item&) const = default;
};

class ItemTable {
 public:
  static constexpr std::uint32_t most = 1 << 15;  // a megabyte: what is read at random should stay in the cache
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  // The item's number; a new one gets the next, or `none` when `most` are there already. Compares the items themselves.
  std::uint32_t add(const Item& item) {
    std::size_t at = hash_of(item) % slot_count;
    for (; slots_[at] != 0; at = (at + 1) % slot_count)
      if (items_[slots_[at] - 1] == item) return slots_[at] - 1u;
    if (size_ == most) return none;
    items_[size_] = item;
    slots_[at] = static_cast<std::uint16_t>(++size_);
    return size_ - 1;
  }

  const Item& operator[](std::uint32_t number) const { return items_[number]; }
  std::uint32_t size() const { return size_; }

 private:
  static constexpr std::size_t slot_count = 2 * std::size_t{most};
  static std::uint64_t hash_of(const Item& item) {
    return mix64(item.product + 0x9e3779b97f4a7c15u * static_cast<std::uint64_t>(item.price_micros)) ^ item.category ^ item.brand >> 7;
  }

  std::uint32_t size_ = 0;
  HugeArray<std::uint16_t> slots_{slot_count};  // 1 + the item's number; 0: empty
  HugeArray<Item> items_{most};
};

}  // namespace coterie
