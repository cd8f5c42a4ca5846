#include "coterie/events/value_counts.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "coterie/source/text_table.h"

namespace coterie {

bool ValueCounts::is_blank(std::string_view text) { return is_missing(text); }

std::uint64_t ValueCounts::count(std::uint32_t i) const {
  const auto first = counts_.begin() + static_cast<std::ptrdiff_t>(kinds_ * std::size_t{i});
  return std::accumulate(first, first + kinds_, std::uint64_t{0});
}

std::uint64_t ValueCounts::rows() const { return std::accumulate(rows_.begin(), rows_.end(), std::uint64_t{0}); }
std::uint64_t ValueCounts::blanks() const { return std::accumulate(blank_.begin(), blank_.end(), std::uint64_t{0}); }

// Flajolet 1990: 1.20 / sqrt(most).
double ValueCounts::standard_error() const { return all_kept() ? 0 : 1.2 / std::sqrt(static_cast<double>(most_)); }

void ValueCounts::drop_above_limit() {
  StringTable texts;
  std::vector<std::uint64_t> counts;
  for (std::uint32_t i = 0; i < texts_.size(); ++i) {
    const auto first = counts_.begin() + static_cast<std::ptrdiff_t>(kinds_ * std::size_t{i});
    if (is_blank(texts_.text(i)))
      std::transform(first, first + kinds_, blank_.begin(), blank_.begin(), std::plus<>());
    else if (texts_.hash(i) <= limit_)
      texts.add(texts_.text(i), texts_.hash(i)), counts.insert(counts.end(), first, first + kinds_);
  }
  texts_ = std::move(texts);
  counts_ = std::move(counts);
}

void ValueCounts::thin_out() {
  while (texts_.size() > most_) {
    limit_ /= 2;
    drop_above_limit();
  }
}

void ValueCounts::merge(const ValueCounts& other) {
  for (unsigned k = 0; k < kinds_; ++k) rows_[k] += other.rows_[k], blank_[k] += other.blank_[k];
  if (other.limit_ < limit_) {
    limit_ = other.limit_;
    drop_above_limit();
  }
  for (std::uint32_t i = 0; i < other.size(); ++i) {
    for (unsigned k = 0; k < kinds_; ++k)
      if (const std::uint64_t times = other.count(i, k); times != 0) {
        add(other.text(i), other.texts_.hash(i), k, times);
        rows_[k] -= times;  // they are counted above
      }
  }
}

}  // namespace coterie
