// What order lines say of a customer. Returns (negative quantities) are in a history only where the user asks for them to
// be netted; an order is one with a purchase.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "coterie/base/time.h"
#include "coterie/features/feature.h"

namespace coterie::orders {
namespace {

__extension__ using WideSum = __int128;

struct Order {
  Identifier invoice;
  std::int64_t time_ms;  // of its first line
};

// The day after the last of the data, the field's usual "today" for recency.
std::int64_t reference_ms(const History& history) { return history.log_end_ms + ms_per_day; }

bool is_purchase(const Event& line) { return quantity_of(line) > 0; }

// In the order of their first lines. Lines without an invoice are of one order where their times are the same.
std::vector<Order> orders_of(const History& history) {
  std::vector<Order> orders;
  for (const Event& line : history.events)
    if (is_purchase(line)) orders.push_back({line.session == no_identifier ? static_cast<Identifier>(line.time_ms) : line.session, line.time_ms});
  std::stable_sort(orders.begin(), orders.end(), [](const Order& a, const Order& b) { return a.invoice < b.invoice; });
  orders.erase(std::unique(orders.begin(), orders.end(), [](const Order& a, const Order& b) { return a.invoice == b.invoice; }), orders.end());
  std::stable_sort(orders.begin(), orders.end(), [](const Order& a, const Order& b) { return a.time_ms < b.time_ms; });
  return orders;
}

std::vector<double> gaps_in_days(const History& history) {
  const std::vector<Order> orders = orders_of(history);
  std::vector<double> gaps;
  for (std::size_t i = 1; i < orders.size(); ++i) gaps.push_back(static_cast<double>(orders[i].time_ms - orders[i - 1].time_ms) / static_cast<double>(ms_per_day));
  return gaps;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double ratio_or_zero(double above, double below) { return below == 0 ? 0 : above / below; }

double pieces(const History& history, bool bought) {
  std::int64_t sum = 0;
  for (const Event& line : history.events)
    if (is_purchase(line) == bought) sum += quantity_of(line);
  return static_cast<double>(sum);
}

double whole_days(std::int64_t ms) { return static_cast<double>(floor_divide(ms, ms_per_day)); }

// The place with most orders, ties to the first.
template <std::size_t N, class Place>
double most_frequent(const std::vector<Order>& orders, const Place& place) {
  std::array<std::size_t, N> counts{};
  for (const Order& order : orders) ++counts[place(order.time_ms)];
  return static_cast<double>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

// 0 is Thursday, the day of 1970-01-01.
bool is_weekend(std::int64_t time_ms) {
  const std::int64_t day = floor_divide(time_ms, ms_per_day), weekday = day - floor_divide(day, 7) * 7;
  return weekday == 2 || weekday == 3;
}

std::size_t month_of(std::int64_t time_ms) { return static_cast<std::size_t>(std::stoi(iso_time(time_ms).substr(5, 2))) - 1; }

}  // namespace

double frequency(const History& history) { return static_cast<double>(orders_of(history).size()); }

double monetary(const History& history) {
  WideSum micros = 0;
  for (const Event& line : history.events) micros += line.price_micros;
  return static_cast<double>(micros) / 1e6;
}

// From here days count to the end of the log: a day before the last order, because they are to count to a day after the end.
double recency_since_ms(const History& history) {
  const std::vector<Order> orders = orders_of(history);
  // Only returns: nothing was bought in this log, so recency counts from the last return.
  return static_cast<double>((orders.empty() ? history.events.back().time_ms : orders.back().time_ms) - ms_per_day);
}

double recency_days(const History& history) { return days_from(recency_since_ms(history), history.log_end_ms); }

double average_order_value(const History& history) { return ratio_or_zero(monetary(history), frequency(history)); }
double items_per_order(const History& history) { return ratio_or_zero(pieces(history, true), frequency(history)); }
double share_returned(const History& history) { return std::abs(ratio_or_zero(pieces(history, false), pieces(history, true))); }
double days_between_orders_mean(const History& history) { return mean_of(gaps_in_days(history)); }

double distinct_products(const History& history) {
  DistinctCounter::Round products = history.counter->begin(history.events.size());
  for (const Event& line : history.events)
    if (is_purchase(line) && line.product != no_identifier) products.add(line.product);
  return static_cast<double>(products.distinct());
}

double days_between_orders_deviation(const History& history) {
  const std::vector<double> gaps = gaps_in_days(history);
  const double mean = mean_of(gaps);
  double squares = 0;
  for (const double gap : gaps) squares += (gap - mean) * (gap - mean);
  return gaps.empty() ? 0 : std::sqrt(squares / static_cast<double>(gaps.size()));
}

double purchase_cycle_days(const History& history) {
  std::vector<double> gaps = gaps_in_days(history);
  if (gaps.empty()) return 0;
  std::sort(gaps.begin(), gaps.end());
  const std::size_t middle = gaps.size() / 2;
  return gaps.size() % 2 == 1 ? gaps[middle] : (gaps[middle - 1] + gaps[middle]) / 2;
}

double days_late(const History& history) { return orders_of(history).size() < 2 ? 0 : orders::recency_days(history) - purchase_cycle_days(history); }

double late_since_ms(const History& history) { return orders_of(history).size() < 2 ? std::nan("") : recency_since_ms(history); }

double first_order_days(const History& history) {
  const std::vector<Order> orders = orders_of(history);
  return orders.empty() ? 0 : whole_days(reference_ms(history) - orders.front().time_ms);
}

double first_order_since_ms(const History& history) {
  const std::vector<Order> orders = orders_of(history);
  return orders.empty() ? std::nan("") : static_cast<double>(orders.front().time_ms - ms_per_day);
}

double tenure_days(const History& history) {
  const std::vector<Order> orders = orders_of(history);
  return orders.empty() ? 0 : whole_days(orders.back().time_ms - orders.front().time_ms);
}

double order_trend(const History& history) {
  const std::vector<Order> orders = orders_of(history);
  if (orders.empty()) return 0;
  const std::int64_t begin = orders.front().time_ms, half = begin + (reference_ms(history) - begin) / 2;
  const auto later = std::count_if(orders.begin(), orders.end(), [&](const Order& order) { return order.time_ms >= half; });
  return static_cast<double>(2 * later - static_cast<std::ptrdiff_t>(orders.size())) / static_cast<double>(orders.size());
}

// Until the middle of the time has passed the next order.
double order_trend_until(const History& history) {
  const std::vector<Order> orders = orders_of(history);
  if (orders.empty()) return 0;
  const std::int64_t begin = orders.front().time_ms, half = begin + (reference_ms(history) - begin) / 2;
  const auto next = std::find_if(orders.begin(), orders.end(), [&](const Order& order) { return order.time_ms >= half; });
  if (next == orders.end()) return 0;
  const std::int64_t until = begin + 2 * (next->time_ms - begin) + 1 - ms_per_day;
  return until == 0 ? -1 : static_cast<double>(until);  // 0 stands for ever; a millisecond less does no harm
}

double weekend_share(const History& history) {
  const std::vector<Order> orders = orders_of(history);
  const auto weekend = std::count_if(orders.begin(), orders.end(), [](const Order& order) { return is_weekend(order.time_ms); });
  return ratio_or_zero(static_cast<double>(weekend), static_cast<double>(orders.size()));
}

double favourite_hour(const History& history) {
  return most_frequent<24>(orders_of(history), [](std::int64_t ms) { return static_cast<std::size_t>((ms - floor_divide(ms, ms_per_day) * ms_per_day) / 3'600'000); });
}

double favourite_month(const History& history) { return 1 + most_frequent<12>(orders_of(history), month_of); }

}  // namespace coterie::orders
