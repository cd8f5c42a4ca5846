// From a shop's raw data to the table of features, and no further: for who models on their own.
#pragma once

#include <string>
#include <vector>

#include "coterie/model/run.h"

namespace coterie {

struct DefinedFeature {
  std::string name, definition;
};

struct FeatureTable {
  ReadReport read;
  Shape shape = Shape::events;
  std::size_t customers = 0;
  std::vector<DefinedFeature> features;
  std::vector<std::string> notes;
  std::uint64_t spilled_bytes = 0;
  std::vector<StationTime> times;  // read, features, write
  std::size_t peak_memory_bytes = 0;
};

// Reads as run() does, by the same options, and writes features.parquet (or .csv) and rejects.csv, the same bytes as a run without
// --drop-flagged. Nothing is written when it fails.
FeatureTable write_feature_table(const RunOptions& options);

}  // namespace coterie
