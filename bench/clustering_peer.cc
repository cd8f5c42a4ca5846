// One run for bench/peers_clustering.py: clusters a file of doubles and prints JSON.
// Usage: bench_clustering_peer FILE ROWS COLUMNS [SILHOUETTE_ROWS]: column-major, standardised; --smoke: few made rows. k = 3..7 with 10 restarts
// on merged rows; then the exact silhouette of k = 4 on the first SILHOUETTE_ROWS rows, not merged.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "bench/synthetic.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/score/silhouette.h"

namespace {

using namespace coterie;

struct Clock {
  double cpu, wall;
};
Clock now() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return {seconds(usage.ru_utime) + seconds(usage.ru_stime),
          std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}
std::string spent(Clock since) {
  const Clock end = now();
  return fmt::format("\"cpu\": {:.4f}, \"wall\": {:.4f}", end.cpu - since.cpu, end.wall - since.wall);
}

bool read_matrix(const char* path, Matrix& x) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return false;
  bool whole = true;
  for (std::size_t j = 0; j < x.columns(); ++j) whole = whole && std::fread(x.column(j).data(), sizeof(double), x.rows(), file) == x.rows();
  std::fclose(file);
  return whole;
}

}  // namespace

int main(int argc, char** argv) {
  const bool smoke = argc == 2 && argv[1] == std::string_view("--smoke");
  if (argc < 4 && !smoke) return fmt::print(stderr, "usage: bench_clustering_peer FILE ROWS COLUMNS [SILHOUETTE_ROWS]\n"), 2;
  Matrix x = smoke ? bench::synthetic_customers(2000) : Matrix(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
  if (!smoke && !read_matrix(argv[1], x)) return fmt::print(stderr, "{} does not hold that many doubles\n", argv[1]), 3;

  const Clock start = now();
  const EqualRows unique = merge_equal_rows(x);
  const auto sweep = kmeans_sweep(unique.view(), {3, 7});
  fmt::print("{{\"unique_rows\": {}, \"kmeans\": {{{}, \"inertia\": [", unique.rows.rows(), spent(start));
  for (const KmeansResult& r : sweep) fmt::print("{}{:.17g}", r.k == 3 ? "" : ", ", r.inertia);
  fmt::print("]}}");
  if (argc > 4) {
    const std::size_t rows = std::min<std::size_t>(x.rows(), std::strtoull(argv[4], nullptr, 10));
    MatrixView first = x;
    first.rows = rows;
    const KmeansResult four = kmeans(first, 4);
    std::FILE* labels = std::fopen(fmt::format("{}.labels", argv[1]).c_str(), "wb");
    if (labels == nullptr || std::fwrite(four.labels.data(), sizeof(std::int32_t), rows, labels) != rows) return 4;
    std::fclose(labels);
    const Clock judged = now();
    const double mean = exact_silhouette(first, {four.labels, 4}).partitions[0].mean.mean;
    fmt::print(", \"silhouette\": {{{}, \"rows\": {}, \"mean\": {:.17g}}}", spent(judged), rows, mean);
  }
  fmt::print("}}\n");
}
