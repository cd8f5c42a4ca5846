#include "coterie/segments/feature_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/grouped_number.h"

namespace coterie {
namespace {

constexpr bool counted = true, measured = false;

constexpr FeatureWord words[] = {
    // event logs
    {"total_events", "events", counted},
    {"n_view", "views", counted},
    {"n_cart", "carts", counted},
    {"n_purchase", "purchases", counted},
    {"n_sessions", "visits", counted},
    {"unique_products", "different products", counted},
    {"unique_categories", "different categories", counted},
    {"unique_brands", "different brands", counted},
    {"revenue", "revenue", measured},
    {"avg_price_purchased", "average price paid", measured},
    {"conversion_rate", "purchases per view", counted},
    {"view_to_cart_rate", "carts per view", counted},
    {"cart_to_purchase_rate", "purchases per cart", counted},
    {"recency_days", "days since last seen", counted, "long absent", "recently seen"},
    {"tenure_days", "days between first and last event", counted, "long active", "briefly active"},
    {"session_minutes_mean", "minutes a visit", counted},
    {"session_minutes_longest", "minutes of the longest visit", counted},
    {"session_minutes_total", "minutes of all visits", counted},
    {"events_per_session", "events a visit", counted},
    {"events_per_session_most", "events of the busiest visit", counted},
    {"share_sessions_without_action", "share of visits with views only", measured},
    {"sessions_with_purchase", "visits with a purchase", counted},
    {"days_between_sessions", "days between visits", counted},
    {"spend_deviation", "spread of prices paid", measured},
    {"spend_least", "lowest price paid", measured},
    {"spend_most", "highest price paid", measured},
    {"spend_variation", "variation of prices paid", measured},
    {"revenue_per_session", "revenue a visit", measured},
    {"avg_price_viewed", "average price looked at", measured},
    {"favourite_hour", "hour of the day with most activity", measured},
    {"favourite_weekday", "day of the week with most activity", measured},
    {"favourite_month", "month with most activity", measured},
    {"weekend_share", "share on weekends", measured},
    {"night_share", "share at night", measured},
    {"active_days", "days with activity", counted},
    {"events_per_active_day", "events a day with activity", counted},
    {"n_remove_from_cart", "removals from the cart", counted},
    {"hours_view_to_cart", "hours from view to cart", counted},
    {"hours_cart_to_purchase", "hours from cart to purchase", counted},
    {"hours_view_to_purchase", "hours from view to purchase", counted},
    {"abandoned_carts", "products left in the cart", counted},
    {"abandoned_cart_share", "share of products left in the cart", measured},
    {"categories_bought", "categories bought", counted},
    {"brands_bought", "brands bought", counted},
    {"categories_bought_share", "share of the categories seen that are bought", measured},
    {"brands_bought_share", "share of the brands seen that are bought", measured},
    {"category_concentration", "concentration on few categories", measured},
    {"brand_concentration", "concentration on few brands", measured},
    {"views_per_product", "views a product", counted},
    {"events_last_7_days", "events of the last 7 days", counted},
    {"events_last_30_days", "events of the last 30 days", counted},
    {"events_last_90_days", "events of the last 90 days", counted},
    {"purchases_last_30_days", "purchases of the last 30 days", counted},
    {"activity_trend", "trend of activity", measured},
    // order lines
    {"frequency", "orders", counted},
    {"monetary", "amount spent", measured},
    {"average_order_value", "average order", measured},
    {"items_per_order", "pieces an order", counted},
    {"distinct_products", "different products", counted},
    {"days_between_orders_mean", "days between orders", counted},
    {"days_between_orders_deviation", "spread of the days between orders", measured},
    {"purchase_cycle_days", "days between orders (median)", counted},
    {"days_late", "days later than usual", counted},
    {"first_order_days", "days since the first order", counted, "early first order", "recent first order"},
    {"order_trend", "trend of orders", measured},
    {"share_returned", "share returned", measured},
    // coupons
    {"claimed_frequency", "coupons claimed", counted},
    {"burn_frequency", "coupons used", counted},
    {"burn_rate", "share of coupons used", measured},
    {"days_to_burn_mean", "days until a coupon is used", counted},
    {"distinct_merchants", "different merchants", counted},
    {"distinct_branches", "different branches", counted},
    {"discount_dependence", "dependence on discounts", measured},
    {"full_price_share", "share at full price", measured},
    {"days_since_joining", "days since joining", counted, "long joined", "recently joined"},
};

const FeatureWord* find(std::string_view feature) {
  const auto it = std::ranges::find(words, feature, [](const FeatureWord& w) { return std::string_view(w.feature); });
  return it == std::end(words) ? nullptr : it;
}

std::string percent(double share) {
  const double value = 100 * share;
  if (value > 0 && value < 0.1) return "under 0.1 %";
  return fmt::format("{:.{}f} %", value, value >= 10 || value == 0 ? 0 : 1);
}

}  // namespace

std::span<const FeatureWord> feature_words() { return words; }

std::string word_of(std::string_view feature) {
  if (const std::size_t equals = feature.find('='); equals != std::string_view::npos && equals != 0)
    return word_of(feature.substr(0, equals)) + ": " + std::string(feature.substr(equals + 1));
  if (const FeatureWord* known = find(feature)) return known->word;
  std::string text(feature);
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string amount_of(std::string_view feature, bool high) {
  const FeatureWord* known = find(feature);
  if (const char* said = known == nullptr ? nullptr : high ? known->high : known->low) return said;
  const bool number = known != nullptr && known->counted;
  return std::string(number ? (high ? "many " : "few ") : (high ? "high " : "low ")) + word_of(feature);
}

bool is_share(std::string_view feature) { return feature.ends_with("_rate") || feature.ends_with("_share") || feature.starts_with("share_"); }

std::string value_text(std::string_view feature, double value) {
  if (is_share(feature) && value >= 0) return percent(value);
  if (value > 0 && value < 0.01) return "under 0.01";
  if (std::abs(value) >= 1000) return grouped(value);
  return std::abs(value) < 1 ? fmt::format("{:.2g}", value) : fmt::format("{:.3g}", value);
}

}  // namespace coterie
