// The customers of new data with the features that a fitted model asks for.
#pragma once

#include <memory>

#include "coterie/features/compute.h"
#include "coterie/model/memory_plan.h"
#include "coterie/model/run.h"

namespace coterie {

struct ModelCustomers {
  ReadReport report;
  CustomerTable customers;
  std::unique_ptr<OutputFile> rejects;  // null without options.rejects_path
};

// Throws Error(missing_column) when the data has no column for a feature of the model, and as read_events does.
ModelCustomers read_customers_for_model(const AssignOptions& options, const Model& model, const MemoryPlan& memory);

// What events in memory leave of their share is for decoding them.
ComputeOptions room_for_features(int threads, const MemoryPlan& memory, const EventStore& store);

}  // namespace coterie
