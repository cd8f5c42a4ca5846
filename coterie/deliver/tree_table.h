// tree.csv: the tree of a hierarchical clustering, or HDBSCAN's condensed tree.
#pragma once

#include <cstdint>
#include <span>

#include "coterie/base/output_file.h"
#include "coterie/cluster/condensed_tree.h"
#include "coterie/cluster/merge_tree.h"

namespace coterie {

// "node,left,right,height,customers,cluster": first the leaves, from 0 (left, right and height blank), then the merges in their order, as
// scipy numbers them. cluster: of leaves, and of merges whose leaves are all in one. leaf_clusters, leaf_customers: a leaf each.
void write_merge_tree(OutputFile& file, const MergeTree& tree, std::span<const double> leaf_customers, std::span<const std::int32_t> leaf_clusters);

// "node,parent,birth,death,customers,stability,cluster": densities are lambda = 1 / distance; node 0 is the root, without a parent;
// infinite numbers are "inf". cluster: of the selected nodes. number_of: of each selected node its cluster.
void write_condensed_tree(OutputFile& file, const CondensedTree& tree, std::span<const std::int32_t> selected, std::span<const std::int32_t> number_of);

}  // namespace coterie
