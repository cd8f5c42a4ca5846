// k_table.csv: everything that is known of each number of segments.
#pragma once

#include "coterie/base/output_file.h"
#include "coterie/score/choose_k.h"
#include "coterie/score/partition_scores.h"
#include "coterie/score/verdict.h"

namespace coterie {

// A row for each k that was swept or looked at by the verdict, rising; what is not known of it is blank.
void write_k_table(OutputFile& file, const KChoice& choice, const Verdict& verdict, const PartitionScoresTable& scores);

}  // namespace coterie
