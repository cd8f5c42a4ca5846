#include <algorithm>

#include "coterie/features/feature.h"

namespace coterie {

const std::vector<Feature>& feature_catalogue() {
  using enum FeatureKind;
  static const std::vector<Feature> catalogue = {
      {"total_events", count, "events of any type", total_events, {}},
      {"n_view", count, "view events", n_view, {}},
      {"n_cart", count, "cart events", n_cart, {}},
      {"n_purchase", count, "purchase events", n_purchase, {}},
      {"n_sessions", count, "different sessions; blank ones are not counted", n_sessions, {Role::session}},
      {"unique_products", count, "different products; blank ones are not counted", unique_products, {Role::product}},
      {"unique_categories", count, "different category codes; all blank ones count as one", unique_categories, {Role::category}},
      {"unique_brands", count, "different brands; all blank ones count as one", unique_brands, {Role::brand}},
      {"revenue", money, "sum of the prices of purchases", revenue, {Role::price}},
      {"avg_price_purchased", money, "revenue / purchases that have a price; 0 without", avg_price_purchased, {Role::price}},
      {"conversion_rate", ratio, "n_purchase / n_view; 0 without a view", conversion_rate, {}},
      {"view_to_cart_rate", ratio, "n_cart / n_view; 0 without a view", view_to_cart_rate, {}},
      {"cart_to_purchase_rate", ratio, "n_purchase / n_cart; 0 without a cart event", cart_to_purchase_rate, {}},
      {"recency_days", days, "whole days from the customer's last event to the log's last", recency_days, {}},
      {"tenure_days", days, "whole days from the customer's first event to the last", tenure_days, {}},
  };
  return catalogue;
}

std::vector<Feature> available_features(const bool (&has_role)[role_count]) {
  std::vector<Feature> available;
  for (const Feature& feature : feature_catalogue())
    if (std::all_of(feature.needs.begin(), feature.needs.end(), [&](Role role) { return has_role[static_cast<int>(role)]; }))
      available.push_back(feature);
  return available;
}

}  // namespace coterie
