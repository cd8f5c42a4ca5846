// Several tables that belong together: which column of one refers to the key of another, found by name and content.
#pragma once

#include <string>
#include <vector>

#include "coterie/source/text_table.h"

namespace coterie {

// "transactions.branch_id = branches.branch_id": each value of the first is at most one row of the second.
struct Join {
  std::size_t table = 0, column = 0;       // that refers
  std::size_t key_table = 0, key = 0;      // that is referred to
  double found = 0;                        // share of the values that are not blank and are among the keys
};

// A table's name: its own in a file with several; else its file's, without folder and endings.
std::string name_of_table(const TextTable& table);
std::string text_of(const Join& join, const std::vector<TextTable>& tables);

// Columns without blanks whose values all differ are keys; of customers one row in fifty may be blank or a duplicate, and is set aside. A column refers to a key of another table when they have the same
// name (letters' case and joints aside; "id" of branches is named branch_id as well) and nine in ten of its values are among the
// keys. `given` ("transactions.branch=branches.id") goes first, and for its column nothing else is looked for. Throws
// Error(usage) when one is not understood or its second column is no key, Error(missing_column) when a name is not there.
std::vector<Join> find_joins(const std::vector<TextTable>& tables, const std::vector<std::string>& given);

}  // namespace coterie
