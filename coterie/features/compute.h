// Station 2: from partitioned events to one row a customer.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "coterie/events/read_events.h"
#include "coterie/features/feature.h"
#include "coterie/features/kept_features.h"
#include "coterie/table/customer_table.h"

namespace coterie {

struct ComputeOptions {
  int threads = 0;
  std::size_t memory_bytes = ~std::size_t{0};  // the table must fit in it
  std::size_t events_bytes = ~std::size_t{0};  // so must the events of a customer, and those at hand of all workers
  std::function<void(const History&, int worker)> visit = {};  // sees every history once, in any order
};

// Computes the features of every customer of the log and gives the log's events and names back to the system.
// Rows are in the order of the ids, whatever the partitions. Throws Error(memory) if the table does not fit, or the
// events of one customer do not.
CustomerTable compute_features(EventLog& log, const std::vector<Feature>& features, const ComputeOptions& options);
// The same in the form that a store keeps (features/kept_features.h); every feature can be kept.
KeptTable compute_kept_features(EventLog& log, const std::vector<Feature>& features, const ComputeOptions& options);

// The customers at one time, and the last event until then; INT64_MIN of a time before all events.
struct CustomersAt {
  CustomerTable customers;
  std::int64_t last_ms = INT64_MIN;
};

// The same of the log as it was at each of several times (ms since 1970, rising): each history is decoded once, and what it was then is its
// begin. The log stays. log_end_ms: what histories end at where it is not the last event until then. All tables must fit in options.memory_bytes.
std::vector<CustomersAt> compute_features_at(const EventLog& log, std::span<const std::int64_t> as_of_ms, std::optional<std::int64_t> log_end_ms, const std::vector<Feature>& features, const ComputeOptions& options);

// About how many customers the log has, rather too many: at most so many where it is a store, else by those of one partition and a quarter more.
std::size_t customers_about(const EventLog& log);

}  // namespace coterie
