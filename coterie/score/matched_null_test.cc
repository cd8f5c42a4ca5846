#include "coterie/score/matched_null.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

Matrix two_clouds(std::size_t rows, double apart) {
  Random random(12);
  Matrix x(rows, 2);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < 2; ++j) x.at(i, j) = random.normal() + (i % 2 == 0 ? apart : 0);
  return x;
}

const Refit by_kmeans = refit_of(KmeansOptions{}, {}, 600);

TEST(MatchedNull, IsNotBeatenByOneNormal) {
  for (const NullTest& test : null_tests(two_clouds(400, 0), {2, 4}, by_kmeans)) {
    EXPECT_GT(test.silhouette.p_value, 0.05) << name_of(test.null) << test.k;
    EXPECT_LT(std::abs(test.gap.z), 4) << name_of(test.null) << test.k;
  }
}

TEST(MatchedNull, IsBeatenByPlantedClusters) {
  for (const NullTest& test : null_tests(two_clouds(400, 6), {2, 2}, by_kmeans)) {
    if (test.null == NullKind::copula) continue;  // its margins have two peaks, and go together
    EXPECT_EQ(test.silhouette.p_value, 0.05) << name_of(test.null);
    EXPECT_GT(test.gap.z, 5) << name_of(test.null);
    EXPECT_GT(test.gap.value, test.gap.null_mean) << name_of(test.null);
  }
}

TEST(MatchedNull, IsASilhouetteToBeatOnSkewedData) {
  Matrix x = two_clouds(600, 0);
  for (std::size_t j = 0; j < 2; ++j)
    for (double& v : x.column(j)) v = std::exp(v);
  for (const NullTest& test : null_tests(x, {3, 3}, by_kmeans)) {
    const double z = test.silhouette.z;
    EXPECT_TRUE(test.null == NullKind::normal ? z > 5 : std::abs(z) < 4) << name_of(test.null) << z;  // skew alone beats one normal
  }
}

TEST(MatchedNull, IsTheSameOnAnyNumberOfThreads) {
  const auto one = null_tests(two_clouds(120, 2), {2, 3}, by_kmeans, {.drawings = 4, .threads = 1}), three = null_tests(two_clouds(120, 2), {2, 3}, by_kmeans, {.drawings = 4, .threads = 3});
  ASSERT_EQ(one.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(one[i].silhouette.null_mean, three[i].silhouette.null_mean);
    EXPECT_EQ(one[i].agreement.z, three[i].agreement.z);
  }
}

}  // namespace
}  // namespace coterie
