// The joint order is a stable counting sort, so rows of a joint label stay in their order and gathering them is nearly
// sequential. Segments are padded to whole groups of 16 rows by rows of weight 0. Work is cut into pieces of
// one segment each; a piece writes one sum a query, and pieces are added in order: same bits on any threads.
// Tested by silhouette_test.cc against the O(n^2) definition and reference answers.
#include "coterie/score/silhouette.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <type_traits>

#include "coterie/base/cpu.h"
#include "coterie/base/error.h"
#include "coterie/base/memory.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/matrix/finite.h"
#include "coterie/matrix/group.h"
#include "coterie/score/silhouette_kernels.h"

namespace coterie {
namespace {

constexpr std::size_t block_rows = 1 << 15;
constexpr std::size_t tile_groups = 16;  // 256 rows stay in the L1 cache while the queries pass by

std::vector<double> cluster_weights(MatrixView x, const Partition& p) {
  if (p.labels.size() != x.rows)
    throw Error(ErrorKind::usage, fmt::format("{} labels were given for {} rows", p.labels.size(), x.rows), "give one label a row");
  if (p.k < 2) throw Error(ErrorKind::usage, "a silhouette needs at least 2 clusters");
  std::vector<double> weights(p.k);
  for (std::size_t i = 0; i < x.rows; ++i) {
    if (p.labels[i] < 0 || static_cast<std::size_t>(p.labels[i]) >= p.k)
      throw Error(ErrorKind::usage, fmt::format("row {} has label {}, which is not in 0..{}", i, p.labels[i], p.k - 1));
    weights[static_cast<std::size_t>(p.labels[i])] += x.weight(i);
  }
  for (std::size_t c = 0; c < p.k; ++c)
    if (weights[c] == 0) throw Error(ErrorKind::usage, fmt::format("cluster {} has no rows", c), "number the clusters without gaps");
  return weights;
}

// The joint labels, numbered as they first appear.
struct JointLabels {
  std::vector<std::uint32_t> of_row;
  std::vector<std::vector<std::int32_t>> labels;  // a joint label: its label in each partition
};

JointLabels join(std::size_t rows, std::span<const Partition> partitions) {
  JointLabels joint{std::vector<std::uint32_t>(rows), {{}}};
  for (const Partition& p : partitions) {  // refine by one partition at a time
    std::vector<std::int64_t> number(joint.labels.size() * p.k, -1);
    std::vector<std::vector<std::int32_t>> refined;
    for (std::size_t i = 0; i < rows; ++i) {
      std::int64_t& n = number[joint.of_row[i] * p.k + static_cast<std::size_t>(p.labels[i])];
      if (n < 0) {
        n = static_cast<std::int64_t>(refined.size());
        refined.push_back(joint.labels[joint.of_row[i]]);
        refined.back().push_back(p.labels[i]);
      }
      joint.of_row[i] = static_cast<std::uint32_t>(n);
    }
    joint.labels = std::move(refined);
  }
  return joint;
}

// Rows in joint order, packed in groups of 16 that belong to one joint label each. Value: float or double.
template <class Value>
struct JointOrder {
  std::vector<std::vector<std::int32_t>> labels;  // a joint label: its labels
  std::vector<std::size_t> first_group;           // a joint label, and the end
  HugeArray<Value> rows;                          // groups x columns x 16, times `scale`
  HugeArray<double> weights;                      // groups x 16
  double scale = 1;
};

// The power of two that brings the greatest value to between 1/2 and 1, so that no square leaves the range of floats.
// Silhouettes do not change with it, and nothing is rounded.
double scale_for_floats(MatrixView x, int threads) {
  std::vector<double> greatest(block_count(x.rows, block_rows));
  for_each_block(greatest.size(), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, block_rows);
    for (std::size_t j = 0; j < x.columns; ++j)
      for (std::size_t i = begin; i < end; ++i) greatest[block] = std::max(greatest[block], std::abs(x.at(i, j)));
  });
  int exponent = 0;
  std::frexp(*std::max_element(greatest.begin(), greatest.end()), &exponent);
  return std::ldexp(1.0, -std::max(exponent, -1000));
}

template <class Value>
JointOrder<Value> order_rows(MatrixView x, std::span<const Partition> partitions, int threads) {
  JointLabels joint = join(x.rows, partitions);
  const std::size_t count = joint.labels.size();
  std::vector<std::size_t> sizes(count), next(count);
  for (std::uint32_t label : joint.of_row) ++sizes[label];
  JointOrder<Value> order{std::move(joint.labels), std::vector<std::size_t>(count + 1), {}, {}};
  if constexpr (std::is_same_v<Value, float>) order.scale = scale_for_floats(x, threads);
  for (std::size_t s = 0; s < count; ++s) {
    next[s] = order.first_group[s] * group_rows;
    order.first_group[s + 1] = order.first_group[s] + block_count(sizes[s], group_rows);
  }
  const std::size_t groups = order.first_group[count];
  order.rows = HugeArray<Value>(groups * group_rows * x.columns);
  order.weights = HugeArray<double>(groups * group_rows);
  std::vector<std::size_t> place(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) place[i] = next[joint.of_row[i]]++;
  for_each_block(block_count(x.rows, block_rows), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, block_rows);
    for (std::size_t i = begin; i < end; ++i) order.weights[place[i]] = x.weight(i);
    for (std::size_t j = 0; j < x.columns; ++j)
      for (std::size_t i = begin; i < end; ++i)
        order.rows[(place[i] / group_rows * x.columns + j) * group_rows + place[i] % group_rows] = static_cast<Value>(x.at(i, j) * order.scale);
  });
  return order;
}

// Queries row-major, padded to whole eights with the first.
template <class Value>
std::vector<Value> pack_queries(MatrixView x, std::span<const std::size_t> rows, double scale) {
  const std::size_t padded = block_count(rows.size(), queries_at_once) * queries_at_once;
  std::vector<Value> queries(padded * x.columns);
  for (std::size_t q = 0; q < padded; ++q)
    for (std::size_t j = 0; j < x.columns; ++j) queries[q * x.columns + j] = static_cast<Value>(x.at(rows[q < rows.size() ? q : 0], j) * scale);
  return queries;
}

struct Piece {
  std::size_t segment, first_group, end_group;
};

std::vector<Piece> cut(std::span<const std::size_t> first_group) {
  const std::size_t groups = first_group.back(), size = std::max(tile_groups, groups / 256 / tile_groups * tile_groups);
  std::vector<Piece> pieces;
  for (std::size_t s = 0; s + 1 < first_group.size(); ++s)
    for (std::size_t g = first_group[s]; g < first_group[s + 1]; g += size) pieces.push_back({s, g, std::min(g + size, first_group[s + 1])});
  return pieces;
}

template <class Value>
void sum_piece(const JointOrder<Value>& order, std::size_t columns, const Piece& piece, std::span<const Value> queries, double* sums) {
  const SilhouetteKernels& kernels = silhouette_kernels(isa());
  const std::size_t stride = queries_at_once * columns;
  for (std::size_t g = piece.first_group; g < piece.end_group; g += tile_groups)
    for (std::size_t q = 0; q * stride < queries.size(); ++q) {
      const auto add = [&](auto kernel) {
        kernel(order.rows.data() + g * group_rows * columns, order.weights.data() + g * group_rows, std::min(tile_groups, piece.end_group - g), columns,
               queries.data() + q * stride, sums + q * queries_at_once);
      };
      if constexpr (std::is_same_v<Value, float>) add(kernels.add_single_distances);
      else add(kernels.add_distances);
    }
}

// Of each joint label, its label in each partition, and the sums of distances of the queries to its rows.
struct DistanceSums {
  std::vector<std::vector<std::int32_t>> labels;
  HugeArray<double> sums;  // joint label x queries, padded
};

template <class Value>
DistanceSums distance_sums(MatrixView x, std::span<const Partition> partitions, std::span<const std::size_t> rows, int threads) {
  JointOrder<Value> order = order_rows<Value>(x, partitions, threads);
  const std::vector<Value> queries = pack_queries<Value>(x, rows, order.scale);
  const std::size_t padded = queries.size() / x.columns;
  const std::vector<Piece> pieces = cut(order.first_group);
  HugeArray<double> parts(pieces.size() * padded), sums(order.labels.size() * padded);
  for_each_block(pieces.size(), threads, [&](std::size_t p, int) {
    sum_piece<Value>(order, x.columns, pieces[p], queries, parts.data() + p * padded);
  });
  for (std::size_t p = 0; p < pieces.size(); ++p)
    for (std::size_t q = 0; q < padded; ++q) sums[pieces[p].segment * padded + q] += parts[p * padded + q];
  return {std::move(order.labels), std::move(sums)};
}

double silhouette_from(double a, double b) { return a == b ? 0 : (b - a) / std::max(a, b); }

// to_cluster[c]: weighted sum of distances to cluster c.
double silhouette_of(std::span<const double> to_cluster, std::span<const double> weights, std::size_t own) {
  const double others = weights[own] - 1;
  if (others <= 0) return 0;
  double b = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < weights.size(); ++c)
    if (c != own) b = std::min(b, to_cluster[c] / weights[c]);
  return silhouette_from(to_cluster[own] / others, b);
}

std::vector<double> judge(const Partition& p, std::size_t index, const DistanceSums& found, std::span<const std::size_t> rows,
                          std::span<const double> weights) {
  const std::size_t padded = found.sums.size() / found.labels.size();
  std::vector<double> values(rows.size()), to_cluster(p.k);
  for (std::size_t q = 0; q < rows.size(); ++q) {
    std::fill(to_cluster.begin(), to_cluster.end(), 0.0);
    for (std::size_t s = 0; s < found.labels.size(); ++s)
      to_cluster[static_cast<std::size_t>(found.labels[s][index])] += found.sums[s * padded + q];
    values[q] = silhouette_of(to_cluster, weights, static_cast<std::size_t>(p.labels[rows[q]]));
  }
  return values;
}

// Rows drawn by weight with replacement, by inversion of the running total; in the order of rows.
std::vector<std::size_t> draw_rows(MatrixView x, std::size_t count, std::uint64_t seed) {
  Random random(seed, 0x51100e77e);
  double total = 0, passed = 0;
  for (std::size_t i = 0; i < x.rows; ++i) total += x.weight(i);
  std::vector<double> tickets(count);
  for (double& ticket : tickets) ticket = random.uniform() * total;
  std::sort(tickets.begin(), tickets.end());
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < x.rows; ++i) {
    passed += x.weight(i);
    while (rows.size() < count && tickets[rows.size()] < passed) rows.push_back(i);
  }
  rows.resize(count, x.rows - 1);  // a ticket that rounding put past the end
  return rows;
}

// Weighted mean of values; the error is that of independent draws of equal weight.
Estimate estimate(std::span<const double> values, std::span<const double> weights, bool exact) {
  double sum = 0, weight = 0, squared = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += weights[i] * values[i], weight += weights[i];
  const double mean = sum / weight, n = static_cast<double>(values.size());
  for (double value : values) squared += (value - mean) * (value - mean);
  return estimate_from(mean, !exact && n > 1 ? std::sqrt(squared / (n - 1) / n) : 0);
}

double simplified_of(MatrixView x, std::size_t row, std::span<const double> centres, std::size_t k, std::size_t own) {
  double a = 0, b = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < k; ++c) {
    double squared = 0;
    for (std::size_t j = 0; j < x.columns; ++j) {
      const double d = x.at(row, j) - centres[c * x.columns + j];
      squared += d * d;
    }
    if (c == own) a = std::sqrt(squared);
    else b = std::min(b, std::sqrt(squared));
  }
  return silhouette_from(a, b);
}

}  // namespace

SilhouetteScores silhouettes(MatrixView x, std::span<const Partition> partitions, const SilhouetteOptions& options) {
  std::vector<std::vector<double>> weights;
  for (const Partition& p : partitions) weights.push_back(cluster_weights(x, p));
  require_finite(x, options.threads);
  SilhouetteScores scores;
  scores.exact = x.rows <= options.exact_up_to;
  if (scores.exact) scores.rows.resize(x.rows), std::iota(scores.rows.begin(), scores.rows.end(), 0);
  else scores.rows = draw_rows(x, std::max<std::size_t>(2, options.sample_rows), options.seed);
  for (std::size_t row : scores.rows) scores.weights.push_back(scores.exact ? x.weight(row) : 1.0);
  const DistanceSums found = scores.exact ? distance_sums<double>(x, partitions, scores.rows, options.threads)
                                          : distance_sums<float>(x, partitions, scores.rows, options.threads);
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    Silhouette s{.mean = {}, .values = judge(partitions[i], i, found, scores.rows, weights[i])};
    s.mean = estimate(s.values, scores.weights, scores.exact);
    scores.partitions.push_back(std::move(s));
  }
  return scores;
}

SilhouetteScores exact_silhouette(MatrixView x, const Partition& partition, int threads) {
  return silhouettes(x, {&partition, 1}, {.exact_up_to = x.rows, .threads = threads});
}

Estimate paired_difference(const SilhouetteScores& scores, std::size_t a, std::size_t b) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < scores.rows.size(); ++i)
    differences.push_back(scores.partitions[a].values[i] - scores.partitions[b].values[i]);
  return estimate(differences, scores.weights, scores.exact);
}

SimplifiedSilhouette simplified_silhouette(MatrixView x, std::span<const double> centres, const Partition& partition, int threads) {
  cluster_weights(x, partition);
  SimplifiedSilhouette result{.mean = 0, .values = std::vector<double>(x.rows)};
  for_each_block(block_count(x.rows, block_rows), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, block_rows);
    for (std::size_t i = begin; i < end; ++i)
      result.values[i] = simplified_of(x, i, centres, partition.k, static_cast<std::size_t>(partition.labels[i]));
  });
  double sum = 0, weight = 0;
  for (std::size_t i = 0; i < x.rows; ++i) sum += x.weight(i) * result.values[i], weight += x.weight(i);
  result.mean = sum / weight;
  return result;
}

}  // namespace coterie
