// From a table of text with one row a customer to ids, numbers and attributes.
#pragma once

#include <vector>

#include "coterie/table/column_plan.h"
#include "coterie/table/customer_table.h"

namespace coterie {

struct RowPlace {
  std::size_t table, row;
};

// Reads all tables by one plan (plan_columns, or that of a model). Columns of `plans` are looked up by name; numbers
// become values, truths, levels, categories and attributes become attributes. Without an id column the rows are numbered
// from 1. Rows are sorted by id. Set aside in the tables' ledgers: no_customer, duplicate_customer (the first counts),
// bad_number, unknown_category (not among the plan's levels), missing_value (where the plan says drop).
// Throws Error(missing_column) when a column of the plan is not there.
// A row that is equal to an earlier one in every field is set aside as duplicate_row: where customers have ids always, else only
// with drop_duplicates, because different customers may be alike. places: where each row of the result stood.
CustomerTable read_customers(std::vector<TextTable>& tables, const std::vector<ColumnPlan>& plans, bool drop_duplicates = false, std::vector<RowPlace>* places = nullptr);

}  // namespace coterie
