#include "coterie/score/future.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

struct Shop {
  Matrix past;  // recency, frequency, money, and a column of kinds
  std::vector<double> revenue, purchases, events;
  FutureData data() const { return {past, revenue, purchases, events, 0, 1, 2}; }
};

// `driver(kind, spend)`: the chance to buy later.
template <class Driver>
Shop shop(const Driver& driver, std::size_t customers = 3000, std::uint64_t seed = 4) {
  Random random(seed);
  Shop s{Matrix(customers, 4), {}, {}, {}};
  for (std::size_t i = 0; i < customers; ++i) {
    const double kind = static_cast<double>(i % 2), spend = random.uniform();
    s.past.at(i, 0) = random.uniform(), s.past.at(i, 1) = random.uniform(), s.past.at(i, 2) = spend, s.past.at(i, 3) = 8 * kind + 0.1 * random.normal();
    const bool buys = random.uniform() < driver(kind, spend);
    s.purchases.push_back(buys), s.revenue.push_back(buys ? 10 + random.uniform() : 0), s.events.push_back(buys ? 3 : static_cast<double>(i % 3));
  }
  return s;
}

const FutureRival& rival(const FutureTest& test, const std::string& name) {
  return *std::find_if(test.rivals.begin(), test.rivals.end(), [&](const FutureRival& r) { return r.name == name; });
}

double mean(const FutureRival& r, FutureScore score) { return r.scores[static_cast<std::size_t>(score)].mean; }

TEST(FutureTest, SegmentsThatDecideWinAgainstDecilesOfSpend) {
  const Shop s = shop([](double kind, double) { return 0.1 + 0.6 * kind; });
  const FutureTest test = future_test(s.data(), {.k = {2, 2}});
  ASSERT_EQ(test.rivals.size(), 4u);
  EXPECT_EQ(test.rivals[0].name, "segments");
  const double a = 0.7 / 0.8, b = 0.3 / 1.2;  // share of the second kind among buyers and among the others
  EXPECT_NEAR(mean(test.rivals[0], FutureScore::purchase_auc), a * (1 - b) + 0.5 * (a * b + (1 - a) * (1 - b)), 0.02);
  EXPECT_NEAR(mean(rival(test, "spend_deciles"), FutureScore::purchase_auc), 0.5, 0.03);
  EXPECT_GT(rival(test, "spend_deciles").behind_segments[2].low, 0);
  EXPECT_NE(test.sentence.find("revenue better than"), std::string::npos) << test.sentence;
}

TEST(FutureTest, SegmentsThatDoNotMatterLoseAndThatIsSaid) {
  const Shop s = shop([](double, double spend) { return spend; });
  const FutureTest test = future_test(s.data(), {.k = {2, 2}});
  EXPECT_NEAR(mean(test.rivals[0], FutureScore::purchase_auc), 0.5, 0.03);
  EXPECT_LT(rival(test, "spend_deciles").behind_segments[2].high, 0);
  EXPECT_LT(rival(test, "regression").behind_segments[2].high, 0);
  EXPECT_NE(test.sentence.find("purchases worse than"), std::string::npos) << test.sentence;
  EXPECT_NEAR(mean(test.rivals[0], FutureScore::revenue_r2), 0, 0.02);
}

TEST(FutureTest, FindsNothingInNoise) {
  const FutureTest test = future_test(shop([](double, double) { return 0.3; }).data(), {.k = {3, 3}});
  for (const FutureRival& r : test.rivals) {
    EXPECT_NEAR(mean(r, FutureScore::purchase_auc), 0.5, 0.03) << r.name;
    EXPECT_NEAR(mean(r, FutureScore::revenue_of_top_fifth), 0.2, 0.03) << r.name;
  }
}

TEST(FutureTest, LeavesOutRivalsWithoutTheirColumnsAndDoesNotJudgeTooFew) {
  Shop s = shop([](double, double) { return 0.3; });
  FutureData data = s.data();
  data.recency = std::nullopt;
  EXPECT_EQ(future_test(data, {.k = {2, 2}}).rivals.size(), 3u);
  s.purchases.assign(s.purchases.size(), 0);
  const FutureTest none = future_test(s.data());
  EXPECT_TRUE(none.rivals.empty());
  EXPECT_NE(none.sentence.find("not judged"), std::string::npos);
}

TEST(FutureTest, IsTheSameOnAnyNumberOfThreads) {
  const Shop s = shop([](double kind, double spend) { return 0.5 * kind * spend; }, 600);
  const FutureTest one = future_test(s.data(), {.k = {3, 3}, .threads = 1}), four = future_test(s.data(), {.k = {3, 3}, .threads = 4});
  for (std::size_t r = 0; r < one.rivals.size(); ++r)
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(one.rivals[r].scores[i].mean, four.rivals[r].scores[i].mean) << one.rivals[r].name;
}

TEST(FutureTest, ClaimsADifferenceInNoiseAboutAsOftenAsItMay) {
  int claims = 0, made = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const FutureTest test = future_test(shop([](double, double) { return 0.3; }, 500, seed).data(), {.k = {2, 2}, .halvings = 6, .resamples = 40, .seed = seed});
    for (const FutureRival& r : test.rivals) {
      const Estimate& ahead = r.behind_segments[static_cast<std::size_t>(FutureScore::purchase_auc)];
      if (r.name != "segments") claims += ahead.low > 0 || ahead.high < 0, ++made;
    }
  }
  EXPECT_EQ(made, 120);
  EXPECT_LE(claims, 12);
}

TEST(FutureTest, ChoosesKFromThePastAlone) {
  Shop s = shop([](double kind, double) { return 0.1 + 0.6 * kind; });
  EXPECT_EQ(future_test(s.data(), {.k = {2, 5}}).k, 2u);
  std::ranges::reverse(s.revenue), std::ranges::reverse(s.purchases), std::ranges::reverse(s.events);
  EXPECT_EQ(future_test(s.data(), {.k = {2, 5}}).k, 2u);
  EXPECT_EQ(future_test(s.data(), {.k = {3, 3}}).k, 3u);
}

}  // namespace
}  // namespace coterie
