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

// All customers, cut at random into halves; the first has the odd one less.
std::pair<Subset, Subset> random_halves(const MatrixView& x, const std::vector<std::uint32_t>& customers, Random random);

// As many draws with replacement as there are customers; each customer drawn counts once.
Subset bootstrap_sample(const MatrixView& x, const std::vector<std::uint32_t>& customers, Random random);

}  // namespace coterie
