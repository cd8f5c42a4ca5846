// Logistic regression re-predicting k-means-like labels (k = 5, d = 15): CPU seconds of `separability` at three sizes.
// The answer is checked first: labels cut by lines must be re-predicted well, random ones at chance.
//   bench_separability [--smoke]
#include <ctime>

#include <cstdio>
#include <cstring>
#include <vector>

#include "coterie/base/random.h"
#include "coterie/score/separability.h"

using namespace coterie;

int main(int argc, char** argv) {
  const bool smoke = argc > 1 && std::strcmp(argv[1], "--smoke") == 0;
  for (std::size_t rows : smoke ? std::vector<std::size_t>{500, 2000, 5000} : std::vector<std::size_t>{5000, 50000, 1000000}) {
    Random random(1);
    Matrix x(rows, 15);
    for (std::size_t j = 0; j < 15; ++j)
      for (double& value : x.column(j)) value = random.normal();
    std::vector<std::int32_t> labels(rows), chance(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t c = 1; c < 5; ++c)
        if (x.at(i, c) > x.at(i, static_cast<std::size_t>(labels[i]))) labels[i] = static_cast<std::int32_t>(c);
      chance[i] = static_cast<std::int32_t>(random.below(5));
    }
    const std::clock_t start = std::clock();
    const auto result = separability(x, labels);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    if (result.accuracy < 0.9 || separability(x, chance).accuracy > 0.35) return std::fputs("wrong answer\n", stderr), 1;
    std::printf("rows %7zu x 15, k 5 (at most 50000 used): %.3f CPU-s, %d iterations, accuracy %.4f, AUC %.4f\n", rows, seconds,
                result.iterations, result.accuracy, result.auc);
  }
}
