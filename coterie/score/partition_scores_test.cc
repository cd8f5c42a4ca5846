#include "coterie/score/partition_scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coterie/base/random.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/score/dbcv.h"
#include "coterie/score/indices.h"

namespace coterie {
namespace {

Matrix blobs(std::size_t rows) {
  Random random(5);
  Matrix x(rows, 3);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < 3; ++j) x.at(i, j) = 4.0 * static_cast<double>(i % 3 == j) + random.normal();
  return x;
}

double squared(MatrixView x, std::size_t a, std::size_t b) {
  double sum = 0;
  for (std::size_t j = 0; j < x.columns; ++j) sum += std::pow(x.at(a, j) - x.at(b, j), 2);
  return sum;
}

TEST(SquaredSilhouette, IsThatOfTheDefinitionForEveryRow) {
  const Matrix x = blobs(60);
  const KmeansResult fit = kmeans(x, 3);
  const std::vector<double> values = squared_silhouettes(x, fit.labels, 3);
  for (std::size_t i = 0; i < 60; ++i) {
    double sums[3] = {}, counts[3] = {};
    for (std::size_t other = 0; other < 60; ++other)
      if (other != i) sums[fit.labels[other]] += squared(x, i, other), ++counts[fit.labels[other]];
    double b = INFINITY;
    for (int c = 0; c < 3; ++c)
      if (c != fit.labels[i]) b = std::min(b, sums[c] / counts[c]);
    const double a = sums[fit.labels[i]] / counts[fit.labels[i]];
    EXPECT_NEAR(values[i], (b - a) / std::max(a, b), 1e-12);
  }
}

TEST(SquaredSilhouette, TreatsAWeightAsThatManyEqualRows) {
  const Matrix x = blobs(40);
  const KmeansResult fit = kmeans(x, 3);
  Matrix twice(80, 3);
  std::vector<std::int32_t> labels(80);
  for (std::size_t i = 0; i < 80; ++i) {
    labels[i] = fit.labels[i / 2];
    for (std::size_t j = 0; j < 3; ++j) twice.at(i, j) = x.at(i / 2, j);
  }
  const std::vector<double> weights(40, 2.0);
  MatrixView weighted = x;
  weighted.weights = weights.data();
  const std::vector<double> merged = squared_silhouettes(weighted, fit.labels, 3), single = squared_silhouettes(twice, labels, 3);
  for (std::size_t i = 0; i < 80; ++i) EXPECT_NEAR(single[i], merged[i / 2], 1e-12);
}

TEST(Medoids, HaveTheLeastSumOfDistances) {
  const Matrix x = blobs(90);
  const KmeansResult fit = kmeans(x, 3);
  const std::vector<std::size_t> medoids = medoids_of(x, fit.labels, 3);
  const auto sum = [&](std::size_t row) {
    double total = 0;
    for (std::size_t i = 0; i < 90; ++i)
      if (fit.labels[i] == fit.labels[row]) total += std::sqrt(squared(x, row, i));
    return total;
  };
  for (std::size_t i = 0; i < 90; ++i) EXPECT_LE(sum(medoids[static_cast<std::size_t>(fit.labels[i])]), sum(i) + 1e-9);
}

TEST(PartitionScores, AreThoseOfAllRowsWhereTheSampleHoldsThem) {
  const Matrix x = blobs(300);
  const std::vector<KmeansResult> sweep = kmeans_sweep(x, {2, 4});
  const PartitionScoresTable table = score_partitions(x, sweep);
  ASSERT_TRUE(table.exact);
  ASSERT_EQ(table.rows.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_DOUBLE_EQ(table.rows[i].dunn.mean, dunn_index(x, sweep[i].labels));
    EXPECT_DOUBLE_EQ(table.rows[i].xie_beni.mean, validity_indices(x, sweep[i].labels).xie_beni);
    EXPECT_DOUBLE_EQ(table.rows[i].dbcv.mean, *dbcv(x, sweep[i].labels).value);
    EXPECT_EQ(table.rows[i].dunn.low, table.rows[i].dunn.high);
  }
}

TEST(PartitionScores, OfASampleHoldTheTruthInTheirIntervalsAndAreTheSameOnAnyNumberOfThreads) {
  const Matrix x = blobs(20000);
  const std::vector<KmeansResult> sweep = kmeans_sweep(x, {2, 4});
  const PartitionScoresTable one = score_partitions(x, sweep, {.threads = 1}), two = score_partitions(x, sweep, {.threads = 2});
  ASSERT_FALSE(one.exact);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(one.rows[i].dunn.mean, two.rows[i].dunn.mean);
    EXPECT_EQ(one.rows[i].dbcv.mean, two.rows[i].dbcv.mean);
    const std::vector<double> all = squared_silhouettes(x, sweep[i].labels, sweep[i].k);
    double mean = 0;
    for (const double value : all) mean += value / 20000;
    EXPECT_NEAR(one.rows[i].squared_silhouette.mean, mean, 4 * one.rows[i].squared_silhouette.standard_error);
  }
}

}  // namespace
}  // namespace coterie
