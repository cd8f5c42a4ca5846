#include "coterie/cluster/k_medoids.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Distances {
  const double* values;
  std::size_t n;
  std::span<const double> weights;
  const double* row(std::size_t i) const { return values + i * n; }
  double weight(std::size_t i) const { return weights.empty() ? 1.0 : weights[i]; }
};

// The nearest and second nearest medoid of each row.
struct Nearest {
  std::size_t first = 0;
  double d1 = infinity, d2 = infinity;
};

std::vector<Nearest> nearest_of(const Distances& d, const std::vector<std::size_t>& medoids) {
  std::vector<Nearest> nearest(d.n);
  for (std::size_t m = 0; m < medoids.size(); ++m) {
    const double* row = d.row(medoids[m]);
    for (std::size_t i = 0; i < d.n; ++i) {
      if (row[i] < nearest[i].d1) nearest[i] = {m, row[i], nearest[i].d1};
      else if (row[i] < nearest[i].d2) nearest[i].d2 = row[i];
    }
  }
  return nearest;
}

double objective_of(const Distances& d, const std::vector<Nearest>& nearest) {
  double sum = 0;
  for (std::size_t i = 0; i < d.n; ++i) sum += d.weight(i) * nearest[i].d1;
  return sum;
}

// PAM's BUILD: each further medoid is the row that lowers the objective most.
std::vector<std::size_t> build(const Distances& d, std::size_t k) {
  std::vector<std::size_t> medoids;
  std::vector<double> nearest(d.n, infinity);
  while (medoids.size() < k) {
    std::size_t best = d.n;
    double least = infinity;
    for (std::size_t c = 0; c < d.n; ++c) {
      if (std::find(medoids.begin(), medoids.end(), c) != medoids.end()) continue;
      double sum = 0;
      const double* row = d.row(c);
      for (std::size_t i = 0; i < d.n; ++i) sum += d.weight(i) * std::min(nearest[i], row[i]);
      if (sum < least) least = sum, best = c;
    }
    medoids.push_back(best);
    for (std::size_t i = 0; i < d.n; ++i) nearest[i] = std::min(nearest[i], d.row(best)[i]);
  }
  return medoids;
}

std::vector<std::size_t> some_rows(std::size_t n, std::size_t count, Random& random) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  for (std::size_t i = 0; i < count; ++i) std::swap(rows[i], rows[i + random.below(n - i)]);
  rows.resize(count);
  return rows;
}

// What the objective gains by each removal alone.
std::vector<double> removal_losses(const Distances& d, const std::vector<Nearest>& nearest, std::size_t k) {
  std::vector<double> losses(k);
  for (std::size_t i = 0; i < d.n; ++i) losses[nearest[i].first] += d.weight(i) * (nearest[i].d2 - nearest[i].d1);
  return losses;
}

struct Swap {
  std::size_t out = 0;
  double change = 0;
};

// The best medoid to give up for the candidate: algorithm 3 of Schubert, Rousseeuw.
Swap best_swap(const Distances& d, const std::vector<Nearest>& nearest, std::vector<double> losses, std::size_t candidate) {
  double shared = 0;
  const double* row = d.row(candidate);
  for (std::size_t i = 0; i < d.n; ++i) {
    const Nearest& o = nearest[i];
    if (row[i] < o.d1) {
      shared += d.weight(i) * (row[i] - o.d1);
      losses[o.first] += d.weight(i) * (o.d1 - o.d2);
    } else if (row[i] < o.d2) {
      losses[o.first] += d.weight(i) * (row[i] - o.d2);
    }
  }
  const auto best = std::min_element(losses.begin(), losses.end());
  return {static_cast<std::size_t>(best - losses.begin()), *best + shared};
}

// With one medoid there is no second nearest: the row of least weighted sum is the optimum.
std::vector<std::size_t> best_single(const Distances& d) { return build(d, 1); }

void improve(const Distances& d, Medoids& m, int max_iterations) {
  std::vector<Nearest> nearest = nearest_of(d, m.rows);
  std::vector<double> losses = removal_losses(d, nearest, m.rows.size());
  const double enough = 1e-12 * objective_of(d, nearest);
  std::size_t since_swap = 0;
  for (std::size_t c = 0; since_swap < d.n && m.iterations < max_iterations; c = (c + 1) % d.n, ++since_swap) {
    if (std::find(m.rows.begin(), m.rows.end(), c) != m.rows.end()) continue;
    const Swap swap = best_swap(d, nearest, losses, c);
    if (!(swap.change < -enough)) continue;
    m.rows[swap.out] = c;
    nearest = nearest_of(d, m.rows);
    losses = removal_losses(d, nearest, m.rows.size());
    ++m.iterations, since_swap = 0;
  }
  m.converged = since_swap >= d.n;
}

void finish(const Distances& d, Medoids& m) {
  std::sort(m.rows.begin(), m.rows.end());
  const std::vector<Nearest> nearest = nearest_of(d, m.rows);
  m.objective = objective_of(d, nearest);
  for (const Nearest& o : nearest) m.labels.push_back(static_cast<std::int32_t>(o.first));
}

Medoids one_start(const Distances& d, std::size_t k, std::uint64_t restart, const PamOptions& options) {
  Random random(options.seed, restart);
  Medoids m;
  m.converged = true;
  m.rows = k == 1 ? best_single(d) : restart == 0 ? build(d, k) : some_rows(d.n, k, random);
  if (k > 1 && k < d.n) improve(d, m, options.max_iterations);
  finish(d, m);
  return m;
}

void check(std::size_t k, std::size_t rows) {
  if (k < 1 || k > rows)
    throw Error(ErrorKind::usage, fmt::format("k is {} when it should be between 1 and {} (the rows)", k, rows), "choose another k");
}

// Labels and objective of all rows for given medoids.
void assign_all(MixedView x, KMedoids& result, int threads) {
  constexpr std::size_t block_rows = 4096;
  const std::size_t blocks = block_count(x.rows(), block_rows);
  std::vector<double> partial(blocks);
  result.labels.resize(x.rows());
  for_each_block(blocks, threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, x.rows(), block_rows);
    for (std::size_t i = begin; i < end; ++i) {
      double least = infinity;
      for (std::size_t c = 0; c < result.medoids.size(); ++c) {
        const double next = gower_distance(result.scale, x, i, result.medoids[c]);
        if (next < least) least = next, result.labels[i] = static_cast<std::int32_t>(c);
      }
      partial[b] += x.weight(i) * least;
    }
  });
  result.objective = std::accumulate(partial.begin(), partial.end(), 0.0);
}

KMedoids on_rows(MixedView x, std::size_t k, const GowerScale& scale, const std::vector<std::size_t>& rows, std::uint64_t seed, const KMedoidsOptions& options) {
  std::vector<double> weights;
  for (std::size_t row : rows) weights.push_back(x.weight(row));
  const Medoids m = faster_pam(gower_matrix(scale, x, rows, options.threads), rows.size(), k, weights,
                               {.restarts = options.restarts, .seed = seed, .max_iterations = options.max_iterations});
  KMedoids result{{}, {}, scale, 0, m.iterations, m.converged};
  for (std::size_t row : m.rows) result.medoids.push_back(rows[row]);
  assign_all(x, result, options.threads);
  return result;
}

std::vector<std::size_t> sample_with(std::size_t n, std::size_t count, const std::vector<std::size_t>& kept, Random& random) {
  std::vector<std::size_t> rows = some_rows(n, count, random);
  rows.insert(rows.end(), kept.begin(), kept.end());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace

Medoids faster_pam(std::span<const double> distances, std::size_t n, std::size_t k, std::span<const double> weights, const PamOptions& options) {
  check(k, n);
  const Distances d{distances.data(), n, weights};
  Medoids best;
  for (int restart = 0; restart < std::max(1, options.restarts); ++restart) {
    Medoids next = one_start(d, k, static_cast<std::uint64_t>(restart), options);
    if (restart == 0 || next.objective < best.objective) best = std::move(next);
  }
  return best;
}

KMedoids k_medoids(MixedView x, std::size_t k, const KMedoidsOptions& options) {
  check(k, x.rows());
  const GowerScale scale = fit_gower(x);
  const std::size_t size = std::max(options.sample_rows, k);
  Random random(options.seed, 0xc1a4a);
  if (x.rows() <= size) return on_rows(x, k, scale, sample_with(x.rows(), x.rows(), {}, random), options.seed, options);
  KMedoids best;
  for (int sample = 0; sample < std::max(1, options.samples); ++sample) {
    const auto rows = sample_with(x.rows(), size, best.medoids, random);
    KMedoids next = on_rows(x, k, scale, rows, mix64(options.seed + static_cast<std::uint64_t>(sample)), options);
    if (sample == 0 || next.objective < best.objective) best = std::move(next);
  }
  return best;
}

}  // namespace coterie
