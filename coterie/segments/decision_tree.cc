#include "coterie/segments/decision_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace coterie {
namespace {

// The weight of each label, and of all.
class Counts {
 public:
  explicit Counts(std::size_t k) : of_label_(k) {}

  void add(std::int32_t label, double weight) {
    double& own = of_label_[static_cast<std::size_t>(label)];
    squares_ += weight * (2 * own + weight);
    own += weight;
    all_ += weight;
  }
  // weight * Gini impurity = W - sum of squares / W.
  double impurity() const { return all_ > 0 ? all_ - squares_ / all_ : 0; }
  std::int32_t heaviest() const { return static_cast<std::int32_t>(std::max_element(of_label_.begin(), of_label_.end()) - of_label_.begin()); }

 private:
  std::vector<double> of_label_;
  double all_ = 0, squares_ = 0;
};

struct Split {
  int column = -1;
  double low = 0, high = 0;  // the values on either side
  double impurity = 0;       // of both sides together
};

// Every column's rows stand in the order of its values; a node is the same range [begin, end) of each order.
class TreeGrower {
 public:
  TreeGrower(MatrixView x, std::span<const std::int32_t> labels, std::size_t k, const TreeOptions& options)
      : x_(x), labels_(labels), k_(k), options_(options), orders_(x.columns), goes_high_(x.rows) {
    if (options_.class_weights.empty()) options_.class_weights.assign(k, 1);
    for (std::size_t c = 0; c < x.columns; ++c) {
      orders_[c].resize(x.rows);
      std::iota(orders_[c].begin(), orders_[c].end(), 0u);
      std::stable_sort(orders_[c].begin(), orders_[c].end(), [&](std::uint32_t a, std::uint32_t b) { return x.at(a, c) < x.at(b, c); });
    }
  }

  DecisionTree grow() {
    grow_node(0, x_.rows, options_.depth);
    return std::move(nodes_);
  }

 private:
  double split_weight(std::uint32_t row) const { return x_.weight(row) * options_.class_weights[static_cast<std::size_t>(labels_[row])]; }

  int grow_node(std::size_t begin, std::size_t end, int depth) {
    const auto place = nodes_.size();
    nodes_.emplace_back();
    Counts plain(k_), weighted(k_);
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t row = orders_[0][i];
      plain.add(labels_[row], x_.weight(row));
      weighted.add(labels_[row], split_weight(row));
    }
    nodes_[place].label = plain.heaviest();
    if (place == 0) least_gain_ = std::max(options_.least_gain, 1e-9) * weighted.impurity();
    if (depth == 0) return static_cast<int>(place);
    const Split split = best_split(begin, end, weighted);
    if (split.column < 0) return static_cast<int>(place);
    const double threshold = shortest_between(split.low, split.high);
    const std::size_t middle = part(begin, end, static_cast<std::size_t>(split.column), threshold);
    const int low = grow_node(begin, middle, depth - 1), high = grow_node(middle, end, depth - 1);
    join(place, {split.column, threshold, low, high, nodes_[place].label});
    return static_cast<int>(place);
  }

  // Two leaves of one label are no question; they stand at the end of the nodes.
  void join(std::size_t place, const TreeNode& node) {
    const TreeNode &low = nodes_[static_cast<std::size_t>(node.low)], &high = nodes_[static_cast<std::size_t>(node.high)];
    if (low.column < 0 && high.column < 0 && low.label == high.label) {
      nodes_[place].label = low.label;
      nodes_.resize(place + 1);
    } else {
      nodes_[place] = node;
    }
  }

  Split best_split(std::size_t begin, std::size_t end, const Counts& whole) const {
    Split best;
    best.impurity = whole.impurity() - least_gain_;
    for (std::size_t c = 0; c < x_.columns; ++c) best_of_column(c, begin, end, best);
    return best;
  }

  void best_of_column(std::size_t column, std::size_t begin, std::size_t end, Split& best) const {
    const std::vector<std::uint32_t>& order = orders_[column];
    // Impurities of the upper parts first, from the end on.
    std::vector<double> above(end - begin);
    Counts high(k_), low(k_);
    for (std::size_t i = end; i-- > begin;) {
      high.add(labels_[order[i]], split_weight(order[i]));
      above[i - begin] = high.impurity();
    }
    for (std::size_t i = begin; i + 1 < end; ++i) {
      low.add(labels_[order[i]], split_weight(order[i]));
      const double here = x_.at(order[i], column), next = x_.at(order[i + 1], column);
      if (here == next || i + 1 - begin < options_.least_rows || end - i - 1 < options_.least_rows) continue;
      const double impurity = low.impurity() + above[i + 1 - begin];
      if (impurity < best.impurity) best = {static_cast<int>(column), here, next, impurity};
    }
  }

  // Parts every order at the threshold, each side in its old order; where the upper side begins.
  std::size_t part(std::size_t begin, std::size_t end, std::size_t column, double threshold) {
    for (std::size_t i = begin; i < end; ++i) goes_high_[orders_[0][i]] = x_.at(orders_[0][i], column) >= threshold;
    std::size_t middle = begin;
    for (std::vector<std::uint32_t>& order : orders_) {
      const auto first = order.begin() + static_cast<std::ptrdiff_t>(begin), last = order.begin() + static_cast<std::ptrdiff_t>(end);
      middle = static_cast<std::size_t>(std::stable_partition(first, last, [&](std::uint32_t row) { return !goes_high_[row]; }) - order.begin());
    }
    return middle;
  }

  MatrixView x_;
  std::span<const std::int32_t> labels_;
  std::size_t k_;
  TreeOptions options_;
  std::vector<std::vector<std::uint32_t>> orders_;
  std::vector<bool> goes_high_;
  double least_gain_ = 0;
  DecisionTree nodes_;
};

}  // namespace

double shortest_between(double low, double high) {
  assert(low < high);
  for (int digits = 1; digits < 17; ++digits) {
    // high rounded to so many digits, or one step of the last digit lower.
    const std::string text = fmt::format("{:.{}e}", high, digits - 1);
    const double rounded = std::strtod(text.c_str(), nullptr);
    if (rounded > low && rounded <= high) return rounded;
    const int exponent = std::atoi(text.c_str() + text.find('e') + 1) - (digits - 1);
    const double lower = std::strtod(fmt::format("{:.{}e}", rounded - std::pow(10.0, exponent), digits - 1).c_str(), nullptr);
    if (lower > low && lower <= high) return lower;
  }
  return high;
}

DecisionTree fit_tree(MatrixView x, std::span<const std::int32_t> labels, std::size_t k, const TreeOptions& options) {
  assert(x.rows > 0 && labels.size() == x.rows);
  return TreeGrower(x, labels, k, options).grow();
}

}  // namespace coterie
