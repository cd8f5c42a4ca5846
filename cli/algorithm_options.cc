#include "cli/algorithm_options.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "coterie/base/error.h"

namespace {

using coterie::Error;
using coterie::ErrorKind;

// Which algorithm an option belongs to.
constexpr std::array<std::pair<const char*, const char*>, 18> owners = {{
    {"--exact", "kmeans"},
    {"--least-customers", "constrained-kmeans"},
    {"--most-customers", "constrained-kmeans"},
    {"--linkage", "hierarchical"},
    {"--cut", "hierarchical"},
    {"--micro-clusters", "hierarchical"},
    {"--components", "hdbscan"},
    {"--min-cluster-size", "hdbscan"},
    {"--min-samples", "hdbscan"},
    {"--selection", "hdbscan"},
    {"--epsilon", "hdbscan"},
    {"--allow-single-cluster", "hdbscan"},
    {"--smallest-distance", "hdbscan"},
    {"--covariance", "gaussian-mixture"},
    {"--regularisation", "gaussian-mixture"},
    {"--gamma", "k-prototypes"},
    {"--sample-rows", "k-medoids"},
    {"--batch-rows", "mini-batch"},
}};

void require_own_options(const AlgorithmOptions& options, const CLI::App& command) {
  for (const auto& [option, owner] : owners)
    if (command.get_option(option)->count() > 0 && options.algorithm != owner)
      throw Error(ErrorKind::usage, fmt::format("{} is an option of --algorithm {}, but the algorithm is {}", option, owner, options.algorithm), fmt::format("leave it out, or give --algorithm {}", owner));
}

void require_no_k(const coterie::Algorithm& algorithm, const CLI::App& command) {
  if (!coterie::finds_k(algorithm) || command.get_option("--k")->count() == 0) return;
  throw Error(ErrorKind::usage, fmt::format("{} finds the number of segments itself; --k has no meaning for it", std::holds_alternative<coterie::HdbscanChoice>(algorithm) ? "hdbscan" : "a tree that is cut at a height"),
              "leave --k out; --min-cluster-size and --cut make more or fewer segments");
}

void require_bounds(const coterie::ConstrainedKmeansOptions& o, const CLI::App& command) {
  if (command.get_option("--least-customers")->count() + command.get_option("--most-customers")->count() == 0)
    throw Error(ErrorKind::usage, "constrained-kmeans has no bound to keep", "give --least-customers, --most-customers or both; or --algorithm kmeans");
  if (o.least > o.most)
    throw Error(ErrorKind::usage, fmt::format("--least-customers {} is more than --most-customers {}", o.least, o.most), "give a least that is not above the most");
  for (const double bound : {o.least, o.most})
    if (std::isfinite(bound) && bound != std::floor(bound)) throw Error(ErrorKind::usage, fmt::format("{} customers are no whole number", bound), "give whole numbers");
}

}  // namespace

void add_algorithm_options(CLI::App& command, AlgorithmOptions& o) {
  command.add_option("--algorithm", o.algorithm, "kmeans, constrained-kmeans, hierarchical, hdbscan, gaussian-mixture, k-prototypes, k-medoids or mini-batch")->capture_default_str();
  command.add_flag("--exact", o.kmeans.exact, "kmeans: every restart on all customers, not on a sample first");
  command.add_option("--least-customers", o.constrained.least, "constrained-kmeans: customers each segment has at least")->check(CLI::NonNegativeNumber);
  command.add_option("--most-customers", o.constrained.most, "constrained-kmeans: customers each segment has at most")->check(CLI::PositiveNumber);
  command.add_option("--linkage", o.linkage, "hierarchical: ward, ward_d, single, complete, average, weighted, centroid or median")->capture_default_str();
  command.add_option("--cut", o.tree.cut, "hierarchical: cut the tree at this height, instead of into --k segments")->check(CLI::NonNegativeNumber);
  command.add_option("--micro-clusters", o.tree.micro_clusters, "hierarchical: leaves of the tree; with no more different rows than that it is exact")->check(CLI::Range(2, 40000))->capture_default_str();
  command.add_option("--components", o.density.components, "hdbscan: principal components in which densities are looked at")->check(CLI::Range(1, 10))->capture_default_str();
  command.add_option("--min-cluster-size", o.density.min_cluster_size, "hdbscan: customers of the smallest segment; 1 % of all, at least 10, where not given")->check(CLI::Range(2, 1000000000));
  command.add_option("--min-samples", o.density.min_samples, "hdbscan: neighbours of a customer, itself not counted, that make its density; --min-cluster-size, at most 10, where not given")->check(CLI::Range(1, 10000));
  command.add_option("--selection", o.selection, "hdbscan: excess-of-mass, or leaf for more and smaller segments")->capture_default_str();
  command.add_option("--epsilon", o.density.epsilon, "hdbscan: segments are not split below this distance")->check(CLI::NonNegativeNumber);
  command.add_flag("--allow-single-cluster", o.density.allow_single_cluster, "hdbscan: one segment and noise may be the answer");
  command.add_option("--smallest-distance", o.density.smallest_distance, "hdbscan: shorter distances (in scaled units) count as this one, so that equal customers are not infinitely dense")->check(CLI::NonNegativeNumber)->capture_default_str();
  command.add_option("--covariance", o.covariance, "gaussian-mixture: full, diagonal, tied or spherical")->capture_default_str();
  command.add_option("--regularisation", o.mixture.regularisation, "gaussian-mixture: added to every variance")->check(CLI::NonNegativeNumber)->capture_default_str();
  command.add_option("--gamma", o.prototypes.gamma, "k-prototypes: what one differing category weighs; half the mean deviation of the numbers where not given")->check(CLI::NonNegativeNumber);
  command.add_option("--sample-rows", o.medoids.sample_rows, "k-medoids: rows among which medoids are searched (5 samples of so many)")->check(CLI::Range(10, 20000))->capture_default_str();
  command.add_option("--batch-rows", o.batches.batch_rows, "mini-batch: rows of a batch")->check(CLI::Range(1, 10000000))->capture_default_str();
}

coterie::Algorithm algorithm_from(const AlgorithmOptions& options, const CLI::App& command) {
  coterie::Algorithm algorithm = coterie::algorithm_from_name(options.algorithm);
  require_own_options(options, command);
  const std::array<coterie::Algorithm, 8> given = {options.kmeans, options.constrained, options.tree, options.density, options.mixture, options.prototypes, options.medoids, options.batches};
  algorithm = given[algorithm.index()];
  if (auto* tree = std::get_if<coterie::HierarchicalChoice>(&algorithm)) tree->linkage = coterie::linkage_from_name(options.linkage);
  if (auto* density = std::get_if<coterie::HdbscanChoice>(&algorithm)) density->selection = coterie::selection_from_name(options.selection);
  if (auto* mixture = std::get_if<coterie::GaussianMixtureOptions>(&algorithm)) mixture->covariance = coterie::covariance_from_name(options.covariance);
  if (const auto* constrained = std::get_if<coterie::ConstrainedKmeansOptions>(&algorithm)) require_bounds(*constrained, command);
  require_no_k(algorithm, command);
  return algorithm;
}
