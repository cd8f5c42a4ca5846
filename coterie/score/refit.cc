#include "coterie/score/refit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>

#include "coterie/base/error.h"
#include "coterie/matrix/equal_rows.h"

namespace coterie {
namespace {

double customers_in(MatrixView x) {
  double total = 0;
  for (std::size_t i = 0; i < x.rows; ++i) total += x.weight(i);
  return total;
}

// The algorithm as it is for a part of the customers, with less effort.
Algorithm smaller(const KmeansOptions& o, double) {
  KmeansOptions less = o;
  less.restarts = 3, less.swaps = false;
  return less;
}
Algorithm smaller(const ConstrainedKmeansOptions& o, double share) {
  ConstrainedKmeansOptions less = o;
  less.restarts = 2, less.least = std::floor(o.least * share), less.most = std::ceil(o.most * share);
  return less;
}
Algorithm smaller(const HierarchicalChoice& o, double) { return o; }
Algorithm smaller(const HdbscanChoice& o, double share) {
  HdbscanChoice less = o;
  less.min_cluster_size = o.min_cluster_size == 0 ? 0 : std::max<std::size_t>(5, static_cast<std::size_t>(std::llround(share * static_cast<double>(o.min_cluster_size))));
  if (less.min_samples > 0 && less.min_cluster_size > 0) less.min_samples = std::min(less.min_samples, less.min_cluster_size);
  return less;
}
Algorithm smaller(const GaussianMixtureOptions& o, double) {
  GaussianMixtureOptions less = o;
  less.restarts = 1, less.max_iterations = 50, less.tolerance = 1e-4, less.start = {};
  return less;
}
Algorithm smaller(const KPrototypesOptions& o, double) {
  KPrototypesOptions less = o;
  less.restarts = 2;
  return less;
}
Algorithm smaller(const KMedoidsOptions& o, double) {
  KMedoidsOptions less = o;
  less.restarts = 1, less.samples = 1, less.sample_rows = 300;
  return less;
}
Algorithm smaller(const MiniBatchOptions& o, double) {
  MiniBatchOptions less = o;
  less.restarts = 3;
  return less;
}

std::vector<int> labels_of_all(const EqualRows& merged, std::span<const std::int32_t> labels) {
  std::vector<int> all(merged.unique_of_row.size());
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = labels[merged.unique_of_row[row]];
  return all;
}

// Nothing where the algorithm cannot make any of these k (bounds that so few clusters cannot keep): all is one cluster then.
Sweep possible_sweep(const Algorithm& algorithm, MatrixView x, const MixedLayout& layout, const SweepOptions& options) {
  try {
    return cluster_sweep(algorithm, x, layout, options);
  } catch (const Error& error) {
    if (error.kind != ErrorKind::usage) throw;
    return {};
  }
}

std::vector<std::vector<int>> fit_labels(const Algorithm& whole, const MixedLayout& layout, double customers, const MatrixView& x, KRange range, std::uint64_t seed) {
  const EqualRows merged = merge_equal_rows(x, 1);
  const double share = std::min(1.0, customers_in(x) / customers);
  const Algorithm algorithm = std::visit([&](const auto& o) { return smaller(o, share); }, whole);
  const std::size_t most = merged.rows.rows();
  const KRange possible{std::min(range.first, most), std::min(range.last, most)};
  const Sweep sweep = possible_sweep(algorithm, merged.view(), layout, {.range = possible, .seed = seed, .threads = 1, .keep_empty = true});
  if (sweep.clusterings.empty()) return std::vector<std::vector<int>>(range.last - range.first + 1, std::vector<int>(x.rows));
  std::vector<std::vector<int>> labels;
  if (finds_k(algorithm)) return {labels_of_all(merged, sweep.clusterings.front().labels)};
  for (std::size_t k = range.first; k <= range.last; ++k) {  // where a sample cannot have k clusters, the next fewer, or the fewest
    auto found = std::ranges::find_if(sweep.clusterings | std::views::reverse, [&](const Clustering& c) { return c.k <= k; });
    labels.push_back(labels_of_all(merged, found == sweep.clusterings.rend() ? sweep.clusterings.front().labels : found->labels));
  }
  return labels;
}

std::vector<int> to_vector(std::span<const std::int32_t> labels) { return {labels.begin(), labels.end()}; }

std::size_t count_of(std::span<const int> labels) { return static_cast<std::size_t>(std::max(0, std::ranges::max(labels) + 1)); }

std::vector<int> by_nearest_row(const MatrixView& fitted, std::span<const int> labels, const MatrixView& rows) {
  std::vector<double> points(fitted.rows * fitted.columns);
  for (std::size_t j = 0; j < fitted.columns; ++j)
    for (std::size_t i = 0; i < fitted.rows; ++i) points[i * fitted.columns + j] = fitted.at(i, j);
  std::vector<int> found = to_vector(assign(rows, points, 1).labels);
  for (int& label : found) label = labels[static_cast<std::size_t>(label)];
  return found;
}

// From sums of squares to covariances of the family; a little regularised, as clusters may be thin.
void share_covariances(GaussianMixtureModel& model, double total) {
  const std::size_t d = model.columns, size = d * d;
  if (model.covariance == Covariance::tied)
    for (std::size_t i = 0; i < size; ++i) {
      double sum = 0;
      for (std::size_t c = 0; c < model.clusters; ++c) sum += model.covariances[c * size + i];
      for (std::size_t c = 0; c < model.clusters; ++c) model.covariances[c * size + i] = sum / total * model.weights[c];
    }
  for (std::size_t i = 0; i < model.covariances.size(); ++i) model.covariances[i] /= std::max(model.weights[i / size], 1.0);
  for (std::size_t c = 0; c < model.clusters; ++c) {
    double trace = 0;
    for (std::size_t j = 0; j < d; ++j) trace += model.covariances[c * size + j * d + j];
    for (std::size_t j = 0; j < d; ++j) {
      double& variance = model.covariances[c * size + j * d + j];
      variance = (model.covariance == Covariance::spherical ? trace / static_cast<double>(d) : variance) + 1e-6;
    }
  }
}

// One component a cluster, by the moments of its rows.
std::vector<int> by_component(Covariance covariance, const MatrixView& fitted, std::span<const int> labels, const MatrixView& rows) {
  const std::size_t k = count_of(labels), d = fitted.columns;
  GaussianMixtureModel model{covariance, k, d, std::vector<double>(k), std::vector<double>(k * d), std::vector<double>(k * d * d)};
  const double total = customers_in(fitted);
  for (std::size_t i = 0; i < fitted.rows; ++i)
    for (std::size_t j = (model.weights[static_cast<std::size_t>(labels[i])] += fitted.weight(i), 0); j < d; ++j)
      model.means[static_cast<std::size_t>(labels[i]) * d + j] += fitted.weight(i) * fitted.at(i, j);
  for (std::size_t i = 0; i < k * d; ++i) model.means[i] /= std::max(model.weights[i / d], 1.0);
  for (std::size_t i = 0; i < fitted.rows; ++i) {
    const auto c = static_cast<std::size_t>(labels[i]);
    for (std::size_t a = 0; a < d; ++a)
      for (std::size_t b = 0; b < d; ++b)
        if (a == b || covariance == Covariance::full || covariance == Covariance::tied)
          model.covariances[(c * d + a) * d + b] += fitted.weight(i) * (fitted.at(i, a) - model.means[c * d + a]) * (fitted.at(i, b) - model.means[c * d + b]);
  }
  share_covariances(model, total);
  for (double& weight : model.weights) weight = std::max(weight, 1e-9) / total;
  return to_vector(assign(model, rows, 1));
}

std::vector<std::uint32_t> modes_of(const CodesView& codes, const MatrixView& fitted, std::span<const int> labels, std::size_t k) {
  std::vector<std::uint32_t> modes(k * codes.columns);
  for (std::size_t j = 0; j < codes.columns; ++j) {
    std::vector<std::map<std::uint32_t, double>> counts(k);
    for (std::size_t i = 0; i < codes.rows; ++i) counts[static_cast<std::size_t>(labels[i])][codes.at(i, j)] += fitted.weight(i);
    for (std::size_t c = 0; c < k; ++c)
      if (!counts[c].empty()) modes[c * codes.columns + j] = std::ranges::max_element(counts[c], {}, [](const auto& count) { return count.second; })->first;
  }
  return modes;
}

Assign assign_like(const KPrototypesOptions& o, const MixedLayout& layout) {
  return [o, layout](const MatrixView& fitted, std::span<const int> labels, const MatrixView& rows) {
    const MixedRows mixed = mixed_rows(fitted, layout);
    const std::size_t k = count_of(labels), d = mixed.numbers.columns();
    Prototypes rule{layout, o.gamma.value_or(d == 0 ? 1.0 : 0.5), std::vector<double>(k * d), modes_of(mixed.view().categories, fitted, labels, k)};
    std::vector<double> sizes(k);
    for (std::size_t i = 0; i < fitted.rows; ++i) sizes[static_cast<std::size_t>(labels[i])] += fitted.weight(i);
    for (std::size_t j = 0; j < d; ++j)
      for (std::size_t i = 0; i < fitted.rows; ++i) rule.centres[static_cast<std::size_t>(labels[i]) * d + j] += fitted.weight(i) * mixed.numbers.at(i, j);
    for (std::size_t i = 0; i < k * d; ++i) rule.centres[i] /= std::max(sizes[i / d], 1.0);
    return to_vector(assign(FittedRule(std::move(rule)), rows, {}, 1));
  };
}
Assign assign_like(const GaussianMixtureOptions& o, const MixedLayout&) {
  return [covariance = o.covariance](const MatrixView& fitted, std::span<const int> labels, const MatrixView& rows) { return by_component(covariance, fitted, labels, rows); };
}
Assign assign_like(const HierarchicalChoice&, const MixedLayout&) { return by_nearest_row; }
Assign assign_like(const HdbscanChoice&, const MixedLayout&) { return by_nearest_row; }
Assign assign_like(const KMedoidsOptions&, const MixedLayout&) { return by_nearest_row; }
Assign assign_like(const auto&, const MixedLayout&) { return assign_to_nearest_centre; }

}  // namespace

Fit Refit::fit() const {
  return [labels = labels](const MatrixView& x, int k, std::uint64_t seed) {
    const auto size = static_cast<std::size_t>(k);
    return labels(x, {size, size}, seed).front();
  };
}

Refit refit_of(const Algorithm& algorithm, const MixedLayout& layout, double customers) {
  Refit refit;
  refit.labels = [=](const MatrixView& x, KRange range, std::uint64_t seed) { return fit_labels(algorithm, layout, customers, x, range, seed); };
  refit.assign = std::visit([&](const auto& o) { return assign_like(o, layout); }, algorithm);
  refit.any_k = !finds_k(algorithm);
  return refit;
}

}  // namespace coterie
