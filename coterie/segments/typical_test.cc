#include "coterie/segments/typical.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

struct Clustered {
  Matrix x{40000, 3};
  std::vector<std::int32_t> labels = std::vector<std::int32_t>(40000);
  std::vector<double> centres = std::vector<double>(9);
};

// Three clouds; each centre is the mean of its rows.
Clustered three_clouds() {
  Clustered data;
  Random random(4);
  std::vector<double> count(3);
  for (std::size_t row = 0; row < data.x.rows(); ++row) {
    const std::size_t cluster = random.below(3);
    data.labels[row] = static_cast<std::int32_t>(cluster);
    ++count[cluster];
    for (std::size_t c = 0; c < 3; ++c) {
      data.x.at(row, c) = random.normal() + (c == cluster ? 5 : 0);
      data.centres[cluster * 3 + c] += data.x.at(row, c);
    }
  }
  for (std::size_t i = 0; i < 9; ++i) data.centres[i] /= count[i / 3];
  return data;
}

double sum_of_squared_distances(const Clustered& data, std::size_t from) {
  double sum = 0;
  for (std::size_t row = 0; row < data.x.rows(); ++row)
    for (std::size_t c = 0; c < 3 && data.labels[row] == data.labels[from]; ++c) sum += std::pow(data.x.at(row, c) - data.x.at(from, c), 2);
  return sum;
}

TEST(TypicalRows, AreTheNearestToTheCentreForAnyThreads) {
  const Clustered data = three_clouds();
  const auto rows = typical_rows(data.x, data.centres, data.labels, 5, 1);
  for (std::size_t cluster = 0; cluster < 3; ++cluster) {
    std::vector<std::pair<double, std::uint32_t>> all;
    for (std::size_t row = 0; row < data.x.rows(); ++row) {
      if (data.labels[row] != static_cast<std::int32_t>(cluster)) continue;
      double sum = 0;
      for (std::size_t c = 0; c < 3; ++c) sum += std::pow(data.x.at(row, c) - data.centres[cluster * 3 + c], 2);
      all.emplace_back(sum, row);
    }
    std::sort(all.begin(), all.end());
    ASSERT_EQ(rows[cluster].size(), 5u);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(rows[cluster][i], all[i].second);
  }
  EXPECT_EQ(typical_rows(data.x, data.centres, data.labels, 5, 3), rows);
}

TEST(TypicalRows, TheFirstIsTheMedoid) {
  const Clustered data = three_clouds();
  for (const auto& rows : typical_rows(data.x, data.centres, data.labels, 1)) {
    const double best = sum_of_squared_distances(data, rows[0]);
    for (std::size_t other = 0; other < 300; ++other) {
      if (data.labels[other] != data.labels[rows[0]]) continue;
      EXPECT_LE(best, sum_of_squared_distances(data, other) * (1 + 1e-12));
    }
  }
}

TEST(NearestSegments, AreThoseOfTheNearestCentreByWhatDiffersMost) {
  const std::vector<double> centres = {0, 0, 1, 3, 10, 3};
  const std::vector<NearestSegment> nearest = nearest_segments(centres, 2);
  EXPECT_EQ(nearest[0].cluster, 1);
  EXPECT_DOUBLE_EQ(nearest[0].distance, std::sqrt(10.0));
  EXPECT_EQ(nearest[0].columns, (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(nearest[1].cluster, 0);
  EXPECT_EQ(nearest[2].cluster, 1);
  EXPECT_EQ(nearest[2].columns, (std::vector<std::size_t>{0, 1}));
}

TEST(NearestSegments, OneSegmentHasNone) { EXPECT_EQ(nearest_segments(std::vector<double>{1, 2}, 2)[0].cluster, -1); }

}  // namespace
}  // namespace coterie
