#include "coterie/cluster/mini_batch_kmeans.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/cluster/centre_distances.h"
#include "coterie/cluster/kmeans_seeding.h"
#include "coterie/cluster/row_sample.h"

namespace coterie {
namespace {

constexpr std::size_t block_rows = 4096;

MiniBatchAssignment nearest(MatrixView x, const std::vector<double>& centres, int threads) {
  const std::size_t k = centres.size() / x.columns, blocks = block_count(x.rows, block_rows);
  Matrix distances(x.rows, k);
  centre_distances(x, centres, distances, threads);
  MiniBatchAssignment result{std::vector<std::int32_t>(x.rows), 0};
  std::vector<double> partial(blocks);
  for_each_block(blocks, threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, x.rows, block_rows);
    for (std::size_t i = begin; i < end; ++i) {
      std::size_t best = 0;
      for (std::size_t c = 1; c < k; ++c)
        if (distances.at(i, c) < distances.at(i, best)) best = c;
      result.labels[i] = static_cast<std::int32_t>(best);
      partial[b] += x.weight(i) * distances.at(i, best);
    }
  });
  for (double part : partial) result.objective += part;
  return result;
}

std::vector<double> best_seeds(MatrixView batch, std::size_t k, const MiniBatchOptions& options) {
  if (batch.rows < k)
    throw Error(ErrorKind::usage, fmt::format("the first batch has {} rows when {} centres are to be seeded", batch.rows, k), "give larger batches");
  std::vector<double> best;
  double least = std::numeric_limits<double>::infinity();
  for (int restart = 0; restart < std::max(1, options.restarts); ++restart) {
    Random random(options.seed, static_cast<std::uint64_t>(restart));
    std::vector<double> seeds = one_seeding(batch, k, random);
    const double objective = nearest(batch, seeds, options.threads).objective;
    if (objective < least) least = objective, best = std::move(seeds);
  }
  return best;
}

// The mean of what a centre was given before and its rows of this batch, as a step from where it is.
void move_centres(MiniBatchState& state, MatrixView batch, const std::vector<std::int32_t>& labels) {
  const std::size_t d = state.columns;
  std::vector<double> steps(state.clusters * d);
  for (std::size_t i = 0; i < batch.rows; ++i) state.counts[static_cast<std::size_t>(labels[i])] += batch.weight(i);
  for (std::size_t j = 0; j < d; ++j)
    for (std::size_t i = 0; i < batch.rows; ++i) {
      const std::size_t at = static_cast<std::size_t>(labels[i]) * d + j;
      steps[at] += batch.weight(i) * (batch.at(i, j) - state.centres[at]);
    }
  for (std::size_t at = 0; at < steps.size(); ++at)
    if (state.counts[at / d] > 0) state.centres[at] += steps[at] / state.counts[at / d];
}

// The first `rows` waiting rows as a batch; they leave the state.
double update_with_waiting(MiniBatchState& state, std::size_t rows, const MiniBatchOptions& options) {
  Matrix batch(rows, state.columns);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < state.columns; ++j) batch.at(i, j) = state.waiting[i * state.columns + j];
  MatrixView view = batch;
  view.weights = state.waiting_weights.data();
  const double cost = update(state, view, options);
  state.waiting.erase(state.waiting.begin(), state.waiting.begin() + static_cast<std::ptrdiff_t>(rows * state.columns));
  state.waiting_weights.erase(state.waiting_weights.begin(), state.waiting_weights.begin() + static_cast<std::ptrdiff_t>(rows));
  return cost;
}

RowSample random_batch(MatrixView x, std::size_t rows, Random& random) {
  RowSample batch{Matrix(rows, x.columns), std::vector<double>(rows)};
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = random.below(x.rows);
    for (std::size_t j = 0; j < x.columns; ++j) batch.values.at(i, j) = x.at(row, j);
    batch.weights[i] = x.weight(row);
  }
  return batch;
}

// Has the cost of a row, smoothed over about `memory` batches, stopped falling?
struct Patience {
  double smoothed = std::numeric_limits<double>::infinity(), least = smoothed;
  int without_gain = 0;
  bool ended(double cost, double memory, double tolerance) {
    smoothed = smoothed > std::numeric_limits<double>::max() ? cost : smoothed + (cost - smoothed) / memory;
    without_gain = smoothed < least * (1 - tolerance) ? 0 : without_gain + 1;
    if (without_gain == 0) least = smoothed;
    return without_gain >= 10;
  }
};

}  // namespace

MiniBatchState start_mini_batch(std::size_t k, std::size_t columns) {
  if (k < 1) throw Error(ErrorKind::usage, "k is 0 when it should be at least 1", "choose another k");
  MiniBatchState state;
  state.clusters = k, state.columns = columns;
  return state;
}

double update(MiniBatchState& state, MatrixView batch, const MiniBatchOptions& options) {
  assert(batch.columns == state.columns);
  if (state.centres.empty()) {
    state.centres = best_seeds(batch, state.clusters, options);
    state.counts.assign(state.clusters, 0);
  }
  const MiniBatchAssignment assigned = nearest(batch, state.centres, options.threads);
  move_centres(state, batch, assigned.labels);
  ++state.batches;
  return assigned.objective;
}

void feed(MiniBatchState& state, MatrixView chunk, const MiniBatchOptions& options) {
  for (std::size_t i = 0; i < chunk.rows; ++i) {
    for (std::size_t j = 0; j < chunk.columns; ++j) state.waiting.push_back(chunk.at(i, j));
    state.waiting_weights.push_back(chunk.weight(i));
    if (state.waiting_weights.size() >= options.batch_rows) update_with_waiting(state, state.waiting_weights.size(), options);
  }
}

void finish(MiniBatchState& state, const MiniBatchOptions& options) {
  if (!state.waiting_weights.empty()) update_with_waiting(state, state.waiting_weights.size(), options);
}

MiniBatchAssignment assign(const MiniBatchState& state, MatrixView x, int threads) { return nearest(x, state.centres, threads); }

MiniBatchKmeans mini_batch_kmeans(MatrixView x, std::size_t k, const MiniBatchOptions& options) {
  if (k < 1 || k > x.rows)
    throw Error(ErrorKind::usage, fmt::format("k is {} when it should be between 1 and {} (the rows)", k, x.rows), "choose another k");
  Random random(options.seed, 0xba7c4);
  MiniBatchState state = start_mini_batch(k, x.columns);
  MiniBatchKmeans result;
  Patience patience;
  const std::size_t rows = std::max(k, std::min(options.batch_rows, x.rows));
  const double memory = std::clamp(static_cast<double>(x.rows) / static_cast<double>(rows), 5.0, 50.0);
  while (!result.converged && result.iterations < options.max_iterations) {
    const RowSample batch = random_batch(x, rows, random);
    double total = 0;
    for (double weight : batch.weights) total += weight;
    const double cost = update(state, batch.view(), options);
    ++result.iterations;
    result.converged = patience.ended(cost / total, memory, options.tolerance);
  }
  MiniBatchAssignment last = assign(state, x, options.threads);
  result.labels = std::move(last.labels), result.objective = last.objective, result.centres = std::move(state.centres);
  return result;
}

}  // namespace coterie
