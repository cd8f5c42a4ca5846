// How often each different text occurs. Exact up to `most` different ones. Beyond, a sample of them: those whose hash is below a
// limit that is halved whenever there are too many (adaptive sampling: Wegman; Flajolet, "On adaptive sampling", Computing 43,
// 1990). Which texts are kept depends on the texts alone, so any number of workers arrives at the same ones, and each that is
// kept has its exact count.
//
// Texts are told apart by their 64-bit hash: that any two of 500,000 different ones are taken for one has a chance of 10^-8. To
// compare the texts would double the time of counting.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coterie/base/memory.h"
#include "coterie/base/prefetch.h"

namespace coterie {

class ValueCounts {
 public:
  static constexpr std::size_t usual_most = std::size_t{1} << 19, usual_longest = 400;
  static constexpr unsigned most_kinds = 5;  // each text is counted apart for each kind of row

  ValueCounts() : ValueCounts(usual_most) {}
  // `most` is below 2^31.
  explicit ValueCounts(std::size_t most, std::size_t longest = usual_longest) : most_(most), longest_(longest), slots_(64) {}

  // `hash` is of the whole text and spread over all 64 bits; of a text beyond `longest` bytes the begin is kept. "" is counted as blank.
  void add(std::string_view text, std::uint64_t hash, unsigned kind = 0, std::uint64_t times = 1) {
    rows_[kind] += times;
    if (text.empty() || (text.size() <= 4 && !all_kept() && is_blank(text))) {
      blank_[kind] += times;
      return;
    }
    if (hash <= limit_) count_in(slot_of(text, hash), kind, times);
  }
  // Fetches what add() will touch.
  void prefetch(std::uint64_t hash) const { coterie::prefetch(&slots_[hash & (slots_.size() - 1)]); }

  // The other's counts were made with the same hashes and the same `most`.
  void merge(const ValueCounts& other);

  std::uint32_t size() const { return static_cast<std::uint32_t>(place_.size()); }  // texts that are kept
  std::string_view text(std::uint32_t i) const { return std::string_view(bytes_).substr(starts_[i], starts_[i + 1] - starts_[i]); }
  std::uint64_t hash(std::uint32_t i) const { return slots_[place_[i]].hash; }
  std::uint64_t count(std::uint32_t i, unsigned kind) const;
  std::uint64_t count(std::uint32_t i) const;  // of all kinds
  std::uint64_t rows() const;    // blank ones and those of texts that are not kept as well
  std::uint64_t blanks() const;  // "" and, once texts are left out, the usual spellings of nothing

  bool all_kept() const { return limit_ == ~std::uint64_t{0}; }
  double share_kept() const { return all_kept() ? 1 : static_cast<double>(limit_) * 0x1p-64; }
  double distinct() const { return static_cast<double>(size()) / share_kept(); }
  double standard_error() const;  // of distinct(), relative; 0 where it is exact
  bool is_full() const { return place_.size() == most_; }  // the next different text thins out
  std::size_t memory_bytes() const { return slots_.size() * sizeof(Slot) + bytes_.capacity() + starts_.capacity() * 8 + place_.capacity() * 4; }

 private:
  struct Slot {
    std::uint64_t hash;
    std::uint32_t number;  // of the text, from 1; 0: empty
    std::array<std::uint32_t, most_kinds> counts;
  };
  static_assert(sizeof(Slot) == 32);

  std::uint32_t slot_of(std::string_view text, std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (; slots_[at].number != 0; at = (at + 1) & mask)
      if (slots_[at].hash == hash) return static_cast<std::uint32_t>(at);
    return insert(text, hash);
  }
  void count_in(std::uint32_t slot, unsigned kind, std::uint64_t times) {
    if (slot == no_slot) return;
    const std::uint64_t sum = slots_[slot].counts[kind] + times;
    slots_[slot].counts[kind] = static_cast<std::uint32_t>(sum);
    if (sum >> 32 != 0) carried_[{slots_[slot].hash, kind}] += sum >> 32;
  }
  static constexpr std::uint32_t no_slot = ~std::uint32_t{0};
  static bool is_blank(std::string_view text);
  std::uint32_t insert(std::string_view text, std::uint64_t hash);  // no_slot where it is not kept
  void grow();
  void drop_above_limit();
  std::size_t free_slot(std::uint64_t hash) const;

  std::size_t most_, longest_;
  std::uint64_t limit_ = ~std::uint64_t{0};
  HugeArray<Slot> slots_;  // a power of two, at least twice as many as texts
  std::string bytes_;
  std::vector<std::uint64_t> starts_{0};
  std::vector<std::uint32_t> place_;  // the slot of each text
  std::map<std::pair<std::uint64_t, unsigned>, std::uint64_t> carried_;  // multiples of 2^32 of a text's counts
  std::array<std::uint64_t, most_kinds> rows_{}, blank_{};
};

}  // namespace coterie
