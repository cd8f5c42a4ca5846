// Two runs side by side: who moved where, which segment is which, what has drifted, and whether a refit is due.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coterie/model/distributions.h"
#include "coterie/model/saved_run.h"
#include "coterie/score/match_clusters.h"
#include "coterie/score/population_stability.h"

namespace coterie {

struct CompareOptions {
  std::string earlier, later;  // folders that coterie run, refresh or assign wrote
  std::string out;             // folder; replaced as a whole when an earlier comparison wrote it
  int threads = 0;
};

// One feature, of all customers or of one segment.
struct FeatureDrift {
  std::optional<std::size_t> segment;  // of the earlier run, against its successor; none: all customers
  std::string feature;
  PopulationStability stability;
  double mean_before = 0, mean_after = 0;  // without missing values
};

// How far the two labelings agree, over the customers of both runs (score/agreement.h); noise is a label like any other.
struct LabelAgreement {
  std::uint64_t customers = 0;
  double adjusted_rand = 0, normalised_mutual_information = 0, adjusted_mutual_information = 0, fowlkes_mallows = 0;
};

// movement: customers by label, as in Comparison below.
LabelAgreement agreement_of(const std::vector<std::vector<std::uint64_t>>& movement);

struct Comparison {
  SavedRun earlier, later;
  // Customers by earlier segment (rows; the last: not in the earlier run) and later one (columns; the last: not in the later run).
  std::vector<std::vector<std::uint64_t>> movement;
  LabelAgreement agreement;
  ClusterMatches matches;
  bool same_model = false;             // both by the same centres: segments are the same by definition
  std::vector<FeatureDrift> drift;     // all customers first, then segment by segment
  PopulationStability segment_shares;  // of the earlier segments and, as one more bin, what is none of them any more
  std::optional<double> distance_ratio;  // with the same model: mean squared distance of customers to their centre in its scaling, later / earlier
  bool refit_is_due = false;
  std::vector<std::string> reasons;    // for it, or the one reason against it

  std::uint64_t stayed() const;   // in the segment of the same identity
  std::uint64_t moved() const;
  std::uint64_t entered() const;  // only in the later run
  std::uint64_t left() const;     // only in the earlier run
};

// Two runs whose segments are the same by definition: one model gave both their labels.
ClusterMatches same_segments(std::size_t k);

// How one feature has drifted, of all customers and then of each segment with enough of them (50 in both runs). before, after: of the same
// feature; values: the later run's, grouped by segment.
std::vector<FeatureDrift> drift_of(const FeatureDistribution& before, const FeatureDistribution& after, const GroupedValues& values, const ClusterMatches& matches);

// A run with how its features are distributed.
struct ComparedRun {
  SavedRun run;
  Distributions distributions;
};

// Of two runs by the same model. drift: of each feature, by drift_of. Throws Error(usage) where customers are numbered.
Comparison compare_by_same_model(ComparedRun earlier, ComparedRun later, const std::vector<std::vector<FeatureDrift>>& drift);

// Reads both runs and compares. Throws as load_saved_run and SavedFeatures do. Same result on any number of threads.
Comparison compare(const std::string& earlier, const std::string& later, int threads = 0);

// Reads, compares, and writes movement.csv (the matrix), delta.csv (who entered, left or moved), segments.csv (the fate of each
// segment), drift.csv and compare.json, all at once.
Comparison compare_runs(const CompareOptions& options);

}  // namespace coterie
