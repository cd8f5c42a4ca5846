#include "coterie/cluster/distances.h"

#include <gtest/gtest.h>

#include "coterie/base/cpu.h"
#include "coterie/base/random.h"

namespace coterie {

namespace plain {
void squared_distances(const double* values, std::size_t stride, std::size_t columns, const double* point, std::size_t rows, double* out);
}
namespace avx2 {
void squared_distances(const double* values, std::size_t stride, std::size_t columns, const double* point, std::size_t rows, double* out);
}

namespace {

TEST(SquaredDistances, AreThoseOfTheObviousLoopToTheBitOnEveryProcessor) {
  Random random(1);
  for (const std::size_t rows : {1u, 15u, 16u, 17u, 100u})
    for (const std::size_t columns : {1u, 2u, 15u}) {
      Matrix x(rows, columns);
      for (std::size_t j = 0; j < columns; ++j)
        for (double& value : x.column(j)) value = random.normal();
      const MatrixView view = x;
      const std::vector<double> point = row_of(view, rows / 2);
      std::vector<double> expected(rows), found(rows), plain_found(rows), avx2_found(rows);
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) expected[i] += (x.at(i, j) - point[j]) * (x.at(i, j) - point[j]);
      squared_distances(view, point.data(), 0, rows, found.data());
      plain::squared_distances(view.values, view.stride, columns, point.data(), rows, plain_found.data());
      EXPECT_EQ(found, expected);
      EXPECT_EQ(plain_found, expected);
      if (isa() == Isa::plain) continue;
      avx2::squared_distances(view.values, view.stride, columns, point.data(), rows, avx2_found.data());
      EXPECT_EQ(avx2_found, expected);
    }
}

TEST(SquaredDistances, CanStartAnywhere) {
  Matrix x(40, 2);
  for (std::size_t i = 0; i < 40; ++i) x.at(i, 0) = static_cast<double>(i);
  const double origin[] = {0, 0};
  std::vector<double> found(20);
  squared_distances(x, origin, 13, 33, found.data());
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(found[i], (13.0 + i) * (13.0 + i));
}

}  // namespace
}  // namespace coterie
