#include "coterie/segments/scatter.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

TEST(ScatterPoints, DrawsEachSegmentByItsWeightAndSmallOnesEnough) {
  Random random(9);
  constexpr std::size_t rows = 20000;
  Matrix values(rows, 3);
  std::vector<double> weights(rows);
  std::vector<std::int32_t> labels(rows);
  std::vector<double> weight(3);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < 3; ++c) values.at(i, c) = random.normal();
    weights[i] = 1 + static_cast<double>(random.below(50));
    labels[i] = random.below(1000) == 0 ? 2 : random.below(5) == 0 ? 1 : 0;
    weight[static_cast<std::size_t>(labels[i])] += weights[i];
  }
  const MatrixView x{values.view().values, rows, 3, values.view().stride, weights.data()};
  const Pca pca = fit_pca(x);
  const std::vector<ScatterPoint> points = scatter_points(x, labels, 3, pca);
  std::vector<double> drawn(3);
  for (const ScatterPoint& point : points) drawn[static_cast<std::size_t>(point.cluster)] += point.drawn;
  EXPECT_NEAR(drawn[0], 1500 * weight[0] / (weight[0] + weight[1] + weight[2]), 1);
  EXPECT_NEAR(drawn[1], 1500 * weight[1] / (weight[0] + weight[1] + weight[2]), 1);
  EXPECT_NEAR(drawn[2], 40, 1);
  // Every point is a row's projection.
  const Matrix projected = project(x, pca);
  for (std::size_t p = 0; p < 50; ++p) {
    bool found = false;
    for (std::size_t i = 0; i < rows && !found; ++i)
      found = labels[i] == points[p].cluster && std::abs(projected.at(i, 0) - points[p].x) < 1e-9 && std::abs(projected.at(i, 1) - points[p].y) < 1e-9;
    EXPECT_TRUE(found);
  }
}

TEST(ScatterPoints, OfFewCustomersAreAllOfThem) {
  Matrix values(7, 1);
  for (std::size_t i = 0; i < 7; ++i) values.at(i, 0) = static_cast<double>(i);
  const std::vector<std::int32_t> labels = {0, 1, 0, 1, 0, 0, 0};
  const std::vector<ScatterPoint> points = scatter_points(values, labels, 2, fit_pca(values));
  ASSERT_EQ(points.size(), 7u);
  for (const ScatterPoint& point : points) EXPECT_EQ(point.drawn, 1u);
  EXPECT_EQ(points[0].y, 0);
}

}  // namespace
}  // namespace coterie
