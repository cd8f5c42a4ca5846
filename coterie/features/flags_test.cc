// A log with one customer for each rule, and ordinary ones who meet none.
#include "coterie/features/flags.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "coterie/base/error.h"
#include "coterie/base/time.h"
#include "coterie/events/event_log_test.h"
#include "coterie/features/compute.h"

namespace coterie {
namespace {

// Monday 2024-01-01 00:00.
constexpr std::int64_t monday = 19'723 * ms_per_day;
constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute;

struct LogText {
  std::string text = "event_time,event_type,user_id,product_id,price\n";
  void add(std::int64_t ms, const char* type, const std::string& customer) { text += fmt::format("{},{},{},7,1.50\n", iso_time(monday + ms), type, customer); }
};

LogText log_with_every_rule() {
  LogText log;
  for (int i = 0; i < 500; ++i) log.add(i * 7 * second, i == 3 ? "cart" : "view", "1");                       // 500 in an hour
  for (int i = 0; i < 2000; ++i) log.add(i * 40 * second, i == 3 ? "cart" : "view", "2");                    // 2,000 in a day, and 23 hours of it
  for (int i = 0; i < 20; ++i) log.add(i * hour, i == 3 ? "cart" : "view", "3");                              // 20 hours of a day
  for (int i = 0; i < 2000; ++i) log.add(i * 20 * minute, "view", "4");                                       // looks only; 24 hours a day, too
  for (int i = 0; i < 101; ++i) log.add(i / 2 * 10 * minute, i == 3 ? "cart" : "view", "5");                  // every other one at once
  for (const char* name : {"staff-17", "qa.test", "staffordshire", "anna"}) log.add(0, "view", name);
  for (int i = 0; i < 99; ++i) log.add(i * 20 * minute % (19 * hour), i == 3 ? "cart" : "view", "6");         // busy, but a person
  return log;
}

CustomerFlags flags_of(const std::string& text, LogKind kind, const FlagOptions& options, int threads, CustomerTable* kept = nullptr) {
  const TestFolder folder;
  EventLog log = read_events({folder.file("log.csv", text)}, {.kind = kind, .threads = threads});
  FlagFinder finder(log, kind, options, threads);
  CustomerTable table = compute_features(log, {feature_catalogue(kind).front()}, {.threads = threads, .visit = [&](const History& history, int worker) { finder.visit(history, worker); }});
  CustomerFlags flags = finder.finish(table);
  CustomerTable left = drop_flagged(std::move(table), flags);
  if (kept != nullptr) *kept = std::move(left);
  return flags;
}

// "1: most_events_in_an_hour" for each customer.
std::set<std::string> found(const CustomerFlags& flags) {
  std::set<std::string> all;
  for (std::size_t i = 0; i < flags.customers.size(); ++i)
    for (std::size_t r = 0; r < flags.rules.size(); ++r)
      if (!std::isnan(flags.customers[i].measures[r])) all.insert(flags.ids[i] + ": " + flags.rules[r].rule.name);
  return all;
}

TEST(Flags, EachRuleOfEventsFindsItsCustomer) {
  const std::set<std::string> expected = {"1: most_events_in_an_hour", "2: most_events_in_a_day", "2: most_active_hours_in_a_day", "3: most_active_hours_in_a_day",
                                          "4: most_active_hours_in_a_day", "4: views_without_cart", "5: share_within_a_second", "staff-17: named_staff", "qa.test: named_test"};
  for (const int threads : {1, 3}) EXPECT_EQ(found(flags_of(log_with_every_rule().text, LogKind::events, {}, threads)), expected);
}

TEST(Flags, NobodyIsLeftOutUnlessAskedFor) {
  CustomerTable kept;
  CustomerFlags flags = flags_of(log_with_every_rule().text, LogKind::events, {}, 1, &kept);
  EXPECT_EQ(kept.ids.size(), 10u);
  EXPECT_EQ(flags.dropped_customers, 0u);
  flags = flags_of(log_with_every_rule().text, LogKind::events, {.drop = {"bots", "named_test"}}, 1, &kept);
  EXPECT_EQ(kept.ids.size(), 4u);  // 6, anna, staff-17 and staffordshire
  EXPECT_EQ(flags.dropped_customers, 6u);
  EXPECT_EQ(flags.dropped_events, 500u + 2000 + 20 + 2000 + 101 + 1);
  EXPECT_EQ(flags.customers_of(FlagGroup::bots), 5u);
  EXPECT_EQ(flags.customers_of(FlagGroup::staff), 1u);
}

TEST(Flags, AThresholdMayBeAnother) {
  const auto names = found(flags_of(log_with_every_rule().text, LogKind::events, {.thresholds = {{"most_events_in_an_hour", 501}, {"most_active_hours_in_a_day", 24}}}, 1));
  EXPECT_FALSE(names.contains("1: most_events_in_an_hour"));
  EXPECT_FALSE(names.contains("3: most_active_hours_in_a_day"));
  EXPECT_TRUE(names.contains("4: most_active_hours_in_a_day"));
}

TEST(Flags, OfOrdersAreMeasuredInMediansOfAllCustomers) {
  std::string text = "invoice,date,customer,product,quantity,unit_price\n";
  for (int i = 0; i < 9; ++i) text += fmt::format("{},2024-01-0{},c{},a,2,5.00\n", i, 1 + i % 9, i);
  text += "20,2024-01-02,reseller,a,40,5.00\n";                                                    // 20 times the median's 2 pieces
  for (int i = 0; i < 40; ++i) text += fmt::format("{},2024-01-02,often,a,2,5.00\n", 100 + i);     // 40 times one order
  text += "30,2024-01-02,c1,test001,2,5.00\n31,2024-01-02,c2,POST,1,5.00\n32,2024-01-02,fees,M,2,5.00\n";
  const std::set<std::string> expected = {"reseller: pieces_per_order", "reseller: amount_per_order", "often: orders_placed", "c1: test_lines", "fees: share_of_service_lines"};
  EXPECT_EQ(found(flags_of(text, LogKind::orders, {}, 1)), expected);
}

TEST(Flags, WhatIsNotThereIsRefused) {
  const auto message = [](const FlagOptions& options) {
    try {
      require_known_flags(options, LogKind::events);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(message({.drop = {"bot"}}).find("did you mean \"bots\""), std::string::npos);
  EXPECT_NE(message({.thresholds = {{"most_events_in_hour", 3}}}).find("did you mean \"most_events_in_an_hour\""), std::string::npos);
  EXPECT_NE(message({.thresholds = {{"most_events_in_a_day", 0}}}).find("not above 0"), std::string::npos);
  EXPECT_EQ(message({.drop = {"bots", "named_staff"}}), "");
}

}  // namespace
}  // namespace coterie
