#include "coterie/cluster/mixed_rows.h"

#include <algorithm>
#include <numeric>

namespace coterie {
namespace {

std::uint32_t code_of(MatrixView x, std::size_t row, const MixedLayout::Category& category) {
  std::uint32_t code = 0;
  while (code < category.columns.size() && !(x.at(row, category.columns[code]) > category.half[code])) ++code;
  return code;
}

}  // namespace

std::uint32_t word_of(std::span<const double> row, const MixedLayout::Category& category) { return code_of({row.data(), 1, row.size(), 1}, 0, category); }

MixedLayout numbers_only(std::size_t columns) {
  MixedLayout layout;
  layout.numbers.resize(columns);
  std::iota(layout.numbers.begin(), layout.numbers.end(), std::size_t{0});
  return layout;
}

MixedView MixedRows::view() const {
  MatrixView all = numbers;
  all.rows = rows, all.weights = weights;
  return {all, {codes.data(), rows, categories, rows}};
}

MixedRows mixed_rows(MatrixView x, const MixedLayout& layout) {
  MixedRows mixed{Matrix(x.rows, layout.numbers.size()), std::vector<std::uint32_t>(x.rows * layout.categories.size()), x.rows, layout.categories.size(), x.weights};
  for (std::size_t j = 0; j < layout.numbers.size(); ++j) std::ranges::copy(x.column(layout.numbers[j]), mixed.numbers.column(j).begin());
  for (std::size_t c = 0; c < layout.categories.size(); ++c)
    for (std::size_t row = 0; row < x.rows; ++row) mixed.codes[c * x.rows + row] = code_of(x, row, layout.categories[c]);
  return mixed;
}

}  // namespace coterie
