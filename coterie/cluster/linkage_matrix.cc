#include "coterie/cluster/linkage_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/cluster/distances.h"

namespace coterie {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The upper triangle, row after row: (i, j) with i < j.
class Triangle {
 public:
  explicit Triangle(std::size_t n) : n_(n), values_(n * (n - 1) / 2) {}
  double* row(std::size_t i) { return values_.data() + i * (2 * n_ - i - 1) / 2 - i - 1; }  // row(i)[j]
  double& at(std::size_t i, std::size_t j) { return i < j ? row(i)[j] : row(j)[i]; }

 private:
  std::size_t n_;
  HugeArray<double> values_;
};

bool takes_squares(Linkage linkage) { return linkage == Linkage::centroid || linkage == Linkage::median; }

void check_memory(std::size_t n) {
  const std::size_t need = n * (n - 1) / 2 * sizeof(double);
  if (need > machine_memory() / 5 * 4)
    throw Error(ErrorKind::memory,
                fmt::format("this linkage needs all {} x {} dissimilarities ({} MiB)", n, n, need >> 20),
                "use ward or single linkage, or hierarchical_large on micro-clusters");
}

// Row i, turned from squared distances into what the linkage starts from.
void finish_row(const MatrixView& x, Linkage linkage, std::size_t i, double* row) {
  if (takes_squares(linkage)) return;
  for (std::size_t j = i + 1; j < x.rows; ++j) row[j] = std::sqrt(row[j]);
  if (linkage != Linkage::ward_d || x.weights == nullptr) return;
  // What the update makes of two heaps of a and b equal rows at distance d: 2ab / (a + b) d.
  const double a = x.weights[i];
  for (std::size_t j = i + 1; j < x.rows; ++j) row[j] *= 2 * a * x.weights[j] / (a + x.weights[j]);
}

Triangle dissimilarities(const MatrixView& x, Linkage linkage, int threads) {
  constexpr std::size_t rows_a_block = 64;
  Triangle triangle(x.rows);
  for_each_block(block_count(x.rows, rows_a_block), threads, [&](std::size_t block, int) {
    const BlockRange range = block_range(block, x.rows, rows_a_block);
    for (std::size_t i = range.begin; i < range.end && i + 1 < x.rows; ++i) {
      squared_distances(x, row_of(x, i).data(), i + 1, x.rows, triangle.row(i) + i + 1);
      finish_row(x, linkage, i, triangle.row(i));
    }
  });
  return triangle;
}

// Lance and Williams: from k to the union of i and j, given their three dissimilarities and weights.
template <Linkage linkage>
double united(double ik, double jk, double ij, double i, double j, double k) {
  if constexpr (linkage == Linkage::complete) return std::max(ik, jk);
  if constexpr (linkage == Linkage::average) return (i * ik + j * jk) / (i + j);
  if constexpr (linkage == Linkage::weighted) return 0.5 * ik + 0.5 * jk;
  if constexpr (linkage == Linkage::median) return ((ik + jk) - ij / 2) / 2;
  if constexpr (linkage == Linkage::centroid) return (i * ik + j * jk - i * j * ij / (i + j)) / (i + j);
  if constexpr (linkage == Linkage::ward_d)
    return ((i + k) * ik + (j + k) * jk - k * ij) / (i + j + k);
}

// The nearest later neighbour of each row: exact, or a lower bound where known is false.
struct Nearest {
  std::vector<std::uint32_t> row;
  std::vector<double> bound;
  std::vector<char> known;
};

struct State {
  Triangle triangle;
  std::vector<double> weight;
  std::vector<std::uint32_t> active;  // rising
  Nearest nearest;
};

void find_nearest(State& state, std::size_t place) {
  const std::uint32_t i = state.active[place];
  const double* row = state.triangle.row(i);
  double best = infinity;
  std::uint32_t at = i;
  for (std::size_t p = place + 1; p < state.active.size(); ++p)
    if (const std::uint32_t j = state.active[p]; row[j] < best) best = row[j], at = j;
  state.nearest.row[i] = at;
  state.nearest.bound[i] = best;
  state.nearest.known[i] = 1;
}

// The place of the row that leads the closest pair; bounds are made exact until an exact one leads.
std::size_t closest_place(State& state) {
  while (true) {
    std::size_t best = 0;
    for (std::size_t p = 1; p + 1 < state.active.size(); ++p)
      if (state.nearest.bound[state.active[p]] < state.nearest.bound[state.active[best]]) best = p;
    if (state.nearest.known[state.active[best]]) return best;
    find_nearest(state, best);
  }
}

// k stands before the new cluster i (once i and j), at dissimilarity d. A strictly lower one is the
// nearest; otherwise what k knew holds as a bound, and as the truth unless it pointed at i or j or ties.
void tell_earlier(Nearest& nearest, std::uint32_t k, std::uint32_t i, std::uint32_t j, double d) {
  if (d < nearest.bound[k]) {
    nearest.row[k] = i;
    nearest.bound[k] = d;
    nearest.known[k] = 1;
  } else if (nearest.row[k] == i || nearest.row[k] == j || d == nearest.bound[k]) {
    nearest.known[k] = 0;
  }
}

// Merges active[place] and its nearest row j into the former.
template <Linkage linkage>
void merge(State& state, std::size_t place) {
  const std::uint32_t i = state.active[place], j = state.nearest.row[i];
  const double ij = state.nearest.bound[i], wi = state.weight[i], wj = state.weight[j];
  state.active.erase(std::find(state.active.begin() + place, state.active.end(), j));
  for (const std::uint32_t k : state.active) {
    if (k == i) continue;
    double& ik = state.triangle.at(i, k);
    ik = united<linkage>(ik, state.triangle.at(j, k), ij, wi, wj, state.weight[k]);
    if (k < i) tell_earlier(state.nearest, k, i, j, ik);
    else if (state.nearest.row[k] == j) state.nearest.known[k] = 0;
  }
  state.weight[i] = wi + wj;
  find_nearest(state, place);
}

template <Linkage linkage>
std::vector<Link> link(const MatrixView& x, int threads) {
  check_memory(x.rows);
  State state{dissimilarities(x, linkage, threads), std::vector<double>(x.rows), std::vector<std::uint32_t>(x.rows),
              {std::vector<std::uint32_t>(x.rows), std::vector<double>(x.rows), std::vector<char>(x.rows)}};
  for (std::size_t i = 0; i < x.rows; ++i) state.weight[i] = x.weight(i);
  std::iota(state.active.begin(), state.active.end(), 0);
  for (std::size_t i = 0; i < x.rows; ++i) find_nearest(state, i);
  std::vector<Link> links;
  while (state.active.size() > 1) {
    const std::size_t place = closest_place(state);
    const std::uint32_t i = state.active[place];
    links.push_back({i, state.nearest.row[i], state.nearest.bound[i]});
    merge<linkage>(state, place);
  }
  return links;
}

}  // namespace

std::vector<Link> link_by_matrix(const MatrixView& x, Linkage linkage, int threads) {
  switch (linkage) {
    case Linkage::complete: return link<Linkage::complete>(x, threads);
    case Linkage::average: return link<Linkage::average>(x, threads);
    case Linkage::weighted: return link<Linkage::weighted>(x, threads);
    case Linkage::ward_d: return link<Linkage::ward_d>(x, threads);
    case Linkage::centroid: return link<Linkage::centroid>(x, threads);
    case Linkage::median: return link<Linkage::median>(x, threads);
    case Linkage::single:
    case Linkage::ward: break;
  }
  throw Error(ErrorKind::usage, "single and ward linkage take no matrix");
}

}  // namespace coterie
