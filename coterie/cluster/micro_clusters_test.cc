#include "coterie/cluster/micro_clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/error.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

Matrix random_rows(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, 3);
  for (std::size_t j = 0; j < 3; ++j)
    for (double& value : x.column(j)) value = random.normal() * static_cast<double>(j + 1);
  return x;
}

TEST(MicroClusters, AreTheWeightedMeansOfTheirRows) {
  const Matrix x = random_rows(500, 1);
  std::vector<double> weights(500);
  for (std::size_t i = 0; i < 500; ++i) weights[i] = 1 + static_cast<double>(i % 4);
  MatrixView view = x;
  view.weights = weights.data();
  const MicroClusters micro = micro_clusters(view, {.count = 40});
  ASSERT_EQ(micro.weights.size(), 40u);
  Matrix sums(40, 3);
  std::vector<double> total(40);
  double inertia = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    total[micro.of_row[i]] += weights[i];
    for (std::size_t j = 0; j < 3; ++j) {
      sums.at(micro.of_row[i], j) += weights[i] * x.at(i, j);
      inertia += weights[i] * std::pow(x.at(i, j) - micro.centres.at(micro.of_row[i], j), 2);
    }
  }
  EXPECT_EQ(micro.weights, total);
  for (std::size_t c = 0; c < 40; ++c)
    for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(micro.centres.at(c, j), sums.at(c, j) / total[c], 1e-12);
  EXPECT_NEAR(micro.inertia, inertia, 1e-9);
}

TEST(MicroClusters, LoseLessTheMoreThereAre) {
  const Matrix x = random_rows(2000, 2);
  double before = INFINITY;
  for (const std::size_t count : {1u, 10u, 100u, 1000u}) {
    const double inertia = micro_clusters(x, {.count = count}).inertia;
    EXPECT_LT(inertia, before);
    before = inertia;
  }
  EXPECT_LT(before, .02 * micro_clusters(x, {.count = 1}).inertia);
}

TEST(MicroClusters, KeepEqualRowsTogetherAndStopWhenNothingIsLeftToSplit) {
  Matrix x(100, 2);
  for (std::size_t i = 0; i < 100; ++i) x.at(i, 0) = static_cast<double>(i % 7) * .1, x.at(i, 1) = 1e300;
  const MicroClusters micro = micro_clusters(x, {.count = 50});
  EXPECT_EQ(micro.weights.size(), 7u);
  EXPECT_EQ(micro.inertia, 0);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(micro.of_row[i], static_cast<int>(i % 7));  // in order of first rows
}

TEST(MicroClusters, SplitValuesThatOnlyDifferInTheLastBit) {
  Matrix x(10, 1);
  for (std::size_t i = 0; i < 10; ++i) x.at(i, 0) = i < 9 ? 1e8 : std::nextafter(1e8, 2e8);
  const MicroClusters micro = micro_clusters(x, {.count = 4});
  EXPECT_LE(micro.weights.size(), 2u);
  EXPECT_TRUE(std::ranges::all_of(micro.of_row, [](int c) { return c >= 0; }));
}

TEST(MicroClusters, AreTheSameOnAnyNumberOfThreads) {
  const Matrix x = random_rows(3000, 3);
  const MicroClusters one = micro_clusters(x, {.count = 200, .threads = 1});
  for (const int threads : {2, 7}) {
    const MicroClusters more = micro_clusters(x, {.count = 200, .threads = threads});
    EXPECT_EQ(one.of_row, more.of_row);
    EXPECT_EQ(one.inertia, more.inertia);
  }
}

TEST(MicroClusters, RefuseNoCellsAndNoRows) {
  EXPECT_THROW(micro_clusters(random_rows(3, 1), {.count = 0}), Error);
  EXPECT_THROW(micro_clusters(Matrix(0, 1)), Error);
}

}  // namespace
}  // namespace coterie
