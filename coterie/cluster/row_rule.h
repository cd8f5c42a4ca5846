// What a fitted rule says of one row: how sure its cluster is, which comes next, which columns speak for it, and where the row
// would be with another value in one column.
//
// Notation: x the row, c the mean of its own cluster, n that of the next one. Every rule has a cost of each cluster, the next
// cluster is the cheapest other one, certainty is in [0, 1] (0: as near to the next), and what speaks for the own cluster adds up over the
// columns to what is given:
//   nearest centre                cost |x - c|^2. certainty (b - a) / b with a = |x - c|, b = |x - n|: the simplified silhouette of one row
//   (k-means, mini-batch)           (Hruschka, de Castro & Campello 2004). Column j: (x_j - n_j)^2 - (x_j - c_j)^2; the sum is b^2 - a^2.
//   constrained k-means           the same of costs |x - c|^2 + price, the lesser price of the two counting as 0; a price is no column's.
//   nearest point (hierarchical)  the label is that of the nearest leaf, the rest by centres: a leaf may be the row itself, so
//                                   its distance says nothing. Nearer to another centre than to the own: certainty 0.
//   mixtures                      cost -2 log(weight x density). certainty 1 - p(next) / p(own). Column j:
//                                   (x-n)_j [N^-1 (x-n)]_j - (x-c)_j [C^-1 (x-c)]_j with covariances N, C; the sum is the difference of the
//                                   squared Mahalanobis distances (diagonal: each column's log likelihood ratio, but for its constant).
//   k-prototypes                  cost as in k_prototypes.h; certainty of its roots; a category that differs speaks with gamma.
//   k-medoids                     Gower's distance, n and c being medoids; certainty (b - a) / b; columns as in gower.h, not divided by their number.
//   HDBSCAN                       certainty is its probability, of noise its outlier score. The next cluster is that with the nearest mean
//                                   on the components; column j: 2 (x_j - (c_j + n_j) / 2) [A'A (c - n)]_j with the axes A; the sum is
//                                   |A(x-n)|^2 - |A(x-c)|^2. Of noise c is x: the columns say what keeps it away.
// Cost of take: O(k columns), mixtures O(k columns^2), hierarchical O(leaves columns), HDBSCAN one search in its tree.
// Tested by: costs by definition, labels of assign() for changed rows.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "coterie/base/matrix.h"
#include "coterie/cluster/fitted.h"

namespace coterie {

// Not for two threads at once: it keeps the row at hand. rule and centres must live as long.
class RowRule {
 public:
  // centres: k x columns, row-major, scaled; of HDBSCAN more may follow.
  RowRule(const FittedRule& rule, std::span<const double> centres, std::size_t columns);
  ~RowRule();
  RowRule(RowRule&&) noexcept;

  // The row that all below is about; label in [0, k), or `noise`.
  void take(std::span<const double> row, std::int32_t label);

  double certainty() const;                // 1 where there is one cluster only
  std::int32_t next() const;               // -1: there is no other
  double speaks(std::size_t column) const;  // for the own cluster against the next; 0 without a next; in the rule's own units
  bool is_bounded() const;                 // far from all rows there is no cluster (HDBSCAN), only noise
  // The label of the row with another value in one column that is a number, but for rounding where two clusters are as near; and
  // of any row, as assign() gives it. (A row that constrained k-means deals out counts as its cheapest cluster's.)
  std::int32_t label_with(std::size_t column, double value);
  std::int32_t label_of(std::span<const double> row);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace coterie
