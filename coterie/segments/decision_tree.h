// A small decision tree: yes-or-no questions about single columns that lead to a label.
//
// What: binary splits "column >= threshold", chosen greedily for the largest fall of the weighted Gini impurity (CART:
//   Breiman, Friedman, Olshen, Stone 1984). When to use it: to put into words what other numbers have decided.
// Cost: columns x rows x (log rows + depth), single-threaded: meant for samples of some ten thousand rows.
// Care: ties go to the lowest column, then the lowest threshold; thresholds are the shortest decimals that separate the
//   same rows, so that they print and read back to the same bits. Tested against a slow search of all splits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

struct TreeOptions {
  int depth = 4;                  // questions on the way to a leaf, at most
  std::size_t least_rows = 5;     // of the sample, in a leaf
  double least_gain = 0;          // by which a question must lessen the impurity, as a share of that of all rows
  std::vector<double> class_weights = {};  // a label's rows count so much when splits are chosen; empty: 1 each
};

struct TreeNode {
  int column = -1;         // -1: a leaf
  double threshold = 0;    // rows with value >= threshold go to `high`, others to `low`
  int low = -1, high = -1; // places in the tree's nodes
  std::int32_t label = 0;  // of most of the node's weight (without class weights; ties: the lowest label)
};

// nodes[0] is the root. Leaves of one question that say the same are one leaf.
using DecisionTree = std::vector<TreeNode>;

// x: at least one row, all finite; labels: one a row, in [0, k).
DecisionTree fit_tree(MatrixView x, std::span<const std::int32_t> labels, std::size_t k, const TreeOptions& options = {});

// The label of the leaf that a row falls into; at(column) gives the row's values.
template <class At>
std::int32_t label_by_tree(const DecisionTree& tree, const At& at) {
  std::size_t node = 0;
  while (tree[node].column >= 0)
    node = static_cast<std::size_t>(at(static_cast<std::size_t>(tree[node].column)) >= tree[node].threshold ? tree[node].high : tree[node].low);
  return tree[node].label;
}

// The decimal with the fewest significant digits in (low, high], low < high.
double shortest_between(double low, double high);

}  // namespace coterie
