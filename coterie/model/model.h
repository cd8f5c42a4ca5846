// All that is needed to give new customers their segment: plain data, saved as model.json.
#pragma once

#include <string>
#include <vector>

#include "coterie/cluster/fitted.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/pca.h"
#include "coterie/matrix/recipe.h"
#include "coterie/matrix/scaling.h"
#include "coterie/model/shape.h"
#include "coterie/segments/name.h"
#include "coterie/table/customer_table.h"
#include "coterie/table/derive.h"

namespace coterie {

struct Model {
  Shape shape = Shape::events;        // of the data it was fitted on, and is for
  std::string id_name;                // of the data it was fitted on
  bool has_id_column = true;          // false: customers were numbered
  std::vector<Derivation> derived;    // columns that the user writes as SQL
  Recipe recipe;                      // from the columns of a table of customers to features; else empty
  std::vector<std::string> features;  // the columns, in order
  Scaling scaling;
  Pca pca;
  std::string algorithm = "kmeans";   // as in --algorithm
  FittedRule rule = NearestCentre{};  // gives a scaled row its cluster
  std::size_t k = 0;                  // segments
  bool has_noise = false;             // the last segment is what is in no cluster
  std::vector<double> centres;        // k x features, row-major, scaled
  std::vector<SegmentName> segments;  // one a cluster
  std::vector<int> identities;        // one a cluster, from 1; what a segment keeps over refits
};

constexpr int model_format = 1;

// The text of model.json; numbers read back to the same bits.
std::string model_to_json(const Model& model);
// Throws Error(missing_input) when there is none, Error(damaged_input) when it is not a model of this format.
Model load_model(const std::string& directory);

// Which of the features are numbers and which the words of categories, as they are scaled.
MixedLayout layout_of(const Model& model);

// The segment of each customer. `table` has the model's features in its order. On the fitted table these are
// the fitted labels, bit for bit.
HugeArray<std::int32_t> assign_clusters(const Model& model, const CustomerTable& table, int threads = 0);
// The same, and what is known on the way.
struct AssignedCustomers {
  EqualRows unique;                     // scaled
  HugeArray<std::int32_t> unique_labels;  // in [0, k)
  HugeArray<std::int32_t> labels;       // a customer each
};
AssignedCustomers assign_customers(const Model& model, const CustomerTable& table, int threads = 0);
// Of a rule's labels: noise becomes the last segment.
void number_noise(const Model& model, std::span<std::int32_t> labels);

}  // namespace coterie
