// The customers of a log whose events are looked at closely: what they are about (features/activity.h) and what their products are called
// (events/product_words.h). Drawn by a hash of the id, so that the sample depends on nothing else; about so many events.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "coterie/base/random.h"
#include "coterie/events/event.h"

namespace coterie {

constexpr std::size_t sampled_events = 150'000;

// Where a customer stands in the draw.
inline std::uint64_t sample_place(Identifier customer) { return mix64(customer ^ 0x5eed0fac7171717u); }

// Customers whose place is below it are in the sample of a log with so many events. It falls as a log grows: no customer comes in later.
inline std::uint64_t sample_limit(std::uint64_t events, std::size_t sampled = sampled_events) {
  const double rate = static_cast<double>(sampled) / static_cast<double>(std::max<std::uint64_t>(1, events));
  return rate >= 1 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(rate * 0x1p64);
}

}  // namespace coterie
