// The features of a run's customers, read back from features.parquet or features.csv.
#pragma once

#include <string>
#include <vector>

#include "coterie/model/saved_run.h"

namespace coterie {

struct SavedFeatures {
  std::vector<std::string> names;             // the model's, in its order
  std::vector<std::vector<double>> columns;   // a feature each, customers in the order of the run; NaN is missing
};

// Throws Error(missing_input) when the run has no such file, Error(damaged_input) when it does not fit the run,
// Error(missing_library) for Parquet without DuckDB.
SavedFeatures load_saved_features(const SavedRun& run);

}  // namespace coterie
