#include "coterie/score/near_optimum.h"

#include <algorithm>

#include "coterie/cluster/kmeans_lloyd.h"
#include "coterie/cluster/kmeans_seeding.h"
#include "coterie/score/agreement.h"

namespace coterie {
namespace {

std::span<const int> labels_of(const LloydRun& run, std::size_t rows) { return {run.labels.data(), rows}; }

// runs: all of one k.
NearOptimum least_alike(MatrixView x, std::span<const LloydRun> runs, const NearOptimumOptions& options) {
  const LloydRun& best = *std::ranges::min_element(runs, {}, &LloydRun::inertia);
  std::vector<double> weights(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) weights[i] = x.weight(i);
  NearOptimum found{.k = best.k};
  for (const LloydRun& run : runs) {
    const double excess = best.inertia > 0 ? run.inertia / best.inertia - 1 : 0;
    if (excess > options.most_excess) continue;
    const double agreement = adjusted_rand(contingency(labels_of(best, x.rows), labels_of(run, x.rows), weights));
    if (agreement < found.agreement) found.excess = excess, found.agreement = agreement;
  }
  return found;
}

}  // namespace

std::vector<NearOptimum> near_optima(MatrixView x, KRange range, const NearOptimumOptions& options) {
  const Seeds seeds = seed_kmeans(x, range.last, options.starts, options.seed, options.threads);
  std::vector<LloydRun> runs;
  for (std::size_t k = range.first; k <= range.last; ++k)
    for (const auto& start : seeds.centres) runs.emplace_back(x, std::vector<double>(start.begin(), start.begin() + static_cast<std::ptrdiff_t>(k * x.columns)));
  std::vector<LloydRun*> pointers;
  for (LloydRun& run : runs) pointers.push_back(&run);
  run_lloyd(x, pointers, {.threads = options.threads});
  evaluate(x, pointers, options.threads);
  std::vector<NearOptimum> found;
  const auto starts = static_cast<std::size_t>(options.starts);
  for (std::size_t first = 0; first < runs.size(); first += starts) found.push_back(least_alike(x, std::span(runs).subspan(first, starts), options));
  return found;
}

}  // namespace coterie
