#include "coterie/segments/decision_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "coterie/base/random.h"

namespace coterie {
namespace {

struct Labelled {
  Matrix x;
  std::vector<double> weights;
  std::vector<std::int32_t> labels;

  MatrixView view() const { return {x.view().values, x.rows(), x.columns(), x.view().stride, weights.data()}; }
};

Labelled random_rows(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Random random(seed);
  Labelled data{Matrix(rows, columns), {}, {}};
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < columns; ++c) data.x.at(i, c) = c % 2 == 0 ? static_cast<double>(random.below(6)) : random.normal();
    data.weights.push_back(1 + static_cast<double>(random.below(3)));
    data.labels.push_back(data.x.at(i, 0) + data.x.at(i, 1) > 3 ? 2 : static_cast<std::int32_t>(random.below(2)));
  }
  return data;
}

double gini(const Labelled& data, const std::vector<std::size_t>& rows) {
  std::vector<double> weight(3);
  double all = 0, squares = 0;
  for (const std::size_t row : rows) weight[static_cast<std::size_t>(data.labels[row])] += data.weights[row], all += data.weights[row];
  for (const double w : weight) squares += w * w;
  return all > 0 ? all - squares / all : 0;
}

// The least impurity of any one question, by trying all.
double best_question(const Labelled& data, std::size_t least_rows) {
  double best = INFINITY;
  for (std::size_t c = 0; c < data.x.columns(); ++c)
    for (const double threshold : data.x.column(c)) {
      std::vector<std::size_t> low, high;
      for (std::size_t i = 0; i < data.x.rows(); ++i) (data.x.at(i, c) >= threshold ? high : low).push_back(i);
      if (low.size() >= least_rows && high.size() >= least_rows) best = std::min(best, gini(data, low) + gini(data, high));
    }
  return best;
}

TEST(FitTree, AsksTheBestQuestionThatTryingAllFinds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Labelled data = random_rows(120, 4, seed);
    const DecisionTree tree = fit_tree(data.view(), data.labels, 3, {.depth = 1});
    ASSERT_GE(tree[0].column, 0);
    std::vector<std::size_t> low, high;
    for (std::size_t i = 0; i < data.x.rows(); ++i) (data.x.at(i, static_cast<std::size_t>(tree[0].column)) >= tree[0].threshold ? high : low).push_back(i);
    EXPECT_NEAR(gini(data, low) + gini(data, high), best_question(data, 5), 1e-9);
  }
}

TEST(FitTree, FindsBoxesExactlyAndStopsThere) {
  Random random(7);
  Labelled data{Matrix(2000, 3), std::vector<double>(2000, 1), {}};
  for (std::size_t i = 0; i < 2000; ++i) {
    for (std::size_t c = 0; c < 3; ++c) data.x.at(i, c) = std::floor(100 * random.uniform());
    data.labels.push_back(data.x.at(i, 0) >= 40 ? (data.x.at(i, 2) >= 75 ? 1 : 0) : 2);
  }
  const DecisionTree tree = fit_tree(data.view(), data.labels, 3);
  EXPECT_EQ(tree.size(), 5u);
  EXPECT_EQ(tree[0].column, 0);
  EXPECT_EQ(tree[0].threshold, 40);
  for (std::size_t i = 0; i < 2000; ++i) EXPECT_EQ(label_by_tree(tree, [&](std::size_t c) { return data.x.at(i, c); }), data.labels[i]);
}

TEST(FitTree, HasNoQuestionWithoutADifference) {
  Labelled data{Matrix(50, 2), std::vector<double>(50, 1), std::vector<std::int32_t>(50, 1)};
  EXPECT_EQ(fit_tree(data.view(), data.labels, 3).size(), 1u);
  for (std::size_t i = 0; i < 50; ++i) data.labels[i] = static_cast<std::int32_t>(i % 2);  // the rows are all alike
  EXPECT_EQ(fit_tree(data.view(), data.labels, 3).size(), 1u);
}

TEST(FitTree, ClassWeightsLetSmallClassesBeSeen) {
  Labelled data{Matrix(1000, 2), std::vector<double>(1000, 1), {}};
  Random random(2);
  for (std::size_t i = 0; i < 1000; ++i) {
    data.x.at(i, 0) = static_cast<double>(i % 2), data.x.at(i, 1) = i < 6 ? 1 : 0;
    data.labels.push_back(i < 6 ? 2 : random.uniform() < (i % 2 ? 0.6 : 0.4) ? 1 : 0);
  }
  EXPECT_EQ(fit_tree(data.view(), data.labels, 3, {.depth = 1})[0].column, 0);
  EXPECT_EQ(fit_tree(data.view(), data.labels, 3, {.depth = 1, .class_weights = {1, 1, 100}})[0].column, 1);
}

TEST(ShortestBetween, SeparatesWithTheFewestDigits) {
  EXPECT_EQ(shortest_between(3, 4), 4);
  EXPECT_EQ(shortest_between(95, 312), 300);
  EXPECT_EQ(shortest_between(0.1234, 0.1301), 0.13);
  EXPECT_EQ(shortest_between(0, 0.0371), 0.03);
  EXPECT_EQ(shortest_between(-5, -3), -3);
  EXPECT_EQ(shortest_between(-1, 0), 0);
  EXPECT_EQ(shortest_between(1, std::nextafter(1, 2)), std::nextafter(1, 2));
  Random random(5);
  for (int i = 0; i < 10000; ++i) {
    const double low = (random.uniform() - 0.5) * std::pow(10.0, static_cast<double>(random.below(12)) - 4);
    const double high = low + random.uniform() * std::pow(10.0, static_cast<double>(random.below(12)) - 6);
    if (!(low < high)) continue;
    const double between = shortest_between(low, high);
    EXPECT_LT(low, between);
    EXPECT_LE(between, high);
  }
}

}  // namespace
}  // namespace coterie
