#include "coterie/cluster/algorithm.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"
#include "coterie/base/random.h"
#include "coterie/cluster/bounded_assignment.h"
#include "coterie/cluster/centre_distances.h"
#include "coterie/cluster/micro_clusters.h"
#include "coterie/cluster/row_sample.h"

namespace coterie {
namespace {

constexpr std::array names = {"kmeans", "constrained-kmeans", "hierarchical", "hdbscan", "gaussian-mixture", "k-prototypes", "k-medoids", "mini-batch"};
static_assert(names.size() == std::variant_size_v<Algorithm>);

constexpr std::size_t most_found = 1000;        // clusters that an algorithm may find by itself
constexpr std::size_t prototype_rows = 50'000;  // k-prototypes is fitted to a sample of so many rows

double weight_sum(MatrixView x) {
  if (x.weights == nullptr) return static_cast<double>(x.rows);
  return std::accumulate(x.weights, x.weights + x.rows, 0.0);
}

// Weights of the clusters and inertia; the centres stay where there are any, else they become the means.
void measure(MatrixView x, Clustering& c) {
  c.columns = x.columns;
  c.sizes.assign(c.k, 0), c.inertia = 0;
  for (std::size_t i = 0; i < x.rows; ++i)
    if (c.labels[i] >= 0) c.sizes[static_cast<std::size_t>(c.labels[i])] += x.weight(i);
  if (c.centres.empty()) {
    c.centres.assign(c.k * x.columns, 0);
    for (std::size_t j = 0; j < x.columns; ++j)
      for (std::size_t i = 0; i < x.rows; ++i)
        if (c.labels[i] >= 0) c.centres[static_cast<std::size_t>(c.labels[i]) * x.columns + j] += x.weight(i) * x.at(i, j);
    for (std::size_t i = 0; i < c.centres.size(); ++i) c.centres[i] /= std::max(c.sizes[i / x.columns], 1e-300);
  }
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < x.rows; ++i)
      if (c.labels[i] >= 0) c.inertia += x.weight(i) * std::pow(x.at(i, j) - c.centres[static_cast<std::size_t>(c.labels[i]) * x.columns + j], 2);
}

// The clusters from the heaviest to the lightest, ties to the lower number.
std::vector<std::size_t> by_weight(MatrixView x, std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<double> sizes(k);
  for (std::size_t i = 0; i < x.rows; ++i)
    if (labels[i] >= 0) sizes[static_cast<std::size_t>(labels[i])] += x.weight(i);
  std::vector<std::size_t> order(k);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
  return order;
}

// Blocks of a row-major list in another order.
template <class T>
std::vector<T> reordered(const std::vector<T>& list, const std::vector<std::size_t>& order) {
  const std::size_t size = list.size() / order.size();
  std::vector<T> result;
  for (const std::size_t c : order) result.insert(result.end(), list.begin() + static_cast<std::ptrdiff_t>(c * size), list.begin() + static_cast<std::ptrdiff_t>((c + 1) * size));
  return result;
}

// The new number of each old one.
std::vector<std::int32_t> inverse(const std::vector<std::size_t>& order) {
  std::vector<std::int32_t> number(order.size());
  for (std::size_t place = 0; place < order.size(); ++place) number[order[place]] = static_cast<std::int32_t>(place);
  return number;
}

// Labels, sizes and inertia by the rule itself, so that assigning the same rows again gives the same labels.
void add(Sweep& sweep, MatrixView x, Clustering clustering, FittedRule rule, int threads) {
  clustering.labels = assign(rule, x, clustering.centres, threads);
  measure(x, clustering);
  sweep.clusterings.push_back(std::move(clustering));
  sweep.rules.push_back(std::move(rule));
}

// One sweep of an algorithm over rows.
struct Fitting {
  MatrixView x;
  const MixedLayout& layout;
  const SweepOptions& options;
  Sweep sweep = {};

  template <class Options>
  Options with_own(Options o) const {
    if constexpr (requires { o.restarts; }) o.restarts = options.restarts.value_or(o.restarts);
    if constexpr (requires { o.seed; }) o.seed = options.seed;
    if constexpr (requires { o.threads; }) o.threads = options.threads;
    return o;
  }
  // What one k cannot have (bounds, a singular covariance) another may.
  void each_k(const auto& fit_one) {
    for (std::size_t k = options.range.first; k <= options.range.last; ++k) {
      try {
        fit_one(k);
      } catch (const Error& error) {
        if (error.kind != ErrorKind::usage || (k == options.range.last && sweep.clusterings.empty())) throw;
        sweep.notes.push_back(fmt::format("k = {} is left out: {}", k, error.what()));
      }
    }
  }
  void add(Clustering clustering, FittedRule rule) { coterie::add(sweep, x, std::move(clustering), std::move(rule), options.threads); }

  void operator()(const KmeansOptions& o) {
    sweep.clusterings = kmeans_sweep(x, options.range, with_own(o));
    sweep.rules.assign(sweep.clusterings.size(), NearestCentre{});
  }

  void operator()(const MiniBatchOptions& o) {
    each_k([&](std::size_t k) {
      MiniBatchKmeans found = mini_batch_kmeans(x, k, with_own(o));
      add({.k = k, .centres = reordered(found.centres, by_weight(x, found.labels, k)), .iterations = found.iterations, .converged = found.converged}, NearestCentre{});
    });
  }

  // Once more to the final centres, so that labels, prices and centres belong together.
  void operator()(const ConstrainedKmeansOptions& o) {
    each_k([&](std::size_t k) {
      ConstrainedKmeans found = constrained_kmeans(x, k, with_own(o));
      Clustering c{.k = k, .centres = reordered(found.centres, by_weight(x, found.labels, k)), .iterations = found.iterations, .converged = found.converged};
      Matrix costs(x.rows, k);
      centre_distances(x, c.centres, costs, options.threads);
      BoundedAssignment last = assign_within_bounds(costs, x.weights == nullptr ? std::span<const double>{} : std::span(x.weights, x.rows), o.least, o.most);
      PricedCentres rule{last.prices, {}};
      const HugeArray<std::int32_t> by_price = assign(FittedRule(rule), x, c.centres, options.threads);
      rule.dealt = dealt_rows(last, by_price);
      c.parts = std::move(last.parts);
      coterie::add(sweep, x, std::move(c), std::move(rule), options.threads);
      sweep.clusterings.back().sizes = std::move(last.sizes), sweep.clusterings.back().inertia = last.cost;
    });
  }

  // Rows that are divided, and rows that stand at the border of two clusters and are put by the bounds.
  std::vector<DealtRow> dealt_rows(const BoundedAssignment& assigned, std::span<const std::int32_t> by_price) const {
    std::vector<DealtRow> dealt;
    const auto values = [&](std::size_t row) {
      std::vector<double> v(x.columns);
      for (std::size_t j = 0; j < x.columns; ++j) v[j] = x.at(row, j);
      return v;
    };
    std::vector<bool> divided(x.rows);
    for (const RowPart& part : assigned.parts) {
      if (!divided[part.row]) dealt.push_back({values(part.row), {}, {}}), divided[part.row] = true;
      dealt.back().clusters.push_back(part.cluster), dealt.back().customers.push_back(part.weight);
    }
    for (std::size_t row = 0; row < x.rows; ++row)
      if (!divided[row] && assigned.labels[row] != by_price[row]) dealt.push_back({values(row), {assigned.labels[row]}, {x.weight(row)}});
    return dealt;
  }

  void operator()(const HierarchicalChoice& o) {
    const MicroClusters micro = micro_clusters(x, {.count = o.micro_clusters, .threads = options.threads});
    MatrixView leaves = micro.centres;
    leaves.weights = micro.weights.data();
    if (leaves.rows < x.rows)
      sweep.notes.push_back(fmt::format("the tree is made of {} micro-clusters of the {} different rows (--micro-clusters); each customer belongs to the nearest", leaves.rows, x.rows));
    sweep.tree = hierarchical(leaves, {.linkage = o.linkage, .threads = options.threads});
    sweep.leaf_customers = micro.weights;
    LabelledPoints rule;
    for (std::size_t i = 0; i < leaves.rows; ++i)
      for (std::size_t j = 0; j < leaves.columns; ++j) rule.points.push_back(leaves.at(i, j));
    const HugeArray<std::int32_t> nearest = std::move(assign(x, rule.points, options.threads).labels);
    if (sweep.tree->inversions > 0)
      sweep.notes.push_back(fmt::format("{} merges of the tree are lower than the one before (inversions): {} linkage has them", sweep.tree->inversions, name_of(o.linkage)));
    if (o.cut) return add_cut(rule, nearest, cut_at_height(*sweep.tree, *o.cut));
    if (options.range.last > leaves.rows)
      throw Error(ErrorKind::usage, fmt::format("{} clusters are asked for, but the tree has {} leaves", options.range.last, leaves.rows), "give a smaller --k, or more --micro-clusters");
    each_k([&](std::size_t k) { add_cut(rule, nearest, cut(*sweep.tree, static_cast<int>(k))); });
  }

  void add_cut(const LabelledPoints& points, const HugeArray<std::int32_t>& nearest, const std::vector<int>& of_leaf) {
    const std::size_t k = 1 + static_cast<std::size_t>(std::ranges::max(of_leaf));
    if (k > most_found) {
      const std::vector<Merge>& merges = sweep.tree->merges;
      throw Error(ErrorKind::usage, fmt::format("the tree falls into {} clusters at this height, which are no segments", k),
                  fmt::format("cut it higher: its last two merges are at {:.4g} and {:.4g}, the tenth from the end at {:.4g}", merges[merges.size() - 2].height, merges.back().height, merges[merges.size() - 10].height));
    }
    Clustering c{.k = k, .labels = HugeArray<std::int32_t>(x.rows), .converged = true};
    for (std::size_t i = 0; i < x.rows; ++i) c.labels[i] = of_leaf[static_cast<std::size_t>(nearest[i])];
    const std::vector<std::int32_t> number = inverse(by_weight(x, c.labels, k));
    LabelledPoints rule{points.points, {}};
    for (const int label : of_leaf) rule.labels.push_back(number[static_cast<std::size_t>(label)]);
    for (std::int32_t& label : c.labels) label = number[static_cast<std::size_t>(label)];
    measure(x, c);
    sweep.clusterings.push_back(std::move(c)), sweep.rules.emplace_back(std::move(rule));
  }

  void operator()(const HdbscanChoice& o) {
    const double customers = weight_sum(x);
    const std::size_t size = o.min_cluster_size > 0 ? o.min_cluster_size : std::max<std::size_t>(10, static_cast<std::size_t>(std::llround(customers / 100)));
    const std::size_t samples = o.min_samples > 0 ? o.min_samples : std::min<std::size_t>(size, 10);
    Density rule{fit_pca(x, std::min(o.components, x.columns), options.threads), {}, {}};
    const Matrix projected = project(x, rule.projection, options.threads);
    MatrixView rows = projected;
    rows.weights = x.weights;
    Hdbscan found = hdbscan(rows, {.min_cluster_size = size, .min_samples = samples, .selection = o.selection, .epsilon = o.epsilon,
                                   .allow_single_cluster = o.allow_single_cluster, .smallest_distance = o.smallest_distance, .threads = options.threads});
    const std::size_t k = found.size.size();
    if (k > most_found) throw Error(ErrorKind::usage, fmt::format("HDBSCAN finds {} clusters of {} customers and more, which are no segments", k, size), "give a larger --min-cluster-size");
    sweep.notes.push_back(fmt::format("HDBSCAN on {} principal component{} ({:.0f} % of the variance), min_cluster_size {}, min_samples {} (the customer itself not counted): {} cluster{}, {:.0f} of {:.0f} customers are noise",
                                      rule.projection.components, rule.projection.components == 1 ? "" : "s", 100 * explained(rule.projection), size, samples, k, k == 1 ? "" : "s", found.noise_size, customers));
    if (k > 0) rule.number_of = inverse(by_weight(x, found.rows.label, k));
    rule.model = std::make_shared<HdbscanModel>(std::move(found.model));
    Clustering c{.k = k, .labels = std::move(found.rows.label), .converged = true};
    for (std::int32_t& label : c.labels)
      if (label != noise) label = rule.number_of[static_cast<std::size_t>(label)];
    measure(x, c);
    sweep.clusterings.push_back(std::move(c)), sweep.rules.emplace_back(std::move(rule));
  }

  static double explained(const Pca& pca) { return std::accumulate(pca.explained_ratio.begin(), pca.explained_ratio.end(), 0.0); }

  void operator()(const GaussianMixtureOptions& o) {
    each_k([&](std::size_t k) {
      const GaussianMixture found = gaussian_mixture(x, k, with_own(o));
      const std::vector<std::size_t> order = by_weight(x, found.labels, k);
      GaussianMixtureModel rule = found.model;
      rule.weights = reordered(rule.weights, order), rule.means = reordered(rule.means, order), rule.covariances = reordered(rule.covariances, order);
      add({.k = k, .centres = rule.means, .iterations = found.iterations, .converged = found.converged, .log_likelihood = found.log_likelihood, .bic = found.bic, .icl = found.icl},
          std::move(rule));
    });
  }

  void operator()(const KPrototypesOptions& o) {
    const RowSample sample = x.rows > prototype_rows ? sample_rows(x, prototype_rows, Random(options.seed, 0x9707)) : RowSample{};
    if (x.rows > prototype_rows) sweep.notes.push_back(fmt::format("k-prototypes is fitted to a sample of {} of the {} different rows; all customers get the cheapest prototype", prototype_rows, x.rows));
    const MixedRows rows = mixed_rows(x.rows > prototype_rows ? sample.view() : x, layout);
    note_categories("k-prototypes is k-means");
    each_k([&](std::size_t k) {
      const KPrototypes found = k_prototypes(rows.view(), k, with_own(o));
      const std::vector<std::size_t> order = by_weight(rows.view().numbers, found.labels, k);
      add({.k = k, .iterations = found.iterations, .converged = found.converged}, Prototypes{layout, found.gamma, reordered(found.centres, order), reordered(found.modes, order)});
    });
  }

  void operator()(const KMedoidsOptions& o) {
    const MixedRows rows = mixed_rows(x, layout);
    if (x.rows > o.sample_rows) sweep.notes.push_back(fmt::format("medoids are searched among {} samples of {} of the {} different rows (CLARA); all customers get the nearest", o.samples, o.sample_rows, x.rows));
    each_k([&](std::size_t k) {
      const KMedoids found = k_medoids(rows.view(), k, with_own(o));
      GowerMedoids rule{layout, found.scale, {}};
      for (const std::size_t c : by_weight(x, found.labels, k))
        for (std::size_t j = 0; j < x.columns; ++j) rule.rows.push_back(x.at(found.medoids[c], j));
      std::vector<double> centres = rule.rows;
      add({.k = k, .centres = std::move(centres), .iterations = found.iterations, .converged = found.converged}, std::move(rule));
    });
  }

  void note_categories(const char* otherwise) {
    if (layout.categories.empty()) sweep.notes.push_back(fmt::format("no column is a category: {}", otherwise));
  }
};

template <class Enum>
Enum from_name(const std::string& name, const char* what, std::initializer_list<Enum> all) {
  std::vector<std::string> known;
  for (const Enum value : all) {
    if (name == name_of(value)) return value;
    known.emplace_back(name_of(value));
  }
  throw Error(ErrorKind::usage, fmt::format("there is no {} \"{}\"{}", what, name, did_you_mean(name, known)), fmt::format("write {}", fmt::join(known, ", ")));
}

// What some k has nobody in is no clustering into k.
void drop_empty(Sweep& sweep) {
  for (std::size_t i = sweep.clusterings.size(); i-- > 0;) {
    const Clustering& c = sweep.clusterings[i];
    if (std::ranges::none_of(c.sizes, [](double size) { return size == 0; })) continue;
    sweep.notes.push_back(fmt::format("k = {} is left out: one of its clusters is no customer's", c.k));
    if (sweep.clusterings.size() == 1)
      throw Error(ErrorKind::usage, fmt::format("of {} clusters one is no customer's", c.k), "give a smaller --k or another --algorithm");
    sweep.clusterings.erase(sweep.clusterings.begin() + static_cast<std::ptrdiff_t>(i));
    sweep.rules.erase(sweep.rules.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace

Linkage linkage_from_name(const std::string& name) {
  return from_name<Linkage>(name, "linkage", {Linkage::ward, Linkage::ward_d, Linkage::single, Linkage::complete, Linkage::average, Linkage::weighted, Linkage::centroid, Linkage::median});
}
Covariance covariance_from_name(const std::string& name) {
  return from_name<Covariance>(name, "covariance", {Covariance::full, Covariance::diagonal, Covariance::tied, Covariance::spherical});
}
Selection selection_from_name(const std::string& name) { return from_name<Selection>(name, "selection", {Selection::excess_of_mass, Selection::leaf}); }

int own_restarts(const Algorithm& algorithm) {
  return std::visit([](const auto& o) {
    if constexpr (requires { o.restarts; }) return o.restarts;
    else return 1;
  }, algorithm);
}

const char* name_of(const Algorithm& algorithm) { return names[algorithm.index()]; }

Algorithm algorithm_from_name(const std::string& name) {
  static const std::vector<Algorithm> all = {KmeansOptions{}, ConstrainedKmeansOptions{}, HierarchicalChoice{}, HdbscanChoice{}, GaussianMixtureOptions{}, KPrototypesOptions{}, KMedoidsOptions{}, MiniBatchOptions{}};
  for (const Algorithm& algorithm : all)
    if (name == name_of(algorithm)) return algorithm;
  throw Error(ErrorKind::usage, fmt::format("there is no algorithm \"{}\"{}", name, did_you_mean(name, std::vector<std::string>(names.begin(), names.end()))), fmt::format("the algorithms are {}", fmt::join(names, ", ")));
}

bool finds_k(const Algorithm& algorithm) {
  const auto* tree = std::get_if<HierarchicalChoice>(&algorithm);
  return std::holds_alternative<HdbscanChoice>(algorithm) || (tree != nullptr && tree->cut.has_value());
}

Sweep cluster_sweep(const Algorithm& algorithm, MatrixView x, const MixedLayout& layout, const SweepOptions& options) {
  Fitting fitting{.x = x, .layout = layout, .options = options};
  std::visit(fitting, algorithm);
  if (!options.keep_empty) drop_empty(fitting.sweep);
  return std::move(fitting.sweep);
}

}  // namespace coterie
