#include <algorithm>

#include "coterie/features/feature.h"

namespace coterie {

namespace {

const std::vector<Feature>& order_features() {
  using enum FeatureKind;
  static const std::vector<Feature> catalogue = {
      {"recency_days", days, "whole days from the customer's last purchase to one day after the last line of the data", orders::recency_days, {}},
      {"frequency", count, "different orders with a purchase: invoices, or points in time where there is no invoice", orders::frequency, {}},
      {"monetary", money, "sum of the amounts of all lines, returns negative", orders::monetary, {}},
      {"average_order_value", money, "monetary / frequency", orders::average_order_value, {}, false},
      {"items_per_order", ratio, "pieces bought / frequency", orders::items_per_order, {Role::quantity}, false},
      {"distinct_products", count, "different products bought", orders::distinct_products, {Role::product}, false},
      {"days_between_orders_mean", days, "mean of the days between successive orders; 0 with one order", orders::days_between_orders_mean, {}, false},
      {"days_between_orders_deviation", days, "population deviation of the days between successive orders; 0 with one order", orders::days_between_orders_deviation, {}, false},
      {"purchase_cycle_days", days, "median of the days between successive orders; 0 with one order", orders::purchase_cycle_days, {}, false},
      {"days_late", days, "recency_days - purchase_cycle_days: above 0 the customer is later than usual; 0 with one order", orders::days_late, {}, false},
      {"first_order_days", days, "whole days from the first order to one day after the last line of the data", orders::first_order_days, {}, false},
      {"tenure_days", days, "whole days from the first order to the last", orders::tenure_days, {}, false},
      {"order_trend", ratio, "(orders in the later half of the time since the first order - in the earlier half) / orders, in [-1, 1]", orders::order_trend, {}, false},
      {"weekend_share", ratio, "share of orders on Saturday or Sunday (UTC)", orders::weekend_share, {}, false},
      {"favourite_hour", count, "hour of the day (0-23, UTC) with most orders, ties to the earliest", orders::favourite_hour, {}, false},
      {"favourite_month", count, "month (1-12) with most orders, ties to the earliest", orders::favourite_month, {}, false},
      {"share_returned", ratio, "pieces returned / pieces bought; 0 where returns are set aside", orders::share_returned, {Role::quantity}, false},
  };
  return catalogue;
}

}  // namespace

const std::vector<Feature>& feature_catalogue(LogKind kind) {
  using enum FeatureKind;
  if (kind == LogKind::orders) return order_features();
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

std::vector<Feature> available_features(const bool (&has_role)[role_count], LogKind kind) {
  std::vector<Feature> available;
  for (const Feature& feature : feature_catalogue(kind))
    if (std::all_of(feature.needs.begin(), feature.needs.end(), [&](Role role) { return has_role[static_cast<int>(role)]; }))
      available.push_back(feature);
  return available;
}

}  // namespace coterie
