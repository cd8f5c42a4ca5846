// Tested by kd_search_test.cc: boxes hold their rows, and every row stands in the tree once.
#include "coterie/cluster/kd_tree.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

#include "coterie/base/parallel.h"

namespace coterie {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// A row's value in the column being cut. Ties go to the lower row, so the two sides are unique.
struct Key {
  double value;
  std::uint32_t row;
  bool operator<(const Key& other) const { return value < other.value || (value == other.value && row < other.row); }
};

struct Builder {
  KdTree& tree;
  const double* values;  // row-major
  HugeArray<Key> keys;

  // The positions below a node, cut off at the last row.
  BlockRange range_of(std::size_t node) const {
    const std::size_t width = leaf_rows * (tree.leaves >> (std::bit_width(node) - 1));
    const std::size_t begin = (node - std::bit_floor(node)) * width;
    return {std::min(begin, tree.rows), std::min(begin + width, tree.rows)};
  }

  void enclose(std::size_t node) {
    const std::size_t d = tree.columns;
    double* low = tree.boxes.data() + 2 * node * d;
    double* high = low + d;
    std::fill(low, low + d, infinity);
    std::fill(high, high + d, -infinity);
    const BlockRange range = range_of(node);
    for (std::size_t p = range.begin; p < range.end; ++p) {
      const double* value = values + tree.row_at[p] * d;
      for (std::size_t j = 0; j < d; ++j) low[j] = std::min(low[j], value[j]), high[j] = std::max(high[j], value[j]);
    }
  }

  std::size_t longest_side(std::size_t node) const {
    const double* low = tree.boxes.data() + 2 * node * tree.columns;
    std::size_t longest = 0;
    for (std::size_t j = 1; j < tree.columns; ++j)
      if (low[tree.columns + j] - low[j] > low[tree.columns + longest] - low[longest]) longest = j;
    return longest;
  }

  void cut(std::size_t node) {
    enclose(node);
    const BlockRange range = range_of(node);
    const std::size_t middle = range_of(2 * node).end;
    if (middle >= range.end) return;
    const std::size_t column = longest_side(node);
    for (std::size_t p = range.begin; p < range.end; ++p)
      keys[p] = {values[tree.row_at[p] * tree.columns + column], tree.row_at[p]};
    std::nth_element(keys.data() + range.begin, keys.data() + middle, keys.data() + range.end);
    for (std::size_t p = range.begin; p < range.end; ++p) tree.row_at[p] = keys[p].row;
  }

  void fill_leaf(std::size_t node) {
    const BlockRange range = range_of(node);
    std::sort(tree.row_at.data() + range.begin, tree.row_at.data() + range.end);
    enclose(node);
    for (std::size_t p = range.begin; p < range.end; ++p)
      for (std::size_t j = 0; j < tree.columns; ++j)
        tree.points[(p / leaf_rows * tree.columns + j) * leaf_rows + p % leaf_rows] = values[tree.row_at[p] * tree.columns + j];
  }

  void build_below(std::size_t node) {
    if (node >= tree.leaves) return fill_leaf(node);
    cut(node);
    build_below(2 * node);
    build_below(2 * node + 1);
  }
};

HugeArray<double> row_major(const MatrixView& x, int threads) {
  HugeArray<double> values(x.rows * x.columns);
  constexpr std::size_t block = 8192;
  for_each_block(block_count(x.rows, block), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, x.rows, block);
    for (std::size_t i = range.begin; i < range.end; ++i)
      for (std::size_t j = 0; j < x.columns; ++j) values[i * x.columns + j] = x.at(i, j);
  });
  return values;
}

}  // namespace

KdTree build_kd_tree(const MatrixView& x, int threads) {
  assert(x.columns >= 1 && x.rows < 0xffffffffu);
  KdTree tree;
  tree.rows = x.rows, tree.columns = x.columns;
  tree.leaves = std::bit_ceil(std::max<std::size_t>(1, block_count(x.rows, leaf_rows)));
  tree.boxes = HugeArray<double>(4 * tree.leaves * x.columns);
  const std::size_t padded = std::max<std::size_t>(1, block_count(x.rows, leaf_rows)) * leaf_rows;
  tree.points = HugeArray<double>(padded * x.columns);
  for (std::size_t j = 0; j < x.columns; ++j)  // the last leaf, before it is filled
    std::fill_n(tree.points.data() + ((padded / leaf_rows - 1) * x.columns + j) * leaf_rows, leaf_rows, infinity);
  tree.row_at = HugeArray<std::uint32_t>(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) tree.row_at[i] = static_cast<std::uint32_t>(i);
  const HugeArray<double> values = row_major(x, threads);
  Builder builder{tree, values.data(), HugeArray<Key>(x.rows)};
  const std::size_t top = std::min<std::size_t>(64, tree.leaves);  // nodes on the level from which subtrees are independent
  for (std::size_t level = 1; level < top; level *= 2)
    for_each_block(level, threads, [&](std::size_t b, int) { builder.cut(level + b); });
  for_each_block(top, threads, [&](std::size_t b, int) { builder.build_below(top + b); });
  return tree;
}

}  // namespace coterie
