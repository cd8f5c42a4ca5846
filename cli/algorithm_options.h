// --algorithm and the options of each algorithm.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "coterie/cluster/algorithm.h"

struct AlgorithmOptions {
  std::string algorithm = "kmeans";
  std::string linkage = "ward", covariance = "full", selection = "excess-of-mass";
  coterie::KmeansOptions kmeans;
  coterie::ConstrainedKmeansOptions constrained;
  coterie::HierarchicalChoice tree;
  coterie::HdbscanChoice density;
  coterie::GaussianMixtureOptions mixture;
  coterie::KPrototypesOptions prototypes;
  coterie::KMedoidsOptions medoids;
  coterie::MiniBatchOptions batches;
};
void add_algorithm_options(CLI::App& command, AlgorithmOptions& options);

// Throws Error(usage) for an option of another algorithm, for --k where the algorithm finds k itself, for constrained k-means without a bound, and
// for names that are not known.
coterie::Algorithm algorithm_from(const AlgorithmOptions& options, const CLI::App& command);
