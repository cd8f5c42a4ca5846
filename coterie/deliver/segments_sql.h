// segments.sql: the rules of segments as a query that any database can run on the features.
#pragma once

#include <string>
#include <vector>

#include "coterie/segments/name.h"
#include "coterie/segments/segment_rules.h"

namespace coterie {

// "<condition> and <condition>" in the words of SQL; "true" for a rule without conditions. Thresholds have the fewest
// digits that read back to the same double.
std::string sql_of(const SegmentRule& rule, const std::vector<std::string>& columns);

// Comments that say what it is and how good; then SELECT <id>, CASE WHEN ... END AS cluster, CASE ... AS segment FROM features.
// A row where a column that is asked for is null gets null: nothing is guessed.
std::string segments_sql(const SegmentRules& rules, const std::string& id_name, const std::vector<std::string>& columns,
                         const std::vector<SegmentName>& names);

}  // namespace coterie
