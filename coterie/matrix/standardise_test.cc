#include "coterie/matrix/standardise.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <limits>

#include "coterie/base/error.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

using Exact = boost::multiprecision::cpp_bin_float_100;

Matrix skewed(std::size_t rows, std::size_t columns) {
  Random random(rows);
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = 1e6 * static_cast<double>(j * j) + std::exp(2 * random.normal());
  return x;
}

TEST(Standardisation, IsWithinAFewRoundingsOfTheExactMomentsWithWeightsAndOffsets) {
  const Matrix x = skewed(20'003, 3);
  Random random(2);
  std::vector<double> weights(x.rows());
  for (double& w : weights) w = 1 + static_cast<double>(random.below(9));
  for (bool weighted : {false, true}) {
    MatrixView view = x;
    if (weighted) view.weights = weights.data();
    const Standardisation fitted = fit_standardisation(view);
    for (std::size_t j = 0; j < 3; ++j) {
      Exact sum = 0, total = 0, squared = 0;
      for (std::size_t i = 0; i < x.rows(); ++i) sum += Exact(view.weight(i)) * x.at(i, j), total += view.weight(i);
      const Exact mean = sum / total;
      for (std::size_t i = 0; i < x.rows(); ++i) squared += view.weight(i) * (x.at(i, j) - mean) * (x.at(i, j) - mean);
      const double expected = static_cast<double>(sqrt(Exact(squared / total)));
      EXPECT_NEAR(fitted.means[j], static_cast<double>(mean), 5e-16 * std::abs(static_cast<double>(mean)));
      EXPECT_NEAR(fitted.deviations[j], expected, 1e-15 * expected) << j;
    }
  }
}

TEST(Standardisation, UsesThePopulationDeviation) {
  Matrix x(2, 1);
  x.at(1, 0) = 2;
  const Standardisation fitted = fit_standardisation(x);
  EXPECT_EQ(fitted.means[0], 1);
  EXPECT_EQ(fitted.deviations[0], 1);
}

TEST(Standardisation, ReportsAConstantColumnAndMakesItZero) {
  Matrix x = skewed(500, 2);
  for (double& value : x.column(1)) value = 0.1;
  const Standardisation fitted = fit_standardisation(x);
  EXPECT_EQ(fitted.constant_columns, std::vector<std::size_t>{1});
  EXPECT_EQ(fitted.deviations[1], 1);
  const Matrix z = standardise(x, fitted);
  for (double value : z.column(1)) EXPECT_EQ(value, 0);
}

TEST(Standardise, GivesMeanZeroAndDeviationOneAndTheSameInPlaceAndOnAnyThreads) {
  Matrix x = skewed(40'000, 4);
  const Standardisation fitted = fit_standardisation(x, 1), again = fit_standardisation(x, 3);
  EXPECT_EQ(fitted.means, again.means);
  EXPECT_EQ(fitted.deviations, again.deviations);
  const Matrix z = standardise(x, fitted, 3);
  const Standardisation of_z = fit_standardisation(z);
  standardise_in_place(x, fitted, 2);
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(of_z.means[j], 0, 1e-9);
    EXPECT_NEAR(of_z.deviations[j], 1, 1e-12);
    for (std::size_t i = 0; i < x.rows(); ++i) ASSERT_EQ(x.at(i, j), z.at(i, j));
  }
}

TEST(Standardisation, RefusesWhatIsNotFiniteAndNamesThePlace) {
  Matrix x = skewed(70'000, 2);
  x.at(66'000, 1) = std::numeric_limits<double>::infinity();
  try {
    fit_standardisation(x);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_STREQ(error.what(), "column 1 holds inf in row 66000; distances need finite numbers");
  }
  const Matrix ones(3, 1);
  MatrixView view = ones;
  const double weights[] = {1, 0, 1};
  view.weights = weights;
  EXPECT_THROW(fit_standardisation(view), Error);
  EXPECT_THROW(fit_standardisation(Matrix(0, 2)), Error);
}

}  // namespace
}  // namespace coterie
