#include "coterie/cluster/grouped_points.h"

#include <gtest/gtest.h>

#include <cmath>

#include "coterie/base/cpu.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

TEST(GroupedPoints, GiveTheGroupOfTheNearestPointOfAMovedRow) {
  Random random(2);
  for (const std::size_t count : {1u, 7u, 100u}) {
    std::vector<double> points;
    std::vector<std::int32_t> labels;
    for (std::size_t p = 0; p < count; ++p) {
      for (int j = 0; j < 3; ++j) points.push_back(random.normal());
      labels.push_back(static_cast<std::int32_t>(random.below(4)));
    }
    GroupedPoints grouped(points, labels, 3);
    for (int repeat = 0; repeat < 300; ++repeat) {
      std::vector<double> row{random.normal(), random.normal(), random.normal()};
      grouped.take(row);
      const std::size_t column = random.below(3);
      std::vector<double> moved = row;
      moved[column] = 3 * random.normal();
      std::size_t nearest = 0;
      double least = INFINITY;
      for (std::size_t p = 0; p < count; ++p) {
        double distance = 0;
        for (std::size_t j = 0; j < 3; ++j) distance += std::pow(moved[j] - points[p * 3 + j], 2);
        if (distance < least) least = distance, nearest = p;
      }
      EXPECT_EQ(grouped.nearest_with(column, moved[column]), labels[nearest]);
    }
  }
}

TEST(GroupedPoints, KernelsOfAllProcessorsAgreeAndTiesGoToTheLowerGroup) {
  const std::vector<double> distance(24, 1.0), point(24, 0.5);
  const std::vector<std::size_t> ends{8, 16, 24};
  const MovedRow moved{distance.data(), point.data(), ends.data(), 3, 0.25, 0.75};
  EXPECT_EQ(plain::nearest_group(moved), 0u);
  if (isa() != Isa::plain) EXPECT_EQ(avx2::nearest_group(moved), 0u);
  if (isa() == Isa::avx512) EXPECT_EQ(avx512::nearest_group(moved), 0u);
}

}  // namespace
}  // namespace coterie
