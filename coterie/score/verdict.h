// Are the segments real? The verdict on a clustering, by any algorithm, with its evidence, and the number of segments that follows.
//
// Rule. A sample of customers is judged; k from 2 to 8 (and as far as was swept).
//   separated  Between any two of the clusters there is a valley (score/valley.h): dip test p <= 0.01 and separation >= 0.05,
//              after ties are spread (score/spread_ties.h).
//              Only columns of numbers are looked at, where there are any: nobody lives between two cities, so categories part
//              customers by definition, which is no discovery. Clusters that categories made may still stand apart in the numbers.
//   stable     The labels that two halves of the customers give agree: mean adjusted Rand index >= 0.8; and each cluster is
//              found again in resamples: mean Jaccard >= 0.75 (Hennig 2007); and no optimum within 1 % of the least inertia
//              agrees with it by less than 0.8.
//   natural    separated and stable.
//   groups     Clusters without a valley between them are joined; how many groups remain. A stable k with three or more groups
//              proves them as well as a natural k does, though it cuts some; two of them could be the ends of one bent crowd.
//   k          If no k that was looked at proves groups: the one that the silhouette chose (score/choose_k.h), and the answer
//              says that its segments are slices. Else of the allowed stable ones that with the most groups, ties to the
//              smaller.
//   answer     natural_segments   this k is natural
//              partly_natural     there are groups, this k is stable and has as many as any, but is cut finer
//              other_k            another k shows the groups (or more of them); which one is said
//              convenient_slices  no k proves groups; this one is stable: slices of a continuum that come out the same again
//              tight_without_gaps the same, but silhouette >= 0.7 ("a strong structure", Kaufman, Rousseeuw 1990) and 0.25 above the mean of
//                                 every null: kinds of customers, or a category known before, whose values too many share for a gap to show
//              not_stable         no k proves groups, and this one is not stable
//              not_judged         more than 20 segments, fewer than 30 customers, or fewer than 10 customers or 2 different rows a segment
// Nulls, gap, prediction strength and indices are shown as evidence and do not decide: on skewed data without segments all
//   of them are high (bench/RESULTS.md has the error rates of this rule and of theirs).
// Stability is that of samples of 2,000 customers, or of as many (up to 50,000) as give the smallest segment 400: segments that only
//   come out the same from millions count as not stable.
// What is judged are the labels as they were delivered; of k that were not swept (2 to 8 are always looked at), those of the sample's own fit.
//   The algorithm itself is fitted again to resamples, halves and nulls (score/refit.h). Noise is no cluster: it is left out of silhouettes
//   and indices, is one more label where labels are compared, and between two clusters counts for the nearest, else leaving it out would make the valley. An algorithm that finds k itself has no other k, nulls, gap or
//   prediction strength; near-optimal solutions are looked for of k-means alone.
// Cost: fixed samples, so it does not grow with the number of customers but for drawing them.
// Tested by: bench/verdict.cc on generated populations; iris, ruspini, xclara, faithful, coupons, order lines; threads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/clustering.h"
#include "coterie/score/estimate.h"
#include "coterie/score/matched_null.h"
#include "coterie/score/near_optimum.h"
#include "coterie/score/refit.h"

namespace coterie {

enum class Answer { natural_segments, partly_natural, other_k, convenient_slices, tight_without_gaps, not_stable, not_judged };
const char* name_of(Answer answer);

// Everything that is known of one k.
struct KEvidence {
  std::size_t k = 0;
  bool swept = false;           // clustered on all customers; else on the sample only
  double inertia = 0;           // of the sample, mean a customer
  Estimate silhouette;          // of the sample
  double simplified_silhouette = 0, calinski_harabasz = 0, davies_bouldin = 0;
  double gap = 0, gap_error = 0;         // Tibshirani's, box along the principal axes
  Estimate prediction_strength, half_split_agreement;
  std::vector<Estimate> jaccards;        // bootstrap, a cluster
  double least_jaccard = 0;              // of their means
  std::optional<NearOptimum> near_optimum;  // of k-means
  std::vector<NullTest> nulls;           // one a null
  double least_separation = 0, most_p_value = 1;  // over pairs of clusters
  std::size_t groups = 1;
  bool separated = false, stable = false, natural = false;
  std::size_t stability_customers = 0;   // that halves and resamples were drawn from

  double highest_null_silhouette() const;  // of the means; 1 without nulls
  const NullTest& hardest_null() const;  // that with the highest p-value of the silhouette (ties: the least z)
};

struct SegmentStability {
  Estimate jaccard;                   // bootstrap, of the delivered cluster
  double separation = 0;              // the least to another cluster
  std::size_t nearest = 0;            // that other cluster
  std::size_t group = 0;              // clusters of the same group have no valley between them
};

struct Verdict {
  Answer answer = Answer::not_judged;
  std::size_t k = 0;                  // the recommended number of segments, of the allowed ones
  std::size_t natural_groups = 1;     // 1 when no k proves more
  std::size_t natural_k = 1;          // the k, of all that were looked at, that the rule would choose; 1: there are no segments
  std::string sentence;               // the answer in words
  std::vector<KEvidence> table;       // rising k; empty for not_judged
  std::vector<SegmentStability> segments;  // of k, by cluster; empty for not_judged
  std::size_t sample_customers = 0, null_customers = 0;
  int null_drawings = 0;              // of each null
  std::size_t numbers = 0;            // columns that valleys were looked for in, where the others are categories; 0: all

  const KEvidence* evidence(std::size_t k) const;  // null when k was not looked at
};

struct VerdictOptions {
  std::size_t sample_customers = 4000;    // silhouettes, indices, valleys
  std::size_t stability_customers = 2000; // halves and resamples are drawn from so many,
  std::size_t most_stability_customers = 50'000;  // or up to so many where a segment is small
  std::size_t null_customers = 1000;      // the nulls are so large
  int resamples = 12;                     // halvings, and bootstrap samples
  int null_drawings = 19;                 // of each null
  int gap_references = 10;
  std::size_t last_k = 8;                 // looked at beyond the sweep
  std::vector<std::size_t> numbers = {};  // the columns that valleys are looked for in; empty: all
  std::uint64_t seed = 1;
  int threads = 0;
};

inline constexpr double least_agreement = 0.8, least_cluster_jaccard = 0.75, tight_silhouette = 0.7, above_nulls = 0.25;

// x: the customers (weighted rows count so often), scaled as they were clustered. sweep: results on x. refit: how its algorithm is fitted
// to samples, and to k that were not swept. allowed: the ks that may be recommended (all in the sweep); chosen: one of them, by score/choose_k.h.
Verdict judge(MatrixView x, std::span<const Clustering> sweep, std::span<const std::size_t> allowed, std::size_t chosen, const Refit& refit, const VerdictOptions& options = {});

}  // namespace coterie
