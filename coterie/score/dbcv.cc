#include "coterie/score/dbcv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/matrix/equal_rows.h"

namespace coterie {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

// The distinct rows of one cluster, row-major.
struct Cluster {
  std::size_t columns = 0;
  std::vector<double> values;
  std::vector<double> weight;
  std::vector<double> core;
  std::vector<char> internal;
  double size = 0;  // of all its rows, also when only a sample of them is here
  double sparseness = undefined, separation = infinity;

  std::size_t rows() const { return weight.size(); }
  const double* row(std::size_t i) const { return values.data() + i * columns; }
  bool counts() const { return size > 1; }
};

double squared_distance(const double* a, const double* b, std::size_t columns) {
  double total = 0;
  for (std::size_t j = 0; j < columns; ++j) total += (a[j] - b[j]) * (a[j] - b[j]);
  return total;
}

double power(double base, std::size_t exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2, base *= base)
    if (exponent % 2 == 1) result *= base;
  return result;
}

// All-points core distance, with the nearest distance taken out of the sum.
double core_of(const Cluster& c, std::size_t i) {
  if (c.weight[i] > 1 || c.rows() == 1) return 0;
  double nearest = infinity, others = 0;
  for (std::size_t k = 0; k < c.rows(); ++k)
    if (k != i) nearest = std::min(nearest, squared_distance(c.row(i), c.row(k), c.columns)), others += c.weight[k];
  if (nearest == 0) return 0;
  double total = 0;
  for (std::size_t k = 0; k < c.rows(); ++k) {
    if (k == i) continue;
    const double ratio = nearest / squared_distance(c.row(i), c.row(k), c.columns);  // in (0, 1]
    total += c.weight[k] * (c.columns % 2 == 0 ? power(ratio, c.columns / 2) : power(std::sqrt(ratio), c.columns));
  }
  return std::sqrt(nearest) * std::pow(total / others, -1 / static_cast<double>(c.columns));
}

double reach(const Cluster& a, std::size_t i, const Cluster& b, std::size_t k) {
  return std::max({a.core[i], b.core[k], std::sqrt(squared_distance(a.row(i), b.row(k), a.columns))});
}

struct TreeEdge {
  std::size_t from, to;
  double length;
};

std::vector<TreeEdge> spanning_edges(const Cluster& c) {
  std::vector<double> best(c.rows(), infinity);
  std::vector<std::size_t> from(c.rows(), 0);
  std::vector<char> done(c.rows(), 0);
  std::vector<TreeEdge> edges;
  for (std::size_t at = 0; edges.size() + 1 < c.rows();) {
    done[at] = 1;
    std::size_t next = c.rows();
    for (std::size_t k = 0; k < c.rows(); ++k) {
      if (done[k]) continue;
      const double length = reach(c, at, c, k);
      if (length < best[k] || (length == best[k] && at < from[k])) best[k] = length, from[k] = at;
      if (next == c.rows() || best[k] < best[next]) next = k;
    }
    edges.push_back({from[next], next, best[next]});
    at = next;
  }
  return edges;
}

// Of rows merged into one all but one hang on that one, which makes it internal if anything else does.
void find_internal(Cluster& c) {
  const auto edges = spanning_edges(c);
  std::vector<std::size_t> degree(c.rows(), 0);
  for (const auto& edge : edges) ++degree[edge.from], ++degree[edge.to];
  c.internal.assign(c.rows(), 0);
  for (std::size_t i = 0; i < c.rows(); ++i) c.internal[i] = degree[i] >= 2 || (degree[i] == 1 && c.weight[i] > 1);
  double inner = -1, any = 0;
  for (const auto& edge : edges) {
    any = std::max(any, edge.length);
    if (c.internal[edge.from] && c.internal[edge.to]) inner = std::max(inner, edge.length);
  }
  c.sparseness = inner >= 0 ? inner : any;
  if (std::ranges::find(c.internal, 1) == c.internal.end()) c.internal[0] = 1;
}

double separation_of(const std::vector<Cluster>& clusters, std::size_t own, std::size_t row) {
  double least = infinity;
  for (std::size_t other = 0; other < clusters.size(); ++other) {
    const Cluster& c = clusters[other];
    for (std::size_t k = 0; other != own && c.counts() && k < c.rows(); ++k)
      if (c.internal[k]) least = std::min(least, reach(clusters[own], row, c, k));
  }
  return least;
}

// The rows with their label as one more column, so that only rows of one label are merged.
EqualRows merge_within_labels(const MatrixView& x, std::span<const std::int32_t> label, int threads) {
  Matrix labelled(x.rows, x.columns + 1);
  for (std::size_t j = 0; j < x.columns; ++j) std::ranges::copy(x.column(j), labelled.column(j).begin());
  std::ranges::transform(label, labelled.column(x.columns).begin(), [](std::int32_t l) { return l < 0 ? -1.0 : l; });
  MatrixView view = labelled;
  view.weights = x.weights;
  return merge_equal_rows(view, threads);
}

// Draws `wanted` of the rows and keeps their order.
void draw(std::vector<std::size_t>& rows, std::size_t wanted, Random random) {
  for (std::size_t i = 0; i < wanted; ++i) std::swap(rows[i], rows[i + random.below(rows.size() - i)]);
  rows.resize(wanted);
  std::ranges::sort(rows);
}

std::vector<Cluster> clusters_of(const EqualRows& merged, std::size_t columns, std::size_t count, const DbcvOptions& options, Dbcv& result) {
  std::vector<Cluster> clusters(count);
  std::vector<std::vector<std::size_t>> rows(count);
  std::size_t total = 0;
  for (std::size_t i = 0; i < merged.rows.rows(); ++i) {
    const double label = merged.rows.at(i, columns);
    if (label < 0) continue;
    ++total;
    rows[static_cast<std::size_t>(label)].push_back(i);
    clusters[static_cast<std::size_t>(label)].size += merged.weights[i];
  }
  result.exact = total <= options.exact_rows;
  for (std::size_t c = 0; c < count; ++c) {
    const double share = static_cast<double>(options.exact_rows) * static_cast<double>(rows[c].size()) / static_cast<double>(std::max<std::size_t>(total, 1));
    const std::size_t wanted = std::min(rows[c].size(), std::max<std::size_t>(100, static_cast<std::size_t>(share)));
    if (!result.exact) draw(rows[c], wanted, Random(options.seed, c));
    clusters[c].columns = columns;
    for (std::size_t i : rows[c]) {
      for (std::size_t j = 0; j < columns; ++j) clusters[c].values.push_back(merged.rows.at(i, j));
      clusters[c].weight.push_back(merged.weights[i]);
    }
    result.rows_used += rows[c].size();
  }
  return clusters;
}

// Calls fn(cluster, row) for every row, in parallel.
template <class Fn>
void for_each_row(const std::vector<Cluster>& clusters, int threads, const Fn& fn) {
  std::vector<std::pair<std::size_t, std::size_t>> rows;
  for (std::size_t c = 0; c < clusters.size(); ++c)
    for (std::size_t i = 0; clusters[c].counts() && i < clusters[c].rows(); ++i) rows.emplace_back(c, i);
  constexpr std::size_t block = 64;
  for_each_block(block_count(rows.size(), block), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, rows.size(), block);
    for (std::size_t k = range.begin; k < range.end; ++k) fn(rows[k].first, rows[k].second);
  });
}

void find_separations(std::vector<Cluster>& clusters, int threads) {
  std::vector<std::vector<double>> least(clusters.size());
  for (std::size_t c = 0; c < clusters.size(); ++c) least[c].assign(clusters[c].rows(), infinity);
  for_each_row(clusters, threads, [&](std::size_t c, std::size_t i) {
    if (clusters[c].internal[i]) least[c][i] = separation_of(clusters, c, i);
  });
  for (std::size_t c = 0; c < clusters.size(); ++c)
    if (!least[c].empty()) clusters[c].separation = std::ranges::min(least[c]);
}

double validity_of(double separation, double sparseness) {
  const double larger = std::max(separation, sparseness);
  return larger == 0 ? 0 : (separation - sparseness) / larger;
}

void summarise(const std::vector<Cluster>& clusters, double total, Dbcv& result) {
  std::size_t counted = 0;
  for (const Cluster& c : clusters) counted += c.counts();
  double value = 0;
  for (const Cluster& c : clusters) {
    const bool defined = c.counts() && counted > 1;
    result.sparseness.push_back(c.counts() ? c.sparseness : undefined);
    result.separation.push_back(defined ? c.separation : undefined);
    result.validity.push_back(defined ? validity_of(c.separation, c.sparseness) : undefined);
    if (defined) value += c.size / total * result.validity.back();
  }
  if (counted > 1) result.value = value;
}

}  // namespace

Dbcv dbcv(const MatrixView& x, std::span<const std::int32_t> label, const DbcvOptions& options) {
  if (label.size() != x.rows) throw Error(ErrorKind::usage, fmt::format("{} labels for {} rows", label.size(), x.rows));
  Dbcv result;
  const EqualRows merged = merge_within_labels(x, label, options.threads);
  const std::size_t count = label.empty() ? 0 : static_cast<std::size_t>(std::max(0, std::ranges::max(label) + 1));
  auto clusters = clusters_of(merged, x.columns, count, options, result);
  for (Cluster& c : clusters) c.core.assign(c.rows(), 0);
  for_each_row(clusters, options.threads, [&](std::size_t c, std::size_t i) { clusters[c].core[i] = core_of(clusters[c], i); });
  for_each_block(count, options.threads, [&](std::size_t c, int) {
    if (clusters[c].counts()) find_internal(clusters[c]);
  });
  find_separations(clusters, options.threads);
  summarise(clusters, std::accumulate(merged.weights.begin(), merged.weights.end(), 0.0), result);
  return result;
}

std::optional<double> relative_validity(const Hdbscan& result) {
  const std::size_t count = result.size.size();
  if (count == 0) return std::nullopt;
  const auto& label = result.rows.label;
  std::vector<double> sparseness(count, 0), separation(count, infinity);
  double longest = 0, to_noise = infinity;
  for (const ReachEdge& edge : result.spanning_tree) {
    const std::int32_t a = label[edge.a], b = label[edge.b];
    longest = std::max(longest, edge.distance);
    if (a == noise && b == noise) continue;
    if (a == noise || b == noise) to_noise = std::min(to_noise, edge.distance);
    else if (a == b) sparseness[a] = std::max(sparseness[a], edge.distance);
    else separation[a] = std::min(separation[a], edge.distance), separation[b] = std::min(separation[b], edge.distance);
  }
  const HdbscanModel& model = result.model;
  for (std::size_t p = 0; p < model.tree.rows; ++p)
    if (const std::int32_t l = label[result.row_at[p]]; model.count[p] > 1 && l != noise)
      sparseness[l] = std::max(sparseness[l], std::sqrt(model.core[p]));
  if (to_noise == infinity) to_noise = longest;
  double value = 0, total = result.noise_size;
  for (std::size_t k = 0; k < count; ++k) {
    if (separation[k] == infinity) separation[k] = 2 * (count > 1 ? longest : to_noise);
    value += result.size[k] * validity_of(separation[k], sparseness[k]);
    total += result.size[k];
  }
  return value / total;
}

}  // namespace coterie
