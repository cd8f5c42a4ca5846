// k-prototypes and k-medoids (k = 4, 5 numbers, 3 categories) and mini-batch k-means (k = 5, d = 15) at three sizes: CPU
// seconds. The clusters planted in the data must be found before a time is shown.
//   bench_mixed_clusters [--smoke]
#include <ctime>

#include <cstdio>
#include <cstring>
#include <vector>

#include "coterie/base/random.h"
#include "coterie/cluster/k_medoids.h"
#include "coterie/cluster/k_prototypes.h"
#include "coterie/cluster/mini_batch_kmeans.h"

using namespace coterie;

namespace {

struct Planted {
  Matrix numbers;
  std::vector<std::uint32_t> codes;
  std::vector<std::int32_t> truth;
  MixedView view() const { return {numbers, {codes.data(), numbers.rows(), 3, numbers.rows()}}; }
};

Planted planted(std::size_t rows, std::size_t columns, std::uint64_t k) {
  Random random(1);
  Planted x{Matrix(rows, columns), std::vector<std::uint32_t>(rows * 3), std::vector<std::int32_t>(rows)};
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t c = random.below(k);
    x.truth[i] = static_cast<std::int32_t>(c);
    for (std::size_t j = 0; j < columns; ++j) x.numbers.at(i, j) = random.normal() + (j % k == c ? 6 : 0);
    for (std::size_t j = 0; j < 3; ++j) x.codes[j * rows + i] = static_cast<std::uint32_t>(random.below(5) == 0 ? random.below(10) : c);
  }
  return x;
}

// Does every found cluster hold nearly only rows of one planted cluster?
bool found(const std::vector<std::int32_t>& labels, const std::vector<std::int32_t>& truth, std::size_t k) {
  std::vector<std::size_t> counts(k * k);
  for (std::size_t i = 0; i < labels.size(); ++i) ++counts[static_cast<std::size_t>(labels[i]) * k + static_cast<std::size_t>(truth[i])];
  std::size_t right = 0;
  for (std::size_t t = 0; t < k; ++t) {
    std::size_t most = 0;
    for (std::size_t c = 0; c < k; ++c) most = std::max(most, counts[c * k + t]);
    right += most;
  }
  return static_cast<double>(right) > 0.97 * static_cast<double>(labels.size());
}

template <class Fn>
bool measure(const char* name, const Planted& x, std::size_t k, const Fn& fit) {
  const std::clock_t start = std::clock();
  const auto result = fit();
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (!found(result.labels, x.truth, k)) return std::fprintf(stderr, "%s: wrong clusters\n", name), false;
  std::printf("%-28s rows %8zu: %.3f CPU-s, %d iterations, converged %d, objective %.6g\n", name, x.truth.size(), seconds, result.iterations,
              result.converged, result.objective);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const bool smoke = argc > 1 && std::strcmp(argv[1], "--smoke") == 0;
  for (std::size_t rows : smoke ? std::vector<std::size_t>{500, 1000, 5000} : std::vector<std::size_t>{2000, 50000, 1000000}) {
    const Planted mixed = planted(rows, 5, 4), numbers = planted(rows, 15, 5);
    if (!measure("k-prototypes, 1 restart", mixed, 4, [&] { return k_prototypes(mixed.view(), 4, {.restarts = 1}); })) return 1;
    if (!measure("k-medoids (CLARA above 2000)", mixed, 4, [&] { return k_medoids(mixed.view(), 4); })) return 1;
    if (!measure("mini-batch k-means", numbers, 5, [&] { return mini_batch_kmeans(numbers.numbers, 5); })) return 1;
  }
}
