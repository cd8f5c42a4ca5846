#include "coterie/score/indices.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/cluster/distances.h"
#include "coterie/score/centres.h"

namespace coterie {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double undefined = std::nan("");

double squared_gap(const double* a, const double* b, std::size_t columns) {
  double total = 0;
  for (std::size_t j = 0; j < columns; ++j) total += (a[j] - b[j]) * (a[j] - b[j]);
  return total;
}

// Only the clusters with rows.
std::vector<int> filled(const Centres& centres) {
  std::vector<int> clusters;
  for (int c = 0; c < centres.count(); ++c)
    if (centres.weights[c] > 0) clusters.push_back(c);
  return clusters;
}

// The weighted sums of squared and of plain distances to the centre, a cluster.
struct Spread {
  std::vector<double> squares, distances;
};

Spread spread_of(const MatrixView& x, std::span<const int> labels, const Centres& centres) {
  std::vector<double> square(x.rows);
  for (std::size_t j = 0; j < x.columns; ++j) {
    const auto column = x.column(j);
    for (std::size_t i = 0; i < x.rows; ++i) {
      if (labels[i] < 0) continue;
      const double difference = column[i] - centres.at(labels[i])[j];
      square[i] += difference * difference;
    }
  }
  Spread spread{std::vector<double>(centres.count()), std::vector<double>(centres.count())};
  for (std::size_t i = 0; i < x.rows; ++i) {
    if (labels[i] < 0) continue;
    spread.squares[labels[i]] += x.weight(i) * square[i];
    spread.distances[labels[i]] += x.weight(i) * std::sqrt(square[i]);
  }
  return spread;
}

double between(const Centres& centres, double n) {
  std::vector<double> mean(centres.columns);
  for (int c = 0; c < centres.count(); ++c)
    for (std::size_t j = 0; j < centres.columns; ++j) mean[j] += centres.weights[c] / n * centres.at(c)[j];
  double total = 0;
  for (int c = 0; c < centres.count(); ++c) total += centres.weights[c] * squared_gap(centres.at(c), mean.data(), centres.columns);
  return total;
}

double davies_bouldin(const Centres& centres, const std::vector<int>& clusters, const Spread& spread) {
  double total = 0;
  for (const int a : clusters) {
    double worst = 0;
    for (const int b : clusters) {
      if (a == b) continue;
      const double both = spread.distances[a] / centres.weights[a] + spread.distances[b] / centres.weights[b];
      const double gap = std::sqrt(squared_gap(centres.at(a), centres.at(b), centres.columns));
      worst = std::max(worst, gap > 0 ? both / gap : infinity);
    }
    total += worst;
  }
  return total / static_cast<double>(clusters.size());
}

double least_gap(const Centres& centres, const std::vector<int>& clusters) {
  double least = infinity;
  for (const int a : clusters)
    for (const int b : clusters)
      if (a < b) least = std::min(least, squared_gap(centres.at(a), centres.at(b), centres.columns));
  return least;
}

// The rows that are not noise, sorted by label, so that each cluster is a run.
struct Runs {
  Matrix points;
  std::vector<std::size_t> end_of_run;  // for each place, where its cluster ends
  std::size_t clusters = 0;
};

Runs runs_of(const MatrixView& x, std::span<const int> labels) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < x.rows; ++i)
    if (labels[i] >= 0) order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return labels[i]; });
  Runs runs{Matrix(order.size(), x.columns), std::vector<std::size_t>(order.size()), 0};
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t p = 0; p < order.size(); ++p) runs.points.at(p, j) = x.at(order[p], j);
  for (std::size_t p = order.size(); p-- > 0;) {
    const bool last = p + 1 == order.size() || labels[order[p]] != labels[order[p + 1]];
    runs.end_of_run[p] = last ? p + 1 : runs.end_of_run[p + 1];
    runs.clusters += last;
  }
  return runs;
}

// Squared: the largest within a cluster, the least between two.
struct Extremes {
  double within = 0, between = infinity;
  void add(const Extremes& other) {
    within = std::max(within, other.within);
    between = std::min(between, other.between);
  }
};

// Over the pairs of place p with all later places.
Extremes extremes_of(const Runs& runs, std::size_t p, std::vector<double>& distance) {
  const MatrixView points = runs.points;
  squared_distances(points, row_of(points, p).data(), p, points.rows, distance.data() + p);
  Extremes extremes;
  for (std::size_t q = p; q < runs.end_of_run[p]; ++q) extremes.within = std::max(extremes.within, distance[q]);
  for (std::size_t q = runs.end_of_run[p]; q < points.rows; ++q) extremes.between = std::min(extremes.between, distance[q]);
  return extremes;
}

}  // namespace

ValidityIndices validity_indices(const MatrixView& x, std::span<const int> labels) {
  const Centres centres = centres_of(x, labels);
  const std::vector<int> clusters = filled(centres);
  if (clusters.empty()) throw Error(ErrorKind::no_usable_rows, "there are no rows in clusters");
  const Spread spread = spread_of(x, labels, centres);
  const double n = std::accumulate(centres.weights.begin(), centres.weights.end(), 0.0);
  const double k = static_cast<double>(clusters.size());
  ValidityIndices indices{.clusters = static_cast<int>(clusters.size()), .calinski_harabasz = undefined, .davies_bouldin = undefined, .xie_beni = undefined};
  indices.inertia = std::accumulate(spread.squares.begin(), spread.squares.end(), 0.0);
  if (clusters.size() == 1) return indices;
  if (n > k) indices.calinski_harabasz = between(centres, n) / (k - 1) / (indices.inertia / (n - k));
  indices.davies_bouldin = davies_bouldin(centres, clusters, spread);
  const double gap = least_gap(centres, clusters);
  indices.xie_beni = gap > 0 ? indices.inertia / (n * gap) : infinity;
  return indices;
}

double dunn_index(const MatrixView& x, std::span<const int> labels, int threads) {
  constexpr std::size_t rows_a_block = 64;
  check_labels(x, labels);
  const Runs runs = runs_of(x, labels);
  if (runs.clusters < 2) return undefined;
  std::vector<Extremes> extremes(block_count(runs.points.rows(), rows_a_block));
  for_each_block(extremes.size(), threads, [&](std::size_t block, int) {
    std::vector<double> distance(runs.points.rows());
    const BlockRange range = block_range(block, runs.points.rows(), rows_a_block);
    for (std::size_t p = range.begin; p < range.end; ++p) extremes[block].add(extremes_of(runs, p, distance));
  });
  Extremes all;
  for (const Extremes& part : extremes) all.add(part);
  return std::sqrt(all.between) / std::sqrt(all.within);
}

}  // namespace coterie
