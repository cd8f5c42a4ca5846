// The fitted way from a customer table with words and blanks to numbers only: fill, then encode. Plain data, kept in
// the model, so that later customers are treated as the fitted ones were.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coterie/table/column_plan.h"
#include "coterie/table/customer_table.h"

namespace coterie {

// What was learned of one column of the plan.
struct ColumnRecipe {
  ColumnPlan plan;
  double fill = 0;                         // for blank numbers
  std::string fill_level = {};             // for blank words
  std::vector<double> frequencies = {};    // a level each, for Encoding::frequency
  std::uint64_t filled = 0;                // cells that were blank when fitted
};

// Rows that blank numbers are filled from (MissingRule::nearest): those without a blank, at most 1,000, evenly spread over
// the table; in z-scores of their own.
struct Donors {
  std::vector<std::string> names;         // the numeric columns
  std::vector<double> means, deviations;  // of each column, over the rows that have a value; deviation 1 where constant
  std::vector<double> values;             // row-major, in their own units
};

struct Recipe {
  std::vector<ColumnRecipe> columns;  // the features, in the order of the plan; empty: the table is taken as it is
  Donors donors;                      // empty unless a column wants it
};

constexpr std::size_t nearest_donors = 5, most_donors = 1000;

// Learns fills and frequencies from the table that read_customers made by the same plans.
// mean: of the values there are. median: of an even number the mean of the middle two. most_frequent: ties to the
// smallest number or the first level. Throws Error(usage) when a constant is no number or no level of its column.
Recipe fit_recipe(const CustomerTable& table, const std::vector<ColumnPlan>& plans);

// The table with its blanks filled and nothing encoded.
CustomerTable fill_blanks(const Recipe& recipe, CustomerTable table);

// Numbers only, complete, in the recipe's order: NAME, "NAME=level" (one-hot; for two levels the second alone), and
// "NAME missing" behind a column with a flag that had blanks when fitted. Attributes are carried over. `nearest` is the mean of the five donors with the
// least mean squared difference of z-scores over the numbers that the row has (Troyanskaya et al. 2001); ties to the first.
CustomerTable apply_recipe(const Recipe& recipe, CustomerTable table);

}  // namespace coterie
