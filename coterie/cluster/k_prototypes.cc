#include "coterie/cluster/k_prototypes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/cluster/centre_distances.h"
#include "coterie/cluster/row_sample.h"

namespace coterie {
namespace {

constexpr std::size_t block_rows = 16384;

struct Prototypes {
  std::size_t k = 0;
  std::vector<double> centres;
  std::vector<std::uint32_t> modes;
};

double mean_deviation(MatrixView x) {
  double sum = 0;
  for (std::size_t j = 0; j < x.columns; ++j) {
    double total = 0, first = 0, second = 0;
    for (std::size_t i = 0; i < x.rows; ++i) total += x.weight(i), first += x.weight(i) * x.at(i, j);
    for (std::size_t i = 0; i < x.rows; ++i) second += x.weight(i) * std::pow(x.at(i, j) - first / total, 2);
    sum += std::sqrt(second / total);
  }
  return sum / static_cast<double>(x.columns);
}

double gamma_of(MixedView x, const KPrototypesOptions& options) {
  if (options.gamma) return *options.gamma;
  return x.numbers.columns == 0 ? 1.0 : mean_deviation(x.numbers) / 2;
}

// Cost of every row in every cluster: rows x k.
void costs_of(MixedView x, const Prototypes& p, double gamma, Matrix& costs, int threads) {
  centre_distances(x.numbers, p.centres, costs, threads);
  const CodesView& codes = x.categories;
  for_each_block(block_count(x.rows(), block_rows), threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, x.rows(), block_rows);
    for (std::size_t c = 0; c < p.k; ++c)
      for (std::size_t j = 0; j < codes.columns; ++j)
        for (std::size_t i = begin; i < end; ++i)
          costs.at(i, c) += codes.at(i, j) != p.modes[c * codes.columns + j] ? gamma : 0.0;
  });
}

double assign_rows(MixedView x, const Matrix& costs, std::vector<std::int32_t>& labels, int threads) {
  const std::size_t blocks = block_count(x.rows(), block_rows);
  std::vector<double> partial(blocks);
  for_each_block(blocks, threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, x.rows(), block_rows);
    for (std::size_t i = begin; i < end; ++i) {
      std::size_t best = 0;
      for (std::size_t c = 1; c < costs.columns(); ++c)
        if (costs.at(i, c) < costs.at(i, best)) best = c;
      labels[i] = static_cast<std::int32_t>(best);
      partial[b] += x.weight(i) * costs.at(i, best);
    }
  });
  double objective = 0;
  for (double part : partial) objective += part;
  return objective;
}

// Gives each empty cluster the row that costs most, out of clusters of two or more; returns how many.
int refill(const Matrix& costs, std::vector<std::int32_t>& labels) {
  std::vector<std::size_t> sizes(costs.columns());
  for (std::int32_t label : labels) ++sizes[static_cast<std::size_t>(label)];
  std::vector<bool> taken(labels.size());
  int refills = 0;
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] > 0) continue;
    std::size_t row = labels.size();
    const auto own_cost = [&](std::size_t i) { return costs.at(i, static_cast<std::size_t>(labels[i])); };
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (!taken[i] && sizes[static_cast<std::size_t>(labels[i])] > 1 && (row == labels.size() || own_cost(i) > own_cost(row))) row = i;
    --sizes[static_cast<std::size_t>(labels[row])], ++sizes[c], ++refills;
    labels[row] = static_cast<std::int32_t>(c), taken[row] = true;
  }
  return refills;
}

std::vector<double> means_of(MatrixView x, const std::vector<std::int32_t>& labels, std::size_t k) {
  const std::size_t d = x.columns;
  std::vector<double> sums(k * d), sizes(k);
  for (std::size_t i = 0; i < x.rows; ++i) sizes[static_cast<std::size_t>(labels[i])] += x.weight(i);
  for (std::size_t j = 0; j < d; ++j)
    for (std::size_t i = 0; i < x.rows; ++i) sums[static_cast<std::size_t>(labels[i]) * d + j] += x.weight(i) * x.at(i, j);
  for (std::size_t i = 0; i < k * d; ++i) sums[i] /= sizes[i / d];
  return sums;
}

std::vector<std::uint32_t> modes_of(MixedView x, const std::vector<std::int32_t>& labels, std::size_t k) {
  const std::size_t m = x.categories.columns;
  std::vector<std::uint32_t> modes(k * m);
  for (std::size_t j = 0; j < m; ++j) {
    std::vector<std::map<std::uint32_t, double>> counts(k);
    for (std::size_t i = 0; i < x.rows(); ++i) counts[static_cast<std::size_t>(labels[i])][x.categories.at(i, j)] += x.weight(i);
    for (std::size_t c = 0; c < k; ++c)
      modes[c * m + j] = std::max_element(counts[c].begin(), counts[c].end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
  }
  return modes;
}

void set_prototype(MixedView x, std::size_t row, Prototypes& p, std::size_t c) {
  for (std::size_t j = 0; j < x.numbers.columns; ++j) p.centres[c * x.numbers.columns + j] = x.numbers.at(row, j);
  for (std::size_t j = 0; j < x.categories.columns; ++j) p.modes[c * x.categories.columns + j] = x.categories.at(row, j);
}

// Rows drawn in proportion to weight x cost under the prototypes so far, as k-means++ does.
Prototypes seeds(MixedView x, std::size_t k, double gamma, Random& random, int threads) {
  Prototypes p{k, std::vector<double>(k * x.numbers.columns), std::vector<std::uint32_t>(k * x.categories.columns)};
  std::vector<double> nearest(x.rows(), std::numeric_limits<double>::infinity()), chances(x.rows());
  for (std::size_t i = 0; i < x.rows(); ++i) chances[i] = x.weight(i);
  Matrix costs(x.rows(), 1);
  for (std::size_t c = 0; c < k; ++c) {
    set_prototype(x, draw(chances, random), p, c);
    const auto centre = p.centres.begin() + static_cast<std::ptrdiff_t>(c * x.numbers.columns);
    const auto mode = p.modes.begin() + static_cast<std::ptrdiff_t>(c * x.categories.columns);
    costs_of(x, {1, {centre, centre + static_cast<std::ptrdiff_t>(x.numbers.columns)}, {mode, mode + static_cast<std::ptrdiff_t>(x.categories.columns)}}, gamma, costs, threads);
    for (std::size_t i = 0; i < x.rows(); ++i) {
      nearest[i] = std::min(nearest[i], costs.at(i, 0));
      chances[i] = nearest[i] * x.weight(i);
    }
  }
  return p;
}

KPrototypes lloyd(MixedView x, Prototypes p, double gamma, const KPrototypesOptions& options) {
  KPrototypes result;
  result.gamma = gamma;
  result.labels.resize(x.rows());
  result.objective = std::numeric_limits<double>::infinity();
  Matrix costs(x.rows(), p.k);
  std::vector<std::int32_t> labels(x.rows());
  while (true) {
    costs_of(x, p, gamma, costs, options.threads);
    const double objective = assign_rows(x, costs, labels, options.threads);
    const int refills = refill(costs, labels);
    result.converged = refills == 0 && (labels == result.labels || result.objective - objective <= options.tolerance * objective) && result.iterations > 0;
    result.labels = labels, result.objective = objective, result.refills += refills;
    result.centres = p.centres, result.modes = p.modes;
    if (result.converged || result.iterations >= options.max_iterations) return result;
    ++result.iterations;
    p.centres = means_of(x.numbers, labels, p.k);
    p.modes = modes_of(x, labels, p.k);
  }
}

}  // namespace

KPrototypes k_prototypes(MixedView x, std::size_t k, const KPrototypesOptions& options) {
  if (k < 1 || k > x.rows())
    throw Error(ErrorKind::usage, fmt::format("k is {} when it should be between 1 and {} (the rows)", k, x.rows()), "choose another k");
  const double gamma = gamma_of(x, options);
  KPrototypes best;
  for (int restart = 0; restart < std::max(1, options.restarts); ++restart) {
    Random random(options.seed, static_cast<std::uint64_t>(restart));
    KPrototypes next = lloyd(x, seeds(x, k, gamma, random, options.threads), gamma, options);
    if (restart == 0 || next.objective < best.objective) best = std::move(next);
  }
  return best;
}

std::vector<std::int32_t> assign(const KPrototypes& model, MixedView x, int threads) {
  const std::size_t k = x.numbers.columns > 0 ? model.centres.size() / x.numbers.columns : model.modes.size() / x.categories.columns;
  Matrix costs(x.rows(), k);
  costs_of(x, {k, model.centres, model.modes}, model.gamma, costs, threads);
  std::vector<std::int32_t> labels(x.rows());
  assign_rows(x, costs, labels, threads);
  return labels;
}

}  // namespace coterie
