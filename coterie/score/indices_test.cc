#include "coterie/score/indices.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "coterie/base/error.h"
#include "coterie/score/score_test.h"

namespace coterie {
namespace {

TEST(Indices, GiveTheReferenceValuesOnKMeansOptima) {
  COTERIE_NEEDS_REFERENCE();
  const struct {
    const char* data;
    int k;
    double inertia, calinski_harabasz, davies_bouldin, dunn;
  } cases[] = {{"iris", 2, 152.3479517604, 513.9245459803, .404292837173, .07650633483966},
               {"iris", 3, 78.85144142615, 561.6277566296, .6619715465007, .09880739332808},
               {"iris", 4, 57.22847321429, 530.7658081873, .7803069838811, .1365432817703},
               {"iris", 5, 46.44618205128, 495.5414876777, .8059652120183, .08233869695926},
               {"iris", 6, 39.03998724609, 473.850606833, .9141579726538, .08528028654224},
               {"ruspini", 4, 12881.05123615, 425.3273430936, .356964213197, .5047155336848},
               {"ruspini", 5, 10126.71978818, 404.8028538478, .4418526322537, .3239417719359},
               {"ruspini", 6, 8575.406876457, 379.4593996512, .6185249417053, .07453559924999},
               {"xclara", 3, 611605.8806934, 10826.60057946, .4205615850848, .04661205868492},
               {"faithful", 2, 8901.768720947, 1259.902969145, .3689289868805, .05567674121718},
               {"usarrests", 2, 104.9616331576, 43.46199150301, .9697186749933, .2214286610553}};
  for (const auto& expected : cases) {
    SCOPED_TRACE(testing::Message() << expected.data << " " << expected.k);
    Matrix x = reference_matrix(expected.data);
    if (expected.data == std::string("usarrests")) x = standardised(std::move(x));
    const std::vector<int> labels = slow::kmeans(x, expected.k, 1, expected.k > 4 ? 100 : 20);
    const ValidityIndices indices = validity_indices(x, labels);
    EXPECT_NEAR(indices.inertia / expected.inertia, 1, 1e-12);
    EXPECT_NEAR(indices.calinski_harabasz / expected.calinski_harabasz, 1, 1e-12);
    EXPECT_NEAR(indices.davies_bouldin / expected.davies_bouldin, 1, 1e-11);
    EXPECT_NEAR(dunn_index(x, labels) / expected.dunn, 1, 1e-11);
  }
}

TEST(Indices, GiveTheReferenceValuesOnTheTrueSpeciesOfIris) {
  COTERIE_NEEDS_REFERENCE();
  std::vector<int> species(150);
  for (int i = 0; i < 150; ++i) species[i] = i / 50;
  const Matrix x = reference_matrix("iris");
  EXPECT_NEAR(validity_indices(x, species).calinski_harabasz, 487.3308763749, 1e-9);
  EXPECT_NEAR(validity_indices(x, species).davies_bouldin, .751370709476, 1e-11);
  EXPECT_NEAR(dunn_index(x, species), .058480532147, 1e-11);
}

Matrix random_rows(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, columns);
  for (std::size_t j = 0; j < columns; ++j)
    for (double& value : x.column(j)) value = random.normal();
  return x;
}

std::vector<int> random_labels(std::size_t rows, int low, int high, std::uint64_t seed) {
  Random random(seed);
  std::vector<int> labels(rows);
  for (int& label : labels) label = low + static_cast<int>(random.below(high - low + 1));
  return labels;
}

TEST(Indices, GiveDunnAsTheDefinitionSays) {
  const Matrix x = random_rows(150, 3, 1);
  const std::vector<int> labels = random_labels(150, -1, 3, 2);
  double within = 0, between = INFINITY;
  for (std::size_t a = 0; a < 150; ++a)
    for (std::size_t b = 0; b < a; ++b) {
      if (labels[a] < 0 || labels[b] < 0) continue;
      const double d = std::sqrt(slow::gap(x, a, slow::point(x, b)));
      if (labels[a] == labels[b]) within = std::max(within, d);
      else between = std::min(between, d);
    }
  EXPECT_DOUBLE_EQ(dunn_index(x, labels), between / within);
}

TEST(Indices, GiveXieBeniAsTheDefinitionSays) {
  Matrix x(4, 1);
  x.at(1, 0) = 2, x.at(2, 0) = 10, x.at(3, 0) = 14;
  const std::vector<int> labels = {0, 0, 1, 1};  // means 1 and 12, inertia 2 + 8
  EXPECT_DOUBLE_EQ(validity_indices(x, labels).xie_beni, 10 / (4 * 121.0));
}

TEST(Indices, TreatAWeightAsThatManyEqualRows) {
  const Matrix x = random_rows(80, 4, 5);
  const std::vector<int> labels = random_labels(80, -1, 4, 6);
  std::vector<double> weights(80);
  for (std::size_t i = 0; i < 80; ++i) weights[i] = 1 + static_cast<double>(mix64(i) % 4);
  MatrixView weighted = x;
  weighted.weights = weights.data();
  std::vector<std::size_t> origin;
  const Matrix copies = with_copies(weighted, &origin);
  std::vector<int> labels_of_copies;
  for (const std::size_t i : origin) labels_of_copies.push_back(labels[i]);
  const ValidityIndices few = validity_indices(weighted, labels), many = validity_indices(copies, labels_of_copies);
  EXPECT_NEAR(few.inertia / many.inertia, 1, 1e-12);
  EXPECT_NEAR(few.calinski_harabasz / many.calinski_harabasz, 1, 1e-12);
  EXPECT_NEAR(few.davies_bouldin / many.davies_bouldin, 1, 1e-12);
  EXPECT_NEAR(few.xie_beni / many.xie_beni, 1, 1e-12);
  EXPECT_EQ(dunn_index(weighted, labels), dunn_index(copies, labels_of_copies));
}

TEST(Indices, LeaveOutNoiseAndClustersWithoutRows) {
  Matrix x = random_rows(40, 2, 9);
  std::vector<int> labels = random_labels(40, 0, 2, 9), sparse(40);
  for (std::size_t i = 0; i < 40; ++i) sparse[i] = labels[i] * 3 + 1;
  EXPECT_EQ(validity_indices(x, sparse).clusters, 3);
  EXPECT_EQ(validity_indices(x, sparse).davies_bouldin, validity_indices(x, labels).davies_bouldin);
  x.at(7, 0) = 1e6;
  labels[7] = -1;
  EXPECT_LT(validity_indices(x, labels).inertia, 1e3);
}

TEST(Indices, AreUndefinedForOneClusterAndSayInfinityWhereNothingIsWithin) {
  const Matrix x = random_rows(5, 2, 3);
  const std::vector<int> one(5, 0), each = {0, 1, 2, 3, 4};
  EXPECT_TRUE(std::isnan(validity_indices(x, one).calinski_harabasz));
  EXPECT_TRUE(std::isnan(dunn_index(x, one)));
  EXPECT_TRUE(std::isnan(validity_indices(x, each).calinski_harabasz));
  EXPECT_EQ(dunn_index(x, each), INFINITY);
}

TEST(Indices, RefuseLabelsThatDoNotFit) {
  const Matrix x = random_rows(3, 2, 3);
  EXPECT_THROW(validity_indices(x, std::vector<int>{0, 1}), Error);
  EXPECT_THROW(validity_indices(x, std::vector<int>{0, 1, -2}), Error);
  EXPECT_THROW(validity_indices(x, std::vector<int>{-1, -1, -1}), Error);
}

TEST(Indices, GiveDunnTheSameOnAnyNumberOfThreads) {
  const Matrix x = random_rows(500, 5, 4);
  const std::vector<int> labels = random_labels(500, 0, 5, 4);
  for (const int threads : {2, 3, 8}) EXPECT_EQ(dunn_index(x, labels, 1), dunn_index(x, labels, threads));
}

}  // namespace
}  // namespace coterie
