// The data of report.html: what a person should see of a run, in a size that does not grow with the input.
#pragma once

#include <string>

#include "coterie/model/run.h"
#include "coterie/table/customer_table.h"

namespace coterie {

struct ReportLimits {
  std::size_t numbers = 24'000;  // about, of all segments: the features in which segments differ most stay, 5 at least
  std::size_t inputs = 20;       // of more input files only the first
  std::size_t notes = 50;
  std::size_t text = 200;        // bytes of a name or note, fewer where there are more than 20 segments (40 of 100); longer
                                 // ones end in "..."
  std::uint64_t least_customers = 10;  // of a smaller segment no distributions, typical customers or activity are published
};

// JSON; the web app's type is in web/src/data.ts. Numbers have 6 digits. Same bytes on any number of threads.
std::string report_data(const RunOptions& options, const CustomerTable& customers, const RunResult& result, const ReportLimits& limits = {});

}  // namespace coterie
