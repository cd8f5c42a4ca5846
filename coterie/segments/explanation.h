// What is said about segments beyond their profiles.
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/segments/interests.h"
#include "coterie/segments/scatter.h"
#include "coterie/segments/segment_rules.h"
#include "coterie/segments/typical.h"

namespace coterie {

struct Explanation {
  std::vector<std::vector<std::uint32_t>> typical;  // a segment each: rows of the customer table, the most typical first
  std::vector<NearestSegment> nearest;              // a segment each
  SegmentRules rules;
  ActivityProfile activity;                         // of event logs
  std::vector<ScatterPoint> points;                 // some customers on the first two principal components
};

}  // namespace coterie
