// k-means from raw rows: merge, standardise, sweep k = 3..7. Usage: bench_kmeans [--smoke | rows ...]
// The answer is checked first: labels are those of assign(), and merged rows give the inertia of unmerged ones.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "bench/sizes.h"
#include "bench/synthetic.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/standardise.h"

namespace {

using namespace coterie;

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Fn>
auto timed(const char* stage, const Fn& fn) {
  const double cpu = cpu_seconds();
  const auto wall = std::chrono::steady_clock::now();
  auto result = fn();
  fmt::print("  {:<24} {:8.3f} CPU-s {:8.3f} s\n", stage, cpu_seconds() - cpu,
             std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count());
  return result;
}

bool right(MatrixView x, const KmeansResult& result) {
  const Assignment assigned = assign(x, result.centres);
  double inertia = 0;
  for (std::size_t i = 0; i < x.rows; ++i) {
    if (assigned.labels[i] != result.labels[i]) return false;
    inertia += x.weight(i) * assigned.squared_distances[i];
  }
  return std::abs(inertia - result.inertia) <= 1e-9 * inertia;
}

bool run(std::size_t rows) {
  fmt::print("{} rows x 15\n", rows);
  const Matrix raw = bench::synthetic_customers(rows);
  EqualRows unique = timed("merge equal rows", [&] { return merge_equal_rows(raw); });
  const Standardisation fitted = timed("fit standardisation", [&] { return fit_standardisation(unique.view()); });
  timed("standardise", [&] { return standardise_in_place(unique.rows, fitted), 0; });
  fmt::print("  {} unique rows\n", unique.rows.rows());
  const auto sweep = timed("sweep k = 3..7", [&] { return kmeans_sweep(unique.view(), {3, 7}); });
  bool all_right = true;
  for (const KmeansResult& r : sweep) {
    fmt::print("  k {} inertia {:.9g} runner-up {:.9g} iterations {} converged {} agreeing {} moves {} refilled {}\n", r.k, r.inertia,
               r.runner_up_inertia.value_or(NAN), r.iterations, r.converged, r.restarts_agreeing, r.hartigan_moves, r.refilled);
    all_right = all_right && right(unique.view(), r);
  }
  if (!all_right) fmt::print("  WRONG: labels or inertia are not those of assign()\n");
  return all_right;
}

}  // namespace

int main(int argc, char** argv) { return bench::run_sizes(argc, argv, 20'000, {50'000, 200'000, 1'000'000}, run); }
