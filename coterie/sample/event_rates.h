// How often views lead to carts and carts to purchases, for each kind of customer, such that the whole log
// has the shares of the published one.
#pragma once

#include <array>
#include <cstdint>

#include "coterie/sample/event_customers.h"

namespace coterie {

// A session is a chain that begins with a view: view -> cart, cart -> purchase, else -> view.
struct EventRates {
  std::array<std::uint32_t, customer_kinds> cart, purchase;  // chances in 2^-32
};

inline constexpr double cart_share = 3'955'446.0 / 109'950'743.0;
inline constexpr double purchase_share = 1'659'788.0 / 109'950'743.0;

// Scales the kinds' rates until the expected numbers of carts and purchases over these sessions are the
// published shares (as near as chances up to 0.95 allow: a log of one-event sessions has views only).
EventRates solve_event_rates(const decltype(SessionPlan::sizes)& sizes);

}  // namespace coterie
