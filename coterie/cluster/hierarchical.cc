#include "coterie/cluster/hierarchical.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/error.h"
#include "coterie/cluster/linkage_matrix.h"
#include "coterie/cluster/micro_clusters.h"
#include "coterie/cluster/single_linkage.h"
#include "coterie/cluster/ward_linkage.h"

namespace coterie {
namespace {

void check(const MatrixView& x) {
  if (x.rows == 0) throw Error(ErrorKind::no_usable_rows, "there are no rows to cluster");
  for (std::size_t j = 0; j < x.columns; ++j)
    if (!std::ranges::all_of(x.column(j), [](double v) { return std::isfinite(v); }))
      throw Error(ErrorKind::usage, fmt::format("column {} has values that are not finite", j), "impute them first");
  for (std::size_t i = 0; i < x.rows; ++i)
    if (!(x.weight(i) > 0 && std::isfinite(x.weight(i))))
      throw Error(ErrorKind::usage, fmt::format("row {} has weight {}", i, x.weight(i)), "give weights above 0");
}

std::vector<Link> links_of(const MatrixView& x, const HierarchicalOptions& options) {
  if (options.linkage == Linkage::ward) return link_by_ward(x);
  if (options.linkage == Linkage::single) return spanning_links(x);
  return link_by_matrix(x, options.linkage, options.threads);
}

}  // namespace

const char* name_of(Linkage linkage) {
  switch (linkage) {
    case Linkage::ward: return "ward";
    case Linkage::ward_d: return "ward_d";
    case Linkage::single: return "single";
    case Linkage::complete: return "complete";
    case Linkage::average: return "average";
    case Linkage::weighted: return "weighted";
    case Linkage::centroid: return "centroid";
    case Linkage::median: return "median";
  }
  return "unknown";
}

MergeTree hierarchical(const MatrixView& x, const HierarchicalOptions& options) {
  check(x);
  const bool squared = options.linkage == Linkage::centroid || options.linkage == Linkage::median;
  MergeTree tree = tree_of(links_of(x, options), x, !squared);
  tree.squared = squared;
  return tree;
}

LargeResult hierarchical_large(const MatrixView& x, const LargeOptions& options) {
  check(x);
  MicroClusters micro = micro_clusters(x, {.count = options.micro_clusters, .threads = options.threads});
  MatrixView centres = micro.centres;
  centres.weights = micro.weights.data();
  LargeResult result;
  result.tree = hierarchical(centres, {.linkage = options.linkage, .threads = options.threads});
  result.micro_of_row = std::move(micro.of_row);
  result.micro_inertia = micro.inertia;
  if (options.clusters == 0) return result;
  const std::vector<int> labels = cut(result.tree, options.clusters);
  result.labels.resize(x.rows);
  std::ranges::transform(result.micro_of_row, result.labels.begin(), [&](int m) { return labels[m]; });
  return result;
}

}  // namespace coterie
