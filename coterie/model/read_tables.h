// Files that are tables read whole, and what the ledger says of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "coterie/events/read_events.h"
#include "coterie/source/text_table.h"

namespace coterie {

// Sorted by path. Throws as read_text_table does, Error(usage) for a file given twice, Error(memory) when the tables would take
// more than memory_bytes.
std::vector<TextTable> read_tables(std::vector<std::string> paths, char delimiter, std::size_t memory_bytes);

// Adds the inputs and counts of all tables, in the order of the files; rejects.csv, written and not yet under its name (null
// where the path is empty). The tables' ledgers are empty afterwards.
std::unique_ptr<OutputFile> fill_ledger(ReadReport& read, std::vector<TextTable>& tables, const std::string& rejects_path);

// Throws Error(no_usable_rows) that says why where no row is used.
void require_customers(const ReadReport& read);

}  // namespace coterie
