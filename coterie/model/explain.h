// What the page says of segments beyond their profiles: typical customers, the nearest segment, the map.
#pragma once

#include <cstdint>
#include <span>

#include "coterie/matrix/equal_rows.h"
#include "coterie/model/model.h"
#include "coterie/segments/explanation.h"

namespace coterie {

// The customers nearest to each of the model's centres, three different ones a segment, what tells it from the next segment (noise is next to
// none), and points on the first two components. labels: one a different row, in [0, k).
Explanation explain_centres(const EqualRows& unique, std::span<const std::int32_t> labels, const Model& model, int threads);

}  // namespace coterie
