// The float picture of clusters that Ward's search looks at first (cluster/ward_search.h, .isa.cc).
#pragma once

#include <cstddef>
#include <cstdint>

namespace coterie {

inline constexpr std::size_t ward_group = 32;    // slots in a group
inline constexpr std::size_t ward_queries = 32;   // clusters whose neighbours are searched together
inline constexpr float ward_nowhere = 1e10f;     // coordinate of a slot without a cluster; real ones are in [-1, 1]

// groups is a multiple of 16; those beyond the last lie nowhere.
struct WardGroups {
  const float* points;         // [group][column][slot in group]
  const float* inverse;        // [group][slot in group]: 1 / weight
  const float* low;            // [column][group]: the bounding box
  const float* high;           // [column][group]
  const float* inverse_most;   // [group]: largest 1 / weight
  std::size_t groups, columns;
  // Limits of the clusters themselves, by slot and the largest by group; null where only the query asks.
  const float *scale = nullptr, *offset = nullptr, *scale_most = nullptr, *offset_most = nullptr;
};

// A cluster B is ruled out when its float d^2 > scale / |B| + offset, and, where B has limits, is above those too.
struct WardQuery {
  const float* point;
  float inverse, scale, offset;
};

}  // namespace coterie
