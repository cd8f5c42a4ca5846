#include "coterie/matrix/equal_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "coterie/base/random.h"

namespace coterie {
namespace {

Matrix small_counts(std::size_t rows, std::size_t columns, std::uint64_t values) {
  Random random(rows);
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = static_cast<double>(random.below(values)) - 2;
  return x;
}

TEST(MergeEqualRows, IsThatOfAMapOfRowsInTheOrderOfFirstAppearance) {
  for (std::size_t rows : {0, 1, 2, 1000, 70'001})
    for (std::uint64_t values : {1, 3, 40}) {
      const Matrix x = small_counts(rows, 3, values);
      std::map<std::vector<double>, std::size_t> numbers;
      std::vector<double> weights;
      const EqualRows merged = merge_equal_rows(x);
      for (std::size_t i = 0; i < rows; ++i) {
        const auto [found, fresh] = numbers.emplace(std::vector{x.at(i, 0), x.at(i, 1), x.at(i, 2)}, numbers.size());
        if (fresh) weights.push_back(0);
        ++weights[found->second];
        ASSERT_EQ(merged.unique_of_row[i], found->second);
        for (std::size_t j = 0; j < 3; ++j) ASSERT_EQ(merged.rows.at(found->second, j), x.at(i, j));
      }
      ASSERT_EQ(merged.rows.rows(), numbers.size());
      EXPECT_EQ(std::vector<double>(merged.weights.begin(), merged.weights.end()), weights);
    }
}

TEST(MergeEqualRows, GivesTheSameOnAnyNumberOfThreads) {
  const Matrix x = small_counts(100'000, 4, 9);
  const EqualRows one = merge_equal_rows(x, 1);
  for (int threads : {2, 3}) {
    const EqualRows other = merge_equal_rows(x, threads);
    ASSERT_EQ(one.rows.rows(), other.rows.rows());
    EXPECT_TRUE(std::equal(one.unique_of_row.begin(), one.unique_of_row.end(), other.unique_of_row.begin()));
    EXPECT_TRUE(std::equal(one.weights.begin(), one.weights.end(), other.weights.begin()));
  }
}

TEST(MergeEqualRows, TakesMinusZeroForZeroAndNanForItself) {
  Matrix x(4, 1);
  x.at(1, 0) = -0.0;
  x.at(2, 0) = x.at(3, 0) = std::nan("");
  const EqualRows merged = merge_equal_rows(x);
  EXPECT_EQ(merged.rows.rows(), 2u);
  EXPECT_EQ(merged.weights[0], 2);
  EXPECT_FALSE(std::signbit(merged.rows.at(0, 0)));
}

TEST(MergeEqualRows, AddsWeightsThatRowsAlreadyHave) {
  Matrix x(3, 1);
  x.at(1, 0) = 7;
  const double weights[] = {2, 3, 5};
  MatrixView view = x;
  view.weights = weights;
  const EqualRows merged = merge_equal_rows(view);
  EXPECT_EQ(merged.weights[0], 7);
  EXPECT_EQ(merged.weights[1], 3);
  EXPECT_EQ(merged.view().weight(0), 7);
}

}  // namespace
}  // namespace coterie
