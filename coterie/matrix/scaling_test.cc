#include "coterie/matrix/scaling.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

Matrix matrix_of(const std::vector<std::vector<double>>& columns) {
  Matrix x(columns[0].size(), columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j)
    for (std::size_t i = 0; i < columns[j].size(); ++i) x.at(i, j) = columns[j][i];
  return x;
}

Matrix scaled(Matrix x, ScalingMethod method) {
  const Scaling scaling = fit_scaling(x, method);
  scale_in_place(x, scaling);
  return x;
}

// The example of scikit-learn's PowerTransformer: lambdas 1.386, -3.100.
TEST(Scaling, YeoJohnsonGivesTheDocumentedExample) {
  const Matrix x = matrix_of({{1, 3, 4}, {2, 2, 5}});
  const Scaling scaling = fit_scaling(x, ScalingMethod::yeo_johnson);
  EXPECT_NEAR(scaling.lambdas[0], 1.386, 0.001);
  EXPECT_NEAR(scaling.lambdas[1], -3.100, 0.001);
  const Matrix z = scaled(matrix_of({{1, 3, 4}, {2, 2, 5}}), ScalingMethod::yeo_johnson);
  const double expected[3][2] = {{-1.316, -0.707}, {0.209, -0.707}, {1.106, 1.414}};
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 2; ++j) EXPECT_NEAR(z.at(i, j), expected[i][j], 0.001);
}

// The likelihood of the definition, written out without sharing anything with the fit.
double slow_likelihood(const std::vector<double>& x, double lambda) {
  std::vector<double> y;
  double jacobian = 0, mean = 0, variance = 0;
  for (const double v : x) {
    if (v >= 0) y.push_back(std::abs(lambda) < 1e-12 ? std::log(v + 1) : (std::pow(v + 1, lambda) - 1) / lambda);
    else y.push_back(std::abs(lambda - 2) < 1e-12 ? -std::log(1 - v) : -(std::pow(1 - v, 2 - lambda) - 1) / (2 - lambda));
    jacobian += (lambda - 1) * (v >= 0 ? 1 : -1) * std::log(std::abs(v) + 1);
  }
  for (const double v : y) mean += v / static_cast<double>(y.size());
  for (const double v : y) variance += (v - mean) * (v - mean) / static_cast<double>(y.size());
  return -static_cast<double>(y.size()) / 2 * std::log(variance) + jacobian;
}

TEST(Scaling, YeoJohnsonFindsTheLambdaThatASearchOnAGridFinds) {
  Random random(4);
  std::vector<double> x;
  for (int i = 0; i < 300; ++i) x.push_back(std::exp(random.normal()) - 0.5);
  double best = -5;
  for (int step = 0; step <= 10'000; ++step) {
    const double lambda = -5 + 0.001 * step;
    if (slow_likelihood(x, lambda) > slow_likelihood(x, best)) best = lambda;
  }
  EXPECT_NEAR(fit_scaling(matrix_of({x}), ScalingMethod::yeo_johnson).lambdas[0], best, 0.001);
}

TEST(Scaling, RobustTakesMedianAndQuartilesInterpolated) {
  const Scaling scaling = fit_scaling(matrix_of({{1, 2, 3, 4, 100, 6}, {0, 0, 0, 0, 0, 6}}), ScalingMethod::robust);
  EXPECT_DOUBLE_EQ(scaling.linear.means[0], 3.5);
  EXPECT_DOUBLE_EQ(scaling.linear.deviations[0], 5.5 - 2.25);
  EXPECT_DOUBLE_EQ(scaling.linear.deviations[1], std::sqrt(5.0));  // half of all values are alike: the deviation
}

TEST(Scaling, CountsAWeightAsSoManyRows) {
  const Matrix single = matrix_of({{1, 5, 5, 5, 9, 9, 2}}), merged = matrix_of({{1, 5, 9, 2}});
  const double weights[] = {1, 3, 2, 1};
  MatrixView view = merged;
  view.weights = weights;
  for (const auto method : {ScalingMethod::z, ScalingMethod::robust, ScalingMethod::min_max, ScalingMethod::log_z, ScalingMethod::yeo_johnson}) {
    const Scaling a = fit_scaling(single, method), b = fit_scaling(view, method);
    EXPECT_NEAR(a.linear.means[0], b.linear.means[0], 1e-6) << name_of(method);
    EXPECT_NEAR(a.linear.deviations[0], b.linear.deviations[0], 1e-6) << name_of(method);
  }
}

TEST(Scaling, BringsColumnsIntoTheirRange) {
  const Matrix x = scaled(matrix_of({{-4, 0, 6}, {7, 7, 7}}), ScalingMethod::min_max);
  EXPECT_EQ(x.at(0, 0), 0);
  EXPECT_DOUBLE_EQ(x.at(1, 0), 0.4);
  EXPECT_EQ(x.at(2, 0), 1);
  EXPECT_EQ(x.at(1, 1), 0);
  const Matrix z = scaled(matrix_of({{0, std::exp(1) - 1, 1 - std::exp(1)}}), ScalingMethod::log_z);  // logs are 0, 1, -1
  EXPECT_NEAR(z.at(1, 0), std::sqrt(1.5), 1e-12);
  EXPECT_NEAR(z.at(2, 0), -std::sqrt(1.5), 1e-12);
}

TEST(HeavyTails, NamesColumnsWithARowFarOut) {
  const std::vector<HeavyTail> tails = heavy_tails(matrix_of({{1, -21}, {3, 20}, {25, 0}}));
  ASSERT_EQ(tails.size(), 2u);
  EXPECT_EQ(tails[0].column, 0u);
  EXPECT_EQ(tails[0].greatest, 21);
  EXPECT_EQ(tails[1].column, 2u);
}

}  // namespace
}  // namespace coterie
