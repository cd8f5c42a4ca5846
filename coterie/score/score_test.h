// For the tests of this room: the reference data, and a k-means that is slow and obvious.
#pragma once

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "coterie/base/folders_test.h"
#include "coterie/base/matrix.h"
#include "coterie/base/random.h"

namespace coterie {

inline std::filesystem::path reference_data() { return shared_folder() / "reference" / "data"; }

#define COTERIE_NEEDS_REFERENCE() \
  if (!std::filesystem::exists(reference_data())) GTEST_SKIP() << "no reference answers: set COTERIE_SHARED"

// The cells of a reference file that are numbers, as rows; text cells are dropped, and so is a header.
inline Matrix reference_matrix(const std::string& name) {
  std::ifstream file(reference_data() / (name + ".csv"));
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<double> row;
    std::stringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');)
      if (std::isdigit(static_cast<unsigned char>(cell.back()))) row.push_back(std::stod(cell));
    if (!row.empty()) rows.push_back(row);
  }
  Matrix x(rows.size(), rows.at(0).size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows[i].size(); ++j) x.at(i, j) = rows[i][j];
  return x;
}

// Minus the mean, over the population standard deviation.
inline Matrix standardised(Matrix x) {
  const double n = static_cast<double>(x.rows());
  for (std::size_t j = 0; j < x.columns(); ++j) {
    double mean = 0, variance = 0;
    for (const double value : x.column(j)) mean += value / n;
    for (const double value : x.column(j)) variance += (value - mean) * (value - mean) / n;
    for (double& value : x.column(j)) value = (value - mean) / std::sqrt(variance);
  }
  return x;
}

// Each row w times, for whole weights.
inline Matrix with_copies(const MatrixView& x, std::vector<std::size_t>* origin = nullptr) {
  std::vector<std::size_t> from;
  for (std::size_t i = 0; i < x.rows; ++i) from.insert(from.end(), static_cast<std::size_t>(x.weight(i)), i);
  Matrix copies(from.size(), x.columns);
  for (std::size_t c = 0; c < from.size(); ++c)
    for (std::size_t j = 0; j < x.columns; ++j) copies.at(c, j) = x.at(from[c], j);
  if (origin != nullptr) *origin = from;
  return copies;
}

namespace slow {

using Points = std::vector<std::vector<double>>;

inline double gap(const MatrixView& x, std::size_t i, const std::vector<double>& c) {
  double total = 0;
  for (std::size_t j = 0; j < x.columns; ++j) total += (x.at(i, j) - c[j]) * (x.at(i, j) - c[j]);
  return total;
}

inline std::size_t nearest(const MatrixView& x, std::size_t i, const Points& centres) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < centres.size(); ++c)
    if (gap(x, i, centres[c]) < gap(x, i, centres[best])) best = c;
  return best;
}

inline std::vector<double> point(const MatrixView& x, std::size_t i) {
  std::vector<double> values;
  for (std::size_t j = 0; j < x.columns; ++j) values.push_back(x.at(i, j));
  return values;
}

// k-means++ by total weight (Arthur, Vassilvitskii 2007).
inline Points seeds(const MatrixView& x, int k, Random& random) {
  Points centres;
  while (static_cast<int>(centres.size()) < k) {
    std::vector<double> mass(x.rows);
    double total = 0;
    for (std::size_t i = 0; i < x.rows; ++i)
      total += mass[i] = x.weight(i) * (centres.empty() ? 1 : gap(x, i, centres[nearest(x, i, centres)]));
    double left = random.uniform() * total;
    std::size_t i = 0;
    while (i + 1 < x.rows && (left -= mass[i]) >= 0) ++i;
    centres.push_back(point(x, i));
  }
  return centres;
}

// Lloyd's iterations to the end; returns the inertia.
inline double lloyd(const MatrixView& x, Points centres, std::vector<int>& labels) {
  for (bool moved = true; moved;) {
    moved = false;
    Points sums(centres.size(), std::vector<double>(x.columns));
    std::vector<double> weight(centres.size());
    for (std::size_t i = 0; i < x.rows; ++i) {
      const int label = static_cast<int>(nearest(x, i, centres));
      moved |= label != labels[i];
      labels[i] = label;
      weight[label] += x.weight(i);
      for (std::size_t j = 0; j < x.columns; ++j) sums[label][j] += x.weight(i) * x.at(i, j);
    }
    for (std::size_t c = 0; c < centres.size(); ++c)
      for (std::size_t j = 0; j < x.columns && weight[c] > 0; ++j) centres[c][j] = sums[c][j] / weight[c];
  }
  double inertia = 0;
  for (std::size_t i = 0; i < x.rows; ++i) inertia += x.weight(i) * gap(x, i, centres[labels[i]]);
  return inertia;
}

inline std::vector<int> kmeans(const MatrixView& x, int k, std::uint64_t seed, int restarts) {
  std::vector<int> best;
  double least = INFINITY;
  for (int r = 0; r < restarts; ++r) {
    Random random(seed, r);
    std::vector<int> labels(x.rows, -1);
    const double inertia = lloyd(x, seeds(x, k, random), labels);
    if (inertia < least) least = inertia, best = labels;
  }
  return best;
}

}  // namespace slow
}  // namespace coterie
