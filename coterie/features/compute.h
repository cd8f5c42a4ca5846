// Station 2: from partitioned events to one row a customer.
#pragma once

#include <functional>
#include <vector>

#include "coterie/events/read_events.h"
#include "coterie/features/feature.h"
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

}  // namespace coterie
