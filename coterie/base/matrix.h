// Numbers without names: what cluster/ and score/ see.
#pragma once

#include <cstddef>
#include <span>

#include "coterie/base/memory.h"

namespace coterie {

// rows x columns of doubles, column-major: column j is contiguous at values + j * stride.
// weights (one a row, > 0) stand for merged equal rows; null means 1 for each.
struct MatrixView {
  const double* values = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;  // >= rows
  const double* weights = nullptr;

  double at(std::size_t row, std::size_t column) const { return values[column * stride + row]; }
  double weight(std::size_t row) const { return weights == nullptr ? 1.0 : weights[row]; }
  std::span<const double> column(std::size_t j) const { return {values + j * stride, rows}; }
};

// An owned matrix; stride = rows rounded up to 8, so that every column starts at a multiple of 64 bytes.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns)
      : values_((rows + 7) / 8 * 8 * columns), rows_(rows), columns_(columns), stride_((rows + 7) / 8 * 8) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  double& at(std::size_t row, std::size_t column) { return values_[column * stride_ + row]; }
  double at(std::size_t row, std::size_t column) const { return values_[column * stride_ + row]; }
  std::span<double> column(std::size_t j) { return {values_.data() + j * stride_, rows_}; }
  std::span<const double> column(std::size_t j) const { return {values_.data() + j * stride_, rows_}; }
  MatrixView view() const { return {values_.data(), rows_, columns_, stride_, nullptr}; }
  operator MatrixView() const { return view(); }

 private:
  HugeArray<double> values_;
  std::size_t rows_ = 0, columns_ = 0, stride_ = 0;
};

}  // namespace coterie
