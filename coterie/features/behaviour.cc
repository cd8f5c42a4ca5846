// How a customer moves through the shop: visits, hours, the way from view to cart to purchase, taste, and what changed
// of late. All but the counts are 0 where there is nothing to compute them from; times are UTC.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "coterie/base/time.h"
#include "coterie/features/feature.h"

namespace coterie {
namespace {

constexpr std::int64_t ms_per_hour = 3'600'000;

double number(std::uint64_t count) { return static_cast<double>(count); }
double ratio_or_zero(double above, double below) { return below == 0 ? 0 : above / below; }

// --- visits ------------------------------------------------------------------------------------------

struct Session {
  std::int64_t begin_ms, end_ms;
  std::uint64_t events = 0;
  bool has_action = false, has_purchase = false;  // an action is anything but a view
  double minutes() const { return static_cast<double>(end_ms - begin_ms) / 60'000; }
};

// In the order of their first events; blank sessions are none.
std::vector<Session> sessions_of(const History& history) {
  std::vector<Session> sessions;
  std::map<Identifier, std::size_t> index;
  for (const Event& event : history.events) {
    if (event.session == no_identifier) continue;
    const auto [it, is_new] = index.emplace(event.session, sessions.size());
    if (is_new) sessions.push_back({event.time_ms, event.time_ms});
    Session& session = sessions[it->second];
    session.end_ms = event.time_ms;
    ++session.events;
    session.has_action |= event.type != EventType::view;
    session.has_purchase |= event.type == EventType::purchase;
  }
  return sessions;
}

template <class Value>
double mean_over_sessions(const History& history, const Value& value) {
  const auto sessions = sessions_of(history);
  double sum = 0;
  for (const Session& session : sessions) sum += value(session);
  return ratio_or_zero(sum, static_cast<double>(sessions.size()));
}

// --- money -------------------------------------------------------------------------------------------

std::vector<double> prices_of(const History& history, EventType type) {
  std::vector<double> prices;
  for (const Event& event : history.events)
    if (event.type == type && event.price_micros != no_price) prices.push_back(static_cast<double>(event.price_micros) / 1e6);
  return prices;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return ratio_or_zero(sum, static_cast<double>(values.size()));
}

double deviation_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(ratio_or_zero(squares, static_cast<double>(values.size())));
}

// --- time --------------------------------------------------------------------------------------------

std::int64_t day_of(std::int64_t time_ms) { return floor_divide(time_ms, ms_per_day); }
std::size_t hour_of(std::int64_t time_ms) { return static_cast<std::size_t>((time_ms - day_of(time_ms) * ms_per_day) / ms_per_hour); }
// 0 is Monday; 1970-01-01 was a Thursday.
std::size_t weekday_of(std::int64_t time_ms) { return static_cast<std::size_t>(day_of(time_ms) + 3 - floor_divide(day_of(time_ms) + 3, 7) * 7); }

template <std::size_t N, class Place>
double most_frequent(const History& history, const Place& place) {
  std::array<std::uint64_t, N> counts{};
  for (const Event& event : history.events) ++counts[place(event.time_ms)];
  return static_cast<double>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

template <class Holds>
double share_of_events(const History& history, const Holds& holds) {
  return ratio_or_zero(static_cast<double>(std::count_if(history.events.begin(), history.events.end(), holds)), static_cast<double>(history.events.size()));
}

// 0 stands for ever; a millisecond less does no harm.
double until_or_ever(std::int64_t until_ms) { return until_ms == 0 ? -1 : static_cast<double>(until_ms); }

double events_within(const History& history, std::int64_t days, bool purchases_only) {
  const std::int64_t since = history.log_end_ms - days * ms_per_day;
  return static_cast<double>(std::count_if(history.events.begin(), history.events.end(),
                                           [&](const Event& event) { return event.time_ms > since && (!purchases_only || event.type == EventType::purchase); }));
}

// The oldest of these events leaves the window when the log ends at its time and `days` more.
double within_until(const History& history, std::int64_t days, bool purchases_only) {
  const std::int64_t since = history.log_end_ms - days * ms_per_day;
  for (const Event& event : history.events)
    if (event.time_ms > since && (!purchases_only || event.type == EventType::purchase)) return until_or_ever(event.time_ms + days * ms_per_day - 1);
  return 0;
}

// --- from view to purchase ---------------------------------------------------------------------------

// When a product was first viewed, put into the cart and bought; -1: never.
struct Path {
  std::int64_t view = -1, cart = -1, purchase = -1;
};

std::map<Identifier, Path> paths_of(const History& history) {
  std::map<Identifier, Path> paths;
  for (const Event& event : history.events) {
    if (event.product == no_identifier || event.type == EventType::remove_from_cart) continue;
    Path& path = paths[event.product];
    std::int64_t& first = event.type == EventType::view ? path.view : event.type == EventType::cart ? path.cart : path.purchase;
    if (first < 0) first = event.time_ms;
  }
  return paths;
}

double mean_hours(const History& history, std::int64_t Path::* from, std::int64_t Path::* to) {
  double sum = 0, count = 0;
  for (const auto& [product, path] : paths_of(history)) {
    if (path.*from < 0 || path.*to < path.*from) continue;
    sum += static_cast<double>(path.*to - path.*from) / static_cast<double>(ms_per_hour);
    ++count;
  }
  return ratio_or_zero(sum, count);
}

std::uint64_t carted_products(const History& history, bool abandoned_only) {
  std::uint64_t count = 0;
  for (const auto& [product, path] : paths_of(history)) count += path.cart >= 0 && (!abandoned_only || path.purchase < path.cart);
  return count;
}

// --- taste -------------------------------------------------------------------------------------------

double distinct_bought(const History& history, Identifier Event::* field) {
  DistinctCounter::Round bought = history.counter->begin(history.events.size());
  for (const Event& event : history.events)
    if (event.type == EventType::purchase) bought.add(event.*field);
  return number(bought.distinct());
}

double distinct_of(const History& history, Identifier Event::* field) { return number(count_distinct(history, field)); }

// Sum of the squared shares of the values (Herfindahl 1950, Simpson 1949): 1 when all are alike.
double concentration(const History& history, Identifier Event::* field) {
  std::vector<Identifier> values;
  for (const Event& event : history.events) values.push_back(event.*field);
  std::sort(values.begin(), values.end());
  double squares = 0;
  for (auto run = values.begin(); run != values.end();) {
    const auto end = std::upper_bound(run, values.end(), *run);
    squares += static_cast<double>(end - run) * static_cast<double>(end - run);
    run = end;
  }
  return squares / (static_cast<double>(values.size()) * static_cast<double>(values.size()));
}

}  // namespace

double session_minutes_mean(const History& h) { return mean_over_sessions(h, [](const Session& s) { return s.minutes(); }); }
double session_minutes_total(const History& h) {
  double sum = 0;
  for (const Session& session : sessions_of(h)) sum += session.minutes();
  return sum;
}
double session_minutes_longest(const History& h) {
  double longest = 0;
  for (const Session& session : sessions_of(h)) longest = std::max(longest, session.minutes());
  return longest;
}
double events_per_session(const History& h) { return mean_over_sessions(h, [](const Session& s) { return number(s.events); }); }
double events_per_session_most(const History& h) {
  std::uint64_t most = 0;
  for (const Session& session : sessions_of(h)) most = std::max(most, session.events);
  return number(most);
}
double share_sessions_without_action(const History& h) { return mean_over_sessions(h, [](const Session& s) { return s.has_action ? 0.0 : 1.0; }); }
double sessions_with_purchase(const History& h) {
  const auto sessions = sessions_of(h);
  return static_cast<double>(std::count_if(sessions.begin(), sessions.end(), [](const Session& s) { return s.has_purchase; }));
}
double days_between_sessions(const History& h) {
  const auto sessions = sessions_of(h);
  if (sessions.size() < 2) return 0;
  return static_cast<double>(sessions.back().begin_ms - sessions.front().begin_ms) / static_cast<double>(ms_per_day) / static_cast<double>(sessions.size() - 1);
}

double spend_deviation(const History& h) { return deviation_of(prices_of(h, EventType::purchase)); }
double spend_least(const History& h) {
  const auto prices = prices_of(h, EventType::purchase);
  return prices.empty() ? 0 : *std::min_element(prices.begin(), prices.end());
}
double spend_most(const History& h) {
  const auto prices = prices_of(h, EventType::purchase);
  return prices.empty() ? 0 : *std::max_element(prices.begin(), prices.end());
}
double spend_variation(const History& h) { return ratio_or_zero(spend_deviation(h), mean_of(prices_of(h, EventType::purchase))); }
double revenue_per_session(const History& h) { return ratio_or_zero(revenue(h), n_sessions(h)); }
double avg_price_viewed(const History& h) { return mean_of(prices_of(h, EventType::view)); }

double favourite_hour(const History& h) { return most_frequent<24>(h, hour_of); }
double favourite_weekday(const History& h) { return 1 + most_frequent<7>(h, weekday_of); }
double weekend_share(const History& h) { return share_of_events(h, [](const Event& event) { return weekday_of(event.time_ms) >= 5; }); }
double night_share(const History& h) { return share_of_events(h, [](const Event& event) { return hour_of(event.time_ms) < 6 || hour_of(event.time_ms) >= 22; }); }
double active_days(const History& h) {
  double days = 0;
  for (std::size_t i = 0; i < h.events.size(); ++i) days += i == 0 || day_of(h.events[i].time_ms) != day_of(h.events[i - 1].time_ms);
  return days;
}
double events_per_active_day(const History& h) { return total_events(h) / active_days(h); }

double n_remove_from_cart(const History& h) { return number(h.count(EventType::remove_from_cart)); }
double hours_view_to_cart(const History& h) { return mean_hours(h, &Path::view, &Path::cart); }
double hours_cart_to_purchase(const History& h) { return mean_hours(h, &Path::cart, &Path::purchase); }
double hours_view_to_purchase(const History& h) { return mean_hours(h, &Path::view, &Path::purchase); }
double abandoned_carts(const History& h) { return number(carted_products(h, true)); }
double abandoned_cart_share(const History& h) { return ratio_or_zero(abandoned_carts(h), number(carted_products(h, false))); }

double categories_bought(const History& h) { return distinct_bought(h, &Event::category); }
double brands_bought(const History& h) { return distinct_bought(h, &Event::brand); }
double categories_bought_share(const History& h) { return ratio_or_zero(categories_bought(h), distinct_of(h, &Event::category)); }
double brands_bought_share(const History& h) { return ratio_or_zero(brands_bought(h), distinct_of(h, &Event::brand)); }
double category_concentration(const History& h) { return concentration(h, &Event::category); }
double brand_concentration(const History& h) { return concentration(h, &Event::brand); }
double views_per_product(const History& h) {
  std::uint64_t viewed = 0;
  for (const auto& [product, path] : paths_of(h)) viewed += path.view >= 0;
  return ratio_or_zero(n_view(h), number(viewed));
}

double events_last_7_days(const History& h) { return events_within(h, 7, false); }
double events_last_30_days(const History& h) { return events_within(h, 30, false); }
double events_last_90_days(const History& h) { return events_within(h, 90, false); }
double purchases_last_30_days(const History& h) { return events_within(h, 30, true); }
double activity_trend(const History& h) {
  const std::int64_t begin = h.events.front().time_ms, half = begin + (h.log_end_ms - begin) / 2;
  const auto later = std::count_if(h.events.begin(), h.events.end(), [&](const Event& event) { return event.time_ms > half; });
  return static_cast<double>(2 * later - static_cast<std::ptrdiff_t>(h.events.size())) / static_cast<double>(h.events.size());
}

double events_last_7_days_until(const History& h) { return within_until(h, 7, false); }
double events_last_30_days_until(const History& h) { return within_until(h, 30, false); }
double events_last_90_days_until(const History& h) { return within_until(h, 90, false); }
double purchases_last_30_days_until(const History& h) { return within_until(h, 30, true); }
// Until the middle of the time reaches the next event.
double activity_trend_until(const History& h) {
  const std::int64_t begin = h.events.front().time_ms, half = begin + (h.log_end_ms - begin) / 2;
  const auto next = std::find_if(h.events.begin(), h.events.end(), [&](const Event& event) { return event.time_ms > half; });
  return next == h.events.end() ? 0 : until_or_ever(begin + 2 * (next->time_ms - begin) - 1);
}

}  // namespace coterie
