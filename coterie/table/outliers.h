// Numbers far from the others: found by a stated rule, and reported, removed with their customers, or drawn in to the bounds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coterie/table/customer_table.h"
#include "coterie/table/sorted_values.h"

namespace coterie {

enum class OutlierRule {
  none,
  iqr,        // beyond the quartiles by more than 1.5 interquartile ranges (Tukey 1977)
  z,          // more than 3 population deviations from the mean
  robust,     // more than 3.5 times 1.4826 median absolute deviations from the median (Iglewicz & Hoaglin 1993)
  winsorise,  // beyond the 1st and 99th percentile
};
enum class OutlierAction { report, remove, cap };

struct OutlierPolicy {
  OutlierRule rule = OutlierRule::none;
  OutlierAction action = OutlierAction::report;
};
// "iqr", "iqr:report", "z:remove", "winsorise:cap". Throws Error(usage) that lists what there is.
OutlierPolicy outlier_policy_from_text(const std::string& text);
const char* name_of(OutlierRule rule);
const char* name_of(OutlierAction action);

// What lies between is no outlier. None for a column whose spread is 0 by the rule: every other value would be one.
struct OutlierBounds {
  double low, high;
};
std::optional<OutlierBounds> outlier_bounds(const SortedValues& values, OutlierRule rule);

struct ColumnOutliers {
  std::string column;
  double low = 0, high = 0;  // what lies between is no outlier
  std::uint64_t below = 0, above = 0;
};

struct TouchedRow {
  std::size_t row;     // of the table as it was given
  std::string column;  // the first with an outlier
};

struct OutlierReport {
  std::vector<ColumnOutliers> columns;  // those with an outlier
  std::uint64_t cells = 0;
  std::vector<TouchedRow> touched;      // rising
};

// Every numeric column by itself; blanks are none. Quantiles are interpolated (type 7 of Hyndman & Fan 1996). A column whose
// spread is 0 by the rule has no outliers.
OutlierReport treat_outliers(CustomerTable& table, const OutlierPolicy& policy);

}  // namespace coterie
