// For the tests of this room and those above it: the events of a log as plain texts.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/base/folders_test.h"
#include "coterie/base/random.h"
#include "coterie/events/event.h"

namespace coterie {

// One of a few awkward values or anything at all.
inline std::uint64_t awkward_bits(Random& random) {
  const std::uint64_t few[] = {0, 1, 255, 256, 65'535, 65'536, 0xffff'ffffu, 0x1'0000'0000u, 999'999'999'999'999'999u, ~std::uint64_t{0} - 1};
  return random.below(2) == 0 ? few[random.below(std::size(few))] : random.bits() >> random.below(64);
}

// An event of any width class: near and far times, also before 1970, prices of every kind.
inline Event random_event(Random& random, std::uint64_t customers) {
  Event event;
  const std::int64_t times[] = {0, -1, -1000, 1'569'888'004'000, 1'569'888'004'001, 4'294'967'295'000, 4'294'967'296'000, -62'135'596'800'000};
  event.time_ms = random.below(3) == 0 ? times[random.below(std::size(times))] : 1'569'888'000'000 + static_cast<std::int64_t>(random.below(5'000'000)) * 1000;
  const std::uint64_t customer = random.below(customers);
  event.customer = customer % 3 == 0 ? customer : customer % 3 == 1 ? mix64(customer) >> 4 : mix64(customer) | std::uint64_t{1} << 63;
  event.session = random.below(4) == 0 ? no_identifier : random.bits() >> 1;
  event.product = random.below(4) == 0 ? no_identifier : awkward_bits(random);
  const std::int64_t prices[] = {no_price, 0, 10'000, -10'000, 1, 167'772'150'000, 167'772'160'000, 9'000'000'000'000'000'000, -9'000'000'000'000'000'000};
  event.price_micros = random.below(2) == 0 ? prices[random.below(std::size(prices))] : static_cast<std::int64_t>(random.below(100'000'000)) * 10'000;
  event.type = static_cast<EventType>(random.below(event_type_count));
  return event;
}

inline auto all_fields(const Event& e) { return std::tie(e.customer, e.time_ms, e.type, e.session, e.product, e.category, e.brand, e.price_micros); }

}  // namespace coterie
