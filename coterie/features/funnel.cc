// How far a customer goes from view to cart to purchase. These are ratios of event counts, so they may exceed 1.
#include "coterie/features/feature.h"

namespace coterie {
namespace {

double ratio_or_zero(std::uint64_t above, std::uint64_t below) {
  return below == 0 ? 0 : static_cast<double>(above) / static_cast<double>(below);
}

}  // namespace

double conversion_rate(const History& history) { return ratio_or_zero(history.count(EventType::purchase), history.count(EventType::view)); }
double view_to_cart_rate(const History& history) { return ratio_or_zero(history.count(EventType::cart), history.count(EventType::view)); }
double cart_to_purchase_rate(const History& history) { return ratio_or_zero(history.count(EventType::purchase), history.count(EventType::cart)); }

}  // namespace coterie
