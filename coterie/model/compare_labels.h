// Two files of labels side by side, made by whatever software: a customer's id and its label, a row a customer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coterie/model/compare.h"

namespace coterie {

// Of the two columns the first is the id. Of more, the label is the one called cluster, label, labels or segment (in this order), the
// id the first of the others. Rows without an id or a label are counted and left out.
struct LabelFile {
  std::string path, id_column, label_column;
  std::vector<std::string> labels;  // different ones, in rising order (as numbers where all are)
  std::uint64_t customers = 0, without_id = 0, without_label = 0, bad_rows = 0;
};

struct LabelComparison {
  LabelFile a, b;
  // Customers by label of a (rows; the last: not in a) and of b (columns; the last: not in b).
  std::vector<std::vector<std::uint64_t>> matrix;
  LabelAgreement agreement;

  std::uint64_t only_in_a() const;
  std::uint64_t only_in_b() const;
};

// Throws Error: missing_input, damaged_input, no_usable_rows; missing_column (no label to be found); usage (an id twice, no customer in both, more
// than 1,000 labels).
LabelComparison compare_label_files(const std::string& a, const std::string& b);

}  // namespace coterie
