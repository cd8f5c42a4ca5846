#include "coterie/cluster/merge_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/cluster/distances.h"

namespace coterie {
namespace {

constexpr std::uint32_t none = ~std::uint32_t{0};

std::uint32_t root_of(std::vector<std::uint32_t>& parent, std::uint32_t i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}

double size_of(const MergeTree& tree, const MatrixView& x, std::uint32_t cluster) {
  return cluster < tree.rows ? x.weight(cluster) : tree.merges[cluster - tree.rows].size;
}

void number_clusters(MergeTree& tree, const std::vector<Link>& links, const MatrixView& x) {
  std::vector<std::uint32_t> parent(tree.rows), cluster(tree.rows);
  std::iota(parent.begin(), parent.end(), 0);
  std::iota(cluster.begin(), cluster.end(), 0);
  for (const Link& link : links) {
    const std::uint32_t a = root_of(parent, link.a), b = root_of(parent, link.b);
    const auto [left, right] = std::minmax({cluster[a], cluster[b]});
    parent[std::max(a, b)] = std::min(a, b);
    cluster[std::min(a, b)] = static_cast<std::uint32_t>(tree.rows + tree.merges.size());
    tree.merges.push_back({left, right, link.height, size_of(tree, x, left) + size_of(tree, x, right)});
  }
}

std::vector<std::uint32_t> leaf_order(const MergeTree& tree) {
  std::vector<std::uint32_t> order, open;
  order.reserve(tree.rows);
  if (tree.rows > 0) open.push_back(static_cast<std::uint32_t>(tree.rows + tree.merges.size() - 1));
  while (!open.empty()) {
    const std::uint32_t cluster = open.back();
    open.pop_back();
    if (cluster < tree.rows) {
      order.push_back(cluster);
      continue;
    }
    open.push_back(tree.merges[cluster - tree.rows].right);
    open.push_back(tree.merges[cluster - tree.rows].left);
  }
  return order;
}

// Labels when exactly the merges with together[m] are made; below a made merge all must be made.
std::vector<int> labels_of(const MergeTree& tree, const std::vector<char>& together) {
  const std::size_t clusters = tree.rows + tree.merges.size();
  std::vector<std::uint32_t> top(clusters, none);
  for (std::size_t c = clusters; c-- > 0;) {
    if (top[c] == none) top[c] = static_cast<std::uint32_t>(c);
    if (c < tree.rows || !together[c - tree.rows]) continue;
    top[tree.merges[c - tree.rows].left] = top[tree.merges[c - tree.rows].right] = top[c];
  }
  std::vector<int> labels(tree.rows), label_of_top(clusters, -1);
  int next = 0;
  for (std::size_t i = 0; i < tree.rows; ++i) {
    int& label = label_of_top[top[i]];
    if (label < 0) label = next++;
    labels[i] = label;
  }
  return labels;
}

// For each cluster: its parent, and the places [begin, end) of its rows in tree.order.
struct Places {
  std::vector<std::uint32_t> parent, begin, end;
};

Places places_of(const MergeTree& tree) {
  const std::size_t clusters = tree.rows + tree.merges.size();
  Places places{std::vector<std::uint32_t>(clusters, none), std::vector<std::uint32_t>(clusters),
                std::vector<std::uint32_t>(clusters)};
  for (std::uint32_t p = 0; p < tree.rows; ++p) {
    places.begin[tree.order[p]] = p;
    places.end[tree.order[p]] = p + 1;
  }
  for (std::size_t m = 0; m < tree.merges.size(); ++m) {
    const Merge& merge = tree.merges[m];
    places.parent[merge.left] = places.parent[merge.right] = static_cast<std::uint32_t>(tree.rows + m);
    places.begin[tree.rows + m] = places.begin[merge.left];
    places.end[tree.rows + m] = places.end[merge.right];
  }
  return places;
}

// Sums over weighted pairs, about fixed shifts, for Pearson's correlation.
struct PairSums {
  double n = 0, d = 0, c = 0, dd = 0, cc = 0, dc = 0;
  void add(double weight, double distance, double height) {
    n += weight;
    d += weight * distance;
    c += weight * height;
    dd += weight * distance * distance;
    cc += weight * height * height;
    dc += weight * distance * height;
  }
  void add(const PairSums& other) {
    n += other.n, d += other.d, c += other.c, dd += other.dd, cc += other.cc, dc += other.dc;
  }
  double correlation() const {
    return (dc - d * c / n) / std::sqrt((dd - d * d / n) * (cc - c * c / n));
  }
};

// The rows of x in the order of the tree, with their weights.
struct OrderedRows {
  Matrix values;
  std::vector<double> weights;
};

OrderedRows in_order(const MatrixView& x, const MergeTree& tree) {
  OrderedRows rows{Matrix(x.rows, x.columns), std::vector<double>(x.rows)};
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t p = 0; p < x.rows; ++p) rows.values.at(p, j) = x.at(tree.order[p], j);
  for (std::size_t p = 0; p < x.rows; ++p) rows.weights[p] = x.weight(tree.order[p]);
  return rows;
}

// All pairs of place p with later places: climbing from p, each left turn adds a whole right sibling.
PairSums pairs_of(std::size_t p, const MergeTree& tree, const Places& places, const OrderedRows& rows,
                  double shift, std::vector<double>& distance) {
  PairSums sums;
  const double weight = rows.weights[p];
  if (weight > 1) sums.add(weight * (weight - 1) / 2, -shift, -shift);
  const MatrixView view = rows.values;
  squared_distances(view, row_of(view, p).data(), p, view.rows, distance.data() + p);
  for (std::uint32_t c = tree.order[p]; places.parent[c] != none; c = places.parent[c]) {
    const Merge& merge = tree.merges[places.parent[c] - tree.rows];
    if (merge.left != c) continue;
    for (std::uint32_t q = places.begin[merge.right]; q < places.end[merge.right]; ++q)
      sums.add(weight * rows.weights[q], (tree.squared ? distance[q] : std::sqrt(distance[q])) - shift,
               merge.height - shift);
  }
  return sums;
}

}  // namespace

MergeTree tree_of(std::vector<Link> links, const MatrixView& x, bool sort) {
  const auto lower = [](const Link& a, const Link& b) { return a.height < b.height; };
  if (sort) std::stable_sort(links.begin(), links.end(), lower);
  MergeTree tree;
  tree.rows = x.rows;
  tree.merges.reserve(links.size());
  number_clusters(tree, links, x);
  tree.order = leaf_order(tree);
  for (std::size_t m = 1; m < tree.merges.size(); ++m)
    tree.inversions += tree.merges[m].height < tree.merges[m - 1].height;
  return tree;
}

std::vector<int> cut(const MergeTree& tree, int k) {
  if (k < 1 || static_cast<std::size_t>(k) > tree.rows)
    throw Error(ErrorKind::usage, fmt::format("cannot cut a tree of {} rows into {} clusters", tree.rows, k),
                fmt::format("ask for 1 to {} clusters", tree.rows));
  std::vector<char> together(tree.merges.size(), 0);
  std::fill_n(together.begin(), tree.rows - k, 1);
  return labels_of(tree, together);
}

std::vector<int> cut_at_height(const MergeTree& tree, double height) {
  std::vector<char> together(tree.merges.size());
  const auto whole = [&](std::uint32_t c) { return c < tree.rows || together[c - tree.rows]; };
  for (std::size_t m = 0; m < together.size(); ++m) {
    const Merge& merge = tree.merges[m];
    together[m] = merge.height <= height && whole(merge.left) && whole(merge.right);
  }
  return labels_of(tree, together);
}

double cophenetic_correlation(const MatrixView& x, const MergeTree& tree, int threads) {
  constexpr std::size_t rows_a_block = 64;
  if (tree.rows < 2) return std::nan("");
  const Places places = places_of(tree);
  const OrderedRows rows = in_order(x, tree);
  const double shift = tree.merges[tree.merges.size() / 2].height;  // any fixed value near the middle: less cancellation
  std::vector<PairSums> sums(block_count(x.rows, rows_a_block));
  for_each_block(sums.size(), threads, [&](std::size_t block, int) {
    std::vector<double> distance(x.rows);
    const BlockRange range = block_range(block, x.rows, rows_a_block);
    for (std::size_t p = range.begin; p < range.end; ++p)
      sums[block].add(pairs_of(p, tree, places, rows, shift, distance));
  });
  PairSums total;
  for (const PairSums& part : sums) total.add(part);
  return total.correlation();
}

}  // namespace coterie
