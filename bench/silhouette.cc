// Silhouettes of k = 3..7 at once: exact at small sizes, sampled at large ones. Usage: bench_silhouette [--smoke | rows ...]
// The answer is checked first: sampled rows have the values that the definition gives.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

#include "bench/sizes.h"
#include "bench/synthetic.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/standardise.h"
#include "coterie/score/choose_k.h"

namespace {

using namespace coterie;

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double by_definition(MatrixView x, const Partition& p, std::size_t row) {
  std::vector<double> sums(p.k), weights(p.k);
  for (std::size_t i = 0; i < x.rows; ++i) {
    double squared = 0;
    for (std::size_t j = 0; j < x.columns; ++j) squared += std::pow(x.at(i, j) - x.at(row, j), 2);
    sums[static_cast<std::size_t>(p.labels[i])] += x.weight(i) * std::sqrt(squared);
    weights[static_cast<std::size_t>(p.labels[i])] += x.weight(i);
  }
  const auto own = static_cast<std::size_t>(p.labels[row]);
  if (weights[own] <= 1) return 0;
  const double a = sums[own] / (weights[own] - 1);
  double b = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < p.k; ++c)
    if (c != own) b = std::min(b, sums[c] / weights[c]);
  return a == b ? 0 : (b - a) / std::max(a, b);
}

bool run(std::size_t rows) {
  const Matrix raw = bench::synthetic_customers(rows);
  EqualRows unique = merge_equal_rows(raw);
  standardise_in_place(unique.rows, fit_standardisation(unique.view()));
  const auto sweep = kmeans_sweep(unique.view(), {3, 7}, {.restarts = 2});
  std::vector<Partition> partitions;
  for (const KmeansResult& r : sweep) partitions.push_back({r.labels, r.k});
  const double cpu = cpu_seconds();
  const auto wall = std::chrono::steady_clock::now();
  const SilhouetteScores scores = silhouettes(unique.view(), partitions);
  fmt::print("{} rows x 15, {} unique, {} judged{}: {:.3f} CPU-s {:.3f} s\n", rows, unique.rows.rows(), scores.rows.size(),
             scores.exact ? " (all)" : "", cpu_seconds() - cpu,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count());
  double worst = 0;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const Silhouette& s = scores.partitions[i];
    fmt::print("  k {} silhouette {:.5f} ({:.5f} to {:.5f})\n", partitions[i].k, s.mean.mean, s.mean.low, s.mean.high);
    for (std::size_t q : {std::size_t{0}, scores.rows.size() / 2})
      worst = std::max(worst, std::abs(s.values[q] - by_definition(unique.view(), partitions[i], scores.rows[q])));
  }
  if (worst > 1e-10) fmt::print("  WRONG: off the definition by {}\n", worst);
  return worst <= 1e-10;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_sizes(argc, argv, 5'000, {10'000, 40'000, 1'000'000}, run); }
