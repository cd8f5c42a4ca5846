// Means and weights of the clusters of a partition: what indices and stability measure against.
#pragma once

#include <span>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

struct Centres {
  std::vector<double> values;   // [cluster][column]; zeros for a cluster without rows
  std::vector<double> weights;  // [cluster]
  std::size_t columns = 0;

  int count() const { return static_cast<int>(weights.size()); }
  const double* at(int cluster) const { return values.data() + cluster * columns; }
};

// Throws Error(usage) unless there is one label a row and none is below -1.
void check_labels(const MatrixView& x, std::span<const int> labels);

// Weighted means of the rows of each label 0 .. max label; rows labelled -1 are left out.
// Checks the labels.
Centres centres_of(const MatrixView& x, std::span<const int> labels);

// For each row of x the nearest centre that has rows, the lowest among equally near. -1 if there is none.
std::vector<int> nearest_centres(const MatrixView& x, const Centres& centres);

}  // namespace coterie
