#include "coterie/segments/reasons.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "coterie/base/random.h"

namespace coterie {
namespace {

struct Rows {
  Matrix raw, scaled;
  std::vector<double> centres;
  std::vector<std::int32_t> labels;
  std::vector<std::uint32_t> places;
};

std::size_t nearest_centre(const std::vector<double>& row, const std::vector<double>& centres) {
  std::size_t best = 0;
  double least = INFINITY;
  for (std::size_t c = 0; c < centres.size() / row.size(); ++c) {
    double sum = 0;
    for (std::size_t j = 0; j < row.size(); ++j) sum += std::pow(row[j] - centres[c * row.size() + j], 2);
    if (sum < least) least = sum, best = c;
  }
  return best;
}

std::vector<double> row_of(const Matrix& x, std::size_t row) {
  std::vector<double> values;
  for (std::size_t j = 0; j < x.columns(); ++j) values.push_back(x.at(row, j));
  return values;
}

// Whole numbers; scaled = raw / 10.
Rows random_rows(std::size_t rows, std::size_t columns, std::size_t k) {
  Random random(21);
  Rows data{Matrix(rows, columns), Matrix(rows, columns), {}, {}, std::vector<std::uint32_t>(rows)};
  std::iota(data.places.begin(), data.places.end(), 0u);
  for (std::size_t i = 0; i < k * columns; ++i) data.centres.push_back(5 * random.uniform());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) data.raw.at(i, j) = static_cast<double>(random.below(50)), data.scaled.at(i, j) = data.raw.at(i, j) / 10;
    data.labels.push_back(static_cast<std::int32_t>(nearest_centre(row_of(data.scaled, i), data.centres)));
  }
  return data;
}

HugeArray<RowReason> reasons_of(const Rows& data, int threads = 0) {
  return reasons_of_rows(data.scaled, data.centres, data.labels, data.raw, data.places, threads);
}

TEST(ReasonsOfRows, GiveTheSimplifiedSilhouetteAndTheNextSegment) {
  const Rows data = random_rows(3000, 4, 5);
  const HugeArray<RowReason> reasons = reasons_of(data);
  for (std::size_t i = 0; i < 3000; ++i) {
    std::vector<std::pair<double, std::int32_t>> distances;
    for (std::int32_t c = 0; c < 5; ++c) {
      double sum = 0;
      for (std::size_t j = 0; j < 4; ++j) sum += std::pow(data.scaled.at(i, j) - data.centres[static_cast<std::size_t>(c) * 4 + j], 2);
      distances.emplace_back(std::sqrt(sum), c);
    }
    std::sort(distances.begin(), distances.end());
    EXPECT_EQ(reasons[i].next, distances[1].second);
    EXPECT_NEAR(reasons[i].certainty, (distances[1].first - distances[0].first) / distances[1].first, 1e-12);
  }
}

TEST(ReasonsOfRows, AMoveLeadsToTheSegmentItNamesAndNoSmallerOneToTheNext) {
  const Rows data = random_rows(2000, 3, 4);
  const HugeArray<RowReason> reasons = reasons_of(data);
  std::size_t moves = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    const RowReason& reason = reasons[i];
    double made = INFINITY;
    if (reason.move_column >= 0) {
      ++moves;
      const auto column = static_cast<std::size_t>(reason.move_column);
      std::vector<double> moved = row_of(data.scaled, i);
      made = std::abs(reason.move_value / 10 - moved[column]);
      moved[column] = reason.move_value / 10;
      EXPECT_EQ(nearest_centre(moved, data.centres), static_cast<std::size_t>(reason.move_to));
      EXPECT_NE(reason.move_to, data.labels[i]);
    }
    // Slowly: every value from 0 to 49 in every column.
    for (std::size_t j = 0; j < 3; ++j)
      for (int value = 0; value < 50; ++value) {
        std::vector<double> moved = row_of(data.scaled, i);
        if (std::abs(value / 10.0 - moved[j]) > made - 1e-9) continue;
        moved[j] = value / 10.0;
        EXPECT_NE(nearest_centre(moved, data.centres), static_cast<std::size_t>(reason.next)) << i;
      }
  }
  EXPECT_GT(moves, 1000u);
}

TEST(ReasonsOfRows, NameTheColumnsThatSpeakMost) {
  Rows data{Matrix(2, 3), Matrix(2, 3), {0, 0, 0, 1, 5, 2}, {0, 1}, {0, 1}};
  for (std::size_t j = 0; j < 3; ++j) data.raw.at(1, j) = data.scaled.at(1, j) = data.centres[3 + j];
  const HugeArray<RowReason> reasons = reasons_of(data);
  EXPECT_EQ(reasons[1].columns, (std::array<std::int32_t, 2>{1, 2}));
  EXPECT_EQ(reasons[1].certainty, 1);
  EXPECT_EQ(reasons[0].next, 1);
}

TEST(ReasonsOfRows, OneSegmentNeedsNone) {
  Rows data{Matrix(2, 1), Matrix(2, 1), {0}, {0, 0}, {0, 1}};
  EXPECT_EQ(reasons_of(data)[0].next, -1);
  EXPECT_EQ(reasons_of(data)[0].move_column, -1);
}

TEST(ReasonsOfRows, AreTheSameForAnyThreads) {
  const Rows data = random_rows(20000, 4, 5);
  const HugeArray<RowReason> one = reasons_of(data, 1), three = reasons_of(data, 3);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].certainty, three[i].certainty);
    EXPECT_EQ(one[i].move_value, three[i].move_value);
  }
}

}  // namespace
}  // namespace coterie
