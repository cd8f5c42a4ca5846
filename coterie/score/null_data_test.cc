#include "coterie/score/null_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace coterie {
namespace {

// A skewed, a counted and a constant column; the first two go together.
Matrix skewed_and_counts(std::size_t rows) {
  Random random(8);
  Matrix x(rows, 3);
  for (std::size_t i = 0; i < rows; ++i) {
    const double z = random.normal();
    x.at(i, 0) = std::exp(z), x.at(i, 1) = std::floor(std::exp(0.8 * z + 0.6 * random.normal())), x.at(i, 2) = 3;
  }
  return x;
}

std::vector<double> in_order(std::span<const double> column) {
  std::vector<double> values(column.begin(), column.end());
  std::sort(values.begin(), values.end());
  return values;
}

// Spearman's, ties by the mean of their ranks.
double rank_correlation(const Matrix& x) {
  const auto ranks = [&](std::size_t j) {
    const auto order = in_order(x.column(j));
    std::vector<double> found;
    for (const double v : x.column(j))
      found.push_back(static_cast<double>(std::lower_bound(order.begin(), order.end(), v) - order.begin() + (std::upper_bound(order.begin(), order.end(), v) - order.begin())) / 2);
    return found;
  };
  const auto a = ranks(0), b = ranks(1);
  const double n = static_cast<double>(a.size());
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) ma += a[i] / n, mb += b[i] / n;
  for (std::size_t i = 0; i < a.size(); ++i) ab += (a[i] - ma) * (b[i] - mb), aa += (a[i] - ma) * (a[i] - ma), bb += (b[i] - mb) * (b[i] - mb);
  return ab / std::sqrt(aa * bb);
}

TEST(NullData, KeepsMarginsExactlyAndCopulaKeepsTheCorrelation) {
  const Matrix x = skewed_and_counts(3000);
  const NullModel model = fit_null(x, 1);
  for (const NullKind kind : {NullKind::permuted, NullKind::copula}) {
    const Matrix drawn = draw_null(model, kind, Random(5));
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(in_order(drawn.column(j)), in_order(x.column(j))) << name_of(kind);
    EXPECT_NEAR(rank_correlation(drawn), kind == NullKind::copula ? rank_correlation(x) : 0, 0.04) << name_of(kind);
  }
}

TEST(NullData, OfOneNormalHasTheMeansAndCovariancesOfTheData) {
  const Matrix x = skewed_and_counts(4000);
  const Matrix drawn = draw_null(fit_null(x, 1), NullKind::normal, Random(6));
  const auto moments = [](const Matrix& m, std::size_t a, std::size_t b) {
    const double n = static_cast<double>(m.rows());
    double ma = 0, mb = 0, ab = 0;
    for (std::size_t i = 0; i < m.rows(); ++i) ma += m.at(i, a) / n, mb += m.at(i, b) / n;
    for (std::size_t i = 0; i < m.rows(); ++i) ab += (m.at(i, a) - ma) * (m.at(i, b) - mb) / n;
    return ab;
  };
  for (const auto& [a, b] : {std::pair<std::size_t, std::size_t>{0, 0}, {0, 1}, {1, 1}}) EXPECT_NEAR(moments(drawn, a, b), moments(x, a, b), 0.12 * moments(x, a, a));
  EXPECT_NEAR(moments(drawn, 2, 2), 0, 1e-12);
}

TEST(NullData, IsDrawnAnewWithAnotherSeedOnly) {
  const NullModel model = fit_null(skewed_and_counts(50), 1);
  for (const NullKind kind : null_kinds) {
    const Matrix a = draw_null(model, kind, Random(1)), b = draw_null(model, kind, Random(1)), c = draw_null(model, kind, Random(2));
    EXPECT_TRUE(std::equal(a.column(0).begin(), a.column(0).end(), b.column(0).begin()));
    EXPECT_FALSE(std::equal(a.column(0).begin(), a.column(0).end(), c.column(0).begin()));
  }
}

}  // namespace
}  // namespace coterie
