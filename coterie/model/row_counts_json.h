// Counts of rows as every JSON file has them.
#pragma once

#include <nlohmann/json.hpp>

#include "coterie/source/ledger.h"

namespace coterie {

// {"cancellation": 8905, ...}: the reasons that occur, in the order of their declaration.
nlohmann::ordered_json reasons_to_json(const RowCounts& rows);
// {"read", "used", "set_aside", "set_aside_by_reason", "blank_lines"}
nlohmann::ordered_json row_counts_to_json(const RowCounts& rows);

}  // namespace coterie
