// Each different text once, numbered in the order of appearance: brands, categories, customer ids that
// are no numbers. A look-up compares the text itself, so two texts never become one, also where their
// hashes meet (which is reported: identifiers would meet, too).
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/base/random.h"

namespace coterie {

// masks[n] keeps the first n of 40 bytes, as five little-endian words.
struct TextMasks {
  static constexpr std::size_t longest = 40, words = longest / 8;
  std::uint64_t of_size[longest + 1][words]{};
  constexpr TextMasks() {
    for (std::size_t n = 0; n <= longest; ++n)
      for (std::size_t byte = 0; byte < n; ++byte) of_size[n][byte / 8] |= std::uint64_t{0xff} << 8 * (byte % 8);
  }
};
inline constexpr TextMasks text_masks;

inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// 64 bits of a text. Up to 40 bytes (brands, categories, UUIDs) five masked words are folded by 64 x 64 -> 128 bit
// products, without a branch on the length (after wyhash, Wang Yi 2019); longer ones take XXH3-64.
// 40 bytes from the text's begin must be readable, whatever its size.
inline std::uint64_t hash_padded_text(std::string_view text) {
  const std::size_t size = text.size();
  if (size > TextMasks::longest) return XXH3_64bits(text.data(), size);
  std::uint64_t word[TextMasks::words];
#pragma GCC unroll 5
  for (std::size_t w = 0; w < TextMasks::words; ++w) {
    std::memcpy(&word[w], text.data() + 8 * w, 8);
    word[w] &= text_masks.of_size[size][w];
  }
  const std::uint64_t folded = fold(word[0] ^ 0x2d358dccaa6c78a5u, word[1] ^ 0x8bb84b93962eacc9u) ^
                               fold(word[2] ^ 0x4b33a62ed433d4a3u, word[3] ^ 0x4d5a2da51de1aa47u) ^
                               fold(word[4] ^ 0xa0761d6478bd642fu, size ^ 0xe7037ed1a0b428dbu);
  return mix64(folded);
}

// The same of a text that nothing need stand behind.
inline std::uint64_t hash_text(std::string_view text) {
  if (text.size() > TextMasks::longest) return hash_padded_text(text);
  char padded[TextMasks::longest] = {};
  if (!text.empty()) std::memcpy(padded, text.data(), text.size());
  return hash_padded_text({padded, text.size()});
}

class StringTable {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  explicit StringTable(std::uint32_t most = none - 1) : most_(most), slots_(64) {}

  // The text's number; a new text gets the next, or `none` when `most` are there already.
  // Throws Error(usage) when two different texts have the same hash (chance n^2 / 2^65).
  std::uint32_t add(std::string_view text, std::uint64_t hash) {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].code != none) {
      if (slots_[at].hash == hash) {
        if (this->text(slots_[at].code) != text) throw_collision();
        return slots_[at].code;
      }
      at = (at + 1) & (slots_.size() - 1);
    }
    return insert(at, text, hash);
  }

  // The number of the text with this hash, or `none`.
  std::uint32_t find(std::uint64_t hash) const {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].code != none && slots_[at].hash != hash) at = (at + 1) & (slots_.size() - 1);
    return slots_[at].code;
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(hashes_.size()); }
  std::string_view text(std::uint32_t code) const { return std::string_view(bytes_).substr(starts_[code], starts_[code + 1] - starts_[code]); }
  std::uint64_t hash(std::uint32_t code) const { return hashes_[code]; }
  std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot) + bytes_.capacity() + 16 * hashes_.capacity(); }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t code = none;
  };
  std::uint32_t insert(std::size_t at, std::string_view text, std::uint64_t hash);
  [[noreturn]] static void throw_collision();

  std::uint32_t most_;
  std::vector<Slot> slots_;
  std::string bytes_;
  std::vector<std::uint64_t> starts_{0}, hashes_;
};

}  // namespace coterie
