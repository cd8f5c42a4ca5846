// What: the story of kmeans.h. Restarts run on a coreset (or on all rows), the best distinct optima of each k are
// carried to all rows, improved by single-row moves, numbered, and evaluated once more.
// Rule of single-row moves: up to 100 rounds of a Hartigan pass and Lloyd until no row moves, for data of
// up to `small_rows` rows; above, up to 4 rounds, stopped as soon as a pass lowers the inertia by less than 1e-7 of it,
// since with heavy clusters the factors W/(W+w) are nearly 1 and there is next to nothing to gain. Small data are
// also tried with swaps (kmeans_swap.h). Fits that are not thorough do none of this but on the best optimum of small data.
// Tested by kmeans_test.cc: reference optima, naive Lloyd, threads, instruction sets, weights against copies.
#include "coterie/cluster/kmeans.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "coterie/base/cpu.h"
#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/cluster/kmeans_hartigan.h"
#include "coterie/cluster/kmeans_kernels.h"
#include "coterie/cluster/kmeans_lloyd.h"
#include "coterie/cluster/kmeans_seeding.h"
#include "coterie/cluster/kmeans_swap.h"
#include "coterie/matrix/finite.h"
#include "coterie/matrix/group.h"

namespace coterie {
namespace {

constexpr std::size_t small_rows = 5'000;   // every distinct optimum is improved, and swaps are tried
// Optima on the sample are told apart by more than rounding: polishing near-equal ones twice is waste.
constexpr double same_optimum = 1e-9, same_optimum_on_sample = 1e-6;

// One optimum on its way: a run and how many restarts ended there.
struct Optimum {
  LloydRun run;
  int restarts = 1;
  int hartigan_moves = 0;
};
using Optima = std::vector<Optimum>;  // of one k

void require_options(MatrixView x, KRange range, const KmeansOptions& options) {
  if (x.rows == 0 || x.columns == 0) throw Error(ErrorKind::no_usable_rows, "k-means was given no rows or no columns");
  if (range.first < 1 || range.last < range.first)
    throw Error(ErrorKind::usage, fmt::format("{} to {} is no range of cluster counts", range.first, range.last),
                "begin at 1 or more, and end no lower than you begin");
  if (range.last > x.rows)
    throw Error(ErrorKind::usage, fmt::format("{} clusters were asked of {} rows", range.last, x.rows),
                fmt::format("ask for at most {} clusters", x.rows));
  if (options.restarts < 1 || options.max_iterations < 1)
    throw Error(ErrorKind::usage, "restarts and max_iterations must be at least 1");
}

bool wants_sample(MatrixView x, const KmeansOptions& options) {
  return !options.exact && options.sample_rows > 0 && x.rows > small_rows && x.rows > options.sample_rows * 3 / 2;
}

// Of very many rows a larger sample costs less than the passes over all rows that its nearer start saves.
std::size_t sample_size(MatrixView x, const KmeansOptions& options) {
  return x.rows > 20 * options.sample_rows ? 2 * options.sample_rows : options.sample_rows;
}

Seeds require_seeds(MatrixView x, std::size_t k, const KmeansOptions& options) {
  Seeds seeds = seed_kmeans(x, k, options.restarts, options.seed, options.threads);
  if (const std::size_t distinct = seeds.complete(); distinct < k)
    throw Error(ErrorKind::usage, fmt::format("{} clusters were asked of {} distinct rows", k, distinct),
                fmt::format("ask for at most {} clusters", distinct));
  return seeds;
}

std::vector<LloydRun*> pointers(std::span<Optimum> optima) {
  std::vector<LloydRun*> runs;
  for (Optimum& o : optima) runs.push_back(&o.run);
  return runs;
}

// Every restart of every k, converged and evaluated on x; in the order of k, then restart.
Optima run_restarts(MatrixView x, const Seeds& seeds, KRange range, const KmeansOptions& options) {
  Optima all;
  for (std::size_t k = range.first; k <= range.last; ++k)
    for (const auto& sequence : seeds.centres)
      all.push_back({LloydRun(x, {sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(k * x.columns)})});
  const auto runs = pointers(all);
  run_lloyd(x, runs, {options.max_iterations, options.tolerance, options.threads});
  evaluate(x, runs, options.threads);
  return all;
}

std::size_t most_polished(const KmeansOptions& options) { return static_cast<std::size_t>(std::max(1, options.polished)); }

bool less_inertia(const Optimum& a, const Optimum& b) { return a.run.inertia < b.run.inertia; }

// Sorted by inertia, equal ones merged, at most `most` kept.
Optima distinct(std::span<Optimum> found, double tolerance, std::size_t most) {
  std::stable_sort(found.begin(), found.end(), less_inertia);
  Optima kept;
  for (Optimum& o : found) {
    if (!kept.empty() && o.run.inertia <= kept.back().run.inertia * (1 + tolerance)) kept.back().restarts += o.restarts;
    else if (kept.size() < most) kept.push_back(std::move(o));
    else break;
  }
  return kept;
}

std::vector<LloydRun*> runs_of(std::span<Optima> sweep) {
  std::vector<LloydRun*> runs;
  for (Optima& optima : sweep)
    for (Optimum& o : optima) runs.push_back(&o.run);
  return runs;
}

// The sample ranks optima with noise: they are ranked anew on all rows, and the best few iterated there.
void carry_to_all_rows(MatrixView x, std::vector<Optima>& sweep, const KmeansOptions& options) {
  std::vector<const std::vector<double>*> centres;
  for (Optima& optima : sweep)
    for (Optimum& o : optima) centres.push_back(&o.run.centres);
  const std::vector<double> inertias = inertias_of(x, centres, options.threads);
  std::size_t next = 0;
  for (Optima& optima : sweep) {
    for (Optimum& o : optima) o.run.inertia = inertias[next++];
    optima = distinct(optima, same_optimum_on_sample, most_polished(options));
    for (Optimum& o : optima) {
      const double inertia = o.run.inertia;
      o.run = LloydRun(x, std::move(o.run.centres));
      o.run.inertia = inertia, o.run.keep_bounds = true;
    }
  }
  run_lloyd(x, runs_of(sweep), {options.max_iterations, options.tolerance, options.threads});
}

SingleRowLimits single_row_limits(MatrixView x, const KmeansOptions& options) {
  const LloydLimits lloyd{options.max_iterations, options.tolerance, options.threads};
  return x.rows <= small_rows ? SingleRowLimits{100, 0, lloyd} : SingleRowLimits{options.thorough ? 4 : 0, 1e-7, lloyd};
}

void improve(MatrixView x, std::vector<Optima>& sweep, const KmeansOptions& options) {
  const std::vector<int> moves = improve_by_single_rows(x, runs_of(sweep), single_row_limits(x, options));
  std::size_t next = 0;
  for (Optima& optima : sweep)
    for (Optimum& o : optima) o.hartigan_moves += moves[next++];
}

// Small data only: from the best optimum, by centres put elsewhere; a better one joins the optima.
void try_swaps(MatrixView x, Optima& optima, const KmeansOptions& options) {
  if (x.rows > small_rows || !options.thorough) return;
  evaluate(x, pointers(optima), options.threads);
  const auto best = std::min_element(optima.begin(), optima.end(), less_inertia);
  auto better = improve_by_swaps(x, best->run, {.seed = options.seed, .single_rows = single_row_limits(x, options)});
  if (better) optima.push_back({std::move(*better), 0});
}

// Heaviest cluster first, ties by the lexicographic order of centres.
void number_clusters(LloydRun& run, std::size_t columns) {
  std::vector<std::size_t> order(run.k);
  std::iota(order.begin(), order.end(), 0);
  const auto row_of = [&](std::size_t c) { return std::span(run.centres).subspan(c * columns, columns); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (run.weights[a] != run.weights[b]) return run.weights[a] > run.weights[b];
    const auto left = row_of(a), right = row_of(b);
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
  });
  std::vector<double> centres;
  for (std::size_t c : order) centres.insert(centres.end(), row_of(c).begin(), row_of(c).end());
  run.centres = std::move(centres);
}

KmeansResult result_of(MatrixView x, Optima optima) {
  optima = distinct(optima, same_optimum, optima.size());
  LloydRun& run = optima.front().run;
  KmeansResult result;
  result.k = run.k, result.columns = x.columns;
  result.centres = std::move(run.centres);
  result.labels = HugeArray<std::int32_t>(x.rows);
  std::copy_n(run.labels.begin(), x.rows, result.labels.begin());
  result.sizes = std::move(run.weights);
  result.inertia = run.inertia;
  result.iterations = run.iterations, result.converged = run.converged, result.refilled = run.refilled;
  result.hartigan_moves = optima.front().hartigan_moves;
  result.restarts_agreeing = optima.front().restarts;
  if (optima.size() > 1) result.runner_up_inertia = optima[1].run.inertia;
  return result;
}

}  // namespace

std::vector<KmeansResult> kmeans_sweep(MatrixView x, KRange range, const KmeansOptions& options) {
  require_options(x, range, options);
  require_finite(x, options.threads);
  const bool sampled = wants_sample(x, options);
  const WeightedSample sample = sampled ? draw_coreset(x, sample_size(x, options), options.seed, options.threads) : WeightedSample{};
  const MatrixView start = sampled ? sample.view() : x;
  const Seeds seeds = require_seeds(start, range.last, options);
  Optima restarts = run_restarts(start, seeds, range, options);

  std::vector<Optima> sweep;
  const auto per_k = static_cast<std::size_t>(options.restarts);
  const std::size_t kept = x.rows <= small_rows && options.thorough ? per_k : most_polished(options) * (sampled ? 2 : 1);
  for (std::size_t first = 0; first < restarts.size(); first += per_k)
    sweep.push_back(distinct(std::span(restarts).subspan(first, per_k), sampled ? same_optimum_on_sample : same_optimum, kept));
  restarts.clear();

  if (sampled) carry_to_all_rows(x, sweep, options);
  improve(x, sweep, options);
  for (Optima& optima : sweep) {
    try_swaps(x, optima, options);
    for (Optimum& o : optima) number_clusters(o.run, x.columns);
  }
  evaluate(x, runs_of(sweep), options.threads);
  std::vector<KmeansResult> results;
  for (Optima& optima : sweep) results.push_back(result_of(x, std::move(optima)));
  return results;
}

KmeansResult kmeans(MatrixView x, std::size_t k, const KmeansOptions& options) {
  return std::move(kmeans_sweep(x, {k, k}, options).front());
}

Assignment assign(MatrixView x, std::span<const double> centres, int threads) {
  const std::size_t padded = block_count(x.rows, group_rows) * group_rows, k = centres.size() / x.columns;
  const std::size_t size = lloyd_block_rows(x.rows);
  Assignment result{HugeArray<std::int32_t>(x.rows), HugeArray<double>(x.rows)};
  for_each_block(block_count(padded, size), threads, [&](std::size_t block, int) {
    std::vector<double> group(group_rows * x.columns);
    std::int32_t labels[group_rows];
    double squared[group_rows];
    const auto [begin, end] = block_range(block, x.rows, size);
    for (std::size_t first = begin; first < end; first += group_rows) {
      pack_group(x, first, group.data());
      kmeans_kernels(isa()).nearest(group.data(), x.columns, centres.data(), k, labels, squared);
      const std::size_t count = std::min(group_rows, end - first);
      std::copy_n(labels, count, result.labels.begin() + first);
      std::copy_n(squared, count, result.squared_distances.begin() + first);
    }
  });
  return result;
}

}  // namespace coterie
