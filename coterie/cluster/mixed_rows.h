// Which columns of a matrix are numbers, and which are the words of a category: the way from one matrix of numbers, which all
// else sees, to the numbers and categories that k-prototypes and k-medoids see.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/mixed_view.h"

namespace coterie {

// A category of w words stands in w columns of which one at most is above its `half` (one-hot), whatever the scale; a
// category of two words stands in one.
struct MixedLayout {
  struct Category {
    std::vector<std::size_t> columns;
    std::vector<double> half;  // halfway between "no" and "yes" in each column
  };
  std::vector<std::size_t> numbers;
  std::vector<Category> categories;
};

// The word's place in one row of all columns, or the number of words where none is.
std::uint32_t word_of(std::span<const double> row, const MixedLayout::Category& category);

// All columns are numbers.
MixedLayout numbers_only(std::size_t columns);

// Owns what a MixedView shows.
struct MixedRows {
  Matrix numbers;
  std::vector<std::uint32_t> codes;  // a category's column after the other; the word's place, or the number of words where none is
  std::size_t rows = 0, categories = 0;
  const double* weights = nullptr;   // of the matrix they were made from

  MixedView view() const;
};
MixedRows mixed_rows(MatrixView x, const MixedLayout& layout);

}  // namespace coterie
