#include "coterie/events/value_counts.h"

#include <cmath>
#include <numeric>

#include "coterie/source/text_table.h"

namespace coterie {

bool ValueCounts::is_blank(std::string_view text) { return is_missing(text); }

std::uint64_t ValueCounts::count(std::uint32_t i, unsigned kind) const {
  const Slot& slot = slots_[place_[i]];
  if (carried_.empty()) return slot.counts[kind];
  const auto carried = carried_.find({slot.hash, kind});
  return slot.counts[kind] + (carried == carried_.end() ? 0 : carried->second << 32);
}

std::uint64_t ValueCounts::count(std::uint32_t i) const {
  std::uint64_t sum = 0;
  for (unsigned k = 0; k < most_kinds; ++k) sum += count(i, k);
  return sum;
}

std::uint64_t ValueCounts::rows() const { return std::accumulate(rows_.begin(), rows_.end(), std::uint64_t{0}); }
std::uint64_t ValueCounts::blanks() const { return std::accumulate(blank_.begin(), blank_.end(), std::uint64_t{0}); }

// Flajolet 1990: 1.20 / sqrt(most).
double ValueCounts::standard_error() const { return all_kept() ? 0 : 1.2 / std::sqrt(static_cast<double>(most_)); }

std::size_t ValueCounts::free_slot(std::uint64_t hash) const {
  std::size_t at = hash & (slots_.size() - 1);
  while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
  return at;
}

void ValueCounts::grow() {
  HugeArray<Slot> old(2 * slots_.size());
  std::swap(old, slots_);
  for (std::uint32_t& place : place_) {
    const Slot& slot = old[place];
    place = static_cast<std::uint32_t>(free_slot(slot.hash));
    slots_[place] = slot;
  }
}

std::uint32_t ValueCounts::insert(std::string_view text, std::uint64_t hash) {
  while (is_full()) {
    limit_ /= 2;
    drop_above_limit();
    if (hash > limit_) return no_slot;
  }
  if (2 * (place_.size() + 1) > slots_.size()) grow();
  const auto at = static_cast<std::uint32_t>(free_slot(hash));
  place_.push_back(at);
  slots_[at] = {hash, size(), {}};
  bytes_.append(text.substr(0, longest_));
  starts_.push_back(bytes_.size());
  return at;
}

// Texts that say that nothing is there become blanks: they are counted exactly whatever their hash.
void ValueCounts::drop_above_limit() {
  ValueCounts kept(most_, longest_);
  kept.limit_ = limit_, kept.rows_ = rows_, kept.blank_ = blank_;
  for (std::uint32_t i = 0; i < size(); ++i)
    for (unsigned k = 0; k < most_kinds; ++k) {
      const std::uint64_t times = count(i, k);
      if (times == 0) continue;
      kept.add(text(i), hash(i), k, times);
      kept.rows_[k] -= times;  // they were counted when they came
    }
  *this = std::move(kept);
}

void ValueCounts::merge(const ValueCounts& other) {
  for (unsigned k = 0; k < most_kinds; ++k) rows_[k] += other.rows_[k], blank_[k] += other.blank_[k];
  if (other.limit_ < limit_) {
    limit_ = other.limit_;
    drop_above_limit();
  }
  for (std::uint32_t i = 0; i < other.size(); ++i)
    for (unsigned k = 0; k < most_kinds; ++k)
      if (const std::uint64_t times = other.count(i, k); times != 0) {
        add(other.text(i), other.hash(i), k, times);
        rows_[k] -= times;  // they are counted above
      }
}

}  // namespace coterie
