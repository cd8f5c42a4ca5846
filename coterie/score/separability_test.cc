#include "coterie/score/separability.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "coterie/base/error.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

// One Gaussian: a population without segments.
Matrix one_population(std::size_t rows, std::size_t columns) {
  Random random(3);
  Matrix x(rows, columns);
  for (std::size_t j = 0; j < columns; ++j)
    for (double& value : x.column(j)) value = random.normal();
  return x;
}

// Lloyd's k-means from the first k rows.
std::vector<std::int32_t> lloyd(const Matrix& x, std::size_t k, int iterations) {
  const std::size_t d = x.columns();
  std::vector<double> centres(k * d);
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t j = 0; j < d; ++j) centres[c * d + j] = x.at(c, j);
  std::vector<std::int32_t> labels(x.rows());
  for (int iteration = 0; iteration < iterations; ++iteration) {
    std::vector<double> sums(k * d), counts(k);
    for (std::size_t i = 0; i < x.rows(); ++i) {
      double best = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < k; ++c) {
        double distance = 0;
        for (std::size_t j = 0; j < d; ++j) distance += (x.at(i, j) - centres[c * d + j]) * (x.at(i, j) - centres[c * d + j]);
        if (distance < best) best = distance, labels[i] = static_cast<std::int32_t>(c);
      }
      const auto c = static_cast<std::size_t>(labels[i]);
      counts[c] += 1;
      for (std::size_t j = 0; j < d; ++j) sums[c * d + j] += x.at(i, j);
    }
    for (std::size_t i = 0; i < k * d; ++i) centres[i] = sums[i] / counts[i / d];
  }
  return labels;
}

TEST(Separability, IsAlmostPerfectOnOnePopulationWithoutAnySegments) {
  const Matrix x = one_population(40000, 3);
  const auto result = separability(x, lloyd(x, 4, 60));
  EXPECT_GT(result.accuracy, 0.99);
  EXPECT_GT(result.f1, 0.99);
  EXPECT_GT(result.auc, 0.999);
  EXPECT_NE(std::string(result.sentence).find("nothing more"), std::string::npos);
  RecordProperty("accuracy", std::to_string(result.accuracy));
}

TEST(Separability, IsAtChanceForLabelsThatHaveNothingToDoWithTheRows) {
  const Matrix x = one_population(20000, 4);
  Random random(9);
  std::vector<std::int32_t> labels(x.rows());
  for (auto& label : labels) label = static_cast<std::int32_t>(random.below(4));
  const auto result = separability(x, labels);
  EXPECT_NEAR(result.accuracy, 0.25, 0.02);
  EXPECT_NEAR(result.auc, 0.5, 0.02);
}

TEST(Separability, MeasuresByTheWrittenDefinitions) {
  const Matrix x = one_population(3000, 2);
  Random random(4);
  std::vector<std::int32_t> labels(x.rows());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = x.at(i, 0) + random.normal() > 1 ? 7 : x.at(i, 1) > 0 ? 5 : 2;
  const auto r = separability(x, labels);
  ASSERT_EQ(r.classes.size(), 3u);
  EXPECT_EQ(r.classes[0].label, 2);
  EXPECT_EQ(r.classes[2].label, 7);
  double total = 0, right = 0, f1 = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    double column = 0, row = 0;
    for (std::size_t i = 0; i < 3; ++i) row += r.confusion[c * 3 + i], column += r.confusion[i * 3 + c];
    const double precision = r.confusion[c * 4] / column, recall = r.confusion[c * 4] / row;
    EXPECT_NEAR(r.classes[c].precision, precision, 1e-15);
    EXPECT_NEAR(r.classes[c].recall, recall, 1e-15);
    EXPECT_NEAR(r.classes[c].f1, 2 * precision * recall / (precision + recall), 1e-15);
    total += row, right += r.confusion[c * 4], f1 += r.classes[c].f1 / 3;
  }
  EXPECT_EQ(static_cast<std::size_t>(total), r.test_rows);
  EXPECT_NEAR(r.accuracy, right / total, 1e-15);
  EXPECT_NEAR(r.f1, f1, 1e-15);
  EXPECT_NEAR(static_cast<double>(r.test_rows), 900, 3);
}

TEST(Separability, AreaUnderCurveEqualsTheShareOfWonPairs) {
  Random random(6);
  std::vector<double> scores(200), weights(200);
  std::vector<std::uint8_t> positive(200);
  for (std::size_t i = 0; i < 200; ++i)
    positive[i] = random.below(3) == 0, scores[i] = static_cast<double>(random.below(20)) + 4 * positive[i], weights[i] = 1 + static_cast<double>(random.below(4));
  double wins = 0, pairs = 0;
  for (std::size_t i = 0; i < 200; ++i)
    for (std::size_t j = 0; j < 200; ++j)
      if (positive[i] && !positive[j]) {
        pairs += weights[i] * weights[j];
        wins += weights[i] * weights[j] * (scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0);
      }
  EXPECT_NEAR(area_under_curve(scores, positive, weights), wins / pairs, 1e-14);
  EXPECT_EQ(area_under_curve(scores, std::vector<std::uint8_t>(200, 1)), 0.5);
}

TEST(Separability, SamplesByLabelLeavesNoiseOutAndIsSeeded) {
  const Matrix x = one_population(30000, 2);
  std::vector<std::int32_t> labels(x.rows());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = i < 3 ? 9 : i % 10 == 0 ? -1 : x.at(i, 0) > 0 ? 1 : 0;
  const SeparabilityOptions options{.max_rows = 1000, .threads = 1};
  auto other = options;
  other.threads = 2;
  const auto a = separability(x, labels, options), b = separability(x, labels, other);
  EXPECT_EQ(a.classes.size(), 3u);
  EXPECT_EQ(a.classes[2].support, 1);
  EXPECT_NEAR(static_cast<double>(a.training_rows + a.test_rows), 1002, 3);
  EXPECT_EQ(a.confusion, b.confusion);
  EXPECT_EQ(a.auc, b.auc);
}

TEST(Separability, NeedsTwoClusters) {
  const Matrix x = one_population(10, 2);
  EXPECT_THROW(separability(x, std::vector<std::int32_t>(10, 0)), Error);
}

}  // namespace
}  // namespace coterie
