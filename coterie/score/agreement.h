// How far two partitions of the same rows agree ("external validity").
//
// Notation: n total weight; n_ij weight of rows with label i in a and j in b; a_i, b_j the margins;
// H entropy in nats. A row of weight w counts as w rows; the pair counts of ARI and Fowlkes-Mallows and
// the expectation of AMI take weights as such counts.
// Labels may be any integers; -1 is a label like any other, so noise counts as one cluster here.
// Numerical care: AMI's expectation is summed outwards from the mode of each hypergeometric distribution
// with weights relative to it, so no factorials of large n are subtracted.
// Tested by: scikit-learn's values; direct twins over all pairs and all permutations.
#pragma once

#include <span>
#include <vector>

namespace coterie {

// The table of n_ij in sparse form: only cells above 0, by a's label, then b's. Labels are renumbered in
// rising order.
struct Contingency {
  struct Cell {
    int a, b;  // renumbered labels
    double weight;
  };
  std::vector<Cell> cells;
  std::vector<double> a, b;                // margins
  std::vector<int> label_of_a, label_of_b;  // the labels as given
  double total = 0;
};

// O(rows + cells) expected. weights: one a row, or empty for 1 each. Throws Error(usage) when lengths differ.
Contingency contingency(std::span<const int> a, std::span<const int> b, std::span<const double> weights = {});

// Hubert, Arabie 1985: pairs in agreement, adjusted for chance: 1 = the same, 0 = as by chance, may be
// negative. 1 when both have one cluster, or both only single rows.
double adjusted_rand(const Contingency& table);

// Mutual information / mean of the two entropies (arithmetic, scikit-learn's default), in [0, 1]. 1 when
// both entropies are 0.
double normalised_mutual_information(const Contingency& table);

// Vinh, Epps, Bailey 2010: (MI - E[MI]) / (mean entropy - E[MI]), E over all permutations of the rows,
// exact. 1 when both have one cluster, or both only single rows. Throws Error(usage) unless all weights
// are whole numbers. O(clusters of a * clusters of b * the standard deviation of a cell).
double adjusted_mutual_information(const Contingency& table);

// Fowlkes, Mallows 1983: pairs together in both / geometric mean of pairs together in each. 0 when no
// pair is together in both.
double fowlkes_mallows(const Contingency& table);

// For each cluster of a (renumbered): the largest |A and B| / |A or B| over the clusters of b; the rows b
// labels -1 (noise) are no cluster to compare with here.
std::vector<double> jaccard_of_clusters(const Contingency& table);

}  // namespace coterie
