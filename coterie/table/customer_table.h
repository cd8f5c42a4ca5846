// One row a customer: ids, named columns of numbers, and named columns of words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/memory.h"

namespace coterie {

// A customer's id as the input has it: a canonical number, or a text.
// Sorted: numbers first, rising; then texts in byte order.
struct CustomerIds {
  HugeArray<std::uint64_t> numbers;  // the first numbers.size() rows
  std::vector<std::string> texts;    // the rows behind them

  std::size_t size() const { return numbers.size() + texts.size(); }
  std::string text(std::size_t row) const { return row < numbers.size() ? std::to_string(numbers[row]) : texts[row - numbers.size()]; }
};

// A column of words: a category, a level, or what only describes a customer. "" is missing.
struct Attribute {
  std::string name;
  std::vector<std::string> values;  // a customer each
};

struct CustomerTable {
  std::string id_name;  // the id column's own name
  CustomerIds ids;
  std::vector<std::string> names;  // of the columns
  std::vector<bool> is_count;      // the column holds whole numbers
  Matrix values;                   // customers x columns; NaN is missing
  std::vector<Attribute> attributes = {};  // an event log has none
};

// The customers of these rows, which rise.
CustomerTable take_customers(const CustomerTable& table, const std::vector<std::size_t>& rows);

}  // namespace coterie
