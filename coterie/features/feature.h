// A feature is a short function of one customer's history, and one line in the catalogue
// (features/catalogue.cc) that says what it is. The same functions run in batch and elsewhere.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/events/history.h"
#include "coterie/events/roles.h"

namespace coterie {

enum class FeatureKind { count, money, ratio, days };

// What a store keeps of a feature (features/kept_features.h), so that customers without new rows are not computed again.
enum class Kept : std::uint8_t {
  nothing,     // it may depend on the end of the log, which every refresh moves: computed from all histories. The safe default
  value,       // it does not depend on the end of the log
  days_since,  // whole days from a time of the history, since_ms, to the end of the log; 0 where that is NaN: the time is kept
  until,       // it holds as long as the log ends at `beside` (ms since 1970; 0: for ever) or before: then the history is read again
  days_less,   // days_since, less `beside`
};

// A second number that is kept of a feature, under a name of its own.
struct KeptBeside {
  const char* name = nullptr;
  double (*compute)(const History&) = nullptr;
};

struct Feature {
  const char* name;
  FeatureKind kind;
  const char* definition;   // for people and for run.json
  double (*compute)(const History&);
  std::vector<Role> needs;  // beyond the required ones; without one the feature is left out
  bool basic = true;        // taken where the user names none
  Kept kept = Kept::nothing;
  double (*since_ms)(const History&) = nullptr;  // of Kept::days_since and days_less; a whole number or NaN
  KeptBeside beside = {};                        // of Kept::until and days_less
};

// Whole days from a time to the end of the log.
double days_from(double since_ms, std::int64_t log_end_ms);

// All features of a kind of log, in the order of the outputs.
const std::vector<Feature>& feature_catalogue(LogKind kind = LogKind::events);

// Those whose columns are there.
std::vector<Feature> available_features(const bool (&has_role)[role_count], LogKind kind = LogKind::events);

// The features themselves, by kind; see the catalogue for each definition.
double total_events(const History&);
double n_view(const History&);
double n_cart(const History&);
double n_purchase(const History&);
double n_sessions(const History&);
double unique_products(const History&);
double unique_categories(const History&);
double unique_brands(const History&);
double revenue(const History&);
double avg_price_purchased(const History&);
double conversion_rate(const History&);
double view_to_cart_rate(const History&);
double cart_to_purchase_rate(const History&);
double recency_days(const History&);
double tenure_days(const History&);
double last_event_ms(const History&);

// Beyond the basic fifteen (features/behaviour.cc).
double session_minutes_mean(const History&);
double session_minutes_longest(const History&);
double session_minutes_total(const History&);
double events_per_session(const History&);
double events_per_session_most(const History&);
double share_sessions_without_action(const History&);
double sessions_with_purchase(const History&);
double days_between_sessions(const History&);
double spend_deviation(const History&);
double spend_least(const History&);
double spend_most(const History&);
double spend_variation(const History&);
double revenue_per_session(const History&);
double avg_price_viewed(const History&);
double favourite_hour(const History&);
double favourite_weekday(const History&);
double weekend_share(const History&);
double night_share(const History&);
double active_days(const History&);
double events_per_active_day(const History&);
double n_remove_from_cart(const History&);
double hours_view_to_cart(const History&);
double hours_cart_to_purchase(const History&);
double hours_view_to_purchase(const History&);
double abandoned_carts(const History&);
double abandoned_cart_share(const History&);
double categories_bought(const History&);
double brands_bought(const History&);
double categories_bought_share(const History&);
double brands_bought_share(const History&);
double category_concentration(const History&);
double brand_concentration(const History&);
double views_per_product(const History&);
double events_last_7_days(const History&);
double events_last_30_days(const History&);
double events_last_90_days(const History&);
double purchases_last_30_days(const History&);
double activity_trend(const History&);
// Until when each of them holds, as Kept::until says.
double events_last_7_days_until(const History&);
double events_last_30_days_until(const History&);
double events_last_90_days_until(const History&);
double purchases_last_30_days_until(const History&);
double activity_trend_until(const History&);

// Of lines of orders (features/orders.cc).
namespace orders {
double recency_since_ms(const History&);
double recency_days(const History&);
double frequency(const History&);
double monetary(const History&);
double average_order_value(const History&);
double items_per_order(const History&);
double distinct_products(const History&);
double days_between_orders_mean(const History&);
double days_between_orders_deviation(const History&);
double purchase_cycle_days(const History&);
double days_late(const History&);
double late_since_ms(const History&);
double first_order_days(const History&);
double first_order_since_ms(const History&);
double tenure_days(const History&);
double order_trend(const History&);
double order_trend_until(const History&);
double weekend_share(const History&);
double favourite_hour(const History&);
double favourite_month(const History&);
double share_returned(const History&);
}  // namespace orders

}  // namespace coterie
