// Mini-batch k-means: k-means on a stream, a batch at a time, in constant memory.
//
// What: every row of a batch goes to the nearest centre as the batch found them; then each centre moves to the weighted
//   mean of all rows it was ever given (step 1 / count, Sculley's per-centre rate).
// When to use it: rows that come and go (live events), or more rows than memory. On rows that fit, k-means itself is
//   better and fast enough.
// Cost: O(batch k columns) a batch.
// Paper: Sculley 2010, "Web-scale k-means clustering". Its row-by-row steps c += (x - c) / count within a batch are the
//   same mean; here the batch's sums are taken first, so that threads do not change a bit.
// Deterministic: the state after a stream depends on the rows in their order and batch_rows only, not on how the stream
//   was cut into chunks (`feed`), nor on the threads.
// Tested by: Sculley's loop row by row, any chunking, Lloyd's optimum on blobs.
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

struct MiniBatchOptions {
  std::size_t batch_rows = 4096;
  int restarts = 10;         // k-means++ seedings of the first batch; the least cost on it wins, ties to the earliest
  std::uint64_t seed = 1;
  int max_iterations = 500;  // batches, for mini_batch_kmeans
  double tolerance = 1e-3;   // mini_batch_kmeans stops when the smoothed cost of a row has not fallen by this share for
                             // ten batches
  int threads = 0;           // 0: all processors
};

// Plain data; save it and go on.
struct MiniBatchState {
  std::size_t clusters = 0, columns = 0;
  std::vector<double> centres;          // k x columns; empty before the first batch
  std::vector<double> counts;           // k: weight of the rows each centre was given
  std::uint64_t batches = 0;
  std::vector<double> waiting;          // rows fed but not yet a full batch, row by row, columns values each
  std::vector<double> waiting_weights;  // one a waiting row
};

MiniBatchState start_mini_batch(std::size_t k, std::size_t columns);

// One batch, whatever its size; the first (at least k rows) also seeds the centres. Returns the cost of the batch: sum of
// weight x squared distance to the nearest centre before they moved.
// Throws Error(usage) when the first batch has fewer than k rows.
double update(MiniBatchState& state, MatrixView batch, const MiniBatchOptions& options = {});

// Rows of a stream in chunks of any size: full batches are worked off, the rest waits in the state.
void feed(MiniBatchState& state, MatrixView chunk, const MiniBatchOptions& options = {});
// Works off the rows that still wait.
void finish(MiniBatchState& state, const MiniBatchOptions& options = {});

// The nearest centre of each row, ties to the lowest; objective: sum of weight x squared distance.
struct MiniBatchAssignment {
  std::vector<std::int32_t> labels;
  double objective = 0;
};
MiniBatchAssignment assign(const MiniBatchState& state, MatrixView x, int threads = 0);

struct MiniBatchKmeans {
  std::vector<std::int32_t> labels;  // rows
  std::vector<double> centres;       // k x columns
  double objective = 0;
  int iterations = 0;                // batches
  bool converged = false;
};

// On rows at hand: batches drawn at random (rows may come again).
MiniBatchKmeans mini_batch_kmeans(MatrixView x, std::size_t k, const MiniBatchOptions& options = {});

}  // namespace coterie
