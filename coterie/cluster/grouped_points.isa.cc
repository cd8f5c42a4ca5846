#include <limits>

#include "coterie/base/simd.h"
#include "coterie/cluster/grouped_points.h"

namespace coterie::COTERIE_ISA {

std::size_t nearest_group(const MovedRow& moved) {
  // (v - p)^2 - (x - p)^2 = (v - x) (v + x - 2 p)
  const F64x8 change = F64x8::all(moved.value - moved.x), both = F64x8::all(moved.value + moved.x), two = F64x8::all(-2);
  std::size_t best = 0, i = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t group = 0; group < moved.groups; ++group) {
    F64x8 nearest = F64x8::all(std::numeric_limits<double>::infinity());
    for (; i < moved.ends[group]; i += 8) {
      const F64x8 distance = fma(change, fma(two, F64x8::load(moved.point + i), both), F64x8::load(moved.distance + i));
      nearest = select(distance < nearest, distance, nearest);
    }
    double lanes[8];
    nearest.store(lanes);
    for (const double lane : lanes)
      if (lane < least) least = lane, best = group;
  }
  return best;
}

}  // namespace coterie::COTERIE_ISA
