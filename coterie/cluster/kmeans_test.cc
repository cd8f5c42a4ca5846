#include "coterie/cluster/kmeans.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "coterie/base/cpu.h"
#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/cluster/kmeans_kernels.h"
#include "coterie/cluster/kmeans_lloyd.h"
#include "coterie/cluster/kmeans_seeding.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/group.h"
#include "coterie/matrix/reference_test.h"
#include "coterie/matrix/standardise.h"

namespace coterie {
namespace {

Matrix random_rows(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const double shift = 3.0 * static_cast<double>(random.below(4));
    for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = shift * static_cast<double>(j % 3) + std::exp(random.normal());
  }
  return x;
}

double squared_distance(MatrixView x, std::size_t row, const double* centre) {
  double squared = 0;
  for (std::size_t j = 0; j < x.columns; ++j) squared += (x.at(row, j) - centre[j]) * (x.at(row, j) - centre[j]);
  return squared;
}

// Lloyd as in a textbook.
struct Naive {
  std::vector<double> centres;
  std::vector<std::int32_t> labels;
};
Naive naive_lloyd(MatrixView x, std::vector<double> centres) {
  const std::size_t k = centres.size() / x.columns;
  std::vector<std::int32_t> labels(x.rows, -1);
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<double> sums(centres.size()), weights(k);
    for (std::size_t i = 0; i < x.rows; ++i) {
      std::size_t nearest = 0;
      for (std::size_t c = 1; c < k; ++c)
        if (squared_distance(x, i, &centres[c * x.columns]) < squared_distance(x, i, &centres[nearest * x.columns])) nearest = c;
      changed = changed || labels[i] != static_cast<std::int32_t>(nearest);
      labels[i] = static_cast<std::int32_t>(nearest);
      weights[nearest] += x.weight(i);
      for (std::size_t j = 0; j < x.columns; ++j) sums[nearest * x.columns + j] += x.weight(i) * x.at(i, j);
    }
    for (std::size_t v = 0; v < sums.size(); ++v) centres[v] = sums[v] / weights[v / x.columns];
  }
  return {centres, labels};
}

bool same_bits(const KmeansResult& a, const KmeansResult& b) {
  return a.centres == b.centres && a.inertia == b.inertia && a.sizes == b.sizes && a.iterations == b.iterations &&
         std::equal(a.labels.begin(), a.labels.end(), b.labels.begin(), b.labels.end()) &&
         a.runner_up_inertia == b.runner_up_inertia && a.restarts_agreeing == b.restarts_agreeing;
}

std::vector<Isa> isas_here() {
  std::vector<Isa> isas = {Isa::plain};
  if (isa() >= Isa::avx2) isas.push_back(Isa::avx2);
  if (isa() >= Isa::avx512) isas.push_back(Isa::avx512);
  return isas;
}

TEST(KmeansKernels, GiveTheSameBitsOnEveryInstructionSetAndThoseOfPlainLoops) {
  for (std::size_t columns : {1, 2, 7, 15, 33})
    for (std::size_t k : {1, 2, 3, 4, 5, 7, 11}) {
      const Matrix x = random_rows(16, columns, columns * 100 + k), c = random_rows(k, columns, columns * 999 + k);
      std::vector<double> group(16 * columns), centres(k * columns);
      pack_group(x, 0, group.data());
      for (std::size_t v = 0; v < centres.size(); ++v) centres[v] = c.at(v / columns, v % columns);
      for (Isa isa : isas_here()) {
        std::int32_t labels[16], labels_with_gap[16];
        double squared[16], gap[16];
        std::vector<double> all(16 * k);
        kmeans_kernels(isa).nearest(group.data(), columns, centres.data(), k, labels, squared);
        kmeans_kernels(isa).nearest_with_gap(group.data(), columns, centres.data(), k, labels_with_gap, gap);
        kmeans_kernels(isa).squared_distances(group.data(), columns, centres.data(), k, all.data());
        for (std::size_t i = 0; i < 16; ++i) {
          std::vector<double> expected;
          for (std::size_t q = 0; q < k; ++q) {
            double sum = 0;
            for (std::size_t j = 0; j < columns; ++j) {
              const double d = x.at(i, j) - centres[q * columns + j];
              sum = std::fma(d, d, sum);
            }
            expected.push_back(sum);
            ASSERT_EQ(all[16 * q + i], sum);
          }
          const auto nearest = std::min_element(expected.begin(), expected.end());
          ASSERT_EQ(labels[i], nearest - expected.begin());
          ASSERT_EQ(labels_with_gap[i], labels[i]);
          ASSERT_EQ(squared[i], *nearest);
          const double best = *nearest;
          *nearest = std::numeric_limits<double>::infinity();
          const double second = std::sqrt(*std::min_element(expected.begin(), expected.end()));
          ASSERT_EQ(gap[i], second * (1 - 1e-12) - std::sqrt(best));
        }
      }
    }
}

TEST(KmeansKernels, AddRowsToTheSumsOfTheirLabelsWithTheSameBitsOnEveryInstructionSet) {
  for (std::size_t columns : {1, 3, 15})
    for (std::size_t groups : {1, 3, 16}) {
      const std::size_t rows = 16 * groups, k = 5;
      const Matrix x = random_rows(rows, columns, columns + groups);
      Random random(groups);
      std::vector<double> packed(rows * columns), weights(rows), expected(k * columns);
      std::vector<std::int32_t> labels(rows);
      for (std::size_t i = 0; i < rows; ++i) {
        labels[i] = static_cast<std::int32_t>(random.below(4)) - (i % 9 == 0);  // -1 has none; 4 stays empty
        weights[i] = 1 + static_cast<double>(random.below(3));
        for (std::size_t j = 0; j < columns; ++j) packed[(i / 16 * columns + j) * 16 + i % 16] = x.at(i, j);
        for (std::size_t j = 0; j < columns && labels[i] >= 0; ++j)
          expected[static_cast<std::size_t>(labels[i]) * columns + j] += weights[i] * x.at(i, j);
      }
      std::vector<std::vector<double>> found;
      for (Isa isa : isas_here()) {
        std::vector<double> sums(k * columns), cluster_weights(k);
        kmeans_kernels(isa).add_by_label(packed.data(), groups, columns, weights.data(), labels.data(), k, sums.data(), cluster_weights.data());
        for (std::size_t v = 0; v < sums.size(); ++v) ASSERT_NEAR(sums[v], expected[v], 1e-12 * (1 + expected[v]));
        double all = 0;
        for (std::size_t i = 0; i < rows; ++i) all += labels[i] >= 0 ? weights[i] : 0;
        for (double w : cluster_weights) all -= w;
        ASSERT_EQ(all, 0);
        sums.insert(sums.end(), cluster_weights.begin(), cluster_weights.end());
        found.push_back(sums);
      }
      for (const auto& sums : found) ASSERT_EQ(sums, found[0]);
    }
}

TEST(Lloyd, EndsWhereTheNaiveOneEndsFromTheSameStarts) {
  const Matrix x = random_rows(9000, 5, 3);  // three blocks, and bounds in use
  const Seeds seeds = seed_kmeans(x, 6, 4, 11, 2);
  for (std::size_t k : {1, 2, 4, 6})
    for (const auto& sequence : seeds.centres) {
      const std::vector<double> start(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(k * 5));
      LloydRun run(x, start);
      LloydRun* const one[] = {&run};
      run_lloyd(x, one, {});
      const Naive naive = naive_lloyd(x, start);
      ASSERT_TRUE(run.converged);
      ASSERT_TRUE(std::equal(naive.labels.begin(), naive.labels.end(), run.labels.begin()));
      for (std::size_t v = 0; v < run.centres.size(); ++v) ASSERT_NEAR(run.centres[v], naive.centres[v], 1e-12 * (1 + std::abs(naive.centres[v])));
    }
}

TEST(Kmeans, GivesTheSameBitsOnAnyNumberOfThreadsAndASecondTime) {
  const Matrix x = random_rows(30'000, 6, 5);
  const KmeansOptions options{.restarts = 4, .sample_rows = 5'000};
  const auto one = kmeans_sweep(x, {2, 5}, {.restarts = 4, .sample_rows = 5'000, .threads = 1});
  for (int threads : {1, 2, 3}) {
    KmeansOptions with = options;
    with.threads = threads;
    const auto other = kmeans_sweep(x, {2, 5}, with);
    for (std::size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(same_bits(one[i], other[i]));
  }
}

TEST(Kmeans, OfOneKIsTheEntryOfTheSweep) {
  const Matrix x = random_rows(3000, 4, 6);
  const auto sweep = kmeans_sweep(x, {2, 6});
  for (const KmeansResult& r : sweep) EXPECT_TRUE(same_bits(kmeans(x, r.k), r));
}

TEST(Kmeans, LabelsAndInertiaAreThoseOfAssignEvenForOneRowAlone) {
  const Matrix x = random_rows(25'001, 5, 7);
  const KmeansResult r = kmeans(x, 5, {.restarts = 3, .sample_rows = 5'000});
  const Assignment all = assign(x, r.centres);
  double inertia = 0, weight = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    ASSERT_EQ(all.labels[i], r.labels[i]);
    inertia += all.squared_distances[i];
  }
  EXPECT_NEAR(inertia, r.inertia, 1e-12 * inertia);
  for (double size : r.sizes) weight += size;
  EXPECT_EQ(weight, 25'001);
  for (std::size_t i = 0; i < x.rows(); i += 501) {
    const MatrixView alone{x.view().values + i, 1, x.columns(), x.view().stride, nullptr};
    const Assignment one = assign(alone, r.centres);
    EXPECT_EQ(one.labels[0], r.labels[i]);
    EXPECT_EQ(one.squared_distances[0], all.squared_distances[i]);
  }
}

TEST(Kmeans, NumbersClustersByWeightAndTakesMeansAsCentres) {
  const Matrix x = random_rows(4000, 3, 8);
  const KmeansResult r = kmeans(x, 5);
  EXPECT_TRUE(r.converged);
  EXPECT_TRUE(std::is_sorted(r.sizes.rbegin(), r.sizes.rend()));
  std::vector<double> sums(15), counts(5);
  for (std::size_t i = 0; i < x.rows(); ++i)
    for (std::size_t j = 0; j < 3; ++j) sums[static_cast<std::size_t>(r.labels[i]) * 3 + j] += x.at(i, j);
  for (std::int32_t label : r.labels) ++counts[static_cast<std::size_t>(label)];
  EXPECT_EQ(counts, r.sizes);
  for (std::size_t v = 0; v < 15; ++v) EXPECT_NEAR(r.centres[v], sums[v] / counts[v / 3], 1e-12 * (1 + std::abs(r.centres[v])));
}

TEST(Kmeans, TreatsAWeightAsSoManyEqualRows) {
  Random random(9);
  Matrix copies(2000, 2);
  for (std::size_t i = 0; i < 2000; ++i)
    for (std::size_t j = 0; j < 2; ++j) copies.at(i, j) = std::floor(3 * random.normal()) + 20.0 * static_cast<double>(i % 3);
  const EqualRows merged = merge_equal_rows(copies);
  ASSERT_LT(merged.rows.rows(), 1500u);
  for (std::size_t k : {1, 2, 3}) {
    const KmeansResult a = kmeans(copies, k), b = kmeans(merged.view(), k);
    EXPECT_NEAR(a.inertia, b.inertia, 1e-9 * a.inertia);
    EXPECT_EQ(a.sizes, b.sizes);
  }
}

TEST(Kmeans, OnACoresetComesWithinAHundredthOfTheExactMode) {
  const Matrix x = random_rows(60'000, 6, 10);
  const auto fast = kmeans_sweep(x, {2, 5}, {.sample_rows = 10'000}), exact = kmeans_sweep(x, {2, 5}, {.exact = true});
  for (std::size_t i = 0; i < fast.size(); ++i) EXPECT_LE(fast[i].inertia, exact[i].inertia * 1.01) << fast[i].k;
}

TEST(Coreset, EstimatesTotalsAndKeepsOutliers) {
  Matrix x = random_rows(50'000, 3, 12);
  x.at(777, 0) = 5000;
  const WeightedSample sample = draw_coreset(x, 5'000, 1, 2);
  EXPECT_GT(sample.rows.rows(), 2'300u);
  EXPECT_LT(sample.rows.rows(), 5'400u);
  double weight = 0;
  bool outlier = false;
  for (std::size_t i = 0; i < sample.rows.rows(); ++i) {
    weight += sample.weights[i];
    outlier = outlier || (sample.rows.at(i, 0) == 5000 && sample.weights[i] == 1);
  }
  EXPECT_NEAR(weight, 50'000, 3'000);
  EXPECT_TRUE(outlier);
}

TEST(Kmeans, GoesFromOneClusterToAsManyAsRows) {
  const Matrix x = random_rows(40, 2, 13);
  const KmeansResult one = kmeans(x, 1), all = kmeans(x, 40);
  EXPECT_EQ(one.sizes, std::vector<double>{40});
  EXPECT_EQ(all.inertia, 0);
  EXPECT_EQ(std::set<std::int32_t>(all.labels.begin(), all.labels.end()).size(), 40u);
}

TEST(Kmeans, RefusesWhatCannotBeDoneAndNamesTheFix) {
  Matrix x(10, 2);
  for (std::size_t i = 0; i < 10; ++i) x.at(i, 0) = static_cast<double>(i % 3);
  try {
    kmeans(x, 4);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_STREQ(error.what(), "4 clusters were asked of 3 distinct rows");
    EXPECT_EQ(error.hint, "ask for at most 3 clusters");
  }
  EXPECT_NO_THROW(kmeans(x, 3));
  EXPECT_THROW(kmeans(x, 11), Error);
  EXPECT_THROW(kmeans(x, 0), Error);
  EXPECT_THROW(kmeans(Matrix(0, 2), 1), Error);
  x.at(7, 1) = std::nan("");
  try {
    kmeans(x, 2);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "column 1 holds nan in row 7; distances need finite numbers");
  }
  x.at(7, 1) = std::numeric_limits<double>::infinity();
  EXPECT_THROW(kmeans(x, 2), Error);
}

TEST(Kmeans, TakesAConstantColumnAndOneColumn) {
  Matrix x = random_rows(300, 2, 14), first(300, 1);
  for (std::size_t i = 0; i < 300; ++i) first.at(i, 0) = x.at(i, 0), x.at(i, 1) = 42;
  EXPECT_NEAR(kmeans(x, 3).inertia, kmeans(first, 3).inertia, 1e-9);
}

TEST(Lloyd, GivesAnEmptyClusterTheFarthestRow) {
  Matrix x(100, 1);
  for (std::size_t i = 0; i < 100; ++i) x.at(i, 0) = static_cast<double>(i);
  LloydRun run(x, {10.0, 50.0, -1e6});  // the third attracts nobody
  LloydRun* const one[] = {&run};
  run_lloyd(x, one, {});
  EXPECT_EQ(run.refilled, 1);
  EXPECT_TRUE(run.converged);
  for (double weight : run.weights) EXPECT_GT(weight, 0);
}

struct Reference {
  const char* file;
  bool header;
  std::size_t first, columns, k;
  double inertia;
  bool standardised = false;
};

TEST(Kmeans, ReachesTheBestKnownOptimaWithDefaultOptions) {
  const Reference cases[] = {
      {"iris.csv", true, 0, 4, 2, 152.3479517604},      {"iris.csv", true, 0, 4, 3, 78.85144142615},
      {"iris.csv", true, 0, 4, 4, 57.22847321429},      {"iris.csv", true, 0, 4, 5, 46.44618205128},
      {"iris.csv", true, 0, 4, 6, 39.03998724609},      {"ruspini.csv", true, 0, 2, 4, 12881.05123615},
      {"ruspini.csv", true, 0, 2, 5, 10126.71978818},   {"ruspini.csv", true, 0, 2, 6, 8575.406876457},
      {"xclara.csv", true, 0, 2, 3, 611605.8806934},    {"faithful.csv", true, 0, 2, 2, 8901.768720947},
      {"usarrests.csv", true, 1, 4, 2, 104.9616331576, true},
  };
  for (const Reference& c : cases) {
    Matrix x = read_reference(c.file, c.header, c.first, c.columns);
    if (x.rows() == 0) GTEST_SKIP() << "the reference data is not there: set COTERIE_SHARED";
    if (c.standardised) standardise_in_place(x, fit_standardisation(x));
    for (std::uint64_t seed : {1, 2, 3}) {
      const KmeansResult r = kmeans(x, c.k, {.seed = seed});
      EXPECT_NEAR(r.inertia, c.inertia, 1e-9 * c.inertia) << c.file << " k = " << c.k << " seed " << seed;
      EXPECT_TRUE(r.converged);
    }
  }
}

}  // namespace
}  // namespace coterie
