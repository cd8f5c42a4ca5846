#include "coterie/score/resample.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace coterie {
namespace {

TEST(DrawCustomers, TakesEachRowAsOftenAsItsWeightAllowsAndEveryCustomerEquallyOften) {
  Matrix rows(4, 1);
  const double weights[] = {1, 5, 2, 12};
  for (std::size_t i = 0; i < 4; ++i) rows.at(i, 0) = static_cast<double>(i);
  MatrixView x = rows;
  x.weights = weights;
  double taken[4] = {};
  constexpr int draws = 4000;
  for (int d = 0; d < draws; ++d) {
    const CustomerSample sample = draw_customers(x, 5, Random(3, static_cast<std::uint64_t>(d)));
    ASSERT_EQ(sample.row_of.size(), 5u);
    EXPECT_TRUE(std::ranges::is_sorted(sample.row_of));
    EXPECT_LE(std::ranges::count(sample.row_of, 0u), 1);
    EXPECT_LE(std::ranges::count(sample.row_of, 2u), 2);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(sample.rows.at(i, 0), sample.row_of[i]);
    for (const std::uint32_t row : sample.row_of) ++taken[row];
  }
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(taken[i] / draws, 5 * weights[i] / 20, 0.08) << i;
}

TEST(DrawCustomers, GivesAllWhenThereAreNoMore) {
  Matrix rows(3, 2);
  EXPECT_EQ(draw_customers(rows, 3, Random(1)).row_of, (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(draw_customers(rows, 99, Random(1)).rows.rows(), 3u);
}

}  // namespace
}  // namespace coterie
