#include "coterie/cluster/mini_batch_kmeans.h"

#include <gtest/gtest.h>

#include <limits>

#include "coterie/base/error.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

Matrix blobs(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, 2);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto blob = random.below(4);
    x.at(i, 0) = random.normal() + 8 * static_cast<double>(blob % 2);
    x.at(i, 1) = random.normal() + 8 * static_cast<double>(blob / 2);
  }
  return x;
}

MatrixView part(const Matrix& x, std::size_t begin, std::size_t end) {
  MatrixView v = x;
  v.values += begin;
  v.rows = end - begin;
  return v;
}

std::size_t nearest(const Matrix& x, std::size_t row, const std::vector<double>& centres, double* distance = nullptr) {
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < centres.size() / 2; ++c) {
    const double a = x.at(row, 0) - centres[c * 2], b = x.at(row, 1) - centres[c * 2 + 1];
    if (a * a + b * b < least) least = a * a + b * b, best = c;
  }
  if (distance != nullptr) *distance = least;
  return best;
}

// Lloyd's algorithm from given centres until nothing changes much.
double lloyd_objective(const Matrix& x, std::vector<double> centres) {
  double objective = 0;
  for (int iteration = 0; iteration < 50; ++iteration) {
    std::vector<double> sums(centres.size()), counts(centres.size() / 2);
    objective = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      double distance;
      const std::size_t c = nearest(x, i, centres, &distance);
      objective += distance, counts[c] += 1, sums[c * 2] += x.at(i, 0), sums[c * 2 + 1] += x.at(i, 1);
    }
    for (std::size_t i = 0; i < sums.size(); ++i) centres[i] = sums[i] / counts[i / 2];
  }
  return objective;
}

TEST(MiniBatchKmeans, MovesAsSculleysLoopRowByRow) {
  const Matrix x = blobs(3000, 1);
  MiniBatchState state = start_mini_batch(4, 2);
  const MiniBatchOptions options{.batch_rows = 500};
  update(state, part(x, 0, 500), options);
  std::vector<double> centres = state.centres, counts = state.counts;
  for (std::size_t begin = 500; begin < 3000; begin += 500) {
    update(state, part(x, begin, begin + 500), options);
    std::vector<std::size_t> cached;
    for (std::size_t i = begin; i < begin + 500; ++i) cached.push_back(nearest(x, i, centres));
    for (std::size_t i = begin; i < begin + 500; ++i) {
      const std::size_t c = cached[i - begin];
      counts[c] += 1;
      for (std::size_t j = 0; j < 2; ++j) centres[c * 2 + j] += (x.at(i, j) - centres[c * 2 + j]) / counts[c];
    }
  }
  EXPECT_EQ(state.counts, counts);
  EXPECT_EQ(state.batches, 6u);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(state.centres[i], centres[i], 1e-12);
}

TEST(MiniBatchKmeans, IsTheSameForAnyChunkingOfTheStream) {
  const Matrix x = blobs(10000, 2);
  const MiniBatchOptions options{.batch_rows = 700};
  MiniBatchState whole = start_mini_batch(4, 2), cut = whole, batches = whole;
  feed(whole, x, options), finish(whole, options);
  Random random(3);
  for (std::size_t at = 0; at < 10000;) {
    const std::size_t end = std::min<std::size_t>(10000, at + random.below(1500));
    feed(cut, part(x, at, end), options);
    at = end;
  }
  finish(cut, options);
  for (std::size_t at = 0; at < 10000; at += 700) update(batches, part(x, at, std::min<std::size_t>(10000, at + 700)), options);
  EXPECT_EQ(whole.centres, cut.centres);
  EXPECT_EQ(whole.centres, batches.centres);
  EXPECT_EQ(whole.counts, cut.counts);
  EXPECT_EQ(whole.batches, 15u);
  EXPECT_TRUE(cut.waiting.empty() && cut.waiting_weights.empty());
}

TEST(MiniBatchKmeans, ComesNearToLloydsOptimumOnBlobs) {
  const Matrix x = blobs(50000, 4);
  const auto fit = mini_batch_kmeans(x, 4, {.batch_rows = 1000});
  const double optimum = lloyd_objective(x, {0, 0, 8, 0, 0, 8, 8, 8});
  EXPECT_TRUE(fit.converged);
  EXPECT_LT(fit.objective, optimum * 1.005);
  EXPECT_GE(fit.objective, optimum * (1 - 1e-12));
  double sum = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    double distance;
    EXPECT_EQ(static_cast<std::int32_t>(nearest(x, i, fit.centres, &distance)), fit.labels[i]);
    sum += distance;
  }
  EXPECT_NEAR(fit.objective, sum, 1e-9 * sum);
}

TEST(MiniBatchKmeans, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Matrix x = blobs(30000, 5);
  const auto a = mini_batch_kmeans(x, 5, {.batch_rows = 9000, .threads = 1});
  const auto b = mini_batch_kmeans(x, 5, {.batch_rows = 9000, .threads = 3});
  EXPECT_EQ(a.centres, b.centres);
  EXPECT_EQ(a.objective, b.objective);
}

TEST(MiniBatchKmeans, CountsWeightsAndNeedsKRowsToBegin) {
  const Matrix x = blobs(100, 6);
  const std::vector<double> weights(100, 3.0);
  MatrixView heavy = x;
  heavy.weights = weights.data();
  MiniBatchState a = start_mini_batch(2, 2), b = a;
  update(a, x), update(b, heavy);
  for (std::size_t c = 0; c < 2; ++c) EXPECT_EQ(3 * a.counts[c], b.counts[c]);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(a.centres[i], b.centres[i], 1e-12);
  MiniBatchState c = start_mini_batch(101, 2);
  EXPECT_THROW(update(c, x), Error);
  EXPECT_THROW(start_mini_batch(0, 2), Error);
}

}  // namespace
}  // namespace coterie
