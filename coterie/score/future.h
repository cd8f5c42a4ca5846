// Do segments of the past foretell the future, and better than what a clerk would do?
//
// What: customers are clustered by what they did before some time; what they did after it is predicted by the mean of their
//   cluster. Beside it stand three plain rivals, from the same past:
//     rfm_quintiles   cells of recency, frequency and money by fifths (up to 125)
//     spend_deciles   tenths of past money
//     regression      of the outcome on all features (linear, ridge; logistic for yes or no), z-scores
//   Everything is learned on one half of the customers and measured on the other, for several random halvings.
//   revenue_of_top_fifth   share of all later revenue from the fifth of the customers with the highest prediction (0.2: none);
//                          ties share alike. Means of revenue are ruled by a few heavy customers, shares less so.
//   revenue_r2             1 - squared error / that of the training mean; may be negative
//   purchase_auc           P(a later buyer is predicted higher than a later non-buyer), ties half
//   churn_auc              the same for customers without any later event
// Nothing of the future leaks: k is chosen by the silhouette of the past alone (of several that are allowed), scaling, centres, cuts and
//   coefficients are those of the past, and what is measured is measured on customers that nothing was learned from.
// What it shows: whether the segments carry information about value. Segments that foretell less than deciles of spend are
//   still a way to talk about customers, but no way to choose whom to spend money on.
// Cost: one sweep of k-means; per halving one k-means, one linear and two logistic regressions, and a pass over the customers a resample.
// Errors: of the mean over the halvings, when other customers had come (bootstrap over customers, the same for all rivals, so that
//   differences are paired) and when they had been halved otherwise (deviation over halvings / sqrt(halvings)); the squares are added.
//   "Better" and "worse" mean that the 95 % interval of the difference is on one side of zero.
// Tested by: planted outcomes that only segments, or only spend, foretell; noise, where a difference is claimed about as often as it may
//   be; changing the future does not change k; threads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/score/estimate.h"

namespace coterie {

struct FutureData {
  MatrixView past;                     // a row a customer, in any units; without weights
  std::span<const double> revenue, purchases, events;  // later, a customer
  std::optional<std::size_t> recency, frequency, money;  // columns of past; a rival that lacks one is left out
};

enum class FutureScore { revenue_of_top_fifth, revenue_r2, purchase_auc, churn_auc };
inline constexpr FutureScore future_scores[] = {FutureScore::revenue_of_top_fifth, FutureScore::revenue_r2, FutureScore::purchase_auc, FutureScore::churn_auc};
const char* name_of(FutureScore score);

struct FutureRival {
  std::string name;             // "segments", "rfm_quintiles", "spend_deciles", "regression"
  std::size_t cells = 0;        // different predictions at most; parameters of the regression
  Estimate scores[4];           // in the order of FutureScore
  Estimate behind_segments[4];  // segments' minus this one's, paired; zeros for the segments
};

struct FutureTest {
  std::size_t k = 0;                                // of the segments of the past
  std::size_t customers = 0, buyers = 0, gone = 0;  // later: those who bought, those without an event
  double revenue = 0;                               // later, of all
  std::vector<FutureRival> rivals;                  // segments first; empty when there is nothing to judge
  std::string sentence;                             // wins and losses, or why there is no judgement
};

struct FutureOptions {
  KRange k{4, 4};        // of which the silhouette of the past chooses
  double least_share = 0;  // a k with a smaller segment is not chosen
  int halvings = 10;
  int resamples = 100;
  std::uint64_t seed = 1;
  int threads = 0;
};

inline constexpr std::size_t least_future_customers = 200, least_future_cases = 20;

// Not judged (no rivals) below 200 customers, or with fewer than 20 later buyers or 20 customers gone.
FutureTest future_test(const FutureData& data, const FutureOptions& options = {});

}  // namespace coterie
