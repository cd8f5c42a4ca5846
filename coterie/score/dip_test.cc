#include "coterie/score/dip.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "coterie/base/random.h"

namespace coterie {
namespace {

std::vector<double> sorted(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values;
}

// Is there a convex curve between `low` and `high` over x[0..m]? The greatest convex curve below `high` is tried.
bool convex_fits(const std::vector<double>& x, const std::vector<double>& low, const std::vector<double>& high) {
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t a = 0; a <= i; ++a)
      for (std::size_t b = i; b < x.size(); ++b) {
        const double at = a == b ? high[a] : high[a] + (high[b] - high[a]) * (x[i] - x[a]) / (x[b] - x[a]);
        if (at < low[i] - 1e-12) return false;
      }
  return true;
}

// Is a distribution with its peak at x[m] nowhere farther than d from the empirical one? x: different values. Before the
// peak the distribution function is convex, behind it concave; the empirical one jumps at each x from (i) / n to (i + 1) / n.
bool peak_fits(const std::vector<double>& x, std::size_t m, double d) {
  const double n = static_cast<double>(x.size());
  std::vector<double> left_x, left_low, left_high, right_x, right_low, right_high;
  for (std::size_t i = 0; i <= m; ++i) {
    left_x.push_back(x[i]);
    left_low.push_back(i == m ? static_cast<double>(i) / n - d : static_cast<double>(i + 1) / n - d);
    left_high.push_back(static_cast<double>(i) / n + d);
  }
  for (std::size_t i = x.size(); i-- > m;) {  // turned by 180 degrees, concave becomes convex
    right_x.push_back(-x[i]);
    const double after = static_cast<double>(x.size() - 1 - i) / n;
    right_low.push_back(i == m ? after - d : after + 1 / n - d);
    right_high.push_back(after + d);
  }
  return convex_fits(left_x, left_low, left_high) && convex_fits(right_x, right_low, right_high);
}

double slow_dip(const std::vector<double>& x) {
  double low = 0, high = 0.5;
  for (int step = 0; step < 40; ++step) {
    const double d = (low + high) / 2;
    bool fits = false;
    for (std::size_t m = 0; m < x.size(); ++m) fits = fits || peak_fits(x, m, d);
    (fits ? high : low) = d;
  }
  return high;
}

// The twin may put an atom at the peak, which the dip may not: it is never above, and in most samples the same.
TEST(Dip, IsTheDistanceToTheNearestOfAllSinglePeakedDistributions) {
  int same = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Random random(seed);
    std::vector<double> x;
    for (int i = 0; i < 16; ++i) x.push_back(random.normal() + (seed % 2 == 0 && i % 2 == 0 ? 5 : 0));
    const double fast = dip(sorted(x)), slow = slow_dip(sorted(x));
    EXPECT_GE(fast, slow - 1e-9) << seed;
    EXPECT_LE(fast, slow + 0.01) << seed;
    same += std::abs(fast - slow) < 1e-9;
  }
  EXPECT_GE(same, 11);
}

TEST(Dip, GivesTheValuesOfDiptest) {
  const std::vector<double> faculty = {30, 33, 35, 36, 36, 36, 37, 37, 39, 39, 39, 39, 39, 40, 40, 40, 40, 41, 42, 43, 43, 43, 44, 44, 45, 45,
                                       46, 46, 47, 47, 48, 48, 48, 49, 50, 50, 51, 52, 52, 53, 53, 53, 53, 53, 54, 54, 57, 57, 59, 60, 60, 60,
                                       61, 61, 61, 61, 62, 62, 62, 62, 63, 66, 70, 72, 72};
  EXPECT_NEAR(dip(faculty), 0.057692307692307696, 1e-15);             // diptest 0.12.0
  EXPECT_NEAR(dip_p_value(dip(faculty), faculty.size()), 0.097, 0.01);  // 0.0969 there
  EXPECT_EQ(dip(std::vector<double>{1, 1, 1}), 1.0 / 6);
  EXPECT_EQ(dip(std::vector<double>{4}), 0.5);
}

TEST(Dip, GivesTheValuesOfDiptestForOneAndTwoPeaksAndTies) {
  // diptest 0.12.0 on the same samples of 20 to 343 numbers.
  const double expected[] = {0.0931818181818182, 0.0407387489224543, 0.053483541759855, 0.0563380281690141, 0.0502475307197104, 0.0340254619888383, 0.0450819672131148, 0.0249992712269676, 0.0327720401555868, 0.0500963391136801, 0.0312099242220125, 0.0225786958576403, 0.0417729591836735, 0.0161898346477908, 0.0337090003965694, 0.0545454545454545, 0.0283298047040447, 0.0131832827456593, 0.0368098159509202, 0.0128741823669261};
  for (std::uint64_t s = 0; s < std::size(expected); ++s) {
    Random random(7, s);
    std::vector<double> x;
    for (std::uint64_t i = 0; i < 20 + 17 * s; ++i) x.push_back(s % 2 == 1 || i % 3 != 0 ? random.normal() : 4 + random.normal());
    if (s % 3 == 0)
      for (double& v : x) v = std::round(4 * v) / 4;
    EXPECT_NEAR(dip(sorted(x)), expected[s], 1e-12) << s;
  }
}

TEST(Dip, OfTwoFarPointsIsHalfOfTheSmallerShare) {
  std::vector<double> x(100, 0.0);
  std::fill(x.begin() + 70, x.end(), 1.0);
  EXPECT_NEAR(dip(x), 0.15, 1e-12);
}

TEST(DipPValue, IsTheShareOfUniformSamplesWithALargerDip) {
  for (const std::size_t n : {std::size_t{30}, std::size_t{300}, std::size_t{3000}}) {
    constexpr int samples = 2000;
    int below_5 = 0, below_half = 0;
    for (int s = 0; s < samples; ++s) {
      Random random(77, static_cast<std::uint64_t>(s));
      std::vector<double> x(n);
      for (double& v : x) v = random.uniform();
      const double p = dip_p_value(dip(sorted(x)), n);
      below_5 += p <= 0.05, below_half += p <= 0.5;
    }
    EXPECT_NEAR(below_5, 0.05 * samples, 4 * std::sqrt(0.05 * 0.95 * samples)) << n;
    EXPECT_NEAR(below_half, 0.5 * samples, 4 * std::sqrt(0.25 * samples)) << n;
  }
}

TEST(DipPValue, FallsAsTheDipGrows) {
  double last = 1.1;
  for (double d = 0.001; d < 0.25; d += 0.001) {
    const double p = dip_p_value(d, 400);
    EXPECT_LE(p, last);
    EXPECT_GE(p, 0.0001);
    last = p;
  }
  EXPECT_EQ(last, 0.0001);
}

}  // namespace
}  // namespace coterie
