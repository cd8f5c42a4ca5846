#include "coterie/score/stability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/score/agreement.h"
#include "coterie/score/centres.h"
#include "coterie/score/resample.h"

namespace coterie {
namespace {

// A seed for each fit of a replicate: left half, right half, bootstrap sample.
std::uint64_t fit_seed(std::uint64_t seed, std::size_t replicate, std::uint64_t part) {
  return mix64(mix64(seed) + 3 * replicate + part);
}

void check(const MatrixView& x, int k, const StabilityOptions& options) {
  if (options.replicates < 1) throw Error(ErrorKind::usage, "stability needs at least one replicate");
  if (k < 1 || static_cast<std::size_t>(k) > x.rows)
    throw Error(ErrorKind::usage, fmt::format("{} rows cannot make {} clusters", x.rows, k), "give fewer clusters");
}

template <class FitPart>
auto fitted(const Subset& part, int k, const FitPart& fit, std::uint64_t seed) {
  if (static_cast<std::size_t>(k) > part.rows.size())
    throw Error(ErrorKind::usage, fmt::format("a resample of {} different rows cannot make {} clusters", part.rows.size(), k),
                "give fewer clusters");
  return fit(part.view(), k, seed);
}

std::vector<int> picked(const std::vector<int>& labels, const std::vector<std::uint32_t>& rows) {
  std::vector<int> chosen(rows.size());
  std::ranges::transform(rows, chosen.begin(), [&](std::uint32_t row) { return labels[row]; });
  return chosen;
}

// Over the clusters of `own`, the least share of pairs that `predicted` keeps together.
double least_share(const std::vector<int>& own, const std::vector<int>& predicted, const std::vector<double>& weights) {
  const Contingency table = contingency(own, predicted, weights);
  std::vector<double> together(table.a.size());
  for (const auto& [i, j, weight] : table.cells) together[i] += weight * (weight - 1);
  double least = 1;
  for (std::size_t i = 0; i < together.size(); ++i) {
    if (table.label_of_a[i] == -1) continue;
    if (table.a[i] > 1) least = std::min(least, together[i] / (table.a[i] * (table.a[i] - 1)));
  }
  return least;
}

}  // namespace

FitAndAssign with_nearest_centre(Fit fit) {
  return [fit = std::move(fit)](const MatrixView& x, int k, std::uint64_t seed) {
    Fitted fitted{fit(x, k, seed), {}};
    fitted.assign = [centres = centres_of(x, fitted.labels)](const MatrixView& rows) { return nearest_centres(rows, centres); };
    return fitted;
  };
}

HalfSplit half_split(const MatrixView& x, int k, const FitAndAssign& fit, const StabilityOptions& options) {
  check(x, k, options);
  const std::vector<std::uint32_t> customers = customers_of(x);
  std::vector<double> weights(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) weights[i] = x.weight(i);
  std::vector<double> agreement(options.replicates), strength(options.replicates);
  for_each_block(agreement.size(), options.threads, [&](std::size_t r, int) {
    const auto [left, right] = random_halves(x, customers, Random(options.seed, r));
    const Fitted of_left = fitted(left, k, fit, fit_seed(options.seed, r, 0)), of_right = fitted(right, k, fit, fit_seed(options.seed, r, 1));
    const std::vector<int> by_left = of_left.assign(x), by_right = of_right.assign(x);
    agreement[r] = adjusted_rand(contingency(by_left, by_right, weights));
    strength[r] = (least_share(of_left.labels, picked(by_right, left.rows), left.weights) + least_share(of_right.labels, picked(by_left, right.rows), right.weights)) / 2;
  });
  return {estimate_of(agreement), estimate_of(strength)};
}

BootstrapJaccard bootstrap_jaccard(const MatrixView& x, int k, const Fit& fit, const StabilityOptions& options) {
  check(x, k, options);
  return bootstrap_jaccard(x, fit(x, k, mix64(options.seed)), k, fit, options);
}

BootstrapJaccard bootstrap_jaccard(const MatrixView& x, std::vector<int> labels, int k, const Fit& fit, const StabilityOptions& options) {
  check(x, k, options);
  check_labels(x, labels);
  BootstrapJaccard result{std::move(labels), {}};
  const int clusters = *std::ranges::max_element(result.labels) + 1;
  const std::vector<std::uint32_t> customers = customers_of(x);
  std::vector<std::vector<double>> jaccard(clusters, std::vector<double>(options.replicates));
  for_each_block(options.replicates, options.threads, [&](std::size_t r, int) {
    const Subset sample = bootstrap_sample(x, customers, Random(options.seed, r));
    const Contingency table = contingency(picked(result.labels, sample.rows), fitted(sample, k, fit, fit_seed(options.seed, r, 2)), sample.weights);
    const std::vector<double> found = jaccard_of_clusters(table);
    for (std::size_t i = 0; i < found.size(); ++i)
      if (table.label_of_a[i] >= 0) jaccard[table.label_of_a[i]][r] = found[i];
  });
  for (const auto& values : jaccard)
    result.clusters.push_back({estimate_of(values),
                               static_cast<int>(std::ranges::count_if(values, [](double j) { return j <= .5; })),
                               static_cast<int>(std::ranges::count_if(values, [](double j) { return j >= .75; }))});
  return result;
}

}  // namespace coterie
