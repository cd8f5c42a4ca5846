// The float picture of clusters that Ward's chain searches first (cluster/ward_chain.h, .isa.cc).
#pragma once

#include <cstddef>
#include <cstdint>

namespace coterie {

constexpr std::size_t ward_group = 32;        // slots in a group
constexpr float ward_nowhere = 1e10f;         // coordinate of a slot without a cluster; real ones are in [-1, 1]

// groups is a multiple of 16; those beyond the last lie nowhere.
struct WardGroups {
  const float* points;         // [group][column][slot in group]
  const float* inverse;        // [group][slot in group]: 1 / weight
  const float* low;            // [column][group]: the bounding box
  const float* high;           // [column][group]
  const float* inverse_most;   // [group]: largest 1 / weight
  std::size_t groups, columns;
};

// A cluster B is ruled out when its float d^2 > scale / |B| + offset.
struct WardQuery {
  const float* point;
  float scale, offset;
};

}  // namespace coterie
