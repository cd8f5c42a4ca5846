// HDBSCAN* on customers' counts projected to few columns: CPU seconds (all threads), wall seconds and peak memory by step.
// The answer is checked first: the spanning tree against Prim's algorithm on all pairs.
//   bench_hdbscan [--smoke] [--rows N] [--columns D] [--min-samples M] [--threads T] [--raw]
//     --rows       one size in place of 100,000, 1,000,000 (up to 5316649, the customers of the two-month store log)
//     --raw        projects the counts as they are, with tails up to thousands of deviations, in place of their logarithms
//   bench_hdbscan --file DATA ROWS COLUMNS MIN_CLUSTER_SIZE MIN_SAMPLES THREADS
//     (for peers_hdbscan.py: raw doubles, row by row; prints tree weight, clusters, noise, CPU and wall seconds, peak bytes)
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <limits>
#include <vector>

#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/cluster/hdbscan.h"
#include "coterie/cluster/kd_search.h"

namespace {

using namespace coterie;

constexpr std::size_t features = 8;

// Views, sessions, carts, purchases, categories, brands, mean price and money of one made-up customer. A
// customer with few views has few possible rows, so about half of all customers equal another one.
void draw_customer(Random& random, double* f) {
  const double activity = std::exp(1.6 * random.normal() + 0.3);
  f[0] = 1 + std::floor(-activity * std::log(1 - random.uniform()) * 1.2);
  f[1] = 1 + std::floor(f[0] * 0.4 * random.uniform());
  f[2] = random.uniform() < 0.1 ? std::floor(f[0] * random.uniform() * 0.5) : 0;
  f[3] = f[2] > 0 && random.uniform() < 0.4 ? 1 + std::floor(f[2] * random.uniform()) : 0;
  f[4] = 1 + std::floor((f[0] - 1) * random.uniform() * 0.3);
  f[5] = 1 + std::floor((f[0] - 1) * random.uniform() * 0.4);
  const double price = 2574 * random.uniform();
  f[6] = 0.01 * std::floor(100 * price);
  f[7] = f[3] * f[6];
}

Matrix customers(std::size_t rows, std::size_t columns, bool raw) {
  Random directions(7), random(1);
  std::vector<double> direction(features * columns);
  for (double& value : direction) value = directions.normal();
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    double f[features];
    draw_customer(random, f);
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t k = 0; k < features; ++k) x.at(i, j) += direction[k * columns + j] * (raw ? f[k] : std::log1p(f[k]));
  }
  return x;
}

struct Clock {
  double cpu = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  std::chrono::steady_clock::time_point wall = std::chrono::steady_clock::now();
};
double cpu_since(const Clock& start) { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC - start.cpu; }
double wall_since(const Clock& start) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start.wall).count(); }

double tree_weight(const Hdbscan& result) {
  double total = 0;
  for (const auto& edge : result.spanning_tree) total += edge.distance;
  return total;
}

// Prim's algorithm on the distinct rows, with the core distances the model found.
double prim_weight(const HdbscanModel& model) {
  const std::size_t n = model.tree.rows;
  std::vector<double> best(n, std::numeric_limits<double>::infinity());
  std::vector<char> done(n, 0);
  double total = 0;
  for (std::size_t at = 0, step = 1; step < n; ++step) {
    done[at] = 1;
    std::size_t next = n;
    for (std::size_t q = 0; q < n; ++q) {
      if (done[q]) continue;
      double squared = 0;
      for (std::size_t j = 0; j < model.tree.columns; ++j) squared += std::pow(model.tree.at(at, j) - model.tree.at(q, j), 2);
      best[q] = std::min(best[q], std::max({squared, model.core[at], model.core[q]}));
      if (next == n || best[q] < best[next]) next = q;
    }
    total += std::sqrt(best[next]);
    at = next;
  }
  return total;
}

bool answer_is_right(std::size_t columns) {
  const auto result = hdbscan(customers(8000, columns, false), {.min_cluster_size = 50, .min_samples = 5});
  return std::abs(tree_weight(result) / prim_weight(result.model) - 1) < 1e-9;
}

void time_size(std::size_t rows, std::size_t columns, std::size_t min_samples, int threads, bool raw) {
  const Matrix x = customers(rows, columns, raw);
  const std::size_t memory_before = pages_in_use();
  const Clock whole;
  const auto result = hdbscan(x, {.min_cluster_size = std::max<std::size_t>(50, rows / 1000), .min_samples = min_samples, .threads = threads});
  const double cpu = cpu_since(whole), wall = wall_since(whole);
  std::printf("%9zu rows x %zu, %8zu distinct: %7.2f CPU-s, %7.2f s wall; %zu clusters, %.1f %% noise, tree %.9g\n", rows, columns, result.model.tree.rows,
              cpu, wall, result.size.size(), 100 * result.noise_size / static_cast<double>(rows), tree_weight(result));
  std::printf("          data %.0f MB, peak of the process %.0f MB\n", static_cast<double>(memory_before) / 1e6, static_cast<double>(peak_memory()) / 1e6);
}

// The steps once more, one by one.
void time_steps(std::size_t rows, std::size_t columns, std::size_t min_samples, int threads, bool raw) {
  const Matrix x = customers(rows, columns, raw);
  const Clock start;
  const EqualRows merged = merge_equal_rows(x, threads);
  const double merge = cpu_since(start);
  const KdTree tree = build_kd_tree(merged.view(), threads);
  const double build = cpu_since(start);
  const auto need = static_cast<std::uint32_t>(min_samples + 1);
  HugeArray<std::uint32_t> count(tree.rows);
  HugeArray<double> core(tree.rows);
  for (std::size_t p = 0; p < tree.rows; ++p) count[p] = static_cast<std::uint32_t>(std::min<double>(merged.weights[tree.row_at[p]], need));
  const std::size_t leaves = block_count(tree.rows, leaf_rows);
  for_each_block(block_count(leaves, 256), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, leaves, 256);
    core_distances(tree, count.data(), need, range.begin, range.end, core.data());
  });
  const double cores = cpu_since(start);
  const SpanningTree spanning = spanning_tree(tree, core, threads);
  const double span = cpu_since(start);
  std::printf("          CPU-s: merge %.2f, kd-tree %.2f, core distances %.2f, spanning tree %.2f (%d rounds)\n", merge, build - merge, cores - build,
              span - cores, spanning.rounds);
}

std::size_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

int run_file(char** arguments) {
  const std::size_t rows = number(arguments[1]), columns = number(arguments[2]);
  Matrix x(rows, columns);
  {
    std::vector<double> values(rows * columns);
    std::ifstream file(arguments[0], std::ios::binary);
    file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(double)));
    if (!file) return std::fputs("cannot read the data\n", stderr), 1;
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = values[i * columns + j];
  }
  const Clock start;
  const auto result = hdbscan(x, {.min_cluster_size = number(arguments[3]), .min_samples = number(arguments[4]), .threads = static_cast<int>(number(arguments[5]))});
  const double cpu = cpu_since(start), wall = wall_since(start);
  double total = tree_weight(result);
  const EqualRows merged = merge_equal_rows(x);
  for (std::size_t p = 0; p < result.model.tree.rows; ++p) total += (merged.weights[result.model.tree.row_at[p]] - 1) * std::sqrt(result.model.core[p]);
  std::printf("%.17g %zu %.0f %.4f %.4f %zu\n", total, result.size.size(), result.noise_size, cpu, wall, peak_memory());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 8 && std::strcmp(arguments[1], "--file") == 0) return run_file(arguments + 2);
  std::vector<std::size_t> sizes{100000, 1000000};
  std::size_t columns = 2, min_samples = 5;
  int threads = 0;
  bool raw = false;
  for (int i = 1; i < count; ++i) {
    const auto is = [&](const char* name) { return std::strcmp(arguments[i], name) == 0; };
    const bool has_value = i + 1 < count;
    if (is("--smoke")) sizes = {5000, 20000};
    else if (is("--raw")) raw = true;
    else if (is("--rows") && has_value) sizes = {number(arguments[++i])};
    else if (is("--columns") && has_value) columns = number(arguments[++i]);
    else if (is("--min-samples") && has_value) min_samples = number(arguments[++i]);
    else if (is("--threads") && has_value) threads = static_cast<int>(number(arguments[++i]));
    else return std::fprintf(stderr, "unknown argument: %s\n", arguments[i]), 2;
  }
  if (!answer_is_right(columns)) return std::fputs("wrong answer: the spanning tree is not that of Prim's algorithm\n", stderr), 1;
  for (std::size_t rows : sizes) {
    time_size(rows, columns, min_samples, threads, raw);
    time_steps(rows, columns, min_samples, threads, raw);
  }
}
