// One EM iteration of a full mixture (k = 4, d = 15) at three sizes, on one thread: CPU seconds.
// The answer is checked first: the fused pass against densities taken row by row.
//   bench_gaussian_mixture [--smoke]
//   bench_gaussian_mixture --file DATA ROWS COLUMNS K ITERATIONS   (for peers_mixture.py: raw doubles, columns of the
//     data, then weights, means and covariances of a full start; prints log-likelihood and CPU seconds)
#include <ctime>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include "coterie/base/random.h"
#include "coterie/cluster/gaussian_mixture.h"
#include "coterie/cluster/mixture_pass.h"
#include "coterie/cluster/mixture_steps.h"

namespace {

using namespace coterie;

Matrix clouds(std::size_t rows, std::size_t columns) {
  Random random(42);
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto cloud = static_cast<double>(random.below(4));
    for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = (random.uniform() + random.uniform() + random.uniform() - 1.5) * 2 + cloud;
  }
  return x;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

bool answer_is_right(const GaussianMixtureModel& model, MatrixView x) {
  double sum = 0;
  for (double value : log_density(model, x, 1)) sum += value;
  const auto sums = mixture_pass(*prepare(model), x, MixtureStep::expect_and_sum, {}, 2);
  double total = 0;
  for (double value : sums.total) total += value;
  return std::abs(sum - sums.log_likelihood) < 1e-9 * std::abs(sum) && std::abs(total - static_cast<double>(x.rows)) < 1e-6;
}

std::size_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

int run_file(char** arguments) {
  const std::size_t rows = number(arguments[1]), d = number(arguments[2]), k = number(arguments[3]);
  Matrix x(rows, d);
  GaussianMixtureModel start{Covariance::full, k, d, std::vector<double>(k), std::vector<double>(k * d), std::vector<double>(k * d * d)};
  std::ifstream file(arguments[0], std::ios::binary);
  const auto read = [&](double* to, std::size_t n) { file.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(n * sizeof(double))); };
  for (std::size_t j = 0; j < d; ++j) read(x.column(j).data(), rows);
  read(start.weights.data(), k);
  read(start.means.data(), k * d);
  read(start.covariances.data(), k * d * d);
  if (!file) return std::fputs("cannot read the data\n", stderr), 1;
  const double before = cpu_seconds();
  const auto fit = gaussian_mixture(x, k, {.max_iterations = static_cast<int>(number(arguments[4])) - 1, .tolerance = 0, .start = start});
  std::printf("%.17g %.6f\n", fit.log_likelihood, cpu_seconds() - before);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 7 && std::strcmp(argv[1], "--file") == 0) return run_file(argv + 2);
  const bool smoke = argc > 1 && std::strcmp(argv[1], "--smoke") == 0;
  const std::vector<std::size_t> sizes = smoke ? std::vector<std::size_t>{1000, 5000, 20000} : std::vector<std::size_t>{300000, 2700000, 5316649};
  for (std::size_t rows : sizes) {
    const Matrix x = clouds(rows, 15);
    MatrixView head = x;
    head.rows = 1000;
    for (Covariance covariance : {Covariance::full, Covariance::diagonal}) {
      const auto model = start_mixture(head, 4, covariance, 1e-6, 1, 0);
      if (!answer_is_right(model, head)) return std::fputs("wrong answer\n", stderr), 1;
      const auto prepared = *prepare(model);
      double best = 1e9, likelihood = 0;
      for (int repeat = 0; repeat < 3; ++repeat) {
        const double start = cpu_seconds();
        likelihood = mixture_pass(prepared, x, MixtureStep::expect_and_sum, {}, 1).log_likelihood;
        best = std::min(best, cpu_seconds() - start);
      }
      std::printf("%-9s rows %8zu x 15, k 4: %.4f CPU-s an iteration (%.1f ns a row), log-likelihood %.6f\n", name_of(covariance), rows, best,
                  best / static_cast<double>(rows) * 1e9, likelihood);
    }
  }
}
