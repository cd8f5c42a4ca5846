#include "coterie/matrix/pca.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/pca_kernels.h"
#include "coterie/matrix/reference_test.h"
#include "coterie/matrix/standardise.h"

namespace coterie {
namespace {

Matrix random_rows(std::size_t rows, std::size_t columns, bool whole = false) {
  Random random(rows + columns);
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const double common = random.normal();
    for (std::size_t j = 0; j < columns; ++j) {
      const double value = common * static_cast<double>(j + 1) + random.normal() + 10;
      x.at(i, j) = whole ? std::round(value / 3) : value;
    }
  }
  return x;
}

TEST(PcaKernel, GivesTheSameBitsOnEveryInstructionSetAndThoseOfPlainLoops) {
  Random random(1);
  for (std::size_t columns : {1, 4, 7, 15}) {
    std::vector<double> a(256 * columns), b(256 * columns), expected(columns * columns);
    for (double& v : a) v = random.normal();
    for (double& v : b) v = random.normal();
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t l = j; l < columns; ++l) {
        double s[8] = {};
        for (std::size_t i = 0; i < 256; ++i) s[i % 8] = std::fma(a[256 * j + i], b[256 * l + i], s[i % 8]);
        expected[j * columns + l] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
      }
    for (Isa wanted : {Isa::plain, Isa::avx2, Isa::avx512}) {
      if (wanted > isa()) continue;
      std::vector<double> products(columns * columns);
      add_products(wanted)(a.data(), b.data(), columns, products.data());
      EXPECT_EQ(products, expected) << name_of(wanted);
    }
  }
}

TEST(Pca, ExplainsIrisAsTheReferenceSays) {
  Matrix iris = read_reference("iris.csv", true, 0, 4);
  if (iris.rows() == 0) GTEST_SKIP() << "the reference data is not there: set COTERIE_SHARED";
  const Pca raw = fit_pca(iris);
  EXPECT_NEAR(raw.explained_ratio[0], .92461872320173, 1e-13);
  EXPECT_NEAR(raw.explained_ratio[1], .05306648311707, 1e-13);
  standardise_in_place(iris, fit_standardisation(iris));
  const Pca scaled = fit_pca(iris);
  const double expected[] = {.729624454133, .22850761786702, .03668921889283, .00517870910715};
  for (std::size_t c = 0; c < 4; ++c) EXPECT_NEAR(scaled.explained_ratio[c], expected[c], 1e-12);
}

TEST(Pca, FindsUnitAxesOnWhichCoordinatesAreUncorrelatedWithTheExplainedVariance) {
  const Matrix x = random_rows(40'000, 5);
  const Pca pca = fit_pca(x, 3);
  const Matrix y = project(x, pca);
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b) {
      double length = 0, covariance = 0;
      for (std::size_t j = 0; j < 5; ++j) length += pca.axes[a * 5 + j] * pca.axes[b * 5 + j];
      for (std::size_t i = 0; i < x.rows(); ++i) covariance += y.at(i, a) * y.at(i, b) / 40'000;
      EXPECT_NEAR(length, a == b ? 1 : 0, 1e-13);
      EXPECT_NEAR(covariance, a == b ? pca.explained_variance[a] : 0, 1e-10);
    }
}

TEST(Pca, MakesTheLargestValueOfAnAxisPositive) {
  const Pca pca = fit_pca(random_rows(1000, 4));
  for (std::size_t c = 0; c < 4; ++c) {
    double largest = 0;
    for (std::size_t j = 0; j < 4; ++j)
      if (std::abs(pca.axes[c * 4 + j]) > std::abs(largest)) largest = pca.axes[c * 4 + j];
    EXPECT_GT(largest, 0);
  }
}

TEST(Pca, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Matrix x = random_rows(50'001, 6);
  const Pca one = fit_pca(x, 0, 1);
  for (int threads : {2, 3}) {
    const Pca other = fit_pca(x, 0, threads);
    EXPECT_EQ(one.axes, other.axes);
    EXPECT_EQ(one.explained_variance, other.explained_variance);
  }
}

TEST(Pca, TreatsAWeightAsSoManyEqualRows) {
  const Matrix x = random_rows(3000, 2, true);
  const EqualRows merged = merge_equal_rows(x);
  ASSERT_LT(merged.rows.rows(), 1000u);
  const Pca a = fit_pca(x), b = fit_pca(merged.view());
  for (std::size_t v = 0; v < 4; ++v) EXPECT_NEAR(a.axes[v], b.axes[v], 1e-12);
  for (std::size_t c = 0; c < 2; ++c) EXPECT_NEAR(a.explained_variance[c], b.explained_variance[c], 1e-12 * a.explained_variance[0]);
}

TEST(Pca, OfConstantColumnsExplainsNothing) {
  const Pca pca = fit_pca(Matrix(10, 3));
  EXPECT_EQ(pca.explained_ratio, (std::vector<double>{0, 0, 0}));
  EXPECT_THROW(fit_pca(Matrix(10, 3), 4), Error);
}

}  // namespace
}  // namespace coterie
