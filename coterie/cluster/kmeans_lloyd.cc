// What: one pass packs a tile of rows in the L1 cache and shows it to every active run. A run looks only at groups
// of 16 rows of which one might change: a row whose nearest centre leads by `gap` keeps it until the centres
// have moved by that much in total (Hamerly 2010, with one running total instead of bounds updated each pass).
// Sums change by the rows that moved only; evaluate() makes them anew.
// Numerical care: a bound is rounded down in float and by a relative margin, so pruning never changes a label.
// Tested by kmeans_test.cc against a naive Lloyd from the same starts.
#include "coterie/cluster/kmeans_lloyd.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "coterie/base/cpu.h"
#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/prefetch.h"
#include "coterie/cluster/kmeans_kernels.h"
#include "coterie/matrix/group.h"

namespace coterie {
namespace {

constexpr std::size_t tile_groups = most_groups;
constexpr std::size_t tile_rows = tile_groups * group_rows;
constexpr double bounds_pay_below = 0.05;  // share of the weight that changed in the last pass

// 256 rows. Packs groups when first asked for: a late pass touches few of them.
class Tile {
 public:
  explicit Tile(MatrixView x) : x_(x), packed_(tile_rows * x.columns) {}
  void move_to(std::size_t first_row) {
    first_row_ = first_row, present_ = 0;
    for (std::size_t i = 0; i < tile_rows; ++i) weights_[i] = first_row + i < x_.rows ? x_.weight(first_row + i) : 0.0;
  }
  const double* group(std::size_t g) {
    double* start = packed_.data() + g * group_rows * x_.columns;
    if ((present_ >> g & 1) == 0) pack_group(x_, first_row_ + g * group_rows, start);
    present_ |= 1u << g;
    return start;
  }
  const double* packed() const { return packed_.data(); }  // groups not asked for hold old, finite numbers
  const double* weights() const { return weights_; }       // of 256 rows; 0 past the end

 private:
  MatrixView x_;
  std::vector<double> packed_;
  double weights_[tile_rows];
  std::size_t first_row_ = 0;
  unsigned present_ = 0;
};

// What one block of rows adds to a run.
struct Change {
  std::vector<double> sums, weights;
  double weight = 0, inertia = 0;
};

void add_row(const Tile& tile, std::size_t i, std::size_t columns, double weight, std::int32_t label, Change& change) {
  const double* row = tile.packed() + i / group_rows * group_rows * columns + i % group_rows;
  double* sums = change.sums.data() + static_cast<std::size_t>(label) * columns;
  for (std::size_t j = 0; j < columns; ++j) sums[j] += weight * row[group_rows * j];
  change.weights[static_cast<std::size_t>(label)] += weight;
}

// Adds rows to the sums of their labels: few of them one by one, many by masked vectors.
void add_rows(const Tile& tile, std::size_t groups, std::size_t columns, const double* weights, const std::int32_t* labels,
              std::size_t k, bool many, Change& change) {
  if (many) {
    kmeans_kernels(isa()).add_by_label(tile.packed(), groups, columns, weights, labels, k, change.sums.data(), change.weights.data());
    return;
  }
  for (std::size_t i = 0; i < groups * group_rows; ++i)
    if (weights[i] != 0 && labels[i] >= 0) add_row(tile, i, columns, weights[i], labels[i], change);
}

constexpr std::size_t few_clusters = 16;  // above, a masked sum for each costs more than rows one by one

// Fresh labels of the groups in `changed` (bit g) replace the old ones.
void take_labels(const Tile& tile, std::size_t groups, unsigned changed, std::size_t columns, std::size_t k, std::int32_t* fresh,
                 std::int32_t* labels, Change& change) {
  double joins[tile_rows] = {}, leaves[tile_rows] = {};
  std::size_t moves = 0;
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t first = g * group_rows;
    if ((changed >> g & 1) == 0) std::fill_n(fresh + first, group_rows, 0);
    for (std::size_t i = first; i < first + group_rows && (changed >> g & 1) != 0; ++i) {
      if (fresh[i] == labels[i]) continue;
      joins[i] = tile.weights()[i], leaves[i] = -joins[i];
      change.weight += joins[i], ++moves;
    }
  }
  const bool many = k <= few_clusters && moves >= 6 * k;
  add_rows(tile, groups, columns, joins, fresh, k, many, change);
  add_rows(tile, groups, columns, leaves, labels, k, many, change);
  for (std::size_t g = 0; g < groups; ++g)
    if ((changed >> g & 1) != 0) std::copy_n(fresh + g * group_rows, group_rows, labels + g * group_rows);
}

// Rounded so that a bound is never too late and the drift never too small.
float bound_below(double gap, double drift) { return static_cast<float>((drift + gap) * (1 - 1e-6)); }
float drift_above(double drift) { return static_cast<float>(drift * (1 + 1e-6)); }

// True if the group had to be looked at; its labels are then in fresh.
bool label_group(MatrixView x, Tile& tile, std::size_t g, std::size_t first, const KmeansKernels& kernels, LloydRun& run,
                 std::int32_t* fresh) {
  alignas(64) double found[group_rows];
  float& expiry = run.expiry[first / group_rows];
  if (expiry > drift_above(run.drift)) return false;
  if (!run.keep_bounds) {
    kernels.nearest(tile.group(g), x.columns, run.centres.data(), run.k, fresh, found);
    return true;
  }
  kernels.nearest_with_gap(tile.group(g), x.columns, run.centres.data(), run.k, fresh, found);
  expiry = bound_below(*std::min_element(found, found + group_rows), run.drift);
  return true;
}

void visit_run(MatrixView x, Tile& tile, std::size_t first, std::size_t end, const KmeansKernels& kernels, LloydRun& run,
               Change& change) {
  alignas(64) std::int32_t fresh[tile_rows];
  const std::size_t groups = block_count(end - first, group_rows);
  std::int32_t* labels = run.labels.data() + first;
  unsigned changed = 0;
  for (std::size_t g = 0; g < groups; ++g) {  // groups that need no look do not even have their labels read
    std::int32_t* mine = fresh + g * group_rows;
    if (!label_group(x, tile, g, first + g * group_rows, kernels, run, mine)) continue;
    if (!std::equal(mine, mine + group_rows, labels + g * group_rows)) changed |= 1u << g;
  }
  if (changed != 0) take_labels(tile, groups, changed, x.columns, run.k, fresh, labels, change);
}

// Bit g: a row of group g may change its label.
unsigned groups_to_look_at(const LloydRun& run, std::size_t first, std::size_t groups) {
  const float* expiry = run.expiry.data() + first / group_rows;
  const float drift = drift_above(run.drift);
  unsigned found = 0;
  for (std::size_t g = 0; g < groups; ++g) found |= static_cast<unsigned>(expiry[g] <= drift) << g;
  return found;
}

// Late passes look at few groups, here and there, in every column: without this they wait for memory most of the time.
void fetch_tile(MatrixView x, std::size_t first, std::span<LloydRun* const> runs) {
  if (first >= x.rows) return;
  const std::size_t groups = std::min(tile_groups, (x.rows - first) / group_rows);
  unsigned any = 0;
  for (const LloydRun* run : runs) {
    const unsigned mine = groups_to_look_at(*run, first, groups);
    for (unsigned bits = mine; bits != 0; bits &= bits - 1) coterie::prefetch(run->labels.data() + first + group_rows * static_cast<std::size_t>(std::countr_zero(bits)));
    any |= mine;
  }
  for (unsigned bits = any; bits != 0; bits &= bits - 1) {
    const double* values = x.values + first + group_rows * static_cast<std::size_t>(std::countr_zero(bits));
    for (std::size_t j = 0; j < x.columns; ++j) coterie::prefetch(values + j * x.stride), coterie::prefetch(values + j * x.stride + 8);
  }
}

void visit_tile(MatrixView x, Tile& tile, std::size_t first, std::size_t end, const KmeansKernels& kernels,
                std::span<LloydRun* const> runs, Change* changes) {
  fetch_tile(x, first + tile_rows, runs);
  tile.move_to(first);
  for (std::size_t r = 0; r < runs.size(); ++r) visit_run(x, tile, first, end, kernels, *runs[r], changes[r]);
}

// changes[block * runs + run], from visit(tile, begin, end, changes of the block).
template <class Visit>
std::vector<Change> over_blocks(MatrixView x, std::span<LloydRun* const> runs, int threads, const Visit& visit) {
  const std::size_t size = lloyd_block_rows(x.rows), blocks = block_count(x.rows, size);
  std::vector<Change> changes(blocks * runs.size());
  if (threads <= 0) threads = default_threads();
  std::vector<Tile> tiles(static_cast<std::size_t>(threads), Tile(x));
  for_each_block(blocks, threads, [&](std::size_t block, int worker) {
    Change* mine = changes.data() + block * runs.size();
    for (std::size_t r = 0; r < runs.size(); ++r)
      mine[r].sums.resize(runs[r]->k * x.columns), mine[r].weights.resize(runs[r]->k);
    const auto [begin, end] = block_range(block, x.rows, size);
    for (std::size_t first = begin; first < end; first += tile_rows)
      visit(tiles[static_cast<std::size_t>(worker)], first, std::min(first + tile_rows, end), mine);
  });
  return changes;
}

void add_changes(std::span<const Change> changes, std::span<LloydRun* const> runs) {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    LloydRun& run = *runs[i % runs.size()];
    const Change& change = changes[i];
    for (std::size_t v = 0; v < change.sums.size(); ++v) run.sums[v] += change.sums[v];
    for (std::size_t c = 0; c < run.k; ++c) run.weights[c] += change.weights[c];
    run.changed_weight += change.weight;
    run.inertia += change.inertia;
  }
}

void forget_sums(LloydRun& run) {
  std::fill(run.sums.begin(), run.sums.end(), 0.0);
  std::fill(run.weights.begin(), run.weights.end(), 0.0);
  run.changed_weight = 0;
}

void forget_bounds(LloydRun& run) {
  std::fill(run.expiry.begin(), run.expiry.end(), 0.0f);
  run.drift = 0;
}

// The labels stay; each row is put to the sums of its label.
void sum_tile(MatrixView x, Tile& tile, std::size_t first, std::size_t end, std::span<LloydRun* const> runs,
              Change* changes) {
  const std::size_t groups = block_count(end - first, group_rows);
  tile.move_to(first);
  for (std::size_t g = 0; g < groups; ++g) tile.group(g);
  for (std::size_t r = 0; r < runs.size(); ++r)
    add_rows(tile, groups, x.columns, tile.weights(), runs[r]->labels.data() + first, runs[r]->k, runs[r]->k <= few_clusters, changes[r]);
}

void evaluate_tile(MatrixView x, Tile& tile, std::size_t first, std::size_t end, const KmeansKernels& kernels,
                   std::span<LloydRun* const> runs, Change* changes) {
  alignas(64) double squared[group_rows];
  tile.move_to(first);
  for (std::size_t r = 0; r < runs.size(); ++r)
    for (std::size_t row = first, g = 0; row < end; row += group_rows, ++g) {
      std::int32_t* labels = runs[r]->labels.data() + row;
      kernels.nearest(tile.group(g), x.columns, runs[r]->centres.data(), runs[r]->k, labels, squared);
      for (std::size_t i = 0; i < std::min(group_rows, end - row); ++i)
        changes[r].inertia += x.weight(row + i) * squared[i];
    }
  sum_tile(x, tile, first, end, runs, changes);
}

void add_inertia(MatrixView x, const double* group, std::size_t row, std::size_t count, const std::vector<double>& centres, double& inertia) {
  alignas(64) double squared[group_rows];
  std::int32_t labels[group_rows];
  kmeans_kernels(isa()).nearest(group, x.columns, centres.data(), centres.size() / x.columns, labels, squared);
  for (std::size_t i = 0; i < count; ++i) inertia += x.weight(row + i) * squared[i];
}

struct Farthest {
  double squared = -1;
  std::size_t row = 0;
};

// The row farthest from its centre, ties to the lowest row.
Farthest farthest_row(MatrixView x, const LloydRun& run, int threads) {
  const std::size_t size = lloyd_block_rows(x.rows);
  std::vector<Farthest> found(block_count(x.rows, size));
  for_each_block(found.size(), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, size);
    for (std::size_t row = begin; row < end; ++row) {
      const double* centre = run.centres.data() + static_cast<std::size_t>(run.labels[row]) * x.columns;
      double squared = 0;
      for (std::size_t j = 0; j < x.columns; ++j) squared += (x.at(row, j) - centre[j]) * (x.at(row, j) - centre[j]);
      if (squared > found[block].squared) found[block] = {squared, row};
    }
  });
  Farthest best;
  for (const Farthest& f : found)
    if (f.squared > best.squared) best = f;
  return best;
}

void set_means(LloydRun& run, std::size_t columns) {
  for (std::size_t c = 0; c < run.k; ++c)
    for (std::size_t j = 0; j < columns && run.weights[c] > 0; ++j)
      run.centres[c * columns + j] = run.sums[c * columns + j] / run.weights[c];
}

// Gives an empty cluster the farthest row; true if there was one.
bool refill_empty(MatrixView x, LloydRun& run, double total_weight, int threads) {
  // Sums of weights that come and go may leave a crumb: emptiness is counted, not summed.
  const double crumb = 1e-9 * total_weight;
  if (std::none_of(run.weights.begin(), run.weights.end(), [crumb](double w) { return w < crumb; })) return false;
  bool any = false;
  std::vector<std::size_t> population(run.k);
  for (std::size_t row = 0; row < x.rows; ++row) ++population[static_cast<std::size_t>(run.labels[row])];
  for (std::size_t c = 0; c < run.k; ++c) {
    if (population[c] > 0) continue;
    const Farthest far = farthest_row(x, run, threads);
    if (far.squared <= 0)
      throw Error(ErrorKind::usage, "there are fewer distinct rows than clusters", "ask for fewer clusters");
    --population[static_cast<std::size_t>(run.labels[far.row])], ++population[c];
    run.labels[far.row] = static_cast<std::int32_t>(c);
    for (std::size_t j = 0; j < x.columns; ++j) run.centres[c * x.columns + j] = x.at(far.row, j);
    ++run.refilled, any = true;
  }
  LloydRun* const one[] = {&run};
  if (any) centre_on_labels(x, one, threads);
  return any;
}

double movement(std::span<const double> before, std::span<const double> after) {
  double squared = 0;
  for (std::size_t j = 0; j < before.size(); ++j) squared += (before[j] - after[j]) * (before[j] - after[j]);
  return std::sqrt(squared);
}

void move_centres(LloydRun& run, std::size_t columns) {
  const std::vector<double> before = run.centres;
  set_means(run, columns);
  double largest = 0, second = 0;
  for (std::size_t c = 0; c < run.k; ++c) {
    const double moved = movement({before.data() + c * columns, columns}, {run.centres.data() + c * columns, columns});
    if (moved > largest) second = std::exchange(largest, moved);
    else second = std::max(second, moved);
  }
  run.drift += (largest + second) * (1 + 1e-9);
}

void finish_iteration(MatrixView x, LloydRun& run, double total_weight, const LloydLimits& limits) {
  ++run.iterations;
  move_centres(run, x.columns);
  const bool refilled = refill_empty(x, run, total_weight, limits.threads);
  run.converged = !refilled && run.changed_weight <= limits.tolerance * total_weight;
  run.done = run.converged || run.iterations >= limits.max_iterations;
  run.keep_bounds = run.changed_weight < bounds_pay_below * total_weight;
}

double total_weight_of(MatrixView x) {
  double total = 0;
  for (std::size_t i = 0; i < x.rows; ++i) total += x.weight(i);
  return total;
}

}  // namespace

std::size_t lloyd_block_rows(std::size_t rows) {
  const std::size_t wanted = std::max<std::size_t>(4096, rows / 256);
  return (wanted + tile_rows - 1) / tile_rows * tile_rows;
}

LloydRun::LloydRun(MatrixView x, std::vector<double> start)
    : k(start.size() / x.columns),
      centres(std::move(start)),
      sums(centres.size()),
      weights(k),
      labels(block_count(x.rows, group_rows) * group_rows),
      expiry(labels.size() / group_rows) {
  std::fill(labels.begin(), labels.end(), -1);
}

void run_lloyd(MatrixView x, std::span<LloydRun* const> runs, const LloydLimits& limits) {
  const double total_weight = total_weight_of(x);
  const KmeansKernels& kernels = kmeans_kernels(isa());
  std::vector<LloydRun*> active;
  for (LloydRun* run : runs)
    if (!run->done) active.push_back(run);
  while (!active.empty()) {
    for (LloydRun* run : active) run->changed_weight = 0;
    const auto changes = over_blocks(x, active, limits.threads, [&](Tile& tile, std::size_t first, std::size_t end, Change* mine) {
      visit_tile(x, tile, first, end, kernels, active, mine);
    });
    add_changes(changes, active);
    for (LloydRun* run : active) finish_iteration(x, *run, total_weight, limits);
    std::erase_if(active, [](const LloydRun* run) { return run->done; });
  }
}

void evaluate(MatrixView x, std::span<LloydRun* const> runs, int threads) {
  for (LloydRun* run : runs) forget_sums(*run), forget_bounds(*run), run->inertia = 0;
  const KmeansKernels& kernels = kmeans_kernels(isa());
  add_changes(over_blocks(x, runs, threads, [&](Tile& tile, std::size_t first, std::size_t end, Change* mine) {
                evaluate_tile(x, tile, first, end, kernels, runs, mine);
              }), runs);
}

std::vector<double> inertias_of(MatrixView x, std::span<const std::vector<double>* const> centres, int threads) {
  const std::size_t size = lloyd_block_rows(x.rows), blocks = block_count(x.rows, size);
  std::vector<double> parts(blocks * centres.size()), inertias(centres.size());
  for_each_block(blocks, threads, [&](std::size_t block, int) {
    Tile tile(x);
    const auto [begin, end] = block_range(block, x.rows, size);
    for (std::size_t first = begin; first < end; first += tile_rows) {
      tile.move_to(first);
      for (std::size_t s = 0; s < centres.size(); ++s)
        for (std::size_t row = first, g = 0; row < std::min(first + tile_rows, end); row += group_rows, ++g)
          add_inertia(x, tile.group(g), row, std::min(group_rows, end - row), *centres[s], parts[block * centres.size() + s]);
    }
  });
  for (std::size_t i = 0; i < parts.size(); ++i) inertias[i % centres.size()] += parts[i];
  return inertias;
}

void centre_on_labels(MatrixView x, std::span<LloydRun* const> runs, int threads) {
  for (LloydRun* run : runs) forget_sums(*run);
  add_changes(over_blocks(x, runs, threads, [&](Tile& tile, std::size_t first, std::size_t end, Change* mine) {
                sum_tile(x, tile, first, end, runs, mine);
              }), runs);
  for (LloydRun* run : runs) set_means(*run, x.columns), forget_bounds(*run);
}

}  // namespace coterie
