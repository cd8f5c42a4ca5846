#include "coterie/cluster/hdbscan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/cluster/kd_search.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/finite.h"

namespace coterie {
namespace {

constexpr double largest_value = 1e150;  // its square is still finite
constexpr std::size_t block = 8192;

void check(const HdbscanOptions& options, const MatrixView& x) {
  if (x.columns == 0) throw Error(ErrorKind::usage, "density clustering needs at least one column");
  if (options.min_cluster_size < 2)
    throw Error(ErrorKind::usage, "min_cluster_size is below 2", "a cluster has at least two rows");
  if (!(options.epsilon >= 0) || !(options.smallest_distance >= 0))
    throw Error(ErrorKind::usage, "epsilon and smallest_distance are distances and not negative");
}

void check_values(const KdTree& tree) {
  for (std::size_t j = 0; tree.rows > 0 && j < 2 * tree.columns; ++j)
    if (!(std::abs(tree.boxes[2 * tree.columns + j]) <= largest_value))
      throw Error(ErrorKind::usage, fmt::format("column {} (from 0) has values beyond {}", j % tree.columns, largest_value),
                  "scale the columns first");
}

// Weights by position.
HugeArray<double> weights_of(const EqualRows& merged, const KdTree& tree) {
  HugeArray<double> weight(tree.rows);
  for (std::size_t p = 0; p < tree.rows; ++p) {
    weight[p] = merged.weights[tree.row_at[p]];
    if (weight[p] != std::floor(weight[p]))
      throw Error(ErrorKind::usage, fmt::format("a row has weight {}; density clustering counts rows", weight[p]),
                  "give whole numbers as weights, or none");
  }
  return weight;
}

void find_core_distances(HdbscanModel& model, const HugeArray<double>& weight, int threads) {
  const KdTree& tree = model.tree;
  const std::uint32_t need = model.min_samples + 1;
  model.count = HugeArray<std::uint32_t>(tree.rows);
  model.core = HugeArray<double>(tree.rows);
  const double floor = model.smallest_distance * model.smallest_distance;
  const std::size_t leaves = block_count(tree.rows, leaf_rows);
  for (std::size_t p = 0; p < tree.rows; ++p)
    model.count[p] = static_cast<std::uint32_t>(std::min<double>(weight[p], need));
  constexpr std::size_t block_leaves = 256;
  for_each_block(block_count(leaves, block_leaves), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, leaves, block_leaves);
    core_distances(tree, model.count.data(), need, range.begin, range.end, model.core.data());
    const std::size_t end = std::min(range.end * leaf_rows, tree.rows);
    for (std::size_t p = range.begin * leaf_rows; p < end; ++p) model.core[p] = std::max(model.core[p], floor);
  });
}

HdbscanLabels labels_for(std::size_t rows) { return {HugeArray<std::int32_t>(rows), HugeArray<double>(rows), HugeArray<double>(rows)}; }

template <class Fn>
void for_each_row(std::size_t rows, int threads, const Fn& fn) {
  for_each_block(block_count(rows, block), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, rows, block);
    for (std::size_t i = range.begin; i < range.end; ++i) fn(i);
  });
}

void write(HdbscanLabels& to, std::size_t row, const HdbscanAnswers::Answer& answer) {
  to.label[row] = answer.label, to.probability[row] = answer.probability, to.outlier_score[row] = answer.outlier_score;
}

HdbscanLabels label_rows(const HdbscanModel& model, const EqualRows& merged, int threads) {
  const HdbscanAnswers answers(model);
  HugeArray<std::uint32_t> position(model.tree.rows);
  for_each_row(position.size(), threads, [&](std::size_t p) { position[model.tree.row_at[p]] = static_cast<std::uint32_t>(p); });
  HdbscanLabels labels = labels_for(merged.unique_of_row.size());
  for_each_row(merged.unique_of_row.size(), threads, [&](std::size_t i) {
    const std::uint32_t p = position[merged.unique_of_row[i]];
    write(labels, i, answers.of_cluster(model.condensed.cluster_of[p], model.condensed.lambda[p]));
  });
  return labels;
}

void measure_clusters(Hdbscan& result, const HugeArray<double>& weight) {
  const HdbscanAnswers answers(result.model);
  const CondensedTree& tree = result.model.condensed;
  result.size.assign(result.model.selected.size(), 0);
  double most = 0;
  for (std::size_t p = 0; p < weight.size(); ++p) {
    const std::int32_t label = answers.label(tree.cluster_of[p], tree.lambda[p]);
    (label == noise ? result.noise_size : result.size[label]) += weight[p];
    most = std::max(most, tree.lambda[p]);
  }
  for (std::size_t k = 0; k < result.size.size(); ++k) {
    const double mass = result.size[k] * most;
    result.persistence.push_back(std::isinf(mass) || mass == 0 ? 1 : tree.clusters[result.model.selected[k]].stability / mass);
  }
}

HugeArray<ReachEdge> edges_between_rows(const SpanningTree& spanning, const HugeArray<std::uint32_t>& first_row, int threads) {
  HugeArray<ReachEdge> edges(spanning.edges.size());
  for_each_row(edges.size(), threads, [&](std::size_t e) {
    const SpanningEdge& edge = spanning.edges[e];
    const auto [a, b] = std::minmax(first_row[edge.a], first_row[edge.b]);
    edges[e] = {a, b, std::sqrt(edge.weight)};
  });
  return edges;
}

HdbscanModel empty_model(const HdbscanOptions& options) {
  HdbscanModel model;
  const std::size_t samples = options.min_samples > 0 ? options.min_samples : options.min_cluster_size;
  model.min_samples = static_cast<std::uint32_t>(std::min<std::size_t>(samples, 0xfffffff0u));
  model.smallest_distance = options.smallest_distance;
  model.epsilon = options.epsilon;
  return model;
}

}  // namespace

Hdbscan hdbscan(const MatrixView& x, const HdbscanOptions& options) {
  check(options, x);
  Hdbscan result;
  HdbscanModel& model = result.model = empty_model(options);
  require_finite(x, options.threads);
  EqualRows merged = merge_equal_rows(x, options.threads);
  model.tree = build_kd_tree(merged.view(), options.threads);
  check_values(model.tree);
  const HugeArray<double> weight = weights_of(merged, model.tree);
  merged.rows = Matrix();  // the tree has the values
  find_core_distances(model, weight, options.threads);
  SpanningTree spanning = spanning_tree(model.tree, model.core, options.threads);
  HugeArray<std::uint32_t> first_row(model.tree.rows);
  const std::vector<std::uint32_t> first_of_unique = first_rows(merged);
  for (std::size_t p = 0; p < first_row.size(); ++p) first_row[p] = first_of_unique[model.tree.row_at[p]];
  model.condensed = condense(spanning, weight, model.core, first_row, static_cast<double>(options.min_cluster_size));
  model.selected = select_clusters(model.condensed, {options.selection, options.epsilon, options.allow_single_cluster});
  result.rows = label_rows(model, merged, options.threads);
  measure_clusters(result, weight);
  result.spanning_tree = edges_between_rows(spanning, first_row, options.threads);
  result.row_at = std::move(first_row);
  return result;
}

HdbscanLabels assign(const HdbscanModel& model, const MatrixView& x, int threads) {
  if (x.columns != model.tree.columns)
    throw Error(ErrorKind::usage, fmt::format("{} columns given, the model has {}", x.columns, model.tree.columns));
  const HdbscanAnswers answers(model);
  HdbscanLabels labels = labels_for(x.rows);
  for_each_row(x.rows, threads, [&](std::size_t i) {
    thread_local std::vector<double> point;
    point.resize(x.columns);
    for (std::size_t j = 0; j < x.columns; ++j) {
      point[j] = x.at(i, j);
      if (!(std::abs(point[j]) <= largest_value))
        throw Error(ErrorKind::usage, fmt::format("row {}, column {} (from 0) is {}", i, j, point[j]));
    }
    write(labels, i, answers.of_row(point));
  });
  return labels;
}

HdbscanAnswers::HdbscanAnswers(const HdbscanModel& model)
    : model_(&model), above_(selected_above(model.condensed, model.selected)), last_death_(last_deaths(model.condensed)), label_(above_.size(), noise) {
  for (std::size_t k = 0; k < model.selected.size(); ++k) label_[model.selected[k]] = static_cast<std::int32_t>(k);
}

double HdbscanAnswers::root_threshold() const { return model_->epsilon > 0 ? 1 / model_->epsilon : model_->condensed.clusters[0].death; }

std::int32_t HdbscanAnswers::label(std::int32_t cluster, double lambda) const {
  if (cluster == no_cluster || above_[cluster] == no_cluster) return noise;
  if (above_[cluster] == 0 && lambda < root_threshold()) return noise;
  return label_[above_[cluster]];
}

HdbscanAnswers::Answer HdbscanAnswers::of_cluster(std::int32_t cluster, double lambda) const {
  Answer answer{.label = label(cluster, lambda)};
  if (answer.label != noise) {
    const double death = model_->condensed.clusters[above_[cluster]].death;
    answer.probability = std::isinf(lambda) || death == 0 ? 1 : std::min(lambda, death) / death;
  }
  if (cluster != no_cluster && !std::isinf(lambda)) {
    const double most = last_death_[cluster];
    answer.outlier_score = std::isinf(most) ? 1 : most == 0 ? 0 : (most - lambda) / most;
  }
  return answer;
}

HdbscanAnswers::Answer HdbscanAnswers::of_row(std::span<const double> row) const {
  const CondensedTree& tree = model_->condensed;
  if (tree.clusters.empty()) return of_cluster(no_cluster, 0);
  const Neighbour nearest = nearest_by_reach(model_->tree, model_->count.data(), model_->core.data(), model_->min_samples, model_->smallest_distance * model_->smallest_distance, row.data());
  const double own = 1 / std::sqrt(nearest.reach), theirs = tree.lambda[nearest.position];
  std::int32_t cluster = tree.cluster_of[nearest.position];
  while (own < theirs && cluster != 0 && tree.clusters[cluster].birth >= own) cluster = tree.clusters[cluster].parent;
  return of_cluster(cluster, std::min(own, theirs));
}

}  // namespace coterie
