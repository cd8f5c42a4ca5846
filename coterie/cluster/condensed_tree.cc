#include "coterie/cluster/condensed_tree.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace coterie {
namespace {

constexpr std::uint32_t none = 0xffffffffu;

double lambda_of(double squared) { return 1 / std::sqrt(squared); }

// A component of the rows joined so far, kept at its root. Rows that have not yet fallen out of any cluster
// (going down) hang in a list.
struct Component {
  std::uint32_t root, first, last;  // first and last of the waiting list
  std::int32_t cluster;             // the cluster it is, if it is large enough
  double size;
};

class Condenser {
 public:
  Condenser(const HugeArray<double>& weight, const HugeArray<double>& core, double min_size)
      : weight_(weight), core_(core), min_size_(min_size), part_(weight.size()), next_(weight.size()),
        cluster_of_(weight.size()), lambda_(weight.size()) {
    for (std::uint32_t p = 0; p < weight.size(); ++p) {
      part_[p] = {p, p, p, no_cluster, weight[p]};
      next_[p] = none;
      cluster_of_[p] = no_cluster;
    }
  }

  // All edges of one weight at once.
  void join(std::span<const SpanningEdge> edges) {
    touched_.clear();
    for (const SpanningEdge& edge : edges) touch(edge.a), touch(edge.b);
    for (const SpanningEdge& edge : edges) part_[root_of(edge.a)].root = root_of(edge.b);
    moved_.clear();
    for (std::uint32_t old : touched_) moved_.push_back({root_of(old), old});
    std::sort(moved_.begin(), moved_.end());
    moved_.erase(std::unique(moved_.begin(), moved_.end()), moved_.end());
    for (std::size_t begin = 0, end = 0; begin < moved_.size(); begin = end) {
      while (end < moved_.size() && moved_[end].first == moved_[begin].first) ++end;
      merge({moved_.data() + begin, end - begin}, edges[0].weight);
    }
  }

  // A single distinct row is joined by no edge.
  void finish() {
    if (weight_.size() == 1) stand_alone(0);
  }

  std::vector<CondensedCluster>& clusters() { return clusters_; }
  HugeArray<std::int32_t>& cluster_of() { return cluster_of_; }
  HugeArray<double>& lambda() { return lambda_; }

 private:
  using Moved = std::pair<std::uint32_t, std::uint32_t>;  // new root, old root

  std::uint32_t root_of(std::uint32_t p) {
    while (part_[p].root != p) p = part_[p].root = part_[part_[p].root].root;
    return p;
  }

  void touch(std::uint32_t p) { touched_.push_back(root_of(p)); }

  std::int32_t new_cluster(double size, double death) {
    clusters_.push_back({.parent = no_cluster, .birth = 0, .death = death, .size = size, .stability = 0});
    return static_cast<std::int32_t>(clusters_.size() - 1);
  }

  void fall(Component& part, std::int32_t cluster, double lambda) {
    for (std::uint32_t p = part.first; p != none; p = next_[p]) cluster_of_[p] = cluster, lambda_[p] = lambda;
    part.first = part.last = none;
    clusters_[cluster].death = std::max(clusters_[cluster].death, lambda);
  }

  // Equal rows with a core distance below what joins them to others are a component of their own until
  // they come apart at that core distance.
  void stand_alone(std::uint32_t p) {
    Component& part = part_[p];
    if (part.size < min_size_) return;
    part.cluster = new_cluster(part.size, 0);
    fall(part, part.cluster, lambda_of(core_[p]));
  }

  bool is_single_row(const Component& part) const { return part.cluster == no_cluster && part.first != none && part.first == part.last; }

  void merge(std::span<const Moved> parts, double weight) {
    const double lambda = lambda_of(weight);
    double size = 0;
    std::size_t large = 0;
    std::int32_t cluster = no_cluster;
    for (const auto& [to, from] : parts) {
      Component& part = part_[from];
      if (is_single_row(part) && std::sqrt(core_[part.first]) < std::sqrt(weight)) stand_alone(part.first);
      size += part.size;
      if (part.cluster != no_cluster) ++large, cluster = part.cluster;
    }
    if (large != 1) cluster = size >= min_size_ ? new_cluster(size, lambda) : no_cluster;
    for (const auto& [to, from] : parts) {
      Component& part = part_[from];
      if (large > 1 && part.cluster != no_cluster) split_off(part.cluster, cluster, lambda);
      if (cluster != no_cluster) fall(part, cluster, lambda);
    }
    Component& whole = part_[parts[0].first];
    for (const auto& [to, from] : parts)
      if (from != to) append(whole, part_[from]);
    whole.size = size;
    whole.cluster = cluster;
    if (cluster != no_cluster) clusters_[cluster].size = size;
  }

  void split_off(std::int32_t child, std::int32_t parent, double lambda) {
    clusters_[child].parent = parent;
    clusters_[child].birth = lambda;
  }

  void append(Component& whole, const Component& part) {
    if (part.first == none) return;
    if (whole.first == none) whole.first = part.first;
    else next_[whole.last] = part.first;
    whole.last = part.last;
  }

  const HugeArray<double>& weight_;
  const HugeArray<double>& core_;
  double min_size_;
  HugeArray<Component> part_;
  HugeArray<std::uint32_t> next_;
  HugeArray<std::int32_t> cluster_of_;
  HugeArray<double> lambda_;
  std::vector<CondensedCluster> clusters_;  // children before parents
  std::vector<std::uint32_t> touched_;
  std::vector<Moved> moved_;
};

// The lowest order[p] of each cluster's rows, those of its children among them. Children come first.
std::vector<std::uint32_t> lowest_rows(const CondensedTree& tree, const HugeArray<std::uint32_t>& order) {
  std::vector<std::uint32_t> lowest(tree.clusters.size(), none);
  for (std::size_t p = 0; p < order.size(); ++p)
    if (std::int32_t c = tree.cluster_of[p]; c != no_cluster) lowest[c] = std::min(lowest[c], order[p]);
  for (std::size_t c = 0; c < lowest.size(); ++c)
    if (std::int32_t parent = tree.clusters[c].parent; parent != no_cluster) lowest[parent] = std::min(lowest[parent], lowest[c]);
  return lowest;
}

// New numbers, breadth first from the root, siblings by lowest row.
std::vector<std::int32_t> numbering(const CondensedTree& tree, const std::vector<std::uint32_t>& lowest) {
  const std::size_t count = tree.clusters.size();
  std::vector<std::int32_t> depth(count, 0), order(count), number(count);
  for (std::size_t c = count; c-- > 0;)
    if (tree.clusters[c].parent != no_cluster) depth[c] = depth[tree.clusters[c].parent] + 1;
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return depth[a] != depth[b] ? depth[a] < depth[b] : lowest[a] < lowest[b];
  });
  for (std::size_t i = 0; i < count; ++i) number[order[i]] = static_cast<std::int32_t>(i);
  return number;
}

void renumber(CondensedTree& tree, const HugeArray<std::uint32_t>& order) {
  const auto number = numbering(tree, lowest_rows(tree, order));
  std::vector<CondensedCluster> clusters(tree.clusters.size());
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    clusters[number[c]] = tree.clusters[c];
    std::int32_t& parent = clusters[number[c]].parent;
    if (parent != no_cluster) parent = number[parent];
  }
  tree.clusters = std::move(clusters);
  for (std::int32_t& c : tree.cluster_of)
    if (c != no_cluster) c = number[c];
}

// Nothing counts for what leaves at birth, also where both are infinite.
double excess(double size, double lambda, double birth) { return lambda > birth ? size * (lambda - birth) : 0; }

void add_stability(CondensedTree& tree, const HugeArray<double>& weight) {
  auto& clusters = tree.clusters;
  for (std::size_t p = 0; p < weight.size(); ++p) {
    CondensedCluster& c = clusters[tree.cluster_of[p]];
    c.stability += excess(weight[p], tree.lambda[p], c.birth);
  }
  for (std::size_t c = 1; c < clusters.size(); ++c) {
    CondensedCluster& parent = clusters[clusters[c].parent];
    parent.stability += excess(clusters[c].size, clusters[c].birth, parent.birth);
  }
}

bool lighter(const SpanningEdge& x, const SpanningEdge& y) {
  return x.weight != y.weight ? x.weight < y.weight : x.a != y.a ? x.a < y.a : x.b < y.b;
}

std::int32_t upwards(const CondensedTree& tree, std::int32_t c, const SelectionOptions& options) {
  const std::int32_t parent = tree.clusters[c].parent;
  if (parent == 0) return options.allow_single_cluster ? 0 : c;
  return 1 / tree.clusters[parent].birth > options.epsilon ? parent : upwards(tree, parent, options);
}

// Keeps of the marked clusters those that lie in no other marked one.
void unmark_below(const CondensedTree& tree, std::vector<char>& marked) {
  std::vector<char> below(marked.size(), 0);
  for (std::size_t c = 1; c < marked.size(); ++c) {
    const std::int32_t parent = tree.clusters[c].parent;
    below[c] = below[parent] || marked[parent];
    if (below[c]) marked[c] = 0;
  }
}

std::vector<char> leaves_of(const CondensedTree& tree, bool allow_single_cluster) {
  std::vector<char> marked(tree.clusters.size(), 1);
  for (std::size_t c = 1; c < marked.size(); ++c) marked[tree.clusters[c].parent] = 0;
  marked[0] = marked[0] && allow_single_cluster;
  return marked;
}

std::vector<char> most_stable(const CondensedTree& tree, bool allow_single_cluster) {
  const std::size_t count = tree.clusters.size();
  std::vector<double> below(count, 0);
  std::vector<char> marked(count, 0);
  for (std::size_t c = count; c-- > 0;) {
    const bool may = c > 0 || allow_single_cluster;
    marked[c] = may && tree.clusters[c].stability >= below[c];
    if (c > 0) below[tree.clusters[c].parent] += marked[c] ? tree.clusters[c].stability : below[c];
  }
  unmark_below(tree, marked);
  return marked;
}

}  // namespace

CondensedTree condense(SpanningTree& tree, const HugeArray<double>& weight, const HugeArray<double>& core,
                       const HugeArray<std::uint32_t>& order, double min_cluster_size) {
  assert(min_cluster_size >= 2);
  const auto& edges = tree.edges;
  std::sort(tree.edges.begin(), tree.edges.end(), lighter);
  Condenser condenser(weight, core, min_cluster_size);
  for (std::size_t begin = 0, end = 0; begin < edges.size(); begin = end) {
    while (end < edges.size() && std::sqrt(edges[end].weight) == std::sqrt(edges[begin].weight)) ++end;
    condenser.join({edges.data() + begin, end - begin});
  }
  condenser.finish();
  CondensedTree result{std::move(condenser.clusters()), std::move(condenser.cluster_of()), std::move(condenser.lambda())};
  if (result.clusters.empty()) return result;
  renumber(result, order);
  add_stability(result, weight);
  return result;
}

const char* name_of(Selection selection) { return selection == Selection::leaf ? "leaf" : "excess-of-mass"; }

std::vector<std::int32_t> select_clusters(const CondensedTree& tree, const SelectionOptions& options) {
  if (tree.clusters.empty()) return {};
  auto marked = options.selection == Selection::leaf ? leaves_of(tree, options.allow_single_cluster)
                                                     : most_stable(tree, options.allow_single_cluster);
  if (options.epsilon > 0)
    for (std::size_t c = marked.size(); c-- > 1;)
      if (marked[c] && 1 / tree.clusters[c].birth < options.epsilon) {
        marked[c] = 0;
        marked[upwards(tree, static_cast<std::int32_t>(c), options)] = 1;
      }
  unmark_below(tree, marked);
  std::vector<std::int32_t> selected;
  for (std::size_t c = 0; c < marked.size(); ++c)
    if (marked[c]) selected.push_back(static_cast<std::int32_t>(c));
  return selected;
}

std::vector<std::int32_t> selected_above(const CondensedTree& tree, const std::vector<std::int32_t>& selected) {
  std::vector<std::int32_t> above(tree.clusters.size(), no_cluster);
  for (std::int32_t c : selected) above[c] = c;
  for (std::size_t c = 1; c < above.size(); ++c)
    if (above[c] == no_cluster) above[c] = above[tree.clusters[c].parent];
  return above;
}

std::vector<double> last_deaths(const CondensedTree& tree) {
  std::vector<double> death(tree.clusters.size());
  for (std::size_t c = death.size(); c-- > 0;) {
    death[c] = std::max(death[c], tree.clusters[c].death);
    if (c > 0) death[tree.clusters[c].parent] = std::max(death[tree.clusters[c].parent], death[c]);
  }
  return death;
}

}  // namespace coterie
