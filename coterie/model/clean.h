// A table of customers, cleaned: each step says how many cells, rows and customers it touched.
#pragma once

#include <string>
#include <vector>

#include "coterie/events/read_events.h"
#include "coterie/matrix/recipe.h"
#include "coterie/table/outliers.h"

namespace coterie {

struct CleanOptions {
  std::vector<std::string> inputs;
  std::string out;        // folder; made if it is not there
  ColumnChoices columns;  // kinds, orders and what becomes of blank cells
  OutlierPolicy outliers;
  char delimiter = 0;
  std::size_t memory_bytes = 0;
};

struct CleanStep {
  std::string what;  // "Age: blank cells filled with 34 (median)"
  std::uint64_t cells = 0, rows = 0, customers = 0;
};

struct CleanResult {
  std::vector<InputReport> inputs;
  RowCounts rows;
  std::vector<ColumnPlan> plans;
  std::vector<CleanStep> steps;
  std::size_t customers = 0;  // in the cleaned table
};

// Reads one or several tables with the same columns and writes cleaned.csv (the columns that are not ignored, in their order),
// rejects.csv (rows set aside: file, line, column, reason) and, last, clean.json. Throws as plan_columns and
// read_customers do, and Error(no_usable_rows) when nothing is left.
CleanResult clean(const CleanOptions& options);

}  // namespace coterie
