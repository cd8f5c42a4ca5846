#include "coterie/segments/reasons.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "coterie/base/random.h"
#include "coterie/cluster/algorithm.h"

namespace coterie {
namespace {

struct Rows {
  Matrix raw, scaled;
  std::vector<double> centres;
  std::vector<std::int32_t> labels;
  std::vector<std::uint32_t> places;
};

std::size_t nearest_centre(const std::vector<double>& row, const std::vector<double>& centres) {
  std::size_t best = 0;
  double least = INFINITY;
  for (std::size_t c = 0; c < centres.size() / row.size(); ++c) {
    double sum = 0;
    for (std::size_t j = 0; j < row.size(); ++j) sum += std::pow(row[j] - centres[c * row.size() + j], 2);
    if (sum < least) least = sum, best = c;
  }
  return best;
}

std::vector<double> row_of(const Matrix& x, std::size_t row) {
  std::vector<double> values;
  for (std::size_t j = 0; j < x.columns(); ++j) values.push_back(x.at(row, j));
  return values;
}

// Whole numbers; scaled = raw / 10.
Rows random_rows(std::size_t rows, std::size_t columns, std::size_t k) {
  Random random(21);
  Rows data{Matrix(rows, columns), Matrix(rows, columns), {}, {}, std::vector<std::uint32_t>(rows)};
  std::iota(data.places.begin(), data.places.end(), 0u);
  for (std::size_t i = 0; i < k * columns; ++i) data.centres.push_back(5 * random.uniform());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) data.raw.at(i, j) = static_cast<double>(random.below(50)), data.scaled.at(i, j) = data.raw.at(i, j) / 10;
    data.labels.push_back(static_cast<std::int32_t>(nearest_centre(row_of(data.scaled, i), data.centres)));
  }
  return data;
}

HugeArray<RowReason> reasons_of(const Rows& data, int threads = 0) {
  const MixedLayout layout = numbers_only(data.raw.columns());
  const FittedRule rule = NearestCentre{};
  return reasons_of_rows({data.scaled, data.labels, rule, data.centres, layout, data.raw, data.places}, threads);
}

TEST(ReasonsOfRows, GiveTheSimplifiedSilhouetteAndTheNextSegment) {
  const Rows data = random_rows(3000, 4, 5);
  const HugeArray<RowReason> reasons = reasons_of(data);
  for (std::size_t i = 0; i < 3000; ++i) {
    std::vector<std::pair<double, std::int32_t>> distances;
    for (std::int32_t c = 0; c < 5; ++c) {
      double sum = 0;
      for (std::size_t j = 0; j < 4; ++j) sum += std::pow(data.scaled.at(i, j) - data.centres[static_cast<std::size_t>(c) * 4 + j], 2);
      distances.emplace_back(std::sqrt(sum), c);
    }
    std::sort(distances.begin(), distances.end());
    EXPECT_EQ(reasons[i].next, distances[1].second);
    EXPECT_NEAR(reasons[i].certainty, (distances[1].first - distances[0].first) / distances[1].first, 1e-12);
  }
}

TEST(ReasonsOfRows, AMoveLeadsToTheSegmentItNamesAndNoSmallerOneToAny) {
  const Rows data = random_rows(2000, 3, 4);
  const HugeArray<RowReason> reasons = reasons_of(data);
  std::size_t moves = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    const RowReason& reason = reasons[i];
    double made = INFINITY;
    if (reason.move_column >= 0) {
      ++moves;
      const auto column = static_cast<std::size_t>(reason.move_column);
      std::vector<double> moved = row_of(data.scaled, i);
      made = std::abs(reason.move_value / 10 - moved[column]);
      moved[column] = reason.move_value / 10;
      EXPECT_EQ(nearest_centre(moved, data.centres), static_cast<std::size_t>(reason.move_to));
      EXPECT_NE(reason.move_to, data.labels[i]);
    }
    // Slowly: every value from 0 to 49 in every column.
    for (std::size_t j = 0; j < 3; ++j)
      for (int value = 0; value < 50; ++value) {
        std::vector<double> moved = row_of(data.scaled, i);
        if (std::abs(value / 10.0 - moved[j]) > made - 1e-9) continue;
        moved[j] = value / 10.0;
        EXPECT_EQ(nearest_centre(moved, data.centres), static_cast<std::size_t>(data.labels[i])) << i;
      }
  }
  EXPECT_GT(moves, 1000u);
}

TEST(ReasonsOfRows, NameTheColumnsThatSpeakMost) {
  Rows data{Matrix(2, 3), Matrix(2, 3), {0, 0, 0, 1, 5, 2}, {0, 1}, {0, 1}};
  for (std::size_t j = 0; j < 3; ++j) data.raw.at(1, j) = data.scaled.at(1, j) = data.centres[3 + j];
  const HugeArray<RowReason> reasons = reasons_of(data);
  EXPECT_EQ(reasons[1].columns, (std::array<std::int32_t, 2>{1, 2}));
  EXPECT_EQ(reasons[1].certainty, 1);
  EXPECT_EQ(reasons[0].next, 1);
}

TEST(ReasonsOfRows, OneSegmentNeedsNone) {
  Rows data{Matrix(2, 1), Matrix(2, 1), {0}, {0, 0}, {0, 1}};
  EXPECT_EQ(reasons_of(data)[0].next, -1);
  EXPECT_EQ(reasons_of(data)[0].move_column, -1);
}

// Columns 0 to 2 are numbers, 3 and 4 the first two of three words; scaled = raw.
struct Fitted {
  Matrix rows{300, 5};
  MixedLayout layout{{0, 1, 2}, {{{3, 4}, {0.5, 0.5}}}};
  Sweep sweep;
  std::vector<std::int32_t> labels;  // noise as the last
  std::vector<std::uint32_t> places = std::vector<std::uint32_t>(300);
  std::vector<double> centres;
  ExplainedRows explained() const { return {rows, labels, sweep.rules[0], centres, layout, rows, places}; }
};

Fitted fitted_by(const char* name) {
  Random random(8);
  Fitted fitted;
  for (std::size_t i = 0; i < 300; ++i) {
    for (std::size_t j = 0; j < 3; ++j) fitted.rows.at(i, j) = std::round(4 * (4.0 * static_cast<double>(i % 3 == j) + random.normal())) / 4;
    if (const std::size_t word = random.below(3); word < 2) fitted.rows.at(i, 3 + word) = 1;
  }
  Algorithm algorithm = algorithm_from_name(name);
  if (auto* constrained = std::get_if<ConstrainedKmeansOptions>(&algorithm)) *constrained = {.least = 60, .most = 110};
  if (auto* density = std::get_if<HdbscanChoice>(&algorithm)) density->min_cluster_size = 20;
  if (auto* mixture = std::get_if<GaussianMixtureOptions>(&algorithm)) mixture->regularisation = 0.01;
  fitted.sweep = cluster_sweep(algorithm, fitted.rows, fitted.layout, {.range = {3, 3}});
  const Clustering& clustering = fitted.sweep.clusterings[0];
  fitted.labels.assign(clustering.labels.begin(), clustering.labels.end());
  std::ranges::replace(fitted.labels, noise, static_cast<std::int32_t>(clustering.k));
  fitted.centres = clustering.centres;
  if (name == std::string("hdbscan")) fitted.centres.resize(fitted.centres.size() + 5);
  std::iota(fitted.places.begin(), fitted.places.end(), 0u);
  return fitted;
}

// Slowly: the label of row i with every change that a move may make; [0]: of how much, [1]: the label.
std::vector<std::pair<double, std::int32_t>> all_moves(const Fitted& fitted, std::size_t i) {
  std::vector<std::vector<double>> moved;
  std::vector<double> changes;
  for (std::size_t j = 0; j < 3; ++j)
    for (std::size_t other = 0; other < 300; ++other) {
      moved.push_back(row_of(fitted.rows, i));
      moved.back()[j] = fitted.rows.at(other, j);
      changes.push_back(std::abs(moved.back()[j] - fitted.rows.at(i, j)));
    }
  for (std::size_t word = 0; word < 2; ++word) {
    moved.push_back(row_of(fitted.rows, i));
    for (std::size_t w = 0; w < 2; ++w) moved.back()[3 + w] = w == word;
    changes.push_back(std::hypot(moved.back()[3] - fitted.rows.at(i, 3), moved.back()[4] - fitted.rows.at(i, 4)));
  }
  Matrix all(moved.size(), 5);
  for (std::size_t m = 0; m < moved.size(); ++m)
    for (std::size_t j = 0; j < 5; ++j) all.at(m, j) = moved[m][j];
  const HugeArray<std::int32_t> labels = assign(fitted.sweep.rules[0], all, fitted.centres);
  std::vector<std::pair<double, std::int32_t>> result;
  for (std::size_t m = 0; m < moved.size(); ++m) result.emplace_back(changes[m], labels[m]);
  return result;
}

TEST(ReasonsOfRows, OfEveryAlgorithmAMoveIsOneByTheRuleAndTheLeastWhereSegmentsAreConvex) {
  for (const char* name : {"kmeans", "mini-batch", "constrained-kmeans", "hierarchical", "hdbscan", "gaussian-mixture", "k-prototypes", "k-medoids"}) {
    const Fitted fitted = fitted_by(name);
    const HugeArray<RowReason> reasons = reasons_of_rows(fitted.explained());
    const bool convex = name == std::string("kmeans") || name == std::string("mini-batch") || name == std::string("constrained-kmeans") || name == std::string("k-prototypes");
    std::size_t found = 0, missed = 0;
    for (std::size_t i = 0; i < 300; ++i) {
      const RowReason& reason = reasons[i];
      double least = INFINITY;
      for (const auto& [change, label] : all_moves(fitted, i))
        if (label != noise && label != fitted.labels[i]) least = std::min(least, change);
      if (reason.move_column < 0) {
        missed += least < INFINITY;
        continue;
      }
      ++found;
      std::vector<double> moved = row_of(fitted.rows, i);
      const auto column = static_cast<std::size_t>(reason.move_column);
      if (column >= 3) moved[3] = moved[4] = 0;
      moved[column] = reason.move_value;
      double change = 0;
      for (std::size_t j = 0; j < 5; ++j) change += std::pow(moved[j] - fitted.rows.at(i, j), 2);
      Matrix one(1, 5);
      for (std::size_t j = 0; j < 5; ++j) one.at(0, j) = moved[j];
      EXPECT_EQ(assign(fitted.sweep.rules[0], one, fitted.centres)[0], reason.move_to) << name << " row " << i;
      EXPECT_NE(reason.move_to, fitted.labels[i]);
      EXPECT_GE(std::sqrt(change), least - 1e-12);
      if (convex) EXPECT_NEAR(std::sqrt(change), least, 1e-12) << name << " row " << i;
    }
    EXPECT_GT(found, 150u) << name;
    EXPECT_LE(missed, convex ? 0u : 120u) << name;
  }
}

TEST(ReasonsOfRows, CustomersWhoWereDealtOutHaveTheReasonsOfTheirOwnSegment) {
  Fitted fitted = fitted_by("kmeans");
  HugeArray<RowReason> reasons = reasons_of_rows(fitted.explained());
  std::vector<std::int32_t> labels{fitted.labels[0], (fitted.labels[0] + 1) % 3, fitted.labels[1], (fitted.labels[0] + 1) % 3};
  std::vector<std::uint32_t> of_customer{0, 0, 1, 0};
  add_dealt_reasons(fitted.explained(), labels, reasons, of_customer);
  EXPECT_EQ(of_customer, (std::vector<std::uint32_t>{0, 300, 1, 300}));
  ASSERT_EQ(reasons.size(), 301u);
  EXPECT_EQ(reasons[300].certainty, 0);
  EXPECT_EQ(reasons[300].next, fitted.labels[0]);
}

TEST(ReasonsOfRows, AreTheSameForAnyThreads) {
  const Rows data = random_rows(20000, 4, 5);
  const HugeArray<RowReason> one = reasons_of(data, 1), three = reasons_of(data, 3);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].certainty, three[i].certainty);
    EXPECT_EQ(one[i].move_value, three[i].move_value);
  }
}

}  // namespace
}  // namespace coterie
