// A first plain name for each cluster, made from its profile and never from its number.
#pragma once

#include <string>
#include <vector>

#include "coterie/segments/profile.h"

namespace coterie {

struct SegmentName {
  std::string name;     // "cart abandoners"; unique within a result
  std::string because;  // the numbers behind it: "carts 4.1 against 0.7 on average; 3 % of carts are bought"
};

// `names` are the features'. Rule: each plain name has a score, a sum of log2 ratios of the cluster's means to
// everyone's (and their opposites); names go to clusters from the highest score down, each name once and only
// where its condition holds; what is left over is described by the two features that differ most.
std::vector<SegmentName> name_segments(const Profiles& profiles, const std::vector<std::string>& names);

}  // namespace coterie
