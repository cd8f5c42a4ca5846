// From the text of the fields that make an item (product, category, brand, price) to the item's number, where they stand side
// by side in the row: most rows end here and those fields are not parsed again.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>

#include "coterie/base/memory.h"
#include "coterie/base/prefetch.h"
#include "coterie/base/random.h"
#include "coterie/events/item_table.h"

namespace coterie {

// Shared by all workers of a log, so that it is small enough for the cache: looking up takes no lock, keeping one. A set is a cache line
// of five slots; the set is chosen by bits that are not in the slot's, so that texts are told apart by 64 bits and those of the
// set: of a million different texts, two are taken for each other with a chance of 10^-12.
class ItemFront {
 public:
  struct Key {
    std::uint64_t hash = 0;
    std::uint32_t check = 0;  // independent of the hash
  };
  static constexpr std::size_t shortest = 16, longest = 128;  // of texts that are looked up; others are parsed each time

  // Bytes in pairs of words, xored with random ones and multiplied to 128 bits, whose sum is mixed (the sum: NH of Black and
  // others 1999, "UMAC"). Pairs at fixed places, the last ones moved back to end with the text: no branch on its length up to 96 bytes.
  [[gnu::always_inline]] static Key key_of(const char* text, std::size_t size, std::uint64_t layout) {
    Wide sum = pair(text, 0) + pair(text + std::min<std::size_t>(16, size - 16), 2) + pair(text + std::min<std::size_t>(32, size - 16), 4) +
               pair(text + std::min<std::size_t>(48, size - 16), 6) + pair(text + std::min<std::size_t>(64, size - 16), 8) +
               pair(text + std::min<std::size_t>(80, size - 16), 10);
    if (size > 96) sum += pair(text + std::min<std::size_t>(96, size - 16), 12) + pair(text + size - 16, 14);
    const auto low = static_cast<std::uint64_t>(sum), high = static_cast<std::uint64_t>(sum >> 64);
    const std::uint64_t hash = mix64(low ^ layout ^ size * 0x9e3779b97f4a7c15u);
    return {hash ^ high, static_cast<std::uint32_t>(mix64(high + std::rotl(low, 32)) >> 32)};
  }

  // Room for `items` different texts or somewhat more; at most 2^32 sets.
  explicit ItemFront(std::size_t items) : sets_(std::bit_ceil(items / ways + 1)) {}
  static std::size_t memory_bytes(std::size_t items) { return std::bit_ceil(items / ways + 1) * sizeof(Set); }

  void prefetch(const Key& key) const { coterie::prefetch(&set_of(key)); }

  // The item's number, or ItemTable::none. Without a branch on where in the set it stands.
  std::uint32_t find(const Key& key) const {
    const Set& set = set_of(key);
    const std::uint32_t version = read(set.version, std::memory_order_acquire);
    unsigned match = 0;
#pragma GCC unroll 5
    for (unsigned way = 0; way < ways; ++way) match |= static_cast<unsigned>(read(set.hashes[way], std::memory_order_relaxed) == key.hash) << way;
    if (match == 0) return ItemTable::none;
    const std::uint32_t number_and_one = read(set.numbers_and_one[std::countr_zero(match)], std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (version % 2 != 0 || read(set.version, std::memory_order_relaxed) != version) [[unlikely]] return ItemTable::none;
    return number_and_one - 1;  // `none` of an empty slot
  }

  // Where the set is full, in the place of any other: what comes later is more likely to come again.
  void keep(const Key& key, std::uint32_t number) {
    Set& set = set_of(key);
    const std::lock_guard lock(keeping_);
    std::size_t way = 0;
    while (way < ways && set.numbers_and_one[way] != 0 && set.hashes[way] != key.hash) ++way;
    if (way == ways) way = key.hash % ways;
    // A sequence lock: who reads while the version is odd, or finds another one behind, has found nothing.
    write(set.version, set.version + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    write(set.hashes[way], key.hash, std::memory_order_relaxed);
    write(set.numbers_and_one[way], number + 1, std::memory_order_relaxed);
    write(set.version, set.version + 1, std::memory_order_release);
  }

 private:
  static constexpr std::size_t ways = 5;
  struct alignas(64) Set {
    std::uint64_t hashes[ways];
    std::uint32_t numbers_and_one[ways];  // 0: empty
    std::uint32_t version;                // odd while it is being changed
  };
  static_assert(sizeof(Set) == 64);

  template <class T>
  static T read(const T& from, std::memory_order order) { return std::atomic_ref(const_cast<T&>(from)).load(order); }
  template <class T>
  static void write(T& to, T value, std::memory_order order) { std::atomic_ref(to).store(value, order); }

  // Digits of pi.
  static constexpr std::uint64_t random_words[16] = {
      0x243f6a8885a308d3u, 0x13198a2e03707344u, 0xa4093822299f31d0u, 0x082efa98ec4e6c89u, 0x452821e638d01377u, 0xbe5466cf34e90c6cu,
      0xc0ac29b7c97c50ddu, 0x3f84d5b5b5470917u, 0x9216d5d98979fb1bu, 0xd1310ba698dfb5acu, 0x2ffd72dbd01adfb7u, 0xb8e1afed6a267e96u,
      0xba7c9045f12c7f99u, 0x24a19947b3916cf7u, 0x0801f2e2858efc16u, 0x636920d871574e69u};
  static Wide pair(const char* at, std::size_t word) {
    std::uint64_t a, b;
    std::memcpy(&a, at, 8), std::memcpy(&b, at + 8, 8);
    return static_cast<Wide>(a ^ random_words[word]) * (b ^ random_words[word + 1]);
  }

  const Set& set_of(const Key& key) const { return sets_[key.check & (sets_.size() - 1)]; }
  Set& set_of(const Key& key) { return sets_[key.check & (sets_.size() - 1)]; }

  HugeArray<Set> sets_;
  std::mutex keeping_;
};

}  // namespace coterie
