// The rule of an algorithm (cluster/fitted.h) as a part of model.json.
#pragma once

#include <nlohmann/json.hpp>

#include "coterie/cluster/fitted.h"

namespace coterie {

// Numbers read back to the same bits. The many rows of a density model are base64 of little-endian numbers.
nlohmann::ordered_json rule_to_json(const FittedRule& rule);
// Throws nlohmann's exceptions, or Error(damaged_input), when it is no such rule or its parts do not fit k clusters of `columns` columns.
FittedRule rule_from_json(const nlohmann::ordered_json& json, std::size_t k, std::size_t columns);

}  // namespace coterie
