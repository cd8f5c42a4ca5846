#include "coterie/score/agreement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/score/score_test.h"

namespace coterie {
namespace {

using Labels = std::vector<int>;

TEST(Agreement, GivesTheReferenceValuesOfSmallCases) {
  EXPECT_NEAR(adjusted_rand(contingency(Labels{0, 0, 1, 1}, Labels{0, 0, 1, 2})), .5714285714, 1e-10);
  const Contingency table = contingency(Labels{0, 0, 0, 1, 1, 1}, Labels{0, 0, 1, 1, 2, 2});
  EXPECT_NEAR(adjusted_rand(table), .2424242424, 1e-10);
  EXPECT_NEAR(adjusted_mutual_information(table), .2987924582, 1e-10);
  EXPECT_NEAR(fowlkes_mallows(table), .4714045208, 1e-10);
}

TEST(Agreement, GivesTheReferenceValuesOfIrisAndItsSpecies) {
  COTERIE_NEEDS_REFERENCE();
  Labels species(150);
  for (int i = 0; i < 150; ++i) species[i] = i / 50;
  const Contingency table = contingency(species, slow::kmeans(reference_matrix("iris"), 3, 1, 20));
  EXPECT_NEAR(adjusted_rand(table), .7302382722834697, 1e-14);
  EXPECT_NEAR(normalised_mutual_information(table), .7581756800057785, 1e-14);
  EXPECT_NEAR(adjusted_mutual_information(table), .7551191675800486, 1e-14);
  EXPECT_NEAR(fowlkes_mallows(table), .8208080729114153, 1e-14);
}

Labels random_labels(std::size_t rows, int clusters, std::uint64_t seed) {
  Random random(seed);
  Labels labels(rows);
  for (int& label : labels) label = static_cast<int>(random.below(clusters));
  return labels;
}

TEST(Agreement, CountsPairsAsTheDefinitionSays) {
  const Labels a = random_labels(60, 4, 1), b = random_labels(60, 3, 2);
  double both = 0, in_a = 0, in_b = 0, all = 0;
  for (std::size_t i = 0; i < 60; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      both += a[i] == a[j] && b[i] == b[j], in_a += a[i] == a[j], in_b += b[i] == b[j], ++all;
    }
  const Contingency table = contingency(a, b);
  EXPECT_NEAR(fowlkes_mallows(table), both / std::sqrt(in_a * in_b), 1e-15);
  EXPECT_NEAR(adjusted_rand(table), (both - in_a * in_b / all) / ((in_a + in_b) / 2 - in_a * in_b / all), 1e-14);
}

// Mutual information in nats.
double information(const Labels& a, const Labels& b) {
  std::map<std::pair<int, int>, double> cell;
  std::map<int, double> in_a, in_b;
  const double n = static_cast<double>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) ++cell[{a[i], b[i]}], ++in_a[a[i]], ++in_b[b[i]];
  double total = 0;
  for (const auto& [key, count] : cell) total += count / n * std::log(n * count / (in_a[key.first] * in_b[key.second]));
  return total;
}

TEST(Agreement, ExpectsTheMutualInformationOfAllPermutations) {
  const Labels a = {0, 0, 0, 1, 1, 2, 2}, b = {0, 1, 1, 1, 0, 2, 2};
  Labels order(7), shuffled(7);
  std::iota(order.begin(), order.end(), 0);
  double expected = 0, permutations = 0;
  do {
    for (int i = 0; i < 7; ++i) shuffled[i] = b[order[i]];
    expected += information(a, shuffled);
    ++permutations;
  } while (std::ranges::next_permutation(order).found);
  expected /= permutations;
  const double mean = (information(a, a) + information(b, b)) / 2;
  EXPECT_NEAR(adjusted_mutual_information(contingency(a, b)), (information(a, b) - expected) / (mean - expected), 1e-13);
}

TEST(Agreement, AdjustsMillionsOfUnrelatedRowsToZero) {
  const Labels a = random_labels(3'000'000, 5, 1), b = random_labels(3'000'000, 7, 2);
  EXPECT_NEAR(adjusted_mutual_information(contingency(a, b)), 0, 1e-5);
  EXPECT_NEAR(adjusted_rand(contingency(a, b)), 0, 1e-5);
}

TEST(Agreement, IsOneForTheSamePartitionUnderOtherNames) {
  const Labels a = {3, 3, -1, 7, 7, 1'000'000'000}, b = {0, 0, 5, 2, 2, -900'000'000};
  const Contingency table = contingency(a, b);
  EXPECT_EQ(table.label_of_a, (Labels{-1, 3, 7, 1'000'000'000}));
  for (const double value : {adjusted_rand(table), normalised_mutual_information(table), adjusted_mutual_information(table), fowlkes_mallows(table)})
    EXPECT_NEAR(value, 1, 1e-15);
}

TEST(Agreement, IsOneWhereThereIsNothingToChoose) {
  for (const Labels& labels : {Labels{0, 0, 0}, Labels{0, 1, 2}}) {
    const Contingency table = contingency(labels, labels);
    EXPECT_EQ(adjusted_rand(table), 1);
    EXPECT_EQ(adjusted_mutual_information(table), 1);
    EXPECT_EQ(normalised_mutual_information(table), 1);
  }
}

TEST(Agreement, TreatsAWeightAsThatManyEqualRows) {
  const Labels a = random_labels(50, 3, 3), b = random_labels(50, 4, 4);
  std::vector<double> weights(50);
  Labels many_a, many_b;
  for (std::size_t i = 0; i < 50; ++i) {
    weights[i] = 1 + static_cast<double>(mix64(i) % 5);
    many_a.insert(many_a.end(), static_cast<std::size_t>(weights[i]), a[i]);
    many_b.insert(many_b.end(), static_cast<std::size_t>(weights[i]), b[i]);
  }
  const Contingency few = contingency(a, b, weights), many = contingency(many_a, many_b);
  EXPECT_EQ(adjusted_rand(few), adjusted_rand(many));
  EXPECT_EQ(adjusted_mutual_information(few), adjusted_mutual_information(many));
  EXPECT_EQ(jaccard_of_clusters(few), jaccard_of_clusters(many));
}

TEST(Agreement, FindsEachClusterAgainByJaccardButNotInNoise) {
  const Contingency table = contingency(Labels{0, 0, 0, 0, 1, 1}, Labels{4, 4, 4, -1, -1, -1});
  EXPECT_EQ(jaccard_of_clusters(table), (std::vector<double>{.75, 0}));
}

TEST(Agreement, MakesTheSameTableForThousandsOfClusters) {
  const Labels a = random_labels(20000, 3000, 5), b = random_labels(20000, 4000, 6);
  std::map<std::pair<int, int>, double> expected;
  for (std::size_t i = 0; i < a.size(); ++i) ++expected[{a[i], b[i]}];
  const Contingency table = contingency(a, b);
  ASSERT_EQ(table.cells.size(), expected.size());
  for (const auto& cell : table.cells) ASSERT_EQ(cell.weight, (expected[{table.label_of_a[cell.a], table.label_of_b[cell.b]}]));
}

TEST(Agreement, RefusesLengthsThatDifferAndBrokenWeights) {
  EXPECT_THROW(contingency(Labels{0}, Labels{0, 1}), Error);
  EXPECT_THROW(adjusted_mutual_information(contingency(Labels{0, 1}, Labels{0, 1}, std::vector<double>{1.5, 1})), Error);
}

}  // namespace
}  // namespace coterie
