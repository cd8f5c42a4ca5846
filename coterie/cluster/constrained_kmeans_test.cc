#include "coterie/cluster/constrained_kmeans.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "coterie/base/cpu.h"
#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/cluster/centre_distances.h"

namespace coterie {
namespace {

Matrix random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, columns);
  for (std::size_t j = 0; j < columns; ++j)
    for (double& value : x.column(j)) value = random.uniform();
  return x;
}

// Calls fn(labels) for every labelling of `rows` rows with k labels.
template <class Fn>
void for_each_labelling(std::size_t rows, std::size_t k, const Fn& fn) {
  std::vector<std::size_t> labels(rows);
  for (;;) {
    fn(labels);
    std::size_t i = 0;
    while (i < rows && ++labels[i] == k) labels[i++] = 0;
    if (i == rows) return;
  }
}

bool keeps(const std::vector<std::size_t>& labels, std::size_t k, double least, double most) {
  for (std::size_t c = 0; c < k; ++c) {
    const auto size = static_cast<double>(std::count(labels.begin(), labels.end(), c));
    if (size < least || size > most) return false;
  }
  return true;
}

double brute_force(const Matrix& costs, double least, double most) {
  double best = std::numeric_limits<double>::infinity();
  for_each_labelling(costs.rows(), costs.columns(), [&](const auto& labels) {
    if (!keeps(labels, costs.columns(), least, most)) return;
    double cost = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) cost += costs.at(i, labels[i]);
    best = std::min(best, cost);
  });
  return best;
}

TEST(BoundedAssignment, IsAsCheapAsTheBestOfAllAssignments) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Matrix costs = random_matrix(8, 3, seed);
    for (std::size_t i = 0; i < 8; ++i) costs.at(i, seed % 3) *= 0.2;  // one cluster draws most rows
    const double least = static_cast<double>(seed % 3), most = seed % 2 == 0 ? 3 : 4;
    const auto a = assign_within_bounds(costs, {}, least, most);
    EXPECT_NEAR(a.cost, brute_force(costs, least, most), 1e-12) << seed;
    EXPECT_NEAR(a.gap, 0, 1e-12);
    EXPECT_TRUE(a.parts.empty());
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(static_cast<double>(std::count(a.labels.begin(), a.labels.end(), static_cast<std::int32_t>(c))), a.sizes[c]);
  }
}

TEST(BoundedAssignment, DividesAWeightedRowAsItsCustomersWouldBe) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Matrix merged = random_matrix(4, 3, seed);
    const std::vector<double> weights{1, 4, 2, 2};
    Matrix single(9, 3);
    std::size_t at = 0;
    for (std::size_t i = 0; i < 4; ++i)
      for (int copy = 0; copy < static_cast<int>(weights[i]); ++copy, ++at)
        for (std::size_t c = 0; c < 3; ++c) single.at(at, c) = merged.at(i, c);
    const auto a = assign_within_bounds(merged, weights, 2, 4);
    EXPECT_NEAR(a.cost, brute_force(single, 2, 4), 1e-12);
    std::vector<double> whole = weights;
    for (const RowPart& part : a.parts) {
      EXPECT_EQ(part.weight, std::round(part.weight));
      whole[part.row] -= part.weight;
    }
    for (const RowPart& part : a.parts) EXPECT_EQ(whole[part.row], 0);
    for (double size : a.sizes) EXPECT_TRUE(size >= 2 && size <= 4);
  }
}

TEST(BoundedAssignment, GivesTheSameCostFromAnyPrices) {
  const Matrix costs = random_matrix(3000, 4, 1);
  const auto cold = assign_within_bounds(costs, {}, 700, 760);
  const auto warm = assign_within_bounds(costs, {}, 700, 760, cold.prices);
  const auto odd = assign_within_bounds(costs, {}, 700, 760, {0.3, -0.2, 0.1, 0});
  EXPECT_NEAR(warm.cost, cold.cost, 1e-9);
  EXPECT_NEAR(odd.cost, cold.cost, 1e-9);
  EXPECT_LT(std::abs(odd.gap), 1e-9);
  EXPECT_LT(warm.moves, cold.moves / 10 + 10);
}

TEST(BoundedAssignment, ProvesItsOptimumOnManyRowsStartedFromASample) {
  Matrix costs = random_matrix(80000, 5, 2);
  for (double& value : costs.column(2)) value *= 0.1;
  const auto a = assign_within_bounds(costs, {}, 10000, 20000);
  EXPECT_LT(std::abs(a.gap), 1e-9 * a.cost);
  for (double size : a.sizes) EXPECT_TRUE(size >= 10000 && size <= 20000);
  EXPECT_EQ(a.sizes[2], 20000);
}

TEST(BoundedAssignment, SaysWhyBoundsCannotBeKept) {
  const Matrix costs = random_matrix(10, 3, 1);
  EXPECT_THROW(assign_within_bounds(costs, {}, 4, 10), Error);
  EXPECT_THROW(assign_within_bounds(costs, {}, 0, 3), Error);
  EXPECT_THROW(assign_within_bounds(costs, {}, 3, 2), Error);
}

double within_sum(const Matrix& x, const std::vector<std::size_t>& labels, std::size_t k) {
  double sum = 0;
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < x.columns(); ++j) {
      double n = 0, mean = 0;
      for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] == c) n += 1, mean += x.at(i, j);
      for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] == c) sum += (x.at(i, j) - mean / n) * (x.at(i, j) - mean / n);
    }
  return sum;
}

TEST(ConstrainedKmeans, ReachesTheBestOfAllPartitionsThatKeepTheBounds) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Matrix x = random_matrix(9, 2, seed + 100);
    double best = std::numeric_limits<double>::infinity();
    for_each_labelling(9, 3, [&](const auto& labels) {
      if (keeps(labels, 3, 2, 4)) best = std::min(best, within_sum(x, labels, 3));
    });
    const auto fit = constrained_kmeans(x, 3, {.least = 2, .most = 4, .restarts = 100, .tolerance = 0});
    EXPECT_NEAR(fit.objective, best, 1e-12);
  }
}

TEST(ConstrainedKmeans, KeepsTheBoundsAndItsObjectiveIsThatOfItsLabels) {
  Matrix x = random_matrix(5000, 3, 7);
  for (std::size_t i = 0; i < 3500; ++i) x.at(i, 0) *= 0.05;
  const auto fit = constrained_kmeans(x, 4, {.least = 1000, .most = 1400, .restarts = 3});
  EXPECT_TRUE(fit.converged);
  for (double size : fit.sizes) EXPECT_TRUE(size >= 1000 && size <= 1400);
  std::vector<std::size_t> labels(fit.labels.begin(), fit.labels.end());
  EXPECT_NEAR(fit.objective, within_sum(x, labels, 4), 1e-8);
  EXPECT_LT(std::abs(fit.gap), 1e-9 * fit.objective);
}

TEST(ConstrainedKmeans, HasASumOfSquaresThatNeverRises) {
  const Matrix x = random_matrix(2000, 2, 9);
  double before = std::numeric_limits<double>::infinity();
  for (int iterations = 0; iterations < 10; ++iterations) {
    const auto fit = constrained_kmeans(x, 5, {.least = 390, .most = 410, .restarts = 1, .max_iterations = iterations, .tolerance = -1});
    EXPECT_LE(fit.objective, before * (1 + 1e-12));
    before = fit.objective;
  }
}

TEST(ConstrainedKmeans, GivesTheSameAnswerOnAnyNumberOfThreadsAndForMergedRows) {
  const Matrix x = random_matrix(30000, 3, 11);
  const ConstrainedKmeansOptions options{.least = 5000, .most = 8000, .restarts = 2, .sample_rows = 4000, .threads = 1};
  auto other = options;
  other.threads = 3;
  const auto a = constrained_kmeans(x, 5, options), b = constrained_kmeans(x, 5, other);
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.centres, b.centres);
  std::vector<double> weights(x.rows(), 2.0);
  MatrixView doubled = x;
  doubled.weights = weights.data();
  auto twice = options;
  twice.least = 10000, twice.most = 16000;
  EXPECT_NEAR(constrained_kmeans(doubled, 5, twice).objective, 2 * a.objective, 1e-3 * a.objective);
}

TEST(CentreDistances, AreTheObviousOnesWithTheSameBitsOnEveryInstructionSet) {
  const Matrix x = random_matrix(43, 5, 3), centres = random_matrix(6 * 5, 1, 4);
  Matrix out(43, 6);
  centre_distances(x, centres.column(0), out, 1);
  for (std::size_t i = 0; i < 43; ++i)
    for (std::size_t c = 0; c < 6; ++c) {
      double sum = 0;
      for (std::size_t j = 0; j < 5; ++j) sum += std::pow(x.at(i, j) - centres.at(c * 5 + j, 0), 2);
      EXPECT_NEAR(out.at(i, c), sum, 1e-14);
    }
  const auto run = [&](auto kernel) {
    std::vector<double> values(43 * 6);
    kernel({x.view().values, x.view().stride, 43, 5, centres.column(0).data(), 6, values.data(), 43});
    return values;
  };
  const auto expected = run(plain::distance_block);
  if (isa() >= Isa::avx2) {
    EXPECT_EQ(run(avx2::distance_block), expected);
  }
  if (isa() >= Isa::avx512) {
    EXPECT_EQ(run(avx512::distance_block), expected);
  }
}

}  // namespace
}  // namespace coterie
