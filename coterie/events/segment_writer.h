// Writes the histories of a log as a segment of a store.
#pragma once

#include <string>

#include "coterie/events/history_segment.h"
#include "coterie/events/history_store.h"
#include "coterie/events/read_events.h"

namespace coterie {

struct SegmentWriterOptions {
  int threads = 0;
  std::size_t memory_bytes = ~std::size_t{0};  // for the partitions at hand of all threads
  const HistoryStore* without = nullptr;       // events that it holds already, as often as it does, are left out
};

// Writes the file whole or not at all. The same events give the same bytes, however they were read, as long as the vocabularies
// had room for all words (event_store.cc). Throws Error(memory) when the events of one customer do not fit,
// Error(output) as OutputFile does.
SegmentFacts write_segment(const EventLog& log, const std::string& path, const SegmentWriterOptions& options);

}  // namespace coterie
