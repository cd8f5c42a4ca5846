// The two searches in a kd-tree that density clustering lives on, eight rows of a leaf at once. Compiled
// three times (base/cpu.h); the functions below choose. All three give the same bits.
//
// Distances are squared Euclidean, summed column by column: (a0-b0)^2 + (a1-b1)^2 + ...; a pair's is the
// same from either side. A search climbs from the row's own leaf to the root and looks into each sibling
// on the way, the nearer child first: the order of the visits depends on the row and the tree only.
#pragma once

#include <cstdint>
#include <limits>

#include "coterie/cluster/kd_tree.h"

namespace coterie {

inline constexpr std::uint32_t no_position = 0xffffffffu;

// core[p] for the positions of leaves [first, last): the smallest squared radius whose closed ball about p
// holds at least `need` rows, p itself among them, the row at q standing for count[q] equal ones. If there
// are fewer rows, the squared distance to the farthest.
void core_distances(const KdTree& tree, const std::uint32_t* count, std::uint32_t need, std::size_t first, std::size_t last,
                    double* core);

// What a node knows of the rows below: no edge from a row of another component than `component` is lighter
// than `others`, none from a row of `component` lighter than `own`; own <= others. A node of one component
// has others = infinity, an empty one own = infinity too.
struct NodeFloor {
  double own = std::numeric_limits<double>::infinity(), others = std::numeric_limits<double>::infinity();
  std::uint32_t component = no_position;
};

// A step of Boruvka's algorithm. Rows belong to components; wanted is for each component its lightest
// edge outwards, an edge p-q weighing max(core[p], core[q], |p-q|^2).
struct Frontier {
  const KdTree& tree;
  const double* core;              // by position
  const std::uint32_t* component;  // by position
  const NodeFloor* floor;          // by node, as of the start of the step
  double* bound;                   // by component: the lightest edge found so far; lowered by all threads
  double* near;                    // by position: no edge outwards is lighter than this ...
  std::uint32_t* near_at;          // ... and if not no_position, this one is as light: the first such in the order of visits
};

// Brings near and near_at of the leaf's rows up to date as far as they can matter: rows whose edges are all
// heavier than the bound of their component may be left with near only. What is found does not depend on
// how low the bound already was.
void search_leaf(const Frontier& frontier, std::size_t leaf);

// The row q with the smallest (max(core[q], own, |p-q|^2), |p-q|^2, row) for a point p that is not in the
// tree; own = the squared core distance of p: the smallest radius that holds `need` rows of the tree, and
// at least `floor`. A row equal to p is taken before all others.
struct Neighbour {
  std::uint32_t position = no_position;
  double reach = std::numeric_limits<double>::infinity();     // squared mutual reachability
  double distance = std::numeric_limits<double>::infinity();  // squared
};
Neighbour nearest_by_reach(const KdTree& tree, const std::uint32_t* count, const double* core, std::uint32_t need,
                           double floor, const double* point);

}  // namespace coterie
