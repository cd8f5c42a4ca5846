#include "coterie/model/row_counts_json.h"

namespace coterie {

nlohmann::ordered_json reasons_to_json(const RowCounts& rows) {
  nlohmann::ordered_json reasons = nlohmann::ordered_json::object();
  for (std::size_t r = 0; r < reason_count; ++r)
    if (rows.set_aside[r] != 0) reasons[name_of(static_cast<Reason>(r))] = rows.set_aside[r];
  return reasons;
}

nlohmann::ordered_json row_counts_to_json(const RowCounts& rows) {
  return {{"read", rows.read}, {"used", rows.used}, {"set_aside", rows.all_set_aside()}, {"set_aside_by_reason", reasons_to_json(rows)}, {"blank_lines", rows.blank_lines}};
}

}  // namespace coterie
