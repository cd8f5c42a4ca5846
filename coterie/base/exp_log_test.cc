#include "coterie/base/exp_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "coterie/base/cpu.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

std::vector<double> draws(double low, double high) {
  Random random(5);
  std::vector<double> x(100003);
  for (double& value : x) value = low + (high - low) * random.uniform();
  return x;
}

double units_off(double got, long double want) {
  const double rounded = static_cast<double>(want);
  return static_cast<double>(std::abs(static_cast<long double>(got) - want)) / (std::nextafter(std::abs(rounded), INFINITY) - std::abs(rounded));
}

TEST(ExpLog, AreWithinTwoUnitsInTheLastPlaceOfTheTruth) {
  std::vector<double> x = draws(-708, 709), y(x.size());
  exp_of(x, y);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_LT(units_off(y[i], std::exp(static_cast<long double>(x[i]))), 2) << x[i];
  x = draws(1, 20);
  log_of(x, y);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_LT(units_off(y[i], std::log(static_cast<long double>(x[i]))), 2) << x[i];
  for (double& value : x) value = std::exp2(value * 50 - 500);
  log_of(x, y);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_LT(units_off(y[i], std::log(static_cast<long double>(x[i]))), 2) << x[i];
}

TEST(ExpLog, KnowTheirEdges) {
  std::vector<double> x{0, -800, -1e300, -INFINITY, 1}, y(5);
  exp_of(x, y);
  EXPECT_EQ(y, (std::vector<double>{1, 0, 0, 0, 0x1.5bf0a8b145769p1}));
  x = {1, 2, 0.5}, y.resize(3);
  log_of(x, y);
  EXPECT_EQ(y, (std::vector<double>{0, 0x1.62e42fefa39efp-1, -0x1.62e42fefa39efp-1}));
}

TEST(ExpLog, GiveTheSameBitsOnEveryInstructionSet) {
  std::vector<double> x = draws(-720, 700), a(x.size()), b(x.size());
  plain::exp_of(x, a);
  if (isa() >= Isa::avx2) {
    avx2::exp_of(x, b);
    EXPECT_EQ(a, b);
  }
  if (isa() >= Isa::avx512) {
    avx512::exp_of(x, b);
    EXPECT_EQ(a, b);
  }
  std::vector<double> c(a.size()), d(a.size());
  for (double& value : a) value += 1e-300;
  plain::log_of(a, c);
  if (isa() >= Isa::avx2) {
    avx2::log_of(a, d);
    EXPECT_EQ(c, d);
  }
  if (isa() >= Isa::avx512) {
    avx512::log_of(a, d);
    EXPECT_EQ(c, d);
  }
}

}  // namespace
}  // namespace coterie
