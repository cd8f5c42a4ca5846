// Is there a valley between two clusters, or only a border drawn through one crowd?
//
// What: the rows of two clusters are projected onto the line through their centres. If the clusters are real there are fewer
//   rows around the middle than on either side: the projection has two peaks, which Hartigan's dip test sees
//   (score/dip.h). k-means draws borders through anything; through one crowd, the projection has one peak.
// Why it tells skew and heavy tails from clusters: for k = 2 the projection is that of all rows onto a line, and every
//   projection of a log-concave density has one peak (Prékopa 1973); so has that of Student's t and other s-concave
//   densities (Borell 1975). Skewed crowds have a peak and a slope. Silhouettes and half-split agreement are high for
//   all of these. Like the projection tests of SigClust (Liu, Hayes, Nobel, Marron 2008) and dip-means (Kalogeratos, Likas 2012)
//   this is done a pair of clusters.
// Of the larger cluster only as many rows as the smaller one has are looked at, those next to the border: the dip test hardly sees a
//   small peak beside a large one, and to cut a slope off somewhere makes no second peak.
// Separation: 4 * dip, which is 2 * dip / the share of either side. About 1: nobody in between; 0: one peak. It says how deep the valley
//   is, the p-value only that there is one: on many rows every ripple has a small p-value.
// Cost: O(rows * columns * k) for the projections, and sorting.
// Rows with ties are spread first (score/spread_ties.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

struct Valley {
  std::size_t a = 0, b = 0;  // clusters, a < b
  std::size_t rows = 0;      // of both that were looked at
  double dip = 0;
  double p_value = 1;        // that so deep a valley comes up in one crowd
  double separation = 0;     // in [0, 1]
};

// Rows are given to the nearest of the centres (row-major, centres.size() / x.columns of them); x without weights.
// All pairs in the order (0, 1), (0, 2), ..., (1, 2), ...; a pair of which one has no rows counts as not separated.
std::vector<Valley> valleys(MatrixView x, std::span<const double> centres, int threads = 0);
// The same of rows that are in clusters already; rows with label -1 (noise) are left out.
std::vector<Valley> valleys(MatrixView x, std::span<const double> centres, std::span<const std::int32_t> labels, int threads = 0);

// The rule of the verdict: two clusters are separated when p_value <= most_p_value and separation >= least_separation.
// Both are chosen, and their errors measured, in bench/verdict.cc.
inline constexpr double most_p_value = 0.01, least_separation = 0.05;
inline bool is_separated(const Valley& v) { return v.p_value <= most_p_value && v.separation >= least_separation; }

// Clusters are of one group when a chain of pairs without a valley leads from one to the other. The group of each of k clusters,
// numbered as they first appear; found: valleys() of these clusters.
std::vector<std::size_t> groups_without_valley(std::span<const Valley> found, std::size_t k);

}  // namespace coterie
