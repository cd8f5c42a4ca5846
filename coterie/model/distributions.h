// How a run's features are distributed, of all customers and segment by segment: what a later run is compared with.
//
// A run leaves this in distributions.json, so that a comparison reads nobody's features of the earlier run. Of a run without the file
// the same is computed from its features.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coterie/matrix/grouped_values.h"
#include "coterie/model/saved_run.h"
#include "coterie/score/population_stability.h"

namespace coterie {

struct FeatureDistribution {
  // Of one segment, or of all customers. Without missing values.
  struct Group {
    DecileBins bins;
    double mean = 0, deviation = 0;  // the population's
    std::uint64_t customers() const;  // with missing ones
  };

  std::string feature;
  std::vector<Group> groups;     // all customers, then each segment
  double squared_distances = 0;  // this feature's part of the customers' squared distances to the centres of their segments, in the model's scaling
};

using Distributions = std::vector<FeatureDistribution>;  // in the order of the model's features

// values: of the model's feature with this number, grouped by segment.
FeatureDistribution distribution_of(const Model& model, std::size_t feature, const GroupedValues& values);

// labels_hash: the fingerprint of customer_segments.csv, whose labels these are.
std::string distributions_to_json(const Distributions& distributions, const std::string& labels_hash);

// Of the file in the run's folder where it is of these labels, else of the features. Throws as SavedFeatures does.
Distributions distributions_of(const SavedRun& run, int threads = 0);

}  // namespace coterie
