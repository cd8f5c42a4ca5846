// A run as a file that Power BI, Tableau, Superset or a notebook opens: customers with their segment and features, and the
// segments. No contacts.
#pragma once

#include <vector>

#include "coterie/base/output_folder.h"
#include "coterie/deliver/hold_out.h"
#include "coterie/deliver/parted_csv.h"
#include "coterie/model/audience.h"

namespace coterie {

// customers.parquet, or customers.duckdb with the tables `customers` and `segments`. A row an exported customer, in the
// order of the run: the id column, cluster, segment, hold_out (true: gets no campaign), then the features of the run's
// features.parquet or features.csv, where there is one. Throws Error(missing_library) without DuckDB, Error(output).
std::vector<WrittenFile> write_analysis_files(Platform platform, const SavedRun& run, const Audience& audience, const HoldOut& hold_out, const OutputFolder& folder);

}  // namespace coterie
