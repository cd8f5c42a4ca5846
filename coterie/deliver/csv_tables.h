// The outputs that are CSV: one row a customer, or one row a cluster.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coterie/base/output_file.h"
#include "coterie/score/verdict.h"
#include "coterie/segments/name.h"
#include "coterie/segments/profile.h"
#include "coterie/segments/rfm.h"
#include "coterie/table/customer_table.h"

namespace coterie {

// "<id column>,cluster": every customer in the order of the table. Returns the file's fingerprint (source/content_hash.h).
std::string write_customer_segments(OutputFile& file, const CustomerTable& table, std::span<const std::int32_t> labels);

// "cluster,segment,users,share,<median of each feature>,bootstrap_jaccard,separation,verdict": a row a cluster; the verdict is that of all,
// by its name (score/verdict.h). Blank where nothing was judged.
void write_segment_summary(OutputFile& file, const CustomerTable& table, const Profiles& profiles, const std::vector<SegmentName>& names,
                           const Verdict& verdict);

// "<id column>,recency_days,frequency,monetary,r,f,m,rfm_segment": the scores of segments/rfm.h.
void write_rfm_scores(OutputFile& file, const CustomerTable& table, const RfmScores& scores);

// "<id column>,<feature>,...": numbers with the fewest digits that read back to the same double.
void write_features_csv(OutputFile& file, const CustomerTable& table);

}  // namespace coterie
