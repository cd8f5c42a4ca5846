#include "coterie/score/gap.h"

#include <gtest/gtest.h>

#include "coterie/base/error.h"
#include "coterie/score/score_test.h"

namespace coterie {
namespace {

std::vector<int> fit(const MatrixView& x, int k, std::uint64_t seed) { return slow::kmeans(x, k, seed, 10); }

// R's gaps are means over about as many references as ours; the difference of two such means has this error.
double error_of_difference(double se, int references) { return se * std::sqrt(2.0 / references); }

TEST(Gap, GivesTheValueOfROnRuspiniAndChoosesFour) {
  COTERIE_NEEDS_REFERENCE();
  for (const GapBox box : {GapBox::principal, GapBox::plain}) {
    const GapResult gap = gap_statistic(reference_matrix("ruspini"), fit, {.k_max = 8, .references = 100, .box = box});
    EXPECT_NEAR(gap.rows[3].log_w, 8.770365433, 1e-9);
    EXPECT_NEAR(gap.rows[3].gap, 1.36444, .0792);  // whichever box R's was
    EXPECT_EQ(gap.tibshirani, 4);
    EXPECT_EQ(gap.first_se_max, 4);
    EXPECT_TRUE(gap.settled);
  }
  // It is the plain box that meets R's value within Monte-Carlo error.
  const GapResult plain = gap_statistic(reference_matrix("ruspini"), fit, {.k_max = 4, .references = 100, .box = GapBox::plain});
  EXPECT_NEAR(plain.rows[3].gap, 1.36444, 4 * error_of_difference(.0792, 100));
}

TEST(Gap, GivesTheValueOfROnFaithfulAndChoosesTwo) {
  COTERIE_NEEDS_REFERENCE();
  const GapResult gap = gap_statistic(reference_matrix("faithful"), fit, {.k_max = 6, .references = 100});
  EXPECT_NEAR(gap.rows[1].gap, .58354, 4 * error_of_difference(.0558, 100));
  EXPECT_NEAR(gap.rows[1].se, .0558, 4 * .0558 / std::sqrt(2.0 * 100));
  EXPECT_EQ(gap.tibshirani, 2);
  EXPECT_TRUE(gap.settled);
}

TEST(Gap, DoesNotSettleOnIrisAndSaysSo) {
  COTERIE_NEEDS_REFERENCE();
  for (const GapBox box : {GapBox::principal, GapBox::plain})
    EXPECT_FALSE(gap_statistic(reference_matrix("iris"), fit, {.k_max = 8, .references = 60, .box = box}).settled);
}

Matrix cloud(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, 2);
  for (std::size_t i = 0; i < rows; ++i) x.at(i, 0) = random.uniform(), x.at(i, 1) = 3 * random.uniform();
  return x;
}

TEST(Gap, FindsNoClustersInAUniformBox) {
  EXPECT_EQ(gap_statistic(cloud(150, 3), fit, {.k_max = 4, .references = 30, .box = GapBox::plain}).tibshirani, 1);
}

TEST(Gap, DrawsFromABoxThatTurnsWithTheRows) {
  const Matrix x = cloud(100, 5);
  Matrix turned(100, 2);
  for (std::size_t i = 0; i < 100; ++i) {
    turned.at(i, 0) = .6 * x.at(i, 0) - .8 * x.at(i, 1);
    turned.at(i, 1) = .8 * x.at(i, 0) + .6 * x.at(i, 1);
  }
  const GapOptions options = {.k_max = 1, .references = 200};
  const double straight = gap_statistic(x, fit, options).rows[0].gap, tilted = gap_statistic(turned, fit, options).rows[0].gap;
  EXPECT_NEAR(straight, tilted, 4 * error_of_difference(gap_statistic(x, fit, options).rows[0].se, 200));
}

// log W of one cluster is known: rows uniform in a box with sides l have expected inertia (n - 1) sum l^2 / 12.
TEST(Gap, ExpectsTheInertiaOfAUniformBox) {
  const Matrix x = cloud(2000, 7);
  const GapResult gap = gap_statistic(x, fit, {.k_max = 1, .references = 20, .box = GapBox::plain});
  EXPECT_NEAR(gap.rows[0].expected_log_w, std::log(1999 * (1 + 9) / 12.0 / 2), .02);
  const GapResult few = gap_statistic(x, fit, {.k_max = 1, .references = 200, .box = GapBox::plain, .reference_rows = 500});
  EXPECT_NEAR(few.rows[0].expected_log_w, gap.rows[0].expected_log_w, .02);
}

TEST(Gap, TreatsAWeightAsThatManyEqualRows) {
  const Matrix x = cloud(60, 9);
  const std::vector<double> weights(60, 3.0);
  MatrixView weighted = x;
  weighted.weights = weights.data();
  const GapResult few = gap_statistic(weighted, fit, {.k_max = 2, .references = 5});
  const GapResult many = gap_statistic(with_copies(weighted), fit, {.k_max = 2, .references = 5});
  EXPECT_NEAR(few.rows[0].gap, many.rows[0].gap, 1e-9);
}

TEST(Gap, IsTheSameOnAnyNumberOfThreadsAndASecondTime) {
  const Matrix x = cloud(80, 2);
  const GapResult one = gap_statistic(x, fit, {.k_max = 3, .references = 12, .threads = 1});
  for (const int threads : {1, 2, 5}) {
    const GapResult again = gap_statistic(x, fit, {.k_max = 3, .references = 12, .threads = threads});
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(one.rows[i].gap, again.rows[i].gap);
      EXPECT_EQ(one.rows[i].se, again.rows[i].se);
    }
  }
}

GapResult chosen_of(const std::vector<double>& gaps, double se) {
  GapResult result;
  for (std::size_t i = 0; i < gaps.size(); ++i) result.rows.push_back({static_cast<int>(i) + 1, 0, gaps[i], gaps[i], se});
  choose_by_gap(result);
  return result;
}

TEST(Gap, ChoosesByTheRulesOfThePapers) {
  const struct {
    std::vector<double> gaps;
    double se;
    int tibshirani, first_se_max;
    bool settled;
  } cases[] = {{{.1, .9, .5, .4}, .05, 2, 2, true},      // one clear peak
               {{.1, .5, .7, .9}, .05, 4, 4, false},     // rises to the end
               {{.1, .88, .9, .5}, .05, 2, 2, false},    // the peak is elsewhere
               {{.1, .5, .4, .9, .3}, .05, 2, 2, false}, // a first peak and a higher one
               {{.5, .54, .58, .62, .2}, .05, 1, 3, false},  // each step is small, all together are not
               {{.5}, .05, 1, 1, false}};                // nothing to compare with
  for (const auto& expected : cases) {
    const GapResult result = chosen_of(expected.gaps, expected.se);
    EXPECT_EQ(result.tibshirani, expected.tibshirani);
    EXPECT_EQ(result.first_se_max, expected.first_se_max);
    EXPECT_EQ(result.settled, expected.settled);
  }
}

TEST(Gap, RefusesMoreClustersThanRowsAndNoReferences) {
  EXPECT_THROW(gap_statistic(cloud(3, 1), fit, {.k_max = 4}), Error);
  EXPECT_THROW(gap_statistic(cloud(30, 1), fit, {.references = 0}), Error);
}

}  // namespace
}  // namespace coterie
