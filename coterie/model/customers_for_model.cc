#include "coterie/model/customers_for_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "coterie/base/error.h"

namespace coterie {
namespace {

std::vector<Feature> features_of_model(const Model& model, const bool (&has_role)[role_count], const std::string& path) {
  std::vector<Feature> features;
  const std::vector<Feature> available = available_features(has_role);
  for (const std::string& name : model.features) {
    const auto it = std::find_if(available.begin(), available.end(), [&](const Feature& f) { return f.name == name; });
    if (it == available.end())
      throw Error(ErrorKind::missing_column, fmt::format("the model uses {}, and this log has no column for it", name),
                  "give the column with --role, or fit a model on a log without it", path);
    features.push_back(*it);
  }
  return features;
}

}  // namespace

ComputeOptions room_for_features(int threads, const MemoryPlan& memory, const EventStore& store) {
  const std::size_t unused = memory.events - std::min(memory.events, store.memory_bytes());
  return {.threads = threads, .memory_bytes = memory.customer_rows, .events_bytes = memory.partitions + unused};
}

ModelCustomers read_customers_for_model(const AssignOptions& options, const Model& model, const MemoryPlan& memory) {
  EventLog log = read_events(options.inputs, {.roles = options.roles, .delimiter = options.delimiter, .threads = options.threads,
                                              .memory_bytes = memory.events, .names_bytes = memory.customer_rows,
                                              .spill_directory = options.spill_directory, .as_of_ms = options.as_of_ms,
                                              .rejects_path = options.rejects_path, .progress = options.progress});
  ModelCustomers read{log.report, {}, std::move(log.rejects)};
  const std::vector<Feature> features = features_of_model(model, log.has_role, options.inputs.front());
  read.customers = compute_features(log, features, room_for_features(options.threads, memory, log.store));
  return read;
}

}  // namespace coterie
