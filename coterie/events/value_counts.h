// How often each different text occurs. Exact up to `most` different ones. Beyond, a sample of them: those whose hash is below a
// limit that is halved whenever there are too many (adaptive sampling: Wegman; Flajolet, "On adaptive sampling", Computing 43,
// 1990). Which texts are kept depends on the texts alone, so any number of workers arrives at the same ones, and each that is
// kept has its exact count.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "coterie/events/string_table.h"

namespace coterie {

class ValueCounts {
 public:
  static constexpr std::size_t usual_most = std::size_t{1} << 19, usual_longest = 400;

  // kinds: each text is counted apart for each kind of row.
  explicit ValueCounts(unsigned kinds = 1, std::size_t most = usual_most, std::size_t longest = usual_longest)
      : kinds_(kinds), most_(most), longest_(longest), rows_(kinds), blank_(kinds) {}

  // `hash` is of the whole text and spread over all 64 bits; of a text beyond `longest` bytes the begin is kept. "" is counted as blank.
  void add(std::string_view text, std::uint64_t hash, unsigned kind = 0, std::uint64_t times = 1) {
    rows_[kind] += times;
    if (text.empty() || (text.size() <= 4 && !all_kept() && is_blank(text))) {
      blank_[kind] += times;
      return;
    }
    if (hash > limit_) return;
    const std::size_t at = kinds_ * std::size_t{texts_.add(text.substr(0, longest_), hash)};
    if (at == counts_.size()) counts_.resize(at + kinds_);
    counts_[at + kind] += times;
    if (texts_.size() > most_) thin_out();
  }

  void prefetch(std::uint64_t hash) const { texts_.prefetch(hash); }

  // Counts of the same kinds, made with the same hashes.
  void merge(const ValueCounts& other);

  std::uint32_t size() const { return texts_.size(); }  // texts that are kept
  std::string_view text(std::uint32_t i) const { return texts_.text(i); }
  std::uint64_t count(std::uint32_t i, unsigned kind) const { return counts_[kinds_ * std::size_t{i} + kind]; }
  std::uint64_t count(std::uint32_t i) const;  // of all kinds
  unsigned kinds() const { return kinds_; }
  std::uint64_t rows() const;    // blank ones and those of texts that are not kept as well
  std::uint64_t blanks() const;  // "" and, once texts are left out, the usual spellings of nothing

  bool all_kept() const { return limit_ == ~std::uint64_t{0}; }
  double share_kept() const { return all_kept() ? 1 : static_cast<double>(limit_) * 0x1p-64; }
  double distinct() const { return static_cast<double>(size()) / share_kept(); }
  double standard_error() const;  // of distinct(), relative; 0 where it is exact
  bool is_full() const { return texts_.size() == most_; }  // the next different text thins out
  std::size_t memory_bytes() const { return texts_.memory_bytes() + counts_.capacity() * sizeof(std::uint64_t); }

 private:
  static bool is_blank(std::string_view text);
  void thin_out();
  void drop_above_limit();

  unsigned kinds_;
  std::size_t most_, longest_;
  std::uint64_t limit_ = ~std::uint64_t{0};
  StringTable texts_;
  std::vector<std::uint64_t> counts_, rows_, blank_;
};

}  // namespace coterie
