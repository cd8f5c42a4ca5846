// The condensed tree of HDBSCAN*: how clusters of at least min_cluster_size rows appear, shrink and split
// as the density threshold rises, read off a minimum spanning tree in one pass from the densest merge up.
//
// Density is lambda = 1 / distance. A cluster is born at the lambda at which its parent splits into two or
// more parts that are each large enough; a part that is too small falls out of the cluster as noise, row by
// row, at the lambda of its splitting off. The root holds all rows and is born at 0.
//
// Papers: Campello, Moulavi, Sander 2013; Campello, Moulavi, Zimek, Sander 2015 "Hierarchical density
// estimates for data clustering, visualization, and outlier detection"; McInnes, Healy 2017.
// Ties: edges of equal weight are removed at once, as the 2015 paper has it (its Algorithm 1, step 4.2);
// so the tree depends on no choice between spanning trees, and a row that counts w times is exactly w equal
// rows. The Python package removes them one by one in an order of its own: a row whose core distance is
// the very height of a split then stays with one side for a moment of length zero; here it falls.
// Cost: O(n log n) for the sort of the edges, O(n) memory.
// Tested by: condensed_tree_test.cc on trees worked out by hand, hdbscan_test.cc against the definition, cut by cut.
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/base/memory.h"
#include "coterie/cluster/spanning_tree.h"

namespace coterie {

inline constexpr std::int32_t no_cluster = -1;

struct CondensedCluster {
  std::int32_t parent = no_cluster;
  double birth = 0;      // lambda at which it splits off its parent; 0 for the root
  double death = 0;      // the largest lambda at which anything leaves it: a row falls or it splits
  double size = 0;       // rows at birth, by weight
  double stability = 0;  // sum over its rows of (lambda at which the row leaves - birth); may be infinite
};

// Clusters are numbered from the root (0) down, parents before children, siblings by their lowest position.
struct CondensedTree {
  std::vector<CondensedCluster> clusters;   // empty if all rows together are fewer than min_cluster_size
  HugeArray<std::int32_t> cluster_of;       // by position: the last cluster the row was in; no_cluster if there are none
  HugeArray<double> lambda;                 // by position: the density at which it fell out of that; infinite at distance 0
};

// weight: rows (whole, >= 1) that stand at each position. core: squared core distances. order[p] decides which
// position is the lowest. min_cluster_size >= 2. The edges are sorted by weight.
CondensedTree condense(SpanningTree& tree, const HugeArray<double>& weight, const HugeArray<double>& core,
                       const HugeArray<std::uint32_t>& order, double min_cluster_size);

enum class Selection { excess_of_mass, leaf };
const char* name_of(Selection selection);  // "excess-of-mass"

struct SelectionOptions {
  Selection selection = Selection::excess_of_mass;
  double epsilon = 0;                 // clusters born below this distance are merged upwards (Malzer, Baum 2020)
  bool allow_single_cluster = false;  // whether the root may be selected
};

// The chosen clusters, rising; none lies within another. excess_of_mass: the choice of largest total
// stability, the larger cluster at ties. leaf: the clusters that never split.
std::vector<std::int32_t> select_clusters(const CondensedTree& tree, const SelectionOptions& options);

// For each cluster the selected one it lies in (or is), else no_cluster.
std::vector<std::int32_t> selected_above(const CondensedTree& tree, const std::vector<std::int32_t>& selected);

// For each cluster the largest death among it and all below.
std::vector<double> last_deaths(const CondensedTree& tree);

}  // namespace coterie
