// What an earlier run was told about its data, and what its data must be read by again.
#pragma once

#include <string>
#include <vector>

#include "coterie/cluster/algorithm.h"
#include "coterie/events/event.h"
#include "coterie/features/flags.h"
#include "coterie/segments/rfm.h"

namespace coterie {

struct EarlierOptions {
  OrderRules orders = {};
  std::vector<std::string> filters = {};
  std::string feature_set = "basic";
  Algorithm algorithm = KmeansOptions{};
  FlagOptions flags = {};
  RfmTies rfm_ties = RfmTies::alike;
};

// From run.json or refresh.json of the folder; the defaults where there is neither, or an older version wrote it.
// Throws Error(damaged_input) when the file is no JSON of that kind.
EarlierOptions load_earlier_options(const std::string& folder);

}  // namespace coterie
