// Looking at a shop's data before clustering: what the columns hold, what sells, when, how many go on to buy, and what the
// features that would be clustered look like.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coterie/features/traffic.h"
#include "coterie/matrix/scaling.h"
#include "coterie/model/joint_columns.h"
#include "coterie/model/run.h"

namespace coterie {

struct ExploredTable {
  std::string name;  // of related tables; else empty
  std::uint64_t rows = 0;
  std::vector<ColumnDescription> columns;
  Joint joint;
};

struct FunnelStep {
  std::string name;
  std::optional<std::uint64_t> events, sessions;
  std::uint64_t customers = 0;
};

// One feature a customer, as it would be clustered.
struct ExploredFeature {
  std::string name, definition;
  NumberDescription numbers;
  double greatest_z = 0, greatest_log_z = 0;  // magnitude of the farthest customer under each scaling
};

struct ExploredFeatures {
  std::vector<ExploredFeature> features;
  CorrelationTable correlations;
  ScalingMethod recommended = ScalingMethod::z;
  std::string why;
};

struct Exploration {
  Shape shape = Shape::events;
  ReadReport read;
  std::size_t customers = 0;
  std::vector<ExploredTable> tables;
  std::optional<Traffic> traffic;      // of logs
  std::vector<FunnelStep> funnel;
  std::vector<TopList> top;            // of logs
  ExploredFeatures features;
  std::vector<std::string> findings;   // what to know before clustering, the gravest first
  std::vector<std::string> notes;      // how the data was read
  double wall_seconds = 0;
  std::size_t peak_memory_bytes = 0;
};

// Reads as run() does and writes explore.json, explore.html and rejects.csv to options.out; of the options those about reading,
// features and memory count. Throws as read_shop_data does.
Exploration explore(const RunOptions& options);

}  // namespace coterie
