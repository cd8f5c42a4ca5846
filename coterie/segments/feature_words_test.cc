#include "coterie/segments/feature_words.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "coterie/features/feature.h"

namespace coterie {
namespace {

TEST(FeatureWords, FeaturesAreSaidInWords) {
  EXPECT_EQ(word_of("n_purchase"), "purchases");
  EXPECT_EQ(word_of("City=New York"), "City: New York");
  EXPECT_EQ(word_of("Total_Spend"), "Total Spend");
  EXPECT_EQ(word_of("=x"), "=x");
}

TEST(FeatureWords, EveryFeatureOfALogHasAWord) {
  for (const LogKind kind : {LogKind::events, LogKind::orders})
    for (const Feature& feature : feature_catalogue(kind)) {
      const auto words = feature_words();
      EXPECT_TRUE(std::ranges::any_of(words, [&](const FeatureWord& w) { return std::string_view(feature.name) == w.feature; })) << feature.name;
    }
}

TEST(FeatureWords, NoFeatureIsListedTwice) {
  std::set<std::string> met;
  for (const FeatureWord& word : feature_words()) EXPECT_TRUE(met.insert(word.feature).second) << word.feature;
}

TEST(FeatureWords, CountsAreManyOrFewAndMeasuresHighOrLow) {
  EXPECT_EQ(amount_of("burn_frequency", false), "few coupons used");
  EXPECT_EQ(amount_of("burn_rate", true), "high share of coupons used");
  EXPECT_EQ(amount_of("Age", false), "low Age");
  EXPECT_EQ(amount_of("recency_days", false), "recently seen");
  EXPECT_EQ(amount_of("recency_days", true), "long absent");
}

TEST(FeatureWords, ValuesAreReadable) {
  EXPECT_EQ(value_text("burn_rate", 0.718), "72 %");
  EXPECT_EQ(value_text("conversion_rate", 0.052), "5.2 %");
  EXPECT_EQ(value_text("conversion_rate", 0.0002), "under 0.1 %");
  EXPECT_EQ(value_text("share_returned", 0), "0 %");
  EXPECT_EQ(value_text("n_view", 0.004), "under 0.01");
  EXPECT_EQ(value_text("revenue", 1234567.4), "1,234,567");
  EXPECT_EQ(value_text("revenue", -12345), "-12,345");
  EXPECT_EQ(value_text("revenue", -123), "-123");
  EXPECT_EQ(value_text("n_cart", 13.34), "13.3");
  EXPECT_EQ(value_text("n_cart", 0.123), "0.12");
}

}  // namespace
}  // namespace coterie
