// One history whose every number can be counted by hand.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "coterie/base/time.h"
#include "coterie/features/feature.h"

namespace coterie {
namespace {

constexpr std::int64_t hour = 3'600'000, minute = 60'000;
// Monday 2024-01-01 00:00.
constexpr std::int64_t monday = 19'723 * ms_per_day;

Event event(EventType type, std::int64_t time_ms, Identifier session, Identifier product, Identifier category, Identifier brand, double price) {
  return {.time_ms = time_ms, .customer = 1, .session = session, .product = product, .category = category, .brand = brand, .price_micros = static_cast<std::int64_t>(price * 1e6), .type = type};
}

std::map<std::string, double> values_of(std::vector<Event> events, std::int64_t log_end_ms) {
  DistinctCounter counter;
  History history{events, log_end_ms, {}, &counter};
  for (const Event& e : events) ++history.count_by_type[static_cast<std::size_t>(e.type)];
  std::map<std::string, double> values;
  for (const Feature& feature : feature_catalogue())
    if (!feature.basic) values[feature.name] = feature.compute(history);
  return values;
}

TEST(Behaviour, CountsWhatAHistoryShows) {
  using enum EventType;
  const std::int64_t saturday = monday + 5 * ms_per_day;
  const std::vector<Event> events = {
      // Monday 10:00 to 10:30: looks at products 7 and 8, puts both into the cart, takes 8 out.
      event(view, monday + 10 * hour, 1, 7, 70, 700, 20), event(view, monday + 10 * hour + 10 * minute, 1, 8, 70, 800, 40), event(view, monday + 10 * hour + 12 * minute, 1, 7, 70, 700, 20),
      event(cart, monday + 10 * hour + 20 * minute, 1, 7, 70, 700, 20), event(cart, monday + 10 * hour + 25 * minute, 1, 8, 70, 800, 40),
      event(remove_from_cart, monday + 10 * hour + 30 * minute, 1, 8, 70, 800, 40),
      // Saturday 23:00: one view only.
      event(view, saturday + 23 * hour, 2, 9, 90, 900, 60),
      // The Monday after, 10:00 to 10:06: buys 7, and 9 without a cart.
      event(purchase, monday + 7 * ms_per_day + 10 * hour, 3, 7, 70, 700, 20), event(purchase, monday + 7 * ms_per_day + 10 * hour + 6 * minute, 3, 9, 90, 900, 60)};
  const auto values = values_of(events, monday + 20 * ms_per_day);
  const std::map<std::string, double> expected = {
      {"session_minutes_mean", 12}, {"session_minutes_longest", 30}, {"session_minutes_total", 36}, {"events_per_session", 3}, {"events_per_session_most", 6},
      {"share_sessions_without_action", 1.0 / 3}, {"sessions_with_purchase", 1}, {"days_between_sessions", 3.5},
      {"spend_deviation", 20}, {"spend_least", 20}, {"spend_most", 60}, {"spend_variation", 0.5}, {"revenue_per_session", 80.0 / 3}, {"avg_price_viewed", 35},
      {"favourite_hour", 10}, {"favourite_weekday", 1}, {"weekend_share", 1.0 / 9}, {"night_share", 1.0 / 9}, {"active_days", 3}, {"events_per_active_day", 3},
      {"n_remove_from_cart", 1}, {"hours_view_to_cart", (20.0 + 15) / 60 / 2}, {"hours_cart_to_purchase", 7 * 24 - 20.0 / 60}, {"hours_view_to_purchase", (7 * 24 + 35.1) / 2},
      {"abandoned_carts", 1}, {"abandoned_cart_share", 0.5}, {"categories_bought", 2}, {"brands_bought", 2}, {"categories_bought_share", 1}, {"brands_bought_share", 2.0 / 3},
      {"category_concentration", (49.0 + 4) / 81}, {"brand_concentration", (16.0 + 9 + 4) / 81}, {"views_per_product", 4.0 / 3},
      {"events_last_7_days", 0}, {"events_last_30_days", 9}, {"events_last_90_days", 9}, {"purchases_last_30_days", 2}, {"activity_trend", (0.0 - 9) / 9}};
  ASSERT_EQ(values.size(), expected.size());
  for (const auto& [name, value] : expected) EXPECT_NEAR(values.at(name), value, 1e-9) << name;
}

TEST(Behaviour, IsZeroWhereThereIsNothingToComputeItFrom) {
  const auto values = values_of({event(EventType::view, monday, no_identifier, no_identifier, 1, 1, 0)}, monday);
  for (const char* name : {"session_minutes_mean", "events_per_session", "spend_least", "spend_variation", "hours_view_to_cart", "abandoned_cart_share", "views_per_product", "revenue_per_session"})
    EXPECT_EQ(values.at(name), 0) << name;
  EXPECT_EQ(values.at("category_concentration"), 1);
  EXPECT_EQ(values.at("events_last_7_days"), 1);
}

}  // namespace
}  // namespace coterie
