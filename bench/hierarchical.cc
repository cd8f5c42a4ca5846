// CPU seconds of hierarchical clustering at three sizes, after checking the answer.
//   bench_hierarchical [--smoke]                         made data, 15 columns; --smoke: small sizes
//   bench_hierarchical LINKAGE ROWS COLUMNS IN OUT       raw doubles, row after row; heights to OUT
// The second form is what bench/peers_hierarchical.py compares with.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "coterie/base/random.h"
#include "coterie/cluster/hierarchical.h"

namespace {

using namespace coterie;

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Twelve round clusters in 15 columns.
Matrix made_rows(std::size_t rows) {
  Random random(7);
  double centre[12][15];
  for (auto& point : centre)
    for (double& value : point) value = 2 * random.normal();
  Matrix x(rows, 15);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto& point = centre[random.below(12)];
    for (std::size_t j = 0; j < 15; ++j) x.at(i, j) = point[j] + random.normal();
  }
  return x;
}

double inertia(const Matrix& x) {
  double total = 0;
  for (std::size_t j = 0; j < x.columns(); ++j) {
    double mean = 0;
    for (const double value : x.column(j)) mean += value / static_cast<double>(x.rows());
    for (const double value : x.column(j)) total += (value - mean) * (value - mean);
  }
  return total;
}

// All of Ward's rises make the total inertia.
void check_ward(const Matrix& x, const MergeTree& tree) {
  double rise = 0;
  for (const Merge& merge : tree.merges) rise += merge.height * merge.height / 2;
  if (tree.merges.size() + 1 == x.rows() && std::abs(rise / inertia(x) - 1) < 1e-9) return;
  fmt::print("wrong answer: rises of inertia sum to {}, not {}\n", rise, inertia(x));
  std::exit(1);
}

void time_tree(const Matrix& x, Linkage linkage) {
  const double start = cpu_seconds();
  const MergeTree tree = hierarchical(x, {.linkage = linkage});
  fmt::print("{:10} {:8} rows  {:8.3f} CPU-s\n", name_of(linkage), x.rows(), cpu_seconds() - start);
}

void time_large(const Matrix& x) {
  const double start = cpu_seconds();
  const LargeResult result = hierarchical_large(x, {.clusters = 12});
  fmt::print("{:10} {:8} rows  {:8.3f} CPU-s  ({} micro-clusters lose {:.1f} % of the inertia)\n", "large", x.rows(),
             cpu_seconds() - start, result.tree.rows, 100 * result.micro_inertia / inertia(x));
}

void time_sizes(const std::vector<std::size_t>& sizes) {
  const Matrix small = made_rows(sizes[0]);
  check_ward(small, hierarchical(small));
  for (const std::size_t rows : sizes) {
    const Matrix x = made_rows(rows);
    for (const Linkage linkage : {Linkage::ward, Linkage::single, Linkage::average, Linkage::complete, Linkage::centroid})
      time_tree(x, linkage);
    time_large(made_rows(rows * 50));
  }
}

Linkage linkage_of(const std::string& name) {
  for (const Linkage linkage : {Linkage::ward_d, Linkage::single, Linkage::complete, Linkage::average, Linkage::weighted,
                                Linkage::centroid, Linkage::median})
    if (name == name_of(linkage)) return linkage;
  return Linkage::ward;
}

void time_file(char** argv) {
  Matrix x(std::stoul(argv[2]), std::stoul(argv[3]));
  std::ifstream in(argv[4], std::ios::binary);
  for (std::size_t i = 0; i < x.rows(); ++i)
    for (std::size_t j = 0; j < x.columns(); ++j) in.read(reinterpret_cast<char*>(&x.at(i, j)), sizeof(double));
  const double start = cpu_seconds();
  const MergeTree tree = hierarchical(x, {.linkage = linkage_of(argv[1])});
  fmt::print("{}\n", cpu_seconds() - start);
  std::ofstream out(argv[5], std::ios::binary);
  for (const Merge& merge : tree.merges) out.write(reinterpret_cast<const char*>(&merge.height), sizeof(double));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 6) {
    time_file(argv);
  } else if (argc == 2 && std::string(argv[1]) == "--smoke") {
    time_sizes({200, 400, 800});
  } else {
    time_sizes({2000, 5000, 10000});
  }
}
