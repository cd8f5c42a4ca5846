// A log's histories, wherever they are: in the partitions that were just read, or in a store.
#pragma once

#include "coterie/events/history.h"
#include "coterie/events/history_store.h"
#include "coterie/events/read_events.h"

namespace coterie {

// Reused from partition to partition.
class LogReader {
 public:
  // Calls fn for each customer of the partition, in no order that means anything.
  void for_each(const EventLog& log, std::size_t partition, const std::function<void(const History&)>& fn) {
    if (log.stored) stored_.for_each(*log.stored, partition, log.report.last_ms, fn);
    else fresh_.for_each(log.store, partition, log.report.last_ms, fn);
  }

 private:
  HistoryReader fresh_;
  StoredHistories stored_;
};

}  // namespace coterie
