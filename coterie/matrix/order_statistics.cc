#include "coterie/matrix/order_statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace coterie {
namespace {

constexpr std::size_t small = 1 << 12;  // below, sorting is cheaper than the histogram
constexpr std::size_t buckets = 1 << 16;

// Rises with the value.
std::size_t bucket_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);  // -0 + 0 is 0
  const std::uint64_t flip = static_cast<std::uint64_t>(static_cast<std::int64_t>(bits) >> 63) | 0x8000000000000000u;
  return (bits ^ flip) >> 48;
}

// One bucket that holds a place asked for.
struct Bucket {
  std::size_t number = 0, first_place = 0;
  double first = 0;  // the first value that came
  std::size_t equal = 0;
  std::vector<double> others = {};

  void take(double value) {
    if (equal == 0) first = value;
    if (value == first) ++equal;
    else others.push_back(value);
  }
  // Reorders others.
  double at(std::size_t place) {
    const auto below = static_cast<std::size_t>(std::count_if(others.begin(), others.end(), [this](double v) { return v < first; }));
    if (place >= below && place < below + equal) return first + 0.0;
    const auto it = others.begin() + static_cast<std::ptrdiff_t>(place < below ? place : place - equal);
    std::nth_element(others.begin(), it, others.end());
    return *it + 0.0;
  }
};

// Four counters a bucket: where one value comes again and again, a single one would wait for itself.
std::vector<std::size_t> bucket_sizes(std::span<const double> values) {
  constexpr std::size_t copies = 4;
  std::vector<std::uint32_t> counters(copies * buckets);
  std::size_t i = 0;
  for (; i + copies <= values.size(); i += copies)
    for (std::size_t copy = 0; copy < copies; ++copy) ++counters[copy * buckets + bucket_of(values[i + copy])];
  for (; i < values.size(); ++i) ++counters[bucket_of(values[i])];
  std::vector<std::size_t> sizes(buckets);
  for (std::size_t c = 0; c < counters.size(); ++c) sizes[c % buckets] += counters[c];
  return sizes;
}

std::vector<Bucket> buckets_at(std::span<const double> values, std::span<const std::size_t> places) {
  const std::vector<std::size_t> sizes = bucket_sizes(values);
  std::vector<Bucket> found;
  std::size_t number = 0, passed = 0;
  for (const std::size_t place : places) {
    while (passed + sizes[number] <= place) passed += sizes[number++];
    if (found.empty() || found.back().number != number) found.push_back({.number = number, .first_place = passed});
  }
  return found;
}

void gather(std::span<const double> values, std::vector<Bucket>& wanted) {
  std::vector<std::uint8_t> slot(buckets);  // 1 + place in wanted
  for (std::size_t b = 0; b < wanted.size(); ++b) slot[wanted[b].number] = static_cast<std::uint8_t>(b + 1);
  for (const double value : values)
    if (const std::size_t s = slot[bucket_of(value)]; s != 0) wanted[s - 1].take(value);
}

std::vector<double> by_sorting(std::span<const double> values, std::span<const std::size_t> places) {
  std::vector<double> sorted(values.begin(), values.end()), result;
  std::sort(sorted.begin(), sorted.end());
  for (const std::size_t place : places) result.push_back(sorted[place] + 0.0);
  return result;
}

}  // namespace

std::vector<double> order_statistics(std::span<const double> values, std::span<const std::size_t> places) {
  if (values.size() < small || places.size() > 255) return by_sorting(values, places);
  std::vector<Bucket> wanted = buckets_at(values, places);
  gather(values, wanted);
  std::vector<double> result;
  std::size_t b = 0;
  for (const std::size_t place : places) {
    while (place >= wanted[b].first_place + wanted[b].equal + wanted[b].others.size()) ++b;
    result.push_back(wanted[b].at(place - wanted[b].first_place));
  }
  return result;
}

}  // namespace coterie
