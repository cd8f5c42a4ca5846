#include "coterie/score/choose_k.h"

#include <gtest/gtest.h>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/matrix/reference_test.h"

namespace coterie {
namespace {

Matrix blobs(std::size_t rows, std::size_t centres, double apart) {
  Random random(7);
  Matrix x(rows, 2);
  for (std::size_t i = 0; i < rows; ++i) {
    x.at(i, 0) = apart * static_cast<double>(i % centres % 2) + random.normal();
    x.at(i, 1) = apart * static_cast<double>(i % centres / 2) + random.normal();
  }
  return x;
}

TEST(ChooseK, FindsFourBlobsExactlyAndBySample) {
  const Matrix x = blobs(2000, 4, 12);
  const auto sweep = kmeans_sweep(x, {1, 7});
  for (std::size_t exact_up_to : {0, 20'000}) {
    const KChoice choice = choose_k(x, sweep, {.exact_up_to = exact_up_to, .sample_rows = 300});
    EXPECT_EQ(choice.chosen, 4u);
    EXPECT_EQ(choice.exact, exact_up_to > 0);
    EXPECT_EQ(choice.rows.size(), 7u);
    EXPECT_FALSE(choice.rows[0].silhouette.has_value());
    EXPECT_EQ(choice.rows[3].behind_best->mean, 0);
    EXPECT_FALSE(choice.reason.empty());
  }
}

TEST(ChooseK, LeavesOutWhatHasASegmentBelowTheLimitUnlessItIsTheOnlyOne) {
  const Matrix x = blobs(2000, 4, 12);
  const auto sweep = kmeans_sweep(x, {2, 6});
  EXPECT_EQ(choose_k(x, sweep, {}, 500).chosen, 4u);
  const KChoice larger = choose_k(x, sweep, {}, 501);
  EXPECT_EQ(larger.allowed, (std::vector<std::size_t>{2}));
  EXPECT_EQ(larger.chosen, 2u);
  EXPECT_THROW(choose_k(x, sweep, {}, 1500), Error);
  EXPECT_EQ(choose_k(x, kmeans_sweep(x, {4, 4}), {}, 1500).chosen, 4u);
}

TEST(ChooseK, PrefersFewerClustersWhenTheSampleCannotTellThemApart) {
  const Matrix x = blobs(3000, 1, 0);  // no clusters: all silhouettes are alike
  const auto sweep = kmeans_sweep(x, {3, 7});
  int smaller = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const KChoice choice = choose_k(x, sweep, {.exact_up_to = 0, .sample_rows = 30, .seed = seed});
    for (const KChoiceRow& row : choice.rows) {
      EXPECT_FALSE(row.k < choice.chosen && row.behind_best->low <= 0) << row.k;
      EXPECT_FALSE(row.k == choice.chosen && row.behind_best->low > 0);
    }
    if (choice.chosen == choice.best) continue;
    ++smaller;
    EXPECT_LT(choice.chosen, choice.best);
    EXPECT_NE(choice.reason.find("the smaller k is chosen"), std::string::npos);
  }
  EXPECT_GT(smaller, 0);
}

TEST(ChooseK, NeedsAtLeastTwoClusters) {
  const Matrix x = blobs(50, 2, 5);
  EXPECT_THROW(choose_k(x, kmeans_sweep(x, {1, 1})), Error);
}

TEST(Elbow, IsThePointFarthestBelowTheChord) {
  const std::size_t ks[] = {1, 2, 3, 4, 5};
  const double bent[] = {100, 40, 10, 8, 6}, straight[] = {5, 4, 3, 2, 1};
  EXPECT_EQ(find_elbow(ks, bent), 3u);
  EXPECT_EQ(find_elbow(ks, straight), std::nullopt);
  EXPECT_EQ(find_elbow(std::span(ks).first(2), std::span(bent).first(2)), std::nullopt);
}

TEST(ChooseK, ChoosesTwoForFaithful) {
  const Matrix x = read_reference("faithful.csv", true, 0, 2);
  if (x.rows() == 0) GTEST_SKIP() << "the reference data is not there: set COTERIE_SHARED";
  const KChoice choice = choose_k(x, kmeans_sweep(x, {2, 6}));
  EXPECT_EQ(choice.chosen, 2u);
  EXPECT_NEAR(choice.rows[0].silhouette->mean, .7240548519959, 1e-12);
}

}  // namespace
}  // namespace coterie
