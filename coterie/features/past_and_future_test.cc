#include "coterie/features/past_and_future.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "coterie/base/parallel.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

constexpr std::int64_t day = 86'400'000, cut = 100 * day, log_end = 130 * day;

Event event(std::uint64_t customer, std::int64_t at_day, EventType type, std::int64_t price = 0) {
  return {.time_ms = at_day * day, .customer = customer, .price_micros = price * 1'000'000, .type = type};
}

struct Log {
  std::vector<std::vector<Event>> customers;

  PastAndFuture sample(std::size_t wanted, int workers, std::uint64_t order) {
    const std::vector<Feature>& features = feature_catalogue();
    PastAndFutureSample sample(features, cut, wanted);
    std::vector<std::size_t> places(customers.size());
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    Random random(order);
    for (std::size_t i = places.size(); i > 1; --i) std::swap(places[i - 1], places[random.below(i)]);
    std::vector<DistinctCounter> counters(static_cast<std::size_t>(workers));
    for_each_block(places.size(), workers, [&](std::size_t i, int worker) {
      History history{customers[places[i]], log_end, {}, &counters[static_cast<std::size_t>(worker)]};
      for (const Event& e : history.events) ++history.count_by_type[static_cast<std::size_t>(e.type)];
      sample.visit(history);
    });
    return sample.finish();
  }
};

std::size_t column(const std::string& name) {
  const auto& all = feature_catalogue();
  return static_cast<std::size_t>(std::find_if(all.begin(), all.end(), [&](const Feature& f) { return f.name == name; }) - all.begin());
}

TEST(PastAndFuture, CutsAHistoryAndCountsWhatCameAfter) {
  Log log{{{event(7, 90, EventType::view), event(7, 95, EventType::purchase, 20), event(7, 100, EventType::purchase, 30), event(7, 120, EventType::view)},
           {event(8, 99, EventType::view)},
           {event(9, 110, EventType::purchase, 5)}}};  // the last one was not there before the cut
  const PastAndFuture t = log.sample(10, 2, 1);
  ASSERT_EQ(t.features.rows(), 2u);
  const std::size_t buyer = t.events[0] > 0 ? 0 : 1;
  EXPECT_EQ(t.features.at(buyer, column("total_events")), 2);
  EXPECT_EQ(t.features.at(buyer, column("revenue")), 20);
  EXPECT_EQ(t.features.at(buyer, column("recency_days")), 5);  // to the cut
  EXPECT_EQ(t.revenue[buyer], 30);
  EXPECT_EQ(t.purchases[buyer], 1);
  EXPECT_EQ(t.events[buyer], 2);
  EXPECT_EQ(t.events[1 - buyer], 0);
}

TEST(PastAndFuture, DrawsTheSameCustomersFromAnyWorkersInAnyOrder) {
  Log log;
  for (std::uint64_t c = 0; c < 500; ++c) log.customers.push_back({event(c, static_cast<std::int64_t>(c % 100), EventType::view), event(c, 101, EventType::purchase, static_cast<std::int64_t>(c))});
  const PastAndFuture one = log.sample(50, 1, 1), four = log.sample(50, 4, 2);
  ASSERT_EQ(one.features.rows(), 50u);
  EXPECT_EQ(one.revenue, four.revenue);
  EXPECT_TRUE(std::ranges::equal(one.features.column(column("recency_days")), four.features.column(column("recency_days"))));
  EXPECT_EQ(std::ranges::count(one.revenue, one.revenue[0]), 1);
  // The obvious way: all tickets in order.
  std::map<std::uint64_t, std::uint64_t> customer_of;
  for (std::uint64_t c = 0; c < 500; ++c) customer_of[mix64(c ^ 0x7f7a12e5u)] = c;
  auto next = customer_of.begin();
  for (const double revenue : one.revenue) EXPECT_EQ(revenue, static_cast<double>((next++)->second));
}

}  // namespace
}  // namespace coterie
