#include "coterie/cluster/constrained_kmeans.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/cluster/centre_distances.h"
#include "coterie/cluster/kmeans_seeding.h"
#include "coterie/cluster/row_sample.h"

namespace coterie {
namespace {

constexpr std::size_t block_rows = 16384;

std::span<const double> weights_of(MatrixView x) {
  return x.weights == nullptr ? std::span<const double>{} : std::span<const double>(x.weights, x.rows);
}

// How much of each block's rows lies where, as sums: weight x value by cluster and column.
std::vector<double> whole_row_sums(MatrixView x, const std::vector<std::int32_t>& labels, std::size_t k, int threads) {
  const std::size_t d = x.columns, blocks = block_count(x.rows, block_rows);
  std::vector<double> partial(blocks * k * d), sums(k * d);
  for_each_block(blocks, threads, [&](std::size_t b, int) {
    double* own = partial.data() + b * k * d;
    const auto [begin, end] = block_range(b, x.rows, block_rows);
    for (std::size_t j = 0; j < d; ++j)
      for (std::size_t i = begin; i < end; ++i) own[static_cast<std::size_t>(labels[i]) * d + j] += x.weight(i) * x.at(i, j);
  });
  for (std::size_t i = 0; i < partial.size(); ++i) sums[i % (k * d)] += partial[i];
  return sums;
}

std::vector<double> centres_of(MatrixView x, const BoundedAssignment& a, const std::vector<double>& before, int threads) {
  const std::size_t d = x.columns, k = a.sizes.size();
  std::vector<double> centres = whole_row_sums(x, a.labels, k, threads);
  for (const RowPart& part : a.parts) {  // from where the label put it to where it is
    const auto label = static_cast<std::size_t>(a.labels[part.row]), cluster = static_cast<std::size_t>(part.cluster);
    for (std::size_t j = 0; j < d; ++j) {
      centres[label * d + j] -= part.weight * x.at(part.row, j);
      centres[cluster * d + j] += part.weight * x.at(part.row, j);
    }
  }
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < d; ++j) centres[c * d + j] = a.sizes[c] > 0 ? centres[c * d + j] / a.sizes[c] : before[c * d + j];
  return centres;
}

// The cost of an assignment under other centres than those it was made for.
double cost_of(MatrixView x, const Matrix& distances, const BoundedAssignment& a) {
  double cost = 0;
  for (std::size_t i = 0; i < x.rows; ++i) cost += x.weight(i) * distances.at(i, static_cast<std::size_t>(a.labels[i]));
  for (const RowPart& part : a.parts)
    cost += part.weight * (distances.at(part.row, static_cast<std::size_t>(part.cluster)) - distances.at(part.row, static_cast<std::size_t>(a.labels[part.row])));
  return cost;
}

ConstrainedKmeans lloyd(MatrixView x, std::vector<double> centres, double least, double most, const ConstrainedKmeansOptions& options) {
  const std::size_t k = centres.size() / x.columns;
  Matrix distances(x.rows, k);
  centre_distances(x, centres, distances, options.threads);
  BoundedAssignment a = assign_within_bounds(distances, weights_of(x), least, most);
  ConstrainedKmeans result;
  while (true) {
    centres = centres_of(x, a, centres, options.threads);
    centre_distances(x, centres, distances, options.threads);
    const double objective = cost_of(x, distances, a);
    BoundedAssignment next = assign_within_bounds(distances, weights_of(x), least, most, a.prices);
    result.converged = objective - next.cost <= options.tolerance * objective;
    if (result.converged || result.iterations >= options.max_iterations) {
      result.objective = objective;
      break;
    }
    ++result.iterations;
    a = std::move(next);
  }
  result.labels = std::move(a.labels), result.parts = std::move(a.parts), result.sizes = std::move(a.sizes);
  result.centres = std::move(centres), result.gap = a.gap;
  return result;
}

ConstrainedKmeans best_of_restarts(MatrixView x, std::size_t k, double least, double most, const ConstrainedKmeansOptions& options) {
  ConstrainedKmeans best;
  for (int restart = 0; restart < std::max(1, options.restarts); ++restart) {
    Random random(options.seed, static_cast<std::uint64_t>(restart));
    ConstrainedKmeans next = lloyd(x, one_seeding(x, k, random), least, most, options);
    if (restart == 0 || next.objective < best.objective) best = std::move(next);
  }
  return best;
}

double weight_sum(MatrixView x) {
  double total = 0;
  for (std::size_t i = 0; i < x.rows; ++i) total += x.weight(i);
  return total;
}

}  // namespace

ConstrainedKmeans constrained_kmeans(MatrixView x, std::size_t k, const ConstrainedKmeansOptions& options) {
  if (k < 1 || k > x.rows)
    throw Error(ErrorKind::usage, fmt::format("k is {} when it should be between 1 and {} (the rows)", k, x.rows), "choose another k");
  if (options.sample_rows == 0 || x.rows <= options.sample_rows) return best_of_restarts(x, k, options.least, options.most, options);
  const RowSample sample = sample_rows(x, std::max(options.sample_rows, k), Random(options.seed, 0xc0de));
  const double share = weight_sum(sample.view()) / weight_sum(x);
  ConstrainedKmeans start = best_of_restarts(sample.view(), k, options.least * share, options.most * share, options);
  return lloyd(x, std::move(start.centres), options.least, options.most, options);
}

}  // namespace coterie
