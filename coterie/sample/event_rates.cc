#include "coterie/sample/event_rates.h"

#include <algorithm>

namespace coterie {
namespace {

// Relative to each other, in the order of CustomerKind.
constexpr double cart_leaning[customer_kinds] = {0.10, 0.15, 0.40, 4.0, 2.0, 3.0, 2.0};
constexpr double purchase_leaning[customer_kinds] = {0.20, 0.20, 0.50, 0.12, 1.0, 1.2, 1.3};
constexpr double highest_chance = 0.95;

struct Expected {
  double carts = 0, purchases = 0;
};

// Follows the chain event by event and counts for every length at once.
Expected expect(const std::array<std::uint64_t, 256>& sessions, double cart, double purchase) {
  Expected so_far, total;
  double view_now = 1, cart_now = 0;
  for (std::size_t n = 1; n < 256; ++n) {
    total.carts += so_far.carts * static_cast<double>(sessions[n]);
    total.purchases += so_far.purchases * static_cast<double>(sessions[n]);
    const double next_cart = view_now * cart, next_purchase = cart_now * purchase;
    view_now = 1 - next_cart - next_purchase;
    cart_now = next_cart;
    so_far.carts += next_cart;
    so_far.purchases += next_purchase;
  }
  return total;
}

double chance(double leaning, double scale) { return std::min(leaning * scale, highest_chance); }
std::uint32_t fixed_point(double chance) { return static_cast<std::uint32_t>(chance * 4294967296.0); }

double count_events(const decltype(SessionPlan::sizes)& sizes) {
  double events = 0;
  for (const auto& kind : sizes)
    for (std::size_t n = 0; n < kind.size(); ++n) events += static_cast<double>(n) * static_cast<double>(kind[n]);
  return events;
}

}  // namespace

EventRates solve_event_rates(const decltype(SessionPlan::sizes)& sizes) {
  const double events = count_events(sizes);
  double cart_scale = 0.05, purchase_scale = 0.5;
  for (int round = 0; round < 100; ++round) {
    Expected sum;
    for (std::size_t k = 0; k < customer_kinds; ++k) {
      const Expected e = expect(sizes[k], chance(cart_leaning[k], cart_scale), chance(purchase_leaning[k], purchase_scale));
      sum.carts += e.carts;
      sum.purchases += e.purchases;
    }
    if (sum.purchases == 0) break;
    purchase_scale = std::min(100.0, purchase_scale * (purchase_share * events / sum.purchases) / (cart_share * events / sum.carts));
    cart_scale = std::min(100.0, cart_scale * (cart_share * events / sum.carts));
  }
  EventRates rates;
  for (std::size_t k = 0; k < customer_kinds; ++k) {
    rates.cart[k] = fixed_point(chance(cart_leaning[k], cart_scale));
    rates.purchase[k] = fixed_point(chance(purchase_leaning[k], purchase_scale));
  }
  return rates;
}

}  // namespace coterie
