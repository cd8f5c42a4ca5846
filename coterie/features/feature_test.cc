#include "coterie/features/feature.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "coterie/base/time.h"

namespace coterie {
namespace {

constexpr std::int64_t noon = 1'569'931'200'000;  // 2019-10-01 12:00:00

struct Row {
  EventType type;
  std::int64_t time_ms;
  Identifier session, product, category, brand;
  std::int64_t price_micros;
};

// Every feature of a history, by name; log_end_ms as given.
std::map<std::string, double> features_of(const std::vector<Row>& rows, std::int64_t log_end_ms) {
  std::vector<Event> events;
  DistinctCounter counter;
  History history{{}, log_end_ms, {}, &counter};
  for (const Row& row : rows) {
    events.push_back({row.time_ms, 7, row.session, row.product, row.category, row.brand, row.price_micros, row.type});
    ++history.count_by_type[static_cast<std::size_t>(row.type)];
  }
  history.events = events;
  std::map<std::string, double> values;
  for (const Feature& feature : feature_catalogue())
    if (feature.basic) values[feature.name] = feature.compute(history);
  return values;
}

TEST(Features, OfACustomerComputedByHand) {
  using enum EventType;
  const auto values = features_of(
      {
          {view, noon, 1, 100, 10, 5, 1'990'000},
          {view, noon + 1000, 1, 101, 10, 5, 2'500'000},
          {view, noon + 2000, 1, 100, 11, 6, 1'990'000},
          {view, noon + ms_per_day, 2, no_identifier, 11, 6, no_price},
          {cart, noon + ms_per_day, 2, 101, 10, 5, 2'500'000},
          {cart, noon + ms_per_day + 1, 2, 102, 12, 5, 10'000'000},
          {remove_from_cart, noon + ms_per_day + 2, 2, 102, 12, 5, 10'000'000},
          {purchase, noon + ms_per_day + 3, 2, 101, 10, 5, 2'500'000},
          {purchase, noon + 2 * ms_per_day, no_identifier, 103, 10, 7, no_price},
          {purchase, noon + 3 * ms_per_day - 1, 3, 104, 10, 5, 100'000},
      },
      noon + 5 * ms_per_day);
  const std::map<std::string, double> expected = {
      {"total_events", 10}, {"n_view", 4}, {"n_cart", 2}, {"n_purchase", 3},
      {"n_sessions", 3},            // 1, 2, 3; the blank one is none
      {"unique_products", 5},       // 100 to 104; the blank one is none
      {"unique_categories", 3}, {"unique_brands", 3},
      {"revenue", 2.6},             // 2.50 + nothing + 0.10
      {"avg_price_purchased", 1.3},  // of two purchases with a price
      {"conversion_rate", 0.75}, {"view_to_cart_rate", 0.5}, {"cart_to_purchase_rate", 1.5},
      {"recency_days", 2},          // two days and a millisecond
      {"tenure_days", 2},           // three days less a millisecond
  };
  EXPECT_EQ(values, expected);
}

TEST(Features, AreZeroWhereThereIsNothingToDivideBy) {
  const auto bought = features_of({{EventType::purchase, noon, no_identifier, no_identifier, 1, 1, no_price}}, noon);
  const std::map<std::string, double> expected = {
      {"total_events", 1}, {"n_view", 0}, {"n_cart", 0}, {"n_purchase", 1}, {"n_sessions", 0}, {"unique_products", 0},
      {"unique_categories", 1}, {"unique_brands", 1}, {"revenue", 0}, {"avg_price_purchased", 0}, {"conversion_rate", 0},
      {"view_to_cart_rate", 0}, {"cart_to_purchase_rate", 0}, {"recency_days", 0}, {"tenure_days", 0}};
  EXPECT_EQ(bought, expected);
  const auto looked = features_of({{EventType::view, noon, 1, 1, 1, 1, 5'000'000}}, noon);
  EXPECT_EQ(looked.at("revenue"), 0) << "the price of what was only looked at";
  EXPECT_EQ(looked.at("conversion_rate"), 0);
}

TEST(Features, MoneyMayBeNegativeAndLargerThan64BitsHold) {
  using enum EventType;
  const auto refunded = features_of({{purchase, noon, 1, 1, 1, 1, 5'000'000}, {purchase, noon, 1, 1, 1, 1, -7'500'000}}, noon);
  EXPECT_EQ(refunded.at("revenue"), -2.5);
  EXPECT_EQ(refunded.at("avg_price_purchased"), -1.25);
  constexpr std::int64_t most = 9'000'000'000'000'000'000;
  EXPECT_EQ(features_of({{purchase, noon, 1, 1, 1, 1, most}, {purchase, noon, 1, 1, 1, 1, most}}, noon).at("revenue"), 1.8e13);
}

TEST(Features, DaysCountBackwardsFromBefore1970) {
  const auto values = features_of({{EventType::view, -3 * ms_per_day, 1, 1, 1, 1, 0}, {EventType::view, -ms_per_day - 1, 1, 1, 1, 1, 0}}, -1);
  EXPECT_EQ(values.at("tenure_days"), 1);
  EXPECT_EQ(values.at("recency_days"), 1);
}

TEST(FeatureCatalogue, NamesAreDifferentAndDefined) {
  std::set<std::string> names;
  for (const Feature& feature : feature_catalogue()) {
    EXPECT_TRUE(names.insert(feature.name).second);
    EXPECT_GT(std::string(feature.definition).size(), 10u);
  }
  EXPECT_EQ(names.size(), 53u);
}

TEST(AvailableFeatures, LeaveOutWhatHasNoColumn) {
  bool all[role_count], few[role_count]{};
  for (bool& has : all) has = true;
  EXPECT_EQ(available_features(all).size(), 53u);
  few[static_cast<int>(Role::price)] = true;
  std::set<std::string> names;
  for (const Feature& feature : available_features(few))
    if (feature.basic) names.insert(feature.name);
  EXPECT_EQ(names, (std::set<std::string>{"total_events", "n_view", "n_cart", "n_purchase", "revenue", "avg_price_purchased", "conversion_rate",
                                          "view_to_cart_rate", "cart_to_purchase_rate", "recency_days", "tenure_days"}));
}

}  // namespace
}  // namespace coterie
