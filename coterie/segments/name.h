// A plain name for each cluster, made by rules from its profile and never from its number.
#pragma once

#include <string>
#include <vector>

#include "coterie/segments/name_rules.h"
#include "coterie/segments/profile.h"

namespace coterie {

// An average, or the ratio of two, of a segment and of all customers.
struct Evidence {
  std::string feature, divisor;  // divisor "": the feature alone
  double own = 0, everyone = 0;
};

struct SegmentName {
  std::string name;     // "cart abandoners"; unique within a result
  std::string because;  // the evidence as a sentence: "n_cart 4.1 on average against 0.7 for everyone; ..."
  Play play = {};       // what to do about them
  std::vector<Evidence> evidence = {};
};

// The evidence of names that were given before, as it is now: averages of these profiles. What is not there any more is left out.
void renew_evidence(const Profiles& profiles, const std::vector<std::string>& names, std::vector<SegmentName>& segments);

// `names` are the features'. Each rule whose conditions hold gives a cluster a score; names go to clusters from the
// highest score down (ties: the earlier rule, then the lower cluster), each name once. What is left over is described by
// the two features whose means differ most from everyone's (in deviations), and its play is chosen by what it buys.
std::vector<SegmentName> name_segments(const Profiles& profiles, const std::vector<std::string>& names,
                                       const NameRules& rules = default_name_rules());

}  // namespace coterie
