// The shop as a whole against a count by hand, and on any number of threads.
#include "coterie/features/traffic.h"

#include <gtest/gtest.h>

#include "coterie/events/event_log_test.h"
#include "coterie/features/compute.h"
#include "coterie/sample/events_file_test.h"

namespace coterie {
namespace {

Traffic traffic_of(const std::string& path, int threads) {
  EventLog log = read_events({path}, {.threads = threads});
  TrafficCounter counter(log, threads);
  compute_features(log, available_features(log.has_role), {.threads = threads, .visit = [&](const History& history, int worker) { counter.visit(history, worker); }});
  return counter.finish();
}

constexpr const char* header = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";

TEST(Traffic, CountsTheFunnelInOrderByCustomersAndBySessions) {
  const TestFolder folder;
  const std::string log = folder.file("log.csv", std::string(header) +
      "2019-10-07 09:10:00 UTC,view,11,1,shoes,nike,5,1,a\n"       // a Monday
      "2019-10-07 09:20:00 UTC,cart,11,1,shoes,nike,5,1,a\n"
      "2019-10-08 10:00:00 UTC,purchase,11,1,shoes,nike,5,1,b\n"   // the next day, in a session of its own
      "2019-10-07 09:10:00 UTC,purchase,11,1,shoes,nike,7.5,2,c\n" // bought, and viewed only then
      "2019-10-07 09:30:00 UTC,view,11,1,shoes,nike,5,2,c\n"
      "2019-10-13 23:59:59 UTC,view,11,1,shoes,nike,5,anna,d\n"
      "2019-10-13 23:59:59 UTC,view,11,1,shoes,nike,5,anna,d\n");
  const Traffic traffic = traffic_of(log, 2);
  EXPECT_EQ(traffic.customers, 3u);
  EXPECT_EQ(traffic.sessions, 4u);
  EXPECT_EQ(traffic.events, (std::array<std::uint64_t, 4>{4, 1, 0, 2}));
  EXPECT_EQ(traffic.by_customer.in_order, (std::array<std::uint64_t, 3>{3, 1, 1}));
  EXPECT_EQ(traffic.by_customer.any, (std::array<std::uint64_t, 4>{3, 1, 0, 2}));
  EXPECT_EQ(traffic.by_session.in_order, (std::array<std::uint64_t, 3>{3, 1, 0}));
  EXPECT_EQ(traffic.by_session.any, (std::array<std::uint64_t, 4>{3, 1, 0, 2}));
  EXPECT_EQ(traffic.by_hour[0][9], 2u);
  EXPECT_EQ(traffic.by_hour[3][24 + 10], 1u);
  EXPECT_EQ(traffic.by_hour[0][6 * 24 + 23], 2u);
  ASSERT_EQ(traffic.by_day.size(), 3u);
  EXPECT_EQ(traffic.by_day.begin()->second.revenue_micros, 7'500'000);
  ASSERT_EQ(traffic.busiest.size(), 3u);
  EXPECT_EQ(traffic.busiest.front().name, "1");
  EXPECT_EQ(traffic.busiest.front().events, 3u);
}

TEST(Traffic, ThreadsDoNotShow) {
  const TestFolder folder;
  const std::string log = folder.path("log.csv");
  write_sample(log, {.rows = 20'000, .customers = 900});
  const Traffic one = traffic_of(log, 1), three = traffic_of(log, 3);
  EXPECT_EQ(one.by_hour, three.by_hour);
  EXPECT_EQ(one.by_session.in_order, three.by_session.in_order);
  ASSERT_EQ(one.by_day.size(), three.by_day.size());
  for (const auto& [day, own] : one.by_day) EXPECT_EQ(own.revenue_micros, three.by_day.at(day).revenue_micros);
  ASSERT_EQ(one.busiest.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(one.busiest[i].id, three.busiest[i].id);
}

// Sessions that come back after others, and more of them than the table begins with.
TEST(Traffic, FindsASessionAgain) {
  SessionStates states;
  for (int round = 0; round < 2; ++round) {
    states.begin();
    for (int again = 0; again < 3; ++again)
      for (Identifier session = 1; session <= 500; ++session) states.of(session * 0x9e3779b97f4a7c15u).take(static_cast<EventType>(again == 2 ? 3 : again));
    FunnelSteps steps;
    for (const FunnelState& state : states.all()) state.count_into(steps);
    EXPECT_EQ(steps.in_order, (std::array<std::uint64_t, 3>{500, 500, 500}));
  }
}

}  // namespace
}  // namespace coterie
