#include "coterie/cluster/kmeans_hartigan.h"

#include <algorithm>

#include "coterie/base/cpu.h"
#include "coterie/base/parallel.h"
#include "coterie/cluster/kmeans_kernels.h"
#include "coterie/matrix/group.h"

namespace coterie {
namespace {

constexpr double least_gain = 1e-10;  // share of the row's cost: below is rounding, and could go in circles

// What the row costs cluster c: w W/(W-w) d^2 where it is, w W/(W+w) d^2 where it might go.
double cost_in(double squared, double row_weight, double cluster_weight, bool own) {
  const double rest = own ? cluster_weight - row_weight : cluster_weight + row_weight;
  return rest > 1e-9 * row_weight ? row_weight * cluster_weight / rest * squared : 0.0;
}

struct Choice {
  std::size_t cluster;
  double gain;
};

// squared_of(c): squared distance of the row to centre c.
template <class SquaredOf>
Choice best_choice(const LloydRun& run, std::size_t own, double row_weight, const SquaredOf& squared_of) {
  const double cost = cost_in(squared_of(own), row_weight, run.weights[own], true);
  Choice best{own, least_gain * cost};
  for (std::size_t c = 0; c < run.k; ++c) {
    if (c == own) continue;
    const double gain = cost - cost_in(squared_of(c), row_weight, run.weights[c], false);
    if (gain > best.gain) best = {c, gain};
  }
  if (best.cluster == own) best.gain = 0;
  return best;
}

std::vector<std::size_t> candidates_in(MatrixView x, const LloydRun& run, std::size_t begin, std::size_t end) {
  std::vector<std::size_t> found;
  std::vector<double> group(group_rows * x.columns), squared(group_rows * run.k);
  for (std::size_t first = begin; first < end; first += group_rows) {
    pack_group(x, first, group.data());
    kmeans_kernels(isa()).squared_distances(group.data(), x.columns, run.centres.data(), run.k, squared.data());
    for (std::size_t i = 0; i < std::min(group_rows, end - first); ++i) {
      const auto own = static_cast<std::size_t>(run.labels[first + i]);
      const auto squared_of = [&](std::size_t c) { return squared[group_rows * c + i]; };
      if (best_choice(run, own, x.weight(first + i), squared_of).cluster != own) found.push_back(first + i);
    }
  }
  return found;
}

double squared_distance(MatrixView x, std::size_t row, const double* centre) {
  double squared = 0;
  for (std::size_t j = 0; j < x.columns; ++j) squared += (x.at(row, j) - centre[j]) * (x.at(row, j) - centre[j]);
  return squared;
}

// share: +w / (W + w) to join, -w / (W - w) to leave.
void shift_centre(MatrixView x, std::size_t row, double* centre, double share) {
  for (std::size_t j = 0; j < x.columns; ++j) centre[j] += share * (x.at(row, j) - centre[j]);
}

double try_to_move(MatrixView x, LloydRun& run, std::size_t row) {
  const double w = x.weight(row);
  const auto own = static_cast<std::size_t>(run.labels[row]);
  const Choice choice = best_choice(run, own, w, [&](std::size_t c) {
    return squared_distance(x, row, run.centres.data() + c * x.columns);
  });
  if (choice.cluster == own) return 0;
  shift_centre(x, row, run.centres.data() + own * x.columns, -w / (run.weights[own] - w));
  shift_centre(x, row, run.centres.data() + choice.cluster * x.columns, w / (run.weights[choice.cluster] + w));
  run.weights[own] -= w, run.weights[choice.cluster] += w;
  run.labels[row] = static_cast<std::int32_t>(choice.cluster);
  return choice.gain;
}

}  // namespace

HartiganPass hartigan_pass(MatrixView x, LloydRun& run, int threads) {
  const std::size_t size = lloyd_block_rows(x.rows);
  std::vector<std::vector<std::size_t>> candidates(block_count(x.rows, size));
  for_each_block(candidates.size(), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, size);
    candidates[block] = candidates_in(x, run, begin, end);
  });
  HartiganPass pass;
  for (const auto& block : candidates)
    for (std::size_t row : block)
      if (const double gain = try_to_move(x, run, row); gain > 0) ++pass.moves, pass.gain += gain;
  if (pass.moves > 0) centre_on_labels(x, run, threads);
  return pass;
}

int improve_by_single_rows(MatrixView x, LloydRun& run, const SingleRowLimits& limits) {
  LloydRun* const one[] = {&run};
  std::size_t moves = 0;
  centre_on_labels(x, run, limits.lloyd.threads);
  for (int round = 0; round < limits.rounds; ++round) {
    const HartiganPass pass = hartigan_pass(x, run, limits.lloyd.threads);
    moves += pass.moves;
    if (pass.moves == 0 || pass.gain < limits.least_gain * run.inertia) break;
    run.done = false;
    run_lloyd(x, one, limits.lloyd);
    centre_on_labels(x, run, limits.lloyd.threads);
  }
  return static_cast<int>(moves);
}

}  // namespace coterie
