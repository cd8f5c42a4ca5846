// Shares of single customers against a count by hand; the sample does not depend on threads.
#include "coterie/features/activity.h"

#include <gtest/gtest.h>

#include <map>

#include "coterie/events/event_log_test.h"
#include "coterie/features/compute.h"
#include "coterie/sample/events_file_test.h"

namespace coterie {
namespace {

struct Sampled {
  CustomerTable customers;
  Activity activity;
};

Sampled sample_of(const std::string& path, int threads, std::size_t events) {
  EventLog log = read_events({path}, {.threads = threads, .product_words = true});
  ActivitySampler sampler(log, threads, events);
  Sampled sampled;
  sampled.customers = compute_features(log, available_features(log.has_role),
                                       {.threads = threads, .visit = [&](const History& history, int worker) { sampler.visit(history, worker); }});
  sampled.activity = sampler.finish(sampled.customers.ids);
  return sampled;
}

constexpr const char* header = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";

TEST(Activity, IsTheShareOfACustomersEvents) {
  const TestFolder folder;
  const std::string log = folder.file("log.csv", std::string(header) +
      "2019-10-07 09:10:00 UTC,view,11,1,shoes,nike,5,7,s\n"      // a Monday
      "2019-10-07 09:20:00 UTC,view,12,1,shoes,,5,7,s\n"
      "2020-02-29 23:59:59 UTC,purchase,11,1,hats,nike,5,7,s\n"   // a Saturday
      "2019-10-07 09:10:00 UTC,view,pro,1,,acme,5,anna,s\n"
      "2019-12-31 00:00:00 UTC,view,12,1,hats,acme,5,anna,s\n");
  const Sampled sampled = sample_of(log, 2, 1000);
  const Activity& activity = sampled.activity;
  ASSERT_EQ(activity.rows, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(activity.texts[0], (std::vector<std::string>{"hats", "shoes"}));
  EXPECT_EQ(activity.texts[1], (std::vector<std::string>{"acme", "nike"}));
  EXPECT_EQ(activity.texts[2], (std::vector<std::string>{"11", "12", "pro"}));
  EXPECT_EQ(activity.product_names, (std::vector<std::string>{"", "", ""}));
  using Key = std::tuple<std::uint32_t, ActivityKind, std::uint32_t>;
  std::map<Key, double> shares;
  for (std::uint32_t i = 0; i < 2; ++i)
    for (std::size_t s = activity.first[i]; s < activity.first[i + 1]; ++s) shares[{i, activity.shares[s].kind, activity.shares[s].value}] = activity.shares[s].share;
  using enum ActivityKind;
  const std::map<Key, double> expected = {
      {{0, category, 0}, 1 / 3.0}, {{0, category, 1}, 2 / 3.0}, {{0, brand, 1}, 2 / 3.0}, {{0, product, 0}, 2 / 3.0}, {{0, product, 1}, 1 / 3.0},
      {{0, hour, 9}, 2 / 3.0}, {{0, hour, 23}, 1 / 3.0}, {{0, weekday, 0}, 2 / 3.0}, {{0, weekday, 5}, 1 / 3.0}, {{0, month, 9}, 2 / 3.0}, {{0, month, 1}, 1 / 3.0},
      {{1, category, 0}, 0.5}, {{1, brand, 0}, 1}, {{1, product, 1}, 0.5}, {{1, product, 2}, 0.5}, {{1, hour, 9}, 0.5}, {{1, hour, 0}, 0.5}, {{1, weekday, 0}, 0.5}, {{1, weekday, 1}, 0.5},
      {{1, month, 9}, 0.5}, {{1, month, 11}, 0.5}};
  EXPECT_EQ(shares, expected);
}

TEST(Activity, TheSampleIsOfTheSizeAskedForAndTheSameForAnyThreads) {
  const TestFolder folder;
  const std::string log = folder.path("log.csv");
  write_sample(log, {.rows = 60'000, .customers = 3'000});
  const Sampled one = sample_of(log, 1, 20'000), three = sample_of(log, 3, 20'000);
  EXPECT_NEAR(static_cast<double>(one.activity.rows.size()), 1000, 100);
  EXPECT_EQ(one.activity.rows, three.activity.rows);
  EXPECT_EQ(one.activity.first, three.activity.first);
  for (int kind = 0; kind < 3; ++kind) EXPECT_EQ(one.activity.texts[kind], three.activity.texts[kind]);
  for (std::size_t i = 0; i < one.activity.shares.size(); ++i) EXPECT_EQ(one.activity.shares[i].share, three.activity.shares[i].share);
  EXPECT_EQ(sample_of(log, 2, 60'000).activity.rows.size(), 3000u);
}

}  // namespace
}  // namespace coterie
