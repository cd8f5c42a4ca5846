// What was learned by an algorithm: all it takes to give any row its cluster, as plain data.
//
// assign() is the one rule for fitted and for new rows: fitted rows get their fitted labels, bit for bit, and no rule makes a
// new cluster. A row's label does not depend on the other rows.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/gaussian_mixture.h"
#include "coterie/cluster/gower.h"
#include "coterie/cluster/hdbscan.h"
#include "coterie/cluster/mixed_rows.h"
#include "coterie/matrix/pca.h"

namespace coterie {

// k-means and mini-batch k-means: the nearest centre.
struct NearestCentre {};

// Customers with these values are dealt in turn: so many to the first cluster, so many to the next; all further ones get the last.
struct DealtRow {
  std::vector<double> values;
  std::vector<std::int32_t> clusters;
  std::vector<double> customers;
};

// Constrained k-means: the least of squared distance + price, which keeps the bounds on the fitted rows; and the rows that
// stand on a border, of which each cluster gets a part. New rows may exceed the bounds.
struct PricedCentres {
  std::vector<double> prices;   // a cluster; > 0 where the most binds, < 0 where the least does
  std::vector<DealtRow> dealt;
};

// Hierarchical: the cluster of the nearest point (a leaf of the tree).
struct LabelledPoints {
  std::vector<double> points;         // row-major
  std::vector<std::int32_t> labels;   // a point each
};

// HDBSCAN on the first principal components.
struct Density {
  Pca projection;
  std::shared_ptr<const HdbscanModel> model;
  std::vector<std::int32_t> number_of;  // the cluster of each of the model's labels
};

// k-prototypes: the least of squared distance to the means + gamma x differing categories.
struct Prototypes {
  MixedLayout layout;
  double gamma = 0;
  std::vector<double> centres;       // k x number columns
  std::vector<std::uint32_t> modes;  // k x categories
};

// k-medoids: the medoid at the least Gower distance.
struct GowerMedoids {
  MixedLayout layout;
  GowerScale scale;
  std::vector<double> rows;  // k x columns, row-major
};

using FittedRule = std::variant<NearestCentre, PricedCentres, LabelledPoints, GaussianMixtureModel, Density, Prototypes, GowerMedoids>;

// centres: those of the clustering, k x x.columns. Labels in [0, k), or -1 for noise. (Of a dealt row its first cluster.)
HugeArray<std::int32_t> assign(const FittedRule& rule, MatrixView x, std::span<const double> centres, int threads = 0);

// The labels of customers, of which customer i has the values of row row_of[i]: those of the rows, and dealt rows dealt out
// in the order of customers.
HugeArray<std::int32_t> deal(const FittedRule& rule, MatrixView x, std::span<const std::int32_t> labels, std::span<const std::uint32_t> row_of);

// What is known of a row beyond its cluster, as columns. Mixtures: "probability_0", ...; HDBSCAN: "probability" and
// "outlier_score"; hierarchical: "leaf". No columns for the others.
struct Membership {
  std::vector<std::string> names;
  Matrix values;
};
Membership membership(const FittedRule& rule, MatrixView x, int threads = 0);

// A row-major list of rows as a matrix.
Matrix matrix_from_rows(std::span<const double> rows, std::size_t columns);

}  // namespace coterie
