#include "coterie/score/silhouette.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/reference_test.h"
#include "coterie/matrix/standardise.h"
#include "coterie/score/silhouette_kernels.h"

namespace coterie {
namespace {

struct Labelled {
  Matrix x;
  std::vector<std::int32_t> labels;
};

Labelled random_clusters(std::size_t rows, std::size_t columns, std::size_t k, std::uint64_t seed, bool whole = false) {
  Random random(seed);
  Labelled data{Matrix(rows, columns), std::vector<std::int32_t>(rows)};
  for (std::size_t i = 0; i < rows; ++i) {
    data.labels[i] = static_cast<std::int32_t>(i < k ? i : random.below(k));
    for (std::size_t j = 0; j < columns; ++j) {
      const double value = 2.5 * data.labels[i] * static_cast<double>(j % 2) + random.normal() * 1.5;
      data.x.at(i, j) = whole ? std::floor(value) : value;
    }
  }
  return data;
}

// The definition, row by row.
std::vector<double> naive_silhouette(MatrixView x, std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<double> values;
  for (std::size_t i = 0; i < x.rows; ++i) {
    std::vector<double> sums(k), counts(k);
    for (std::size_t other = 0; other < x.rows; ++other) {
      double squared = 0;
      for (std::size_t j = 0; j < x.columns; ++j) squared += std::pow(x.at(i, j) - x.at(other, j), 2);
      const auto c = static_cast<std::size_t>(labels[other]);
      if (other != i) sums[c] += std::sqrt(squared), counts[c] += 1;
    }
    const auto own = static_cast<std::size_t>(labels[i]);
    double b = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < k; ++c)
      if (c != own) b = std::min(b, sums[c] / counts[c]);
    const double a = counts[own] == 0 ? 0 : sums[own] / counts[own];
    values.push_back(counts[own] == 0 || a == b ? 0 : (b - a) / std::max(a, b));
  }
  return values;
}

std::vector<Isa> isas_here() {
  std::vector<Isa> isas = {Isa::plain};
  if (isa() >= Isa::avx2) isas.push_back(Isa::avx2);
  if (isa() >= Isa::avx512) isas.push_back(Isa::avx512);
  return isas;
}

template <class Value>
double plain_sum(std::span<const Value> rows, std::span<const double> weights, std::size_t columns, const Value* query) {
  double lanes[8] = {};
  for (std::size_t r = 0; r < weights.size(); ++r) {
    Value squared = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      const Value d = rows[(r / 16 * columns + j) * 16 + r % 16] - query[j];
      squared = std::fma(d, d, squared);
    }
    lanes[r % 8] = std::fma(weights[r], static_cast<double>(std::sqrt(squared)), lanes[r % 8]);
  }
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

TEST(SilhouetteKernel, GivesTheSameBitsOnEveryInstructionSetAndThoseOfPlainLoops) {
  Random random(4);
  for (std::size_t columns : {1, 3, 8, 15})
    for (std::size_t groups : {1, 2, 5}) {
      std::vector<double> rows(groups * 16 * columns), weights(groups * 16), queries(queries_at_once * columns);
      for (auto* values : {&rows, &weights, &queries})
        for (double& v : *values) v = std::abs(random.normal());
      const std::vector<float> single_rows(rows.begin(), rows.end()), single_queries(queries.begin(), queries.end());
      for (Isa isa : isas_here()) {
        std::vector<double> totals(queries_at_once, 1.0), single(queries_at_once, 1.0);
        silhouette_kernels(isa).add_distances(rows.data(), weights.data(), groups, columns, queries.data(), totals.data());
        silhouette_kernels(isa).add_single_distances(single_rows.data(), weights.data(), groups, columns, single_queries.data(), single.data());
        for (std::size_t q = 0; q < queries_at_once; ++q) {
          ASSERT_EQ(totals[q], 1 + plain_sum<double>(rows, weights, columns, queries.data() + q * columns));
          ASSERT_EQ(single[q], 1 + plain_sum<float>(single_rows, weights, columns, single_queries.data() + q * columns));
        }
      }
    }
}

// The bound of silhouette.h with the greatest norms in place of means, on tails as heavy as those of shops, and at scales
// whose squares no float can hold.
TEST(Silhouette, OfASampleIsOffByNoMoreThanItsBound) {
  for (const double unit : {1.0, 1e-30, 1e30})
    for (const double tail : {0.5, 2.0}) {
      Labelled data = random_clusters(4000, 6, 3, 21);
      Random random(22);
      for (std::size_t j = 0; j < 6; ++j)
        for (double& value : data.x.column(j)) value *= unit * std::exp(tail * random.normal());
      const Partition partition{data.labels, 3};
      const SilhouetteScores sampled = silhouettes(data.x, {&partition, 1}, {.exact_up_to = 0, .sample_rows = 500}), exact = exact_silhouette(data.x, partition);
      double greatest = 0;
      for (std::size_t i = 0; i < data.x.rows(); ++i) {
        double squared = 0;
        for (std::size_t j = 0; j < 6; ++j) squared += std::pow(data.x.at(i, j) / unit, 2);
        greatest = std::max(greatest, std::sqrt(squared));
      }
      double worst = 0;
      for (std::size_t s = 0; s < sampled.rows.size(); ++s)
        worst = std::max(worst, std::abs(sampled.partitions[0].values[s] - exact.partitions[0].values[sampled.rows[s]]));
      // max(a, b) is at least 0.5 units in these data: the rows are spread by 1.5 and more.
      EXPECT_LE(worst, 2 * 0x1p-24 * (2 * greatest / 0.5 + 6)) << unit << " " << tail;
      EXPECT_GT(worst, 0);
    }
}

TEST(Silhouette, IsThatOfTheDefinitionForEveryRow) {
  for (std::size_t rows : {3, 17, 333})
    for (std::size_t k : {2, 3}) {
      const Labelled data = random_clusters(rows, 3, k, rows + k);
      const auto scores = exact_silhouette(data.x, {data.labels, k});
      const auto expected = naive_silhouette(data.x, data.labels, k);
      for (std::size_t i = 0; i < rows; ++i) ASSERT_NEAR(scores.partitions[0].values[i], expected[i], 1e-13);
    }
}

TEST(Silhouette, OfSeveralPartitionsAtOnceIsThatOfEachAlone) {
  const Labelled data = random_clusters(700, 4, 3, 1);
  const auto sweep = kmeans_sweep(data.x, {2, 5});
  std::vector<Partition> partitions;
  for (const auto& r : sweep) partitions.push_back({r.labels, r.k});
  const auto together = silhouettes(data.x, partitions);
  ASSERT_TRUE(together.exact);
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const auto alone = exact_silhouette(data.x, partitions[i]);
    EXPECT_NEAR(together.partitions[i].mean.mean, alone.partitions[0].mean.mean, 1e-13);
    EXPECT_EQ(together.partitions[i].mean.low, together.partitions[i].mean.high);
  }
}

TEST(Silhouette, OfMergedRowsIsThatOfTheRowsTheyWereMergedFrom) {
  const Labelled data = random_clusters(600, 2, 3, 2, true);
  const EqualRows merged = merge_equal_rows(data.x);
  ASSERT_LT(merged.rows.rows(), 400u);
  const KmeansResult r = kmeans(merged.view(), 3);
  std::vector<std::int32_t> labels(600);
  for (std::size_t i = 0; i < 600; ++i) labels[i] = r.labels[merged.unique_of_row[i]];
  const auto of_merged = exact_silhouette(merged.view(), {r.labels, 3}), of_all = exact_silhouette(data.x, {labels, 3});
  for (std::size_t i = 0; i < 600; ++i)
    ASSERT_NEAR(of_merged.partitions[0].values[merged.unique_of_row[i]], of_all.partitions[0].values[i], 1e-13);
  EXPECT_NEAR(of_merged.partitions[0].mean.mean, of_all.partitions[0].mean.mean, 1e-13);
}

TEST(Silhouette, IsZeroForTheOnlyRowOfAClusterAndOneForCopiesApartFromTheRest) {
  Matrix x(3, 1);
  x.at(1, 0) = 1, x.at(2, 0) = 5;
  const std::vector<std::int32_t> labels = {0, 0, 1};
  EXPECT_EQ(exact_silhouette(x, {labels, 2}).partitions[0].values[2], 0);
  const double weights[] = {1, 1, 2};
  MatrixView twice = x;
  twice.weights = weights;
  EXPECT_EQ(exact_silhouette(twice, {labels, 2}).partitions[0].values[2], 1);
}

TEST(Silhouette, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Labelled data = random_clusters(30'000, 5, 3, 3);
  const Partition p{data.labels, 3};
  const auto one = silhouettes(data.x, {&p, 1}, {.sample_rows = 203, .threads = 1});
  EXPECT_FALSE(one.exact);
  EXPECT_EQ(one.rows.size(), 203u);
  for (int threads : {2, 3}) {
    const auto other = silhouettes(data.x, {&p, 1}, {.sample_rows = 203, .threads = threads});
    EXPECT_EQ(one.rows, other.rows);
    EXPECT_EQ(one.partitions[0].values, other.partitions[0].values);
    EXPECT_EQ(one.partitions[0].mean.mean, other.partitions[0].mean.mean);
  }
}

// To single precision: OfASampleIsOffByNoMoreThanItsBound has the bound.
TEST(SampledSilhouette, JudgesTheSampledRowsAndItsIntervalHoldsTheTruth) {
  const Labelled data = random_clusters(3000, 4, 3, 5);
  const Partition p{data.labels, 3};
  const auto truth = exact_silhouette(data.x, p);
  int inside = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto sampled = silhouettes(data.x, {&p, 1}, {.exact_up_to = 0, .sample_rows = 150, .seed = seed});
    for (std::size_t q = 0; q < sampled.rows.size(); ++q)
      ASSERT_NEAR(sampled.partitions[0].values[q], truth.partitions[0].values[sampled.rows[q]], 1e-6);
    const Estimate e = sampled.partitions[0].mean;
    inside += e.low <= truth.partitions[0].mean.mean && truth.partitions[0].mean.mean <= e.high;
  }
  EXPECT_GE(inside, 88);  // 95 expected, 2.2 standard deviation
}

TEST(SampledSilhouette, DrawsByWeight) {
  Matrix x(2, 1);
  x.at(1, 0) = 1;
  const double weights[] = {9, 1};
  MatrixView view = x;
  view.weights = weights;
  const std::vector<std::int32_t> labels = {0, 1};
  const Partition p{labels, 2};
  const auto s = silhouettes(view, {&p, 1}, {.exact_up_to = 0, .sample_rows = 2000});
  EXPECT_NEAR(static_cast<double>(std::count(s.rows.begin(), s.rows.end(), 0u)), 1800, 60);
}

TEST(PairedDifference, IsTheDifferenceOfMeansWithItsOwnInterval) {
  const Labelled data = random_clusters(3000, 4, 4, 6);
  const auto sweep = kmeans_sweep(data.x, {3, 4});
  const Partition ps[] = {{sweep[0].labels, 3}, {sweep[1].labels, 4}};
  const auto s = silhouettes(data.x, ps, {.exact_up_to = 0, .sample_rows = 300});
  const Estimate d = paired_difference(s, 1, 0);
  EXPECT_NEAR(d.mean, s.partitions[1].mean.mean - s.partitions[0].mean.mean, 1e-12);
  EXPECT_LT(d.low, d.mean);
  EXPECT_EQ(paired_difference(s, 1, 1).standard_error, 0);
}

TEST(Silhouette, RefusesLabelsThatAreNoPartition) {
  const Matrix x(4, 1);
  const std::vector<std::int32_t> gap = {0, 0, 2, 2}, outside = {0, 1, 2, 3}, few = {0, 1};
  EXPECT_THROW(exact_silhouette(x, {gap, 3}), Error);
  EXPECT_THROW(exact_silhouette(x, {outside, 3}), Error);
  EXPECT_THROW(exact_silhouette(x, {few, 2}), Error);
  EXPECT_THROW(exact_silhouette(x, {gap, 1}), Error);
  Matrix bad(4, 1);
  bad.at(0, 0) = std::nan("");
  EXPECT_THROW(exact_silhouette(bad, {outside, 4}), Error);
}

TEST(Silhouette, MatchesTheReferenceDigits) {
  struct Case {
    const char* file;
    bool header;
    std::size_t first, columns, k;
    double silhouette;
    bool standardised = false;
  };
  const Case cases[] = {
      {"iris.csv", true, 0, 4, 2, .6810461692117},      {"iris.csv", true, 0, 4, 3, .5528190123564},
      {"iris.csv", true, 0, 4, 4, .4980505049973},      {"iris.csv", true, 0, 4, 5, .4887488870931},
      {"iris.csv", true, 0, 4, 6, .364834003967},       {"ruspini.csv", true, 0, 2, 4, .7376569908807},
      {"ruspini.csv", true, 0, 2, 5, .7019241413569},   {"ruspini.csv", true, 0, 2, 6, .5939992676137},
      {"xclara.csv", true, 0, 2, 3, .694558773609},     {"faithful.csv", true, 0, 2, 2, .7240548519959},
      {"usarrests.csv", true, 1, 4, 2, .4084890326218, true},
      {"blobs500.csv", false, 0, 2, 2, .7049787496083262}, {"blobs500.csv", false, 0, 2, 3, .5882004012129721},
      {"blobs500.csv", false, 0, 2, 4, .6505186632729437},
  };
  for (const Case& c : cases) {
    Matrix x = read_reference(c.file, c.header, c.first, c.columns);
    if (x.rows() == 0) GTEST_SKIP() << "the reference data is not there: set COTERIE_SHARED";
    if (c.standardised) standardise_in_place(x, fit_standardisation(x));
    const KmeansResult r = kmeans(x, c.k);
    EXPECT_NEAR(exact_silhouette(x, {r.labels, c.k}).partitions[0].mean.mean, c.silhouette, 1e-12) << c.file << " " << c.k;
  }
  const Matrix iris = read_reference("iris.csv", true, 0, 4);
  std::vector<std::int32_t> species;
  for (int i = 0; i < 150; ++i) species.push_back(i / 50);
  EXPECT_NEAR(exact_silhouette(iris, {species, 3}).partitions[0].mean.mean, .503477440693, 1e-12);
}

TEST(SimplifiedSilhouette, ComparesTheTwoNearestCentres) {
  Matrix x(4, 1);
  for (std::size_t i = 0; i < 4; ++i) x.at(i, 0) = std::vector<double>{0, 2, 9, 11}[i];
  const std::vector<std::int32_t> labels = {0, 0, 1, 1};
  const std::vector<double> centres = {1, 10};
  const auto s = simplified_silhouette(x, centres, {labels, 2});
  EXPECT_DOUBLE_EQ(s.values[0], 0.9);
  EXPECT_DOUBLE_EQ(s.values[1], 0.875);
  EXPECT_DOUBLE_EQ(s.mean, 0.8875);
}

}  // namespace
}  // namespace coterie
