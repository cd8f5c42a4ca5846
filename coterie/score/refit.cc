#include "coterie/score/refit.h"

#include <algorithm>
#include <cmath>

#include "coterie/base/error.h"
#include "coterie/matrix/equal_rows.h"

namespace coterie {
namespace {

double customers_in(MatrixView x) {
  double total = 0;
  for (std::size_t i = 0; i < x.rows; ++i) total += x.weight(i);
  return total;
}

// The algorithm as it is for a part of the customers, in quick work with less effort. k-means is never thorough here, which costs ten times as
// much, and quick restarts run on a coreset of 5,000 rows where there are more.
Algorithm smaller(const KmeansOptions& o, double, Effort effort) {
  KmeansOptions less = o;
  less.thorough = false;
  if (effort == Effort::quick) less.restarts = 3, less.sample_rows = 5000, less.polished = 1;
  return less;
}
Algorithm smaller(const ConstrainedKmeansOptions& o, double share, Effort effort) {
  ConstrainedKmeansOptions less = o;
  less.least = std::floor(o.least * share), less.most = std::ceil(o.most * share);
  if (effort == Effort::quick) less.restarts = 2;
  return less;
}
Algorithm smaller(const HierarchicalChoice& o, double, Effort effort) {
  HierarchicalChoice less = o;
  if (effort == Effort::quick) less.micro_clusters = std::min<std::size_t>(less.micro_clusters, 1024);
  return less;
}
Algorithm smaller(const HdbscanChoice& o, double share, Effort) {
  HdbscanChoice less = o;
  less.min_cluster_size = o.min_cluster_size == 0 ? 0 : std::max<std::size_t>(5, static_cast<std::size_t>(std::llround(share * static_cast<double>(o.min_cluster_size))));
  if (less.min_samples > 0 && less.min_cluster_size > 0) less.min_samples = std::min(less.min_samples, less.min_cluster_size);
  return less;
}
Algorithm smaller(const GaussianMixtureOptions& o, double, Effort effort) {
  GaussianMixtureOptions less = o;
  less.max_iterations = 50, less.tolerance = 1e-4, less.start = {};
  if (effort == Effort::quick) less.restarts = 1;
  return less;
}
Algorithm smaller(const KPrototypesOptions& o, double, Effort effort) {
  KPrototypesOptions less = o;
  if (effort == Effort::quick) less.restarts = 2;
  return less;
}
Algorithm smaller(const KMedoidsOptions& o, double, Effort effort) {
  KMedoidsOptions less = o;
  if (effort == Effort::quick) less.restarts = 1, less.samples = 1, less.sample_rows = 300;
  return less;
}
Algorithm smaller(const MiniBatchOptions& o, double, Effort effort) {
  MiniBatchOptions less = o;
  if (effort == Effort::quick) less.restarts = 3;
  return less;
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

// The rule keeps what it was fitted to alive, and gives any rows their clusters, the fitted ones included.
Fitted fitted_by(const EqualRows& merged, const Clustering& clustering, const FittedRule& rule) {
  Fitted fitted{std::vector<int>(merged.unique_of_row.size()), {}};
  for (std::size_t row = 0; row < fitted.labels.size(); ++row) fitted.labels[row] = clustering.labels[merged.unique_of_row[row]];
  fitted.assign = [rule, centres = clustering.centres](const MatrixView& rows) {
    const HugeArray<std::int32_t> labels = assign(rule, rows, centres, 1);
    return std::vector<int>(labels.begin(), labels.end());
  };
  return fitted;
}

Fitted one_cluster(std::size_t rows) {
  return {std::vector<int>(rows), [](const MatrixView& others) { return std::vector<int>(others.rows); }};
}

std::vector<Fitted> fit_range(const Algorithm& whole, const MixedLayout& layout, double customers, const MatrixView& x, KRange range, std::uint64_t seed, Effort effort) {
  const EqualRows merged = merge_equal_rows(x, 1);
  const double share = std::min(1.0, customers_in(x) / customers);
  const Algorithm algorithm = std::visit([&](const auto& o) { return smaller(o, share, effort); }, whole);
  const std::size_t most = merged.rows.rows();
  const KRange possible{std::min(range.first, most), std::min(range.last, most)};
  const Sweep sweep = possible_sweep(algorithm, merged.view(), layout, {.range = possible, .seed = seed, .threads = 1, .keep_empty = true});
  if (sweep.clusterings.empty()) return std::vector<Fitted>(range.last - range.first + 1, one_cluster(x.rows));
  if (finds_k(algorithm)) return {fitted_by(merged, sweep.clusterings.front(), sweep.rules.front())};
  std::vector<Fitted> fitted;
  for (std::size_t k = range.first; k <= range.last; ++k) {  // where a sample cannot have k clusters, the next fewer, or the fewest
    const auto above = std::ranges::find_if(sweep.clusterings, [&](const Clustering& c) { return c.k > k; });
    const std::size_t at = above == sweep.clusterings.begin() ? 0 : static_cast<std::size_t>(above - sweep.clusterings.begin()) - 1;
    fitted.push_back(fitted_by(merged, sweep.clusterings[at], sweep.rules[at]));
  }
  return fitted;
}

}  // namespace

FitAndAssign Refit::fit() const {
  return [sweep = sweep](const MatrixView& x, int k, std::uint64_t seed) {
    const auto size = static_cast<std::size_t>(k);
    return sweep(x, {size, size}, seed, Effort::quick).front();
  };
}

Fit Refit::labels() const {
  return [fit = fit()](const MatrixView& x, int k, std::uint64_t seed) { return fit(x, k, seed).labels; };
}

Refit refit_of(const Algorithm& algorithm, const MixedLayout& layout, double customers) {
  Refit refit;
  refit.sweep = [=](const MatrixView& x, KRange range, std::uint64_t seed, Effort effort) { return fit_range(algorithm, layout, customers, x, range, seed, effort); };
  refit.any_k = !finds_k(algorithm), refit.is_kmeans = std::holds_alternative<KmeansOptions>(algorithm);
  return refit;
}

}  // namespace coterie
