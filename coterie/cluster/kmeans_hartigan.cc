#include "coterie/cluster/kmeans_hartigan.h"

#include <algorithm>
#include <limits>
#include <numeric>

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

// Squared distance to the nearest centre but the own one.
void nearest_other(const double* squared, const std::int32_t* own, std::size_t k, double* other) {
  std::fill_n(other, group_rows, std::numeric_limits<double>::infinity());
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t i = 0; i < group_rows; ++i) {
      const double to = own[i] == static_cast<std::int32_t>(c) ? std::numeric_limits<double>::infinity() : squared[group_rows * c + i];
      other[i] = to < other[i] ? to : other[i];
    }
}

// Rows of one group that gain by a move. Most are ruled out by the nearest other centre at the price of the lightest
// cluster, W / (W + w) being least there.
void add_candidates(MatrixView x, const LloydRun& run, double lightest, std::size_t first, std::size_t count, const double* squared,
                    std::vector<std::size_t>& found) {
  const std::int32_t* labels = run.labels.data() + first;
  double other[group_rows];
  nearest_other(squared, labels, run.k, other);
  for (std::size_t i = 0; i < count; ++i) {
    const auto own = static_cast<std::size_t>(labels[i]);
    const double w = x.weight(first + i);
    if (other[i] * lightest * (run.weights[own] - w) * (1 - 1e-9) > squared[group_rows * own + i] * run.weights[own] * (lightest + w)) continue;
    const auto squared_of = [&](std::size_t c) { return squared[group_rows * c + i]; };
    if (best_choice(run, own, w, squared_of).cluster != own) found.push_back(first + i);
  }
}

using Candidates = std::vector<std::vector<std::size_t>>;  // a run: rows, rising

Candidates candidates_in(MatrixView x, std::span<LloydRun* const> runs, std::size_t begin, std::size_t end) {
  Candidates found(runs.size());
  std::vector<double> group(group_rows * x.columns), squared;
  std::vector<double> lightest;
  for (const LloydRun* run : runs) {
    lightest.push_back(*std::min_element(run->weights.begin(), run->weights.end()));
    squared.resize(std::max(squared.size(), group_rows * run->k));
  }
  for (std::size_t first = begin; first < end; first += group_rows) {
    pack_group(x, first, group.data());
    for (std::size_t r = 0; r < runs.size(); ++r) {
      kmeans_kernels(isa()).squared_distances(group.data(), x.columns, runs[r]->centres.data(), runs[r]->k, squared.data());
      add_candidates(x, *runs[r], lightest[r], first, std::min(group_rows, end - first), squared.data(), found[r]);
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

std::vector<HartiganPass> hartigan_pass(MatrixView x, std::span<LloydRun* const> runs, int threads) {
  const std::size_t size = lloyd_block_rows(x.rows);
  std::vector<Candidates> candidates(block_count(x.rows, size));
  for_each_block(candidates.size(), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, size);
    candidates[block] = candidates_in(x, runs, begin, end);
  });
  std::vector<HartiganPass> passes(runs.size());
  std::vector<LloydRun*> moved;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    for (const Candidates& block : candidates)
      for (const std::size_t row : block[r])
        if (const double gain = try_to_move(x, *runs[r], row); gain > 0) ++passes[r].moves, passes[r].gain += gain;
    if (passes[r].moves > 0) moved.push_back(runs[r]);
  }
  if (!moved.empty()) centre_on_labels(x, moved, threads);
  return passes;
}

std::vector<int> improve_by_single_rows(MatrixView x, std::span<LloydRun* const> runs, const SingleRowLimits& limits) {
  std::vector<int> moves(runs.size());
  std::vector<std::size_t> active(runs.size());
  std::iota(active.begin(), active.end(), 0);
  const auto chosen = [&] {
    std::vector<LloydRun*> found;
    for (const std::size_t r : active) found.push_back(runs[r]);
    return found;
  };
  centre_on_labels(x, runs, limits.lloyd.threads);
  for (int round = 0; round < limits.rounds && !active.empty(); ++round) {
    const std::vector<HartiganPass> passes = hartigan_pass(x, chosen(), limits.lloyd.threads);
    std::vector<std::size_t> go_on;
    for (std::size_t i = 0; i < active.size(); ++i) {
      moves[active[i]] += static_cast<int>(passes[i].moves);
      if (passes[i].moves == 0 || passes[i].gain < limits.least_gain * runs[active[i]]->inertia) continue;
      runs[active[i]]->done = false;
      go_on.push_back(active[i]);
    }
    active = std::move(go_on);
    if (active.empty()) break;
    run_lloyd(x, chosen(), limits.lloyd);
    centre_on_labels(x, chosen(), limits.lloyd.threads);
  }
  return moves;
}

}  // namespace coterie
