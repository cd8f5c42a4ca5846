#include "coterie/cluster/kmeans_swap.h"

#include <algorithm>

#include "coterie/base/random.h"
#include "coterie/cluster/kmeans.h"

namespace coterie {
namespace {

// Draws rows with probability w * squared distance to the nearest centre.
class RowDraw {
 public:
  RowDraw(MatrixView x, std::span<const double> centres, int threads) {
    const Assignment assigned = assign(x, centres, threads);
    double sum = 0;
    for (std::size_t i = 0; i < x.rows; ++i) rising_.push_back(sum += x.weight(i) * assigned.squared_distances[i]);
  }
  bool possible() const { return rising_.back() > 0; }
  std::size_t draw(Random& random) const {
    const auto found = std::upper_bound(rising_.begin(), rising_.end(), random.uniform() * rising_.back());
    return static_cast<std::size_t>(std::min(found, rising_.end() - 1) - rising_.begin());
  }

 private:
  std::vector<double> rising_;
};

std::vector<LloydRun> propose(MatrixView x, std::span<const double> centres, const SwapOptions& options, Random& random) {
  const RowDraw rows(x, centres, options.single_rows.lloyd.threads);
  std::vector<LloydRun> runs;
  for (int p = 0; p < options.proposals && rows.possible(); ++p) {
    std::vector<double> swapped(centres.begin(), centres.end());
    const std::size_t centre = random.below(centres.size() / x.columns), row = rows.draw(random);
    for (std::size_t j = 0; j < x.columns; ++j) swapped[centre * x.columns + j] = x.at(row, j);
    runs.emplace_back(x, std::move(swapped));
  }
  return runs;
}

void settle(MatrixView x, std::vector<LloydRun>& runs, const SwapOptions& options) {
  std::vector<LloydRun*> all;
  for (LloydRun& run : runs) all.push_back(&run);
  run_lloyd(x, all, options.single_rows.lloyd);
  improve_by_single_rows(x, all, options.single_rows);
  evaluate(x, all, options.single_rows.lloyd.threads);
}

}  // namespace

std::optional<LloydRun> improve_by_swaps(MatrixView x, const LloydRun& run, const SwapOptions& options) {
  std::optional<LloydRun> best;
  double inertia = run.inertia;
  Random random(options.seed, 0x5a4b0000u + run.k);
  for (int round = 0, idle = 0; round < options.rounds && idle < options.patience && run.k > 1; ++round, ++idle) {
    std::vector<LloydRun> runs = propose(x, best ? best->centres : run.centres, options, random);
    settle(x, runs, options);
    for (LloydRun& found : runs) {
      if (found.inertia >= inertia * (1 - 1e-9)) continue;
      if (found.inertia < inertia * (1 - 1e-5)) idle = -1;
      inertia = found.inertia, best = std::move(found);
    }
  }
  return best;
}

}  // namespace coterie
