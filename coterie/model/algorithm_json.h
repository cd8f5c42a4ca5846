// The choice of an algorithm with its options, as run.json keeps it: a refit reads it back.
#pragma once

#include <nlohmann/json.hpp>

#include "coterie/cluster/algorithm.h"

namespace coterie {

// {"name": "hierarchical", "linkage": "ward", ...}: the options that coterie run has.
nlohmann::ordered_json algorithm_to_json(const Algorithm& algorithm);
Algorithm algorithm_from_json(const nlohmann::ordered_json& json);

}  // namespace coterie
