// Columns and filters that the user writes as SQL expressions over the customer table, run by DuckDB.
#pragma once

#include <string>
#include <vector>

#include "coterie/table/customer_table.h"

namespace coterie {

struct Derivation {
  std::string name;  // of the new column
  std::string sql;   // an expression over the columns: "burn_frequency / nullif(claimed_frequency, 0)"
};

// Appends a number for each derivation; later ones may use earlier ones. Numbers are DOUBLE, attributes VARCHAR, what is
// missing is NULL, and the id's column has its own name. Files cannot be read from an expression. Throws Error(usage):
// the name is taken, DuckDB does not understand the expression, or it gives NULL, infinity or no number for a customer;
// Error(missing_library) without DuckDB.
CustomerTable derive_columns(CustomerTable table, const std::vector<Derivation>& derivations);

// Keeps the customers for whom the expression is true. Throws as derive_columns does, and Error(no_usable_rows) when none is.
CustomerTable filter_customers(CustomerTable table, const std::string& sql);

}  // namespace coterie
