#include "coterie/score/valley.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coterie/base/random.h"
#include "coterie/cluster/kmeans.h"

namespace coterie {
namespace {

// Clouds of `rows` normal rows each, in a row `apart` deviations from each other.
Matrix clouds(std::size_t count, std::size_t rows, double apart, std::uint64_t seed) {
  Random random(seed);
  Matrix x(count * rows, 3);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < 3; ++j) x.at(i, j) = random.normal();
    x.at(i, 0) += apart * static_cast<double>(i / rows);
  }
  return x;
}

bool all_separated(const Matrix& x, std::size_t k) {
  const std::vector<Valley> found = valleys(x, kmeans(x, k).centres);
  return std::all_of(found.begin(), found.end(), is_separated);
}

TEST(Valleys, LieBetweenCloudsAndNotInsideOfOne) {
  const Matrix x = clouds(3, 500, 5, 1);
  EXPECT_TRUE(all_separated(x, 3));
  EXPECT_FALSE(all_separated(x, 4));
  EXPECT_FALSE(all_separated(clouds(1, 1500, 0, 2), 2));
}

TEST(Valleys, AreNotFoundInSkewedHeavyTailedOrFlatCrowds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Matrix skewed = clouds(1, 1500, 0, seed), heavy = clouds(1, 1500, 0, seed), flat = clouds(1, 1500, 0, seed);
    for (std::size_t i = 0; i < 1500; ++i) {
      for (std::size_t j = 0; j < 3; ++j) skewed.at(i, j) = std::exp(skewed.at(i, j)), flat.at(i, j) = std::erf(flat.at(i, j) / std::sqrt(2.0));
      const double tail = 1 / std::sqrt(-std::log(Random(seed, i).uniform() + 1e-9));
      for (std::size_t j = 0; j < 3; ++j) heavy.at(i, j) *= tail;
    }
    for (const Matrix* x : {&skewed, &heavy, &flat})
      for (std::size_t k : {2, 4}) EXPECT_FALSE(all_separated(*x, k)) << seed;
  }
}

TEST(Valleys, SeeASmallCloudBesideALargeOne) {
  Matrix x = clouds(1, 2000, 0, 5);
  for (std::size_t i = 0; i < 60; ++i) x.at(i, 0) += 7;
  const std::vector<double> centres = {0, 0, 0, 7, 0, 0};
  const Valley v = valleys(x, centres)[0];
  EXPECT_EQ(v.rows, 120u);
  EXPECT_TRUE(is_separated(v));
  EXPECT_GT(v.separation, 0.3);
}

// Labels of mixtures, medoids or densities may overlap along the line; rows in any order are no valley.
TEST(Valleys, AreNotFoundWhereLabelsOverlapInOneCrowd) {
  const Matrix x = clouds(1, 1500, 0, 3);
  const std::vector<double> centres = {-0.5, 0, 0, 0.5, 0, 0};
  std::vector<std::int32_t> labels;
  Random random(8);
  for (std::size_t i = 0; i < x.rows(); ++i) labels.push_back(x.at(i, 0) + 0.7 * random.normal() > 0);
  EXPECT_GT(valleys(x, centres, labels)[0].p_value, 0.1);
}

TEST(Valleys, AreTheSameOnAnyNumberOfThreadsAndEmptyClustersHaveNone) {
  const Matrix x = clouds(2, 300, 3, 9);
  const std::vector<double> centres = {0, 0, 0, 3, 0, 0, 99, 99, 99};
  const std::vector<Valley> one = valleys(x, centres, 1), four = valleys(x, centres, 4);
  ASSERT_EQ(one.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(one[i].dip, four[i].dip);
    EXPECT_EQ(one[i].p_value, four[i].p_value);
  }
  EXPECT_FALSE(is_separated(one[1]));
  EXPECT_EQ(one[1].p_value, 1);
}

}  // namespace
}  // namespace coterie
