#include "coterie/score/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/real_data_test.h"
#include "coterie/score/choose_k.h"

namespace coterie {
namespace {

Verdict verdict_on(MatrixView x, KRange range, const VerdictOptions& options = {}) {
  const auto sweep = kmeans_sweep(x, range);
  const KChoice choice = choose_k(x, sweep);
  return judge(x, sweep, choice.allowed, choice.chosen, refit_of(KmeansOptions{}, {}, static_cast<double>(x.rows)), options);
}

Matrix clouds(std::size_t count, std::size_t rows, double apart, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, 3);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < 3; ++j) x.at(i, j) = random.normal() + (i % count == j + 1 ? apart : 0);
  return x;
}

constexpr VerdictOptions quick{.null_drawings = 3, .gap_references = 3};

TEST(Verdict, FindsPlantedSegmentsAndTakesTheirNumber) {
  const Verdict v = verdict_on(clouds(4, 1600, 6, 1), {3, 7}, quick);
  EXPECT_EQ(v.answer, Answer::natural_segments);
  EXPECT_EQ(v.k, 4u);
  EXPECT_EQ(v.natural_groups, 4u);
  ASSERT_EQ(v.segments.size(), 4u);
  for (const SegmentStability& s : v.segments) {
    EXPECT_GT(s.jaccard.mean, 0.9);
    EXPECT_GT(s.separation, 0.3);
  }
  EXPECT_EQ(v.table.front().k, 2u);
  EXPECT_EQ(v.table.back().k, 8u);
  for (const KEvidence& e : v.table) EXPECT_EQ(e.swept, e.k >= 3 && e.k <= 7);
}

Verdict verdict_by(const Algorithm& algorithm, MatrixView x, KRange range, const VerdictOptions& options) {
  const Sweep sweep = cluster_sweep(algorithm, x, {}, {.range = range});
  const KChoice choice = choose_k(x, sweep.clusterings);
  return judge(x, sweep.clusterings, choice.allowed, choice.chosen, refit_of(algorithm, {}, static_cast<double>(x.rows)), options);
}

TEST(Verdict, IsTheSameRoadForAnyAlgorithm) {
  const Matrix planted = clouds(4, 1600, 7, 1), crowd = clouds(1, 1600, 0, 1);
  for (const char* name : {"kmeans", "mini-batch", "hierarchical", "gaussian-mixture", "hdbscan"}) {
    const Algorithm algorithm = algorithm_from_name(name);
    const Verdict v = verdict_by(algorithm, planted, {4, 5}, quick);
    EXPECT_EQ(v.answer, Answer::natural_segments) << name << ": " << v.sentence;
    EXPECT_EQ(v.k, 4u) << name;
    EXPECT_EQ(v.table.size(), finds_k(algorithm) ? 1u : 7u) << name;  // 2 to 8
    EXPECT_EQ(v.table.front().near_optimum.has_value(), name == std::string("kmeans"));
    EXPECT_EQ(verdict_by(algorithm, crowd, {3, 3}, quick).natural_groups, 1u) << name;
  }
}

TEST(Verdict, JudgesARareSegmentOnAsManyCustomersByAnyAlgorithm) {
  Matrix x = clouds(2, 30000, 6, 5);
  for (std::size_t i = 0; i < x.rows(); i += 50) x.at(i, 1) += 14;  // 2 %
  for (const char* name : {"kmeans", "mini-batch", "gaussian-mixture"}) {
    const Verdict v = verdict_by(algorithm_from_name(name), x, {3, 3}, {.resamples = 4, .null_drawings = 1, .gap_references = 1, .last_k = 3});
    EXPECT_EQ(v.answer, Answer::natural_segments) << name << ": " << v.sentence;
    EXPECT_NEAR(static_cast<double>(v.evidence(3)->stability_customers), 400 / 0.02, 4000) << name;
  }
}

TEST(Verdict, SaysThatAnotherNumberIsNatural) {
  const Matrix x = clouds(4, 1600, 6, 1);
  const Verdict fewer = verdict_on(x, {3, 3}, quick), more = verdict_on(x, {6, 6}, quick);
  EXPECT_EQ(fewer.k, 3u);
  EXPECT_EQ(more.k, 6u);
  for (const Verdict* v : {&fewer, &more}) {
    EXPECT_NE(v->answer, Answer::convenient_slices);
    EXPECT_EQ(v->natural_k, 4u);
  }
  EXPECT_EQ(more.evidence(6)->groups, 4u);
}

TEST(Verdict, CallsOneCrowdSlices) {
  Matrix skewed = clouds(1, 2000, 0, 3);
  for (std::size_t j = 0; j < 3; ++j)
    for (double& v : skewed.column(j)) v = std::exp(v);
  for (const Matrix* x : {&skewed}) {
    const Verdict v = verdict_on(*x, {2, 6}, quick);
    EXPECT_TRUE(v.answer == Answer::convenient_slices || v.answer == Answer::not_stable) << v.sentence;
    EXPECT_EQ(v.natural_groups, 1u);
    EXPECT_NE(v.sentence.find("No natural segments"), std::string::npos);
  }
}

// Three kinds of ages in whole years: tight, but shared by so many that no gap is proved. A category beside them parts customers by definition.
TEST(Verdict, CallsSegmentsOfSharedValuesTightAndLooksForGapsInNumbersOnly) {
  Random random(3);
  Matrix x(900, 3), crowd(900, 3);
  for (std::size_t i = 0; i < 900; ++i) {
    const double kind = static_cast<double>(i % 3);
    x.at(i, 0) = 3 * kind + static_cast<double>(random.below(2)), x.at(i, 1) = kind == 1 ? 4 + static_cast<double>(random.below(2)) : static_cast<double>(random.below(2));
    x.at(i, 2) = kind == 2 ? 5 : 0;
    for (std::size_t j = 0; j < 2; ++j) crowd.at(i, j) = random.normal();
    crowd.at(i, 2) = i % 2 == 0 ? 9 : 0;
  }
  const Verdict v = verdict_on(x, {3, 3}, {.null_drawings = 3, .gap_references = 3, .numbers = {0, 1}});
  EXPECT_EQ(v.answer, Answer::tight_without_gaps) << v.sentence;
  EXPECT_NE(v.sentence.find("not proved to be natural"), std::string::npos) << v.sentence;
  EXPECT_NE(v.sentence.find("in the 2 columns of numbers alone"), std::string::npos) << v.sentence;
  EXPECT_EQ(verdict_on(crowd, {2, 2}, {.null_drawings = 3, .gap_references = 3, .numbers = {0, 1}}).natural_groups, 1u);
}

TEST(Verdict, SaysThatTheCouponsHaveNoSegments) {
  const Matrix x = coupon_customers();
  if (x.rows() == 0) GTEST_SKIP() << "the coupons are not there: set COTERIE_SHARED";
  ASSERT_EQ(x.rows(), 1000u);
  EXPECT_NEAR(kmeans(x, 4).inertia, 883.2808, 0.0001);
  for (const KRange range : {KRange{4, 4}, KRange{3, 7}}) {
    const Verdict v = verdict_on(x, range);
    EXPECT_EQ(v.natural_groups, 1u);
    EXPECT_NE(v.sentence.find("No natural segments"), std::string::npos) << v.sentence;
  }
}

TEST(Verdict, SaysThatFourSegmentsOfTheOrderLinesAreNotStable) {
  const Matrix x = order_customers();
  if (x.rows() == 0) GTEST_SKIP() << "the order lines are not there: set COTERIE_SHARED";
  const Verdict v = verdict_on(x, {4, 4});
  EXPECT_EQ(v.answer, Answer::not_stable);
  EXPECT_NE(v.sentence.find("k = 4 is not stable here"), std::string::npos) << v.sentence;
}

TEST(Verdict, FindsTheSegmentsOfTextbookData) {
  const struct {
    const char* data;
    bool header;
    std::size_t columns, k, groups;
  } cases[] = {{"ruspini.csv", true, 2, 4, 3},  // 17 rows a cluster are too few to prove one of its four gaps
               {"xclara.csv", true, 2, 3, 3}, {"faithful.csv", true, 2, 2, 2}, {"iris.csv", true, 4, 2, 2}};
  for (const auto& c : cases) {
    Matrix x = read_reference(c.data, c.header, 0, c.columns);
    if (x.rows() == 0) GTEST_SKIP() << "no reference data: set COTERIE_SHARED";
    standardise_in_place(x, fit_standardisation(x));
    const Verdict v = verdict_on(x, {2, 7}, quick);
    EXPECT_EQ(v.k, c.k) << c.data << ": " << v.sentence;
    EXPECT_EQ(v.natural_groups, c.groups) << c.data << ": " << v.sentence;
  }
}

TEST(Verdict, IsTheSameOnAnyNumberOfThreadsAndForMergedRows) {
  Matrix x = clouds(2, 900, 3, 7);
  for (std::size_t j = 0; j < 3; ++j)
    for (double& v : x.column(j)) v = std::round(2 * v);
  const EqualRows merged = merge_equal_rows(x);
  const Verdict one = verdict_on(merged.view(), {2, 5}, {.null_drawings = 3, .gap_references = 3, .threads = 1});
  const Verdict four = verdict_on(merged.view(), {2, 5}, {.null_drawings = 3, .gap_references = 3, .threads = 4});
  EXPECT_EQ(one.sample_customers, 900u);
  EXPECT_EQ(one.sentence, four.sentence);
  for (std::size_t i = 0; i < one.table.size(); ++i) {
    EXPECT_EQ(one.table[i].silhouette.mean, four.table[i].silhouette.mean);
    EXPECT_EQ(one.table[i].half_split_agreement.mean, four.table[i].half_split_agreement.mean);
    EXPECT_EQ(one.table[i].nulls[1].gap.z, four.table[i].nulls[1].gap.z);
  }
}

TEST(Verdict, DoesNotJudgeAHandful) {
  const Verdict v = verdict_on(clouds(2, 25, 5, 2), {3, 4}, quick);
  EXPECT_EQ(v.answer, Answer::not_judged);
  EXPECT_EQ(v.k, 3u);
  EXPECT_TRUE(v.table.empty());
  EXPECT_NE(v.sentence.find("(25, 25 different)"), std::string::npos) << v.sentence;
}

}  // namespace
}  // namespace coterie
