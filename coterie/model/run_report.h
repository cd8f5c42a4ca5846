// run.json: what was read, what was done with it, and what came out.
#pragma once

#include <string>

#include "coterie/model/run.h"

namespace coterie {

// Everything but the object "measured" (times, memory, machine) is the same on every run with the same
// inputs and options, whatever the threads and the memory.
std::string run_to_json(const RunOptions& options, const CustomerTable& customers, const RunResult& result);

// The same, for people and scripts: sizes and names of segments, rows, verdicts; what --json prints.
std::string summary_to_json(const RunResult& result);

}  // namespace coterie
