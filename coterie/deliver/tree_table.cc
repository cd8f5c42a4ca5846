#include "coterie/deliver/tree_table.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace coterie {
namespace {

std::string cluster_text(std::int32_t cluster) { return cluster < 0 ? "" : std::to_string(cluster); }

}  // namespace

void write_merge_tree(OutputFile& file, const MergeTree& tree, std::span<const double> leaf_customers, std::span<const std::int32_t> leaf_clusters) {
  std::vector<std::int32_t> clusters(leaf_clusters.begin(), leaf_clusters.end());
  std::string text = "node,left,right,height,customers,cluster\n";
  for (std::size_t leaf = 0; leaf < tree.rows; ++leaf) text += fmt::format("{},,,,{},{}\n", leaf, leaf_customers[leaf], clusters[leaf]);
  for (const Merge& merge : tree.merges) {
    text += fmt::format("{},{},{},{},{},", clusters.size(), merge.left, merge.right, merge.height, merge.size);
    clusters.push_back(clusters[merge.left] == clusters[merge.right] ? clusters[merge.left] : -1);
    text += cluster_text(clusters.back()) + "\n";
  }
  file.write(text);
}

void write_condensed_tree(OutputFile& file, const CondensedTree& tree, std::span<const std::int32_t> selected, std::span<const std::int32_t> number_of) {
  std::vector<std::int32_t> cluster(tree.clusters.size(), -1);
  for (std::size_t s = 0; s < selected.size(); ++s) cluster[static_cast<std::size_t>(selected[s])] = number_of[s];
  std::string text = "node,parent,birth,death,customers,stability,cluster\n";
  for (std::size_t node = 0; node < tree.clusters.size(); ++node) {
    const CondensedCluster& c = tree.clusters[node];
    text += fmt::format("{},{},{},{},{},{},{}\n", node, cluster_text(c.parent), c.birth, c.death, c.size, c.stability, cluster_text(cluster[node]));
  }
  file.write(text);
}

}  // namespace coterie
