// The minimum spanning tree of rows under the mutual reachability distance
//     reach(p, q) = max(core(p), core(q), |p - q|),
// from which HDBSCAN* and (with core = 0) single linkage are read off.
//
// When to use it: few columns (the search is a kd-tree's), any number of rows up to 2^32 - 2.
// Cost: O(n log n) time in practice: some ten rounds, the late ones almost free; O(n) memory.
// Paper: Boruvka 1926; March, Ram, Gray 2010 "Fast Euclidean minimum spanning tree" for the bounds.
// Here each row remembers its lightest edge outwards; it stays right until the other end joins the row's
// own component, and even then bounds the next one, since components only grow.
// Ties: between equal weights any tree is a minimum one; ours depends on the data only, not on the number
// of threads or the instruction set. Anything read off the tree should use the weights alone.
// Tested by: spanning_tree_test.cc against Prim's algorithm on all pairs.
#pragma once

#include <cstdint>

#include "coterie/base/memory.h"
#include "coterie/cluster/kd_tree.h"

namespace coterie {

struct SpanningEdge {
  double weight;        // mutual reachability, squared
  std::uint32_t a, b;   // positions in the kd-tree
};

struct SpanningTree {
  HugeArray<SpanningEdge> edges;  // rows - 1, in no particular order
  int rounds = 0;
};

// core: squared core distances by position, as many as the tree has rows.
SpanningTree spanning_tree(const KdTree& tree, const HugeArray<double>& core, int threads = 0);

}  // namespace coterie
