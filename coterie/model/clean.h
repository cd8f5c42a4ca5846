// A shop's data, cleaned: what is wrong is set aside, drawn in or filled by stated rules, each step says how many cells, rows and
// customers it touched, and the cleaned table is the input of a run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coterie/events/read_events.h"
#include "coterie/features/flags.h"
#include "coterie/model/shape.h"
#include "coterie/table/column_plan.h"
#include "coterie/table/outliers.h"

namespace coterie {

struct CleanOptions {
  std::vector<std::string> inputs;
  std::string out;                                // folder; made if it is not there
  std::optional<Shape> shape = {};                // none: recognised
  std::map<std::string, std::string> roles = {};  // role -> column
  std::vector<std::string> joins = {};            // of related tables
  ColumnChoices columns = {};                     // kinds, orders and what becomes of blank cells
  OrderRules rules = {};                          // returns of order lines, equal rows of any shape
  std::optional<DateOrder> date_order = {};
  OutlierPolicy outliers = {};
  FlagOptions flags = {};                         // of logs; nobody is left out
  char delimiter = 0;
  std::size_t memory_bytes = 0;
  std::string spill_directory = "/tmp";
};

struct CleanStep {
  std::string what;  // "Age: blank cells filled with 34 (median)"
  std::uint64_t cells = 0, rows = 0;
  std::optional<std::uint64_t> customers = 0;  // none: not known, because their rows name nobody
};

struct CleanResult {
  Shape shape = Shape::customers;
  std::vector<InputReport> inputs = {};
  RowCounts rows = {};
  std::vector<ColumnPlan> plans = {};   // of tables of customers
  std::vector<CleanStep> steps = {};
  std::vector<std::string> files = {};  // the cleaned tables, in `out`
  CustomerFlags flags = {};             // of logs
  std::size_t customers = 0;            // in the cleaned table
};

// Writes the cleaned table (cleaned.csv; of related tables each as tables/NAME.csv), as UTF-8 with commas, dots as decimal points
// and dates as ISO 8601; rejects.csv (rows set aside: file, line, column, reason); of logs customer_flags.csv where somebody is flagged;
// and, last, clean.json. Blank customers are never filled. Throws as read_events, plan_columns, read_customers and plan_coupons do,
// and Error(no_usable_rows) when nothing is left.
CleanResult clean(const CleanOptions& options);

}  // namespace coterie
