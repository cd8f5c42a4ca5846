// Size-constrained k-means (k = 5, d = 15) at three sizes: CPU seconds. Bounds and the duality gap are checked first.
//   bench_constrained_kmeans [--smoke]
#include <ctime>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "coterie/base/random.h"
#include "coterie/cluster/centre_distances.h"
#include "coterie/cluster/constrained_kmeans.h"

using namespace coterie;

int main(int argc, char** argv) {
  const bool smoke = argc > 1 && std::strcmp(argv[1], "--smoke") == 0;
  for (std::size_t rows : smoke ? std::vector<std::size_t>{1000, 3000, 10000} : std::vector<std::size_t>{10000, 100000, 1000000}) {
    Random random(1);
    Matrix x(rows, 15);
    for (std::size_t i = 0; i < rows; ++i) {
      const double cloud = random.uniform() < 0.7 ? 0 : 1 + static_cast<double>(random.below(4));  // 70 % in one cloud
      for (std::size_t j = 0; j < 15; ++j) x.at(i, j) = random.normal() + (j % 4 == 0 ? cloud : 0);
    }
    const double least = 0.15 * static_cast<double>(rows), most = 0.25 * static_cast<double>(rows);
    const auto seconds = [](std::clock_t from) { return static_cast<double>(std::clock() - from) / CLOCKS_PER_SEC; };
    const std::clock_t start = std::clock();
    const auto fit = constrained_kmeans(x, 5, {.least = least, .most = most});
    const double whole = seconds(start);
    for (double size : fit.sizes)
      if (size < least || size > most) return std::fputs("a bound is not kept\n", stderr), 1;
    Matrix distances(rows, 5);
    centre_distances(x, fit.centres, distances, 1);
    const std::clock_t cold_start = std::clock();
    const auto cold = assign_within_bounds(distances, {}, least, most);
    const double cold_seconds = seconds(cold_start);
    const std::clock_t worst_start = std::clock();
    const auto worst = assign_within_bounds(distances, {}, least, most, std::vector<double>(5, 0.0));
    const double worst_seconds = seconds(worst_start);
    if (std::abs(cold.gap) > 1e-9 * cold.cost || std::abs(worst.cost - cold.cost) > 1e-9 * cold.cost) return std::fputs("not optimal\n", stderr), 1;
    std::printf("rows %7zu x 15, k 5, sizes 15-25 %%: %.3f CPU-s for %d iterations (converged %d), relative gap %.1e; one assignment: cold %.3f CPU-s "
                "(%zu moves), from zero prices %.3f CPU-s (%zu moves)\n",
                rows, whole, fit.iterations, fit.converged, fit.gap / fit.objective, cold_seconds, cold.moves, worst_seconds, worst.moves);
  }
}
