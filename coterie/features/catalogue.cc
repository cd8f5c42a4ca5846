#include <algorithm>

#include "coterie/features/feature.h"

namespace coterie {

namespace {

const std::vector<Feature>& order_features() {
  using enum FeatureKind;
  using enum Kept;
  static const std::vector<Feature> catalogue = {
      {"recency_days", days, "whole days from the customer's last purchase to one day after the last line of the data", orders::recency_days, {}, true, days_since, orders::recency_since_ms},
      {"frequency", count, "different orders with a purchase: invoices, or points in time where there is no invoice", orders::frequency, {}, true, value},
      {"monetary", money, "sum of the amounts of all lines, returns negative", orders::monetary, {}, true, value},
      {"average_order_value", money, "monetary / frequency", orders::average_order_value, {}, false, value},
      {"items_per_order", ratio, "pieces bought / frequency", orders::items_per_order, {Role::quantity}, false, value},
      {"distinct_products", count, "different products bought", orders::distinct_products, {Role::product}, false, value},
      {"days_between_orders_mean", days, "mean of the days between successive orders; 0 with one order", orders::days_between_orders_mean, {}, false, value},
      {"days_between_orders_deviation", days, "population deviation of the days between successive orders; 0 with one order", orders::days_between_orders_deviation, {}, false, value},
      {"purchase_cycle_days", days, "median of the days between successive orders; 0 with one order", orders::purchase_cycle_days, {}, false, value},
      {"days_late", days, "recency_days - purchase_cycle_days: above 0 the customer is later than usual; 0 with one order", orders::days_late, {}, false, days_less, orders::late_since_ms, {"days_late_less", orders::purchase_cycle_days}},
      {"first_order_days", days, "whole days from the first order to one day after the last line of the data", orders::first_order_days, {}, false, days_since, orders::first_order_since_ms},
      {"tenure_days", days, "whole days from the first order to the last", orders::tenure_days, {}, false, value},
      {"order_trend", ratio, "(orders in the later half of the time since the first order - in the earlier half) / orders, in [-1, 1]", orders::order_trend, {}, false, until, nullptr, {"order_trend_until", orders::order_trend_until}},
      {"weekend_share", ratio, "share of orders on Saturday or Sunday (UTC)", orders::weekend_share, {}, false, value},
      {"favourite_hour", count, "hour of the day (0-23, UTC) with most orders, ties to the earliest", orders::favourite_hour, {}, false, value},
      {"favourite_month", count, "month (1-12) with most orders, ties to the earliest", orders::favourite_month, {}, false, value},
      {"share_returned", ratio, "pieces returned / pieces bought; 0 where returns are set aside", orders::share_returned, {Role::quantity}, false, value},
  };
  return catalogue;
}

}  // namespace

const std::vector<Feature>& feature_catalogue(LogKind kind) {
  using enum FeatureKind;
  using enum Kept;
  if (kind == LogKind::orders) return order_features();
  static const std::vector<Feature> catalogue = {
      {"total_events", count, "events of any type", total_events, {}, true, value},
      {"n_view", count, "view events", n_view, {}, true, value},
      {"n_cart", count, "cart events", n_cart, {}, true, value},
      {"n_purchase", count, "purchase events", n_purchase, {}, true, value},
      {"n_sessions", count, "different sessions; blank ones are not counted", n_sessions, {Role::session}, true, value},
      {"unique_products", count, "different products; blank ones are not counted", unique_products, {Role::product}, true, value},
      {"unique_categories", count, "different category codes; all blank ones count as one", unique_categories, {Role::category}, true, value},
      {"unique_brands", count, "different brands; all blank ones count as one", unique_brands, {Role::brand}, true, value},
      {"revenue", money, "sum of the prices of purchases", revenue, {Role::price}, true, value},
      {"avg_price_purchased", money, "revenue / purchases that have a price; 0 without", avg_price_purchased, {Role::price}, true, value},
      {"conversion_rate", ratio, "n_purchase / n_view; 0 without a view", conversion_rate, {}, true, value},
      {"view_to_cart_rate", ratio, "n_cart / n_view; 0 without a view", view_to_cart_rate, {}, true, value},
      {"cart_to_purchase_rate", ratio, "n_purchase / n_cart; 0 without a cart event", cart_to_purchase_rate, {}, true, value},
      {"recency_days", days, "whole days from the customer's last event to the log's last", recency_days, {}, true, days_since, last_event_ms},
      {"tenure_days", days, "whole days from the customer's first event to the last", tenure_days, {}, true, value},
      {"session_minutes_mean", ratio, "mean of the minutes from a session's first event to its last", session_minutes_mean, {Role::session}, false, value},
      {"session_minutes_longest", ratio, "minutes of the longest session", session_minutes_longest, {Role::session}, false, value},
      {"session_minutes_total", ratio, "minutes of all sessions", session_minutes_total, {Role::session}, false, value},
      {"events_per_session", ratio, "events with a session / sessions", events_per_session, {Role::session}, false, value},
      {"events_per_session_most", count, "events of the session with most", events_per_session_most, {Role::session}, false, value},
      {"share_sessions_without_action", ratio, "share of sessions with views only", share_sessions_without_action, {Role::session}, false, value},
      {"sessions_with_purchase", count, "sessions with a purchase", sessions_with_purchase, {Role::session}, false, value},
      {"days_between_sessions", ratio, "days from the first session's begin to the last one's / (sessions - 1); 0 with one", days_between_sessions, {Role::session}, false, value},
      {"spend_deviation", money, "population deviation of the prices of purchases", spend_deviation, {Role::price}, false, value},
      {"spend_least", money, "lowest price of a purchase; 0 without", spend_least, {Role::price}, false, value},
      {"spend_most", money, "highest price of a purchase; 0 without", spend_most, {Role::price}, false, value},
      {"spend_variation", ratio, "spend_deviation / mean price of purchases: low is consistent", spend_variation, {Role::price}, false, value},
      {"revenue_per_session", money, "revenue / n_sessions", revenue_per_session, {Role::price, Role::session}, false, value},
      {"avg_price_viewed", money, "mean price of views", avg_price_viewed, {Role::price}, false, value},
      {"favourite_hour", count, "hour of the day (0-23, UTC) with most events, ties to the earliest", favourite_hour, {}, false, value},
      {"favourite_weekday", count, "day of the week (1 Monday - 7 Sunday, UTC) with most events, ties to the earliest", favourite_weekday, {}, false, value},
      {"weekend_share", ratio, "share of events on Saturday or Sunday (UTC)", weekend_share, {}, false, value},
      {"night_share", ratio, "share of events from 22 to 6 o'clock (UTC)", night_share, {}, false, value},
      {"active_days", count, "different days (UTC) with an event", active_days, {}, false, value},
      {"events_per_active_day", ratio, "total_events / active_days", events_per_active_day, {}, false, value},
      {"n_remove_from_cart", count, "remove_from_cart events", n_remove_from_cart, {}, false, value},
      {"hours_view_to_cart", ratio, "mean over products of the hours from the first view to the first cart event behind it", hours_view_to_cart, {Role::product}, false, value},
      {"hours_cart_to_purchase", ratio, "mean over products of the hours from the first cart event to the first purchase behind it", hours_cart_to_purchase, {Role::product}, false, value},
      {"hours_view_to_purchase", ratio, "mean over products of the hours from the first view to the first purchase behind it", hours_view_to_purchase, {Role::product}, false, value},
      {"abandoned_carts", count, "products put into the cart and not bought afterwards", abandoned_carts, {Role::product}, false, value},
      {"abandoned_cart_share", ratio, "abandoned_carts / products put into the cart", abandoned_cart_share, {Role::product}, false, value},
      {"categories_bought", count, "different category codes of purchases", categories_bought, {Role::category}, false, value},
      {"brands_bought", count, "different brands of purchases", brands_bought, {Role::brand}, false, value},
      {"categories_bought_share", ratio, "categories_bought / unique_categories", categories_bought_share, {Role::category}, false, value},
      {"brands_bought_share", ratio, "brands_bought / unique_brands", brands_bought_share, {Role::brand}, false, value},
      {"category_concentration", ratio, "sum of squared shares of category codes among events: 1 when all are one", category_concentration, {Role::category}, false, value},
      {"brand_concentration", ratio, "sum of squared shares of brands among events: 1 when all are one", brand_concentration, {Role::brand}, false, value},
      {"views_per_product", ratio, "views / products viewed", views_per_product, {Role::product}, false, value},
      {"events_last_7_days", count, "events within 7 days before the log's last", events_last_7_days, {}, false, until, nullptr, {"events_last_7_days_until", events_last_7_days_until}},
      {"events_last_30_days", count, "events within 30 days before the log's last", events_last_30_days, {}, false, until, nullptr, {"events_last_30_days_until", events_last_30_days_until}},
      {"events_last_90_days", count, "events within 90 days before the log's last", events_last_90_days, {}, false, until, nullptr, {"events_last_90_days_until", events_last_90_days_until}},
      {"purchases_last_30_days", count, "purchases within 30 days before the log's last", purchases_last_30_days, {}, false, until, nullptr, {"purchases_last_30_days_until", purchases_last_30_days_until}},
      {"activity_trend", ratio, "(events in the later half of the time since the first event - in the earlier half) / events, in [-1, 1]", activity_trend, {}, false, until, nullptr, {"activity_trend_until", activity_trend_until}},
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
