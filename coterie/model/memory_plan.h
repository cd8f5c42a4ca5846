// How the memory limit is shared out. The stations come one after the other, so what one gives back the
// next may take; the plan keeps the sum at any time below the limit.
#pragma once

#include <cstddef>

namespace coterie {

struct MemoryPlan {
  std::size_t limit = 0;          // of the process's resident set
  std::size_t events = 0;         // records before they spill
  std::size_t customer_rows = 0;  // the table of features; later it stands up to three times in memory
  std::size_t partitions = 0;     // decoded events at hand while features are computed
  std::size_t duckdb = 0;         // while it writes Parquet
};

// limit 0: half of the machine. `copies`: how often the table of features stands in memory; 3 in a run. Throws Error(usage) below the
// least that works.
MemoryPlan plan_memory(std::size_t limit, int threads, double copies = 3);

}  // namespace coterie
