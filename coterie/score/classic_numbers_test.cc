// The numbers that are usually shown as proof of segments, on one crowd that has none: all of them look good. The verdict does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "coterie/base/random.h"
#include "coterie/matrix/standardise.h"
#include "coterie/score/choose_k.h"
#include "coterie/score/separability.h"
#include "coterie/score/verdict.h"

namespace coterie {
namespace {

constexpr std::size_t customers = 10'000;

// Recency, frequency and money of one crowd: everyone's activity comes from the same lognormal distribution, who orders more was seen
// later, and what an order is worth is lognormal, too.
Matrix one_crowd() {
  Random random(2024);
  Matrix x(customers, 3);
  for (std::size_t i = 0; i < customers; ++i) {
    const double activity = std::exp(0.7 * random.normal()), orders = 1 + std::floor(-6 * activity * std::log(1 - random.uniform()));
    x.at(i, 0) = 365 * std::pow(random.uniform(), 1 + orders / 20), x.at(i, 1) = orders, x.at(i, 2) = orders * std::exp(3 + random.normal());
  }
  return x;
}

Matrix changed(const std::function<double(double)>& fn) {
  Matrix x = one_crowd();
  for (std::size_t j = 0; j < x.columns(); ++j)
    for (double& v : x.column(j)) v = fn(v);
  return x;
}

// x: 4 clusters of it, by k-means on z-scores, and what the verdict says of them.
struct Numbers {
  double silhouette = 0, separability = 0;
  Verdict verdict;
};

Numbers numbers_at_four(Matrix x) {
  standardise_in_place(x, fit_standardisation(x));
  const auto sweep = kmeans_sweep(x, {4, 4});
  return {.silhouette = exact_silhouette(x, {sweep[0].labels, 4}).partitions[0].mean.mean,
          .separability = separability(x, sweep[0].labels, {.c = 1000}).accuracy,
          .verdict = judge(x, sweep, std::vector<std::size_t>{4}, 4, refit_of(KmeansOptions{}, {}, customers), {.null_drawings = 1, .gap_references = 1})};
}

double highest_half_split_agreement(const Verdict& verdict) {
  double highest = 0;
  for (const KEvidence& e : verdict.table) highest = std::max(highest, e.half_split_agreement.mean);
  return highest;
}

TEST(ClassicNumbers, DeceiveWhereTheVerdictDoesNot) {
  Random random(7);
  const Numbers raw = numbers_at_four(changed([](double v) { return v; })), logged = numbers_at_four(changed([](double v) { return std::log1p(v); })),
                normal = numbers_at_four(changed([&](double) { return random.normal(); }));
  EXPECT_NEAR(raw.silhouette, 0.47, 0.02);
  EXPECT_NEAR(logged.silhouette, 0.30, 0.02);
  EXPECT_NEAR(normal.silhouette, 0.22, 0.02);
  for (const Numbers* n : {&raw, &logged, &normal}) {
    EXPECT_NEAR(n->separability, 0.998, 0.0015);
    EXPECT_EQ(n->verdict.natural_groups, 1u);
    EXPECT_NE(n->verdict.sentence.find("No natural segments"), std::string::npos) << n->verdict.sentence;
  }
  EXPECT_GT(highest_half_split_agreement(raw.verdict), 0.95);
}

}  // namespace
}  // namespace coterie
