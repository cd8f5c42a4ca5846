// Draws customers from weighted rows: a row of weight w is w customers.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/base/random.h"

namespace coterie {

// Some of the rows of a matrix, each with the number of its customers that were drawn.
struct Subset {
  std::vector<std::uint32_t> rows;
  std::vector<double> weights;
  Matrix values;

  MatrixView view() const {
    MatrixView all = values;
    all.weights = weights.data();
    return all;
  }
};

// The row of each customer, rising. Throws Error(usage) on weights that are not whole numbers above 0.
std::vector<std::uint32_t> customers_of(const MatrixView& x);

// `count` different customers, every set of them equally likely, one row each in rising order of rows (all customers when there
// are no more); weights that are no whole numbers are rounded. row_of: the row of x each was taken from.
struct CustomerSample {
  Matrix rows;
  std::vector<std::uint32_t> row_of;
};
CustomerSample draw_customers(const MatrixView& x, std::size_t count, Random random);

// All customers, cut at random into halves; the first has the odd one less.
std::pair<Subset, Subset> random_halves(const MatrixView& x, const std::vector<std::uint32_t>& customers, Random random);

// As many draws with replacement as there are customers; each customer drawn counts once.
Subset bootstrap_sample(const MatrixView& x, const std::vector<std::uint32_t>& customers, Random random);

}  // namespace coterie
