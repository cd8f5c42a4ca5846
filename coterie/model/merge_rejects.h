// Several lists of rejected rows (source/ledger.h) as one, in the order in which reading all files at once writes it.
#pragma once

#include <string>
#include <vector>

#include "coterie/base/output_file.h"

namespace coterie {

// Each file of `parts` has its rows file by file in the order of paths; of equal paths those of the earlier part come first.
// Throws Error(missing_input) when a part is not there.
void merge_rejects(const std::vector<std::string>& parts, OutputFile& out);

}  // namespace coterie
