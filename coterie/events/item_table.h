// The items of a log, each different combination of product, category, brand and price once, numbered as they come: a
// record says the number. Popular ones come early, so where the table is full most events are about what is in it.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>

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

// Shared by all writers of a log: looking up takes no lock, adding one. Its memory is touched as it fills.
class ItemTable {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr std::size_t bytes_of_one = sizeof(Item) + 2 * 2 * sizeof(std::uint32_t);

  struct Added {
    std::uint32_t number;  // `none` when the table is full
    bool is_new;
  };

  explicit ItemTable(std::uint32_t most) : most_(most), slots_(2 * std::bit_ceil(std::size_t{most})), items_(most) {}

  // The item's number; a new one gets the next. Compares the items themselves.
  Added add(const Item& item) {
    std::size_t at = hash_of(item) & (slots_.size() - 1);
    if (const std::uint32_t number = find(item, at); number != none) return {number, false};
    const std::lock_guard lock(adding_);
    if (const std::uint32_t number = find(item, at); number != none) return {number, false};  // added meanwhile
    if (size_ == most_) return {none, false};
    items_[size_] = item;
    slot(at).store(++size_, std::memory_order_release);
    return {size_ - 1, true};
  }

  const Item& operator[](std::uint32_t number) const { return items_[number]; }
  // While nobody adds.
  std::uint32_t size() const { return size_; }
  std::size_t memory_bytes() const { return std::size_t{most_} * bytes_of_one; }

 private:
  static std::uint64_t hash_of(const Item& item) {
    return mix64(item.product + 0x9e3779b97f4a7c15u * static_cast<std::uint64_t>(item.price_micros)) ^ item.category ^ item.brand >> 7;
  }
  std::atomic_ref<std::uint32_t> slot(std::size_t at) { return std::atomic_ref(slots_[at]); }
  // Goes on from `at` to the item's slot or to an empty one.
  std::uint32_t find(const Item& item, std::size_t& at) {
    for (std::uint32_t next; (next = slot(at).load(std::memory_order_acquire)) != 0; at = (at + 1) & (slots_.size() - 1))
      if (items_[next - 1] == item) return next - 1;
    return none;
  }

  std::uint32_t most_, size_ = 0;
  std::mutex adding_;
  HugeArray<std::uint32_t> slots_;  // 1 + the item's number; 0: empty
  HugeArray<Item> items_;
};

}  // namespace coterie
