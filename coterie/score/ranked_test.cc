#include "coterie/score/ranked.h"

#include <gtest/gtest.h>

#include "coterie/base/random.h"
#include "coterie/score/separability.h"

namespace coterie {
namespace {

double top_fifth(const std::vector<double>& predictions, const std::vector<double>& values) { return share_of_top_fifth(rank_rows(predictions), values); }

TEST(Ranked, TakesTheTopFifthAndPartsOfTies) {
  const std::vector<double> values = {1, 2, 3, 4, 10};
  EXPECT_DOUBLE_EQ(top_fifth({1, 2, 3, 4, 5}, values), 0.5);
  EXPECT_DOUBLE_EQ(top_fifth({5, 1, 1, 1, 1}, values), 0.05);
  EXPECT_DOUBLE_EQ(top_fifth({0, 0, 0, 7, 7}, values), 0.35);
  EXPECT_DOUBLE_EQ(top_fifth({0, 0, 0, 0, 0}, values), 0.2);
  EXPECT_DOUBLE_EQ(top_fifth({1, 2, 3, 4, 5}, {0, 0, 0, 0, 0}), 0.2);
}

TEST(Ranked, AWeightCountsLikeRepeatedRows) {
  Random random(3);
  std::vector<double> predictions, truth, weights, repeated_predictions, repeated_values;
  std::vector<std::uint8_t> repeated_truth;
  for (int row = 0; row < 400; ++row) {
    predictions.push_back(static_cast<double>(random.below(30))), truth.push_back(random.uniform() < predictions.back() / 40);
    weights.push_back(static_cast<double>(random.below(4)));
    for (int copy = 0; copy < weights.back(); ++copy)
      repeated_predictions.push_back(predictions.back()), repeated_truth.push_back(static_cast<std::uint8_t>(truth.back())), repeated_values.push_back(truth.back());
  }
  const Ranked ranked = rank_rows(predictions);
  EXPECT_NEAR(area_under_curve(ranked, truth, weights), area_under_curve(repeated_predictions, repeated_truth), 1e-12);
  EXPECT_NEAR(share_of_top_fifth(ranked, truth, weights), top_fifth(repeated_predictions, repeated_values), 1e-12);
}

TEST(Ranked, WithoutBothOutcomesTheAreaIsAHalf) {
  EXPECT_EQ(area_under_curve(rank_rows(std::vector<double>{1, 2}), std::vector<double>{1, 1}), 0.5);
}

}  // namespace
}  // namespace coterie
