#include "coterie/score/partition_scores.h"

#include <algorithm>
#include <cmath>

#include "coterie/base/parallel.h"
#include "coterie/score/centres.h"
#include "coterie/score/dbcv.h"
#include "coterie/score/indices.h"
#include "coterie/score/resample.h"
#include "coterie/score/silhouette.h"
#include "coterie/score/without_noise.h"

namespace coterie {
namespace {

constexpr Estimate undefined{NAN, NAN, NAN, NAN};

double squared_distance(MatrixView x, std::size_t row, const double* centre) {
  double sum = 0;
  for (std::size_t j = 0; j < x.columns; ++j) sum += (x.at(row, j) - centre[j]) * (x.at(row, j) - centre[j]);
  return sum;
}

double distance(MatrixView x, std::size_t a, std::size_t b) {
  double sum = 0;
  for (std::size_t j = 0; j < x.columns; ++j) sum += (x.at(a, j) - x.at(b, j)) * (x.at(a, j) - x.at(b, j));
  return std::sqrt(sum);
}

Estimate over_rows(std::vector<double> values, bool exact) {
  Estimate e = estimate_of(values);
  return exact ? estimate_from(e.mean, 0) : e;
}

Estimate over_parts(const std::vector<double>& values) {
  if (std::ranges::any_of(values, [](double v) { return std::isnan(v); })) return undefined;
  return values.size() == 1 ? estimate_from(values[0], 0) : estimate_of(values);
}

bool all_inhabited(std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<bool> inhabited(k);
  for (const std::int32_t label : labels)
    if (label >= 0) inhabited[static_cast<std::size_t>(label)] = true;
  return std::ranges::find(inhabited, false) == inhabited.end();
}

// Every parts-th row, from `part` on.
struct Part {
  Matrix rows;
  std::vector<std::int32_t> labels;
};
Part part_of(MatrixView x, std::span<const std::int32_t> labels, std::size_t part, std::size_t parts) {
  Part result{Matrix((x.rows - part + parts - 1) / parts, x.columns), {}};
  for (std::size_t row = part, at = 0; row < x.rows; row += parts, ++at) {
    for (std::size_t j = 0; j < x.columns; ++j) result.rows.at(at, j) = x.at(row, j);
    result.labels.push_back(labels[row]);
  }
  return result;
}

void add_indices(MatrixView sample, std::span<const std::int32_t> labels, std::size_t parts, int threads, PartitionScores& scores) {
  std::vector<double> xie_beni(parts), dunn(parts), density(parts);
  for (std::size_t p = 0; p < parts; ++p) {
    const Part part = part_of(sample, labels, p, parts);
    const bool has_clusters = std::ranges::any_of(part.labels, [](std::int32_t label) { return label >= 0; });
    xie_beni[p] = has_clusters ? validity_indices(part.rows, part.labels).xie_beni : NAN;
    dunn[p] = has_clusters ? dunn_index(part.rows, part.labels, threads) : NAN;
    density[p] = dbcv(part.rows, part.labels, {.threads = threads}).value.value_or(NAN);
  }
  scores.xie_beni = over_parts(xie_beni), scores.dunn = over_parts(dunn), scores.dbcv = over_parts(density);
}

void add_silhouettes(MatrixView sample, std::span<const std::int32_t> labels, std::size_t k, bool exact, PartitionScores& scores) {
  scores.squared_silhouette = scores.medoid_silhouette = undefined;
  if (!all_inhabited(labels, k)) return;
  const ClusteredRows rows = without_noise(sample, labels);
  scores.squared_silhouette = over_rows(squared_silhouettes(rows.view(), rows.labels, k), exact);
  std::vector<double> medoids;
  for (const std::size_t row : medoids_of(rows.view(), rows.labels, k))
    for (std::size_t j = 0; j < sample.columns; ++j) medoids.push_back(rows.rows.at(row, j));
  scores.medoid_silhouette = over_rows(simplified_silhouette(rows.view(), medoids, {rows.labels, k}, 1).values, exact);
}

}  // namespace

std::vector<double> squared_silhouettes(MatrixView x, std::span<const std::int32_t> labels, std::size_t k) {
  const Centres centres = centres_of(x, labels);
  std::vector<double> within(k), values(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) within[static_cast<std::size_t>(labels[i])] += x.weight(i) * squared_distance(x, i, centres.at(labels[i]));
  for (std::size_t i = 0; i < x.rows; ++i) {
    const auto own = static_cast<std::size_t>(labels[i]);
    if (centres.weights[own] <= 1) continue;
    double a = 0, b = INFINITY;
    for (std::size_t c = 0; c < k; ++c) {
      const double n = centres.weights[c], mean = squared_distance(x, i, centres.at(static_cast<int>(c))) + within[c] / n;
      if (c == own) a = mean * n / (n - 1);
      else b = std::min(b, mean);
    }
    values[i] = std::max(a, b) > 0 ? (b - a) / std::max(a, b) : 0;
  }
  return values;
}

std::vector<std::size_t> medoids_of(MatrixView x, std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<std::vector<std::size_t>> rows(k);
  for (std::size_t i = 0; i < x.rows; ++i) rows[static_cast<std::size_t>(labels[i])].push_back(i);
  std::vector<std::size_t> medoids;
  for (const std::vector<std::size_t>& own : rows) {
    std::vector<double> sums(own.size());
    for (std::size_t a = 0; a < own.size(); ++a)
      for (std::size_t b = a + 1; b < own.size(); ++b) {
        const double d = distance(x, own[a], own[b]);
        sums[a] += x.weight(own[b]) * d, sums[b] += x.weight(own[a]) * d;
      }
    medoids.push_back(own[static_cast<std::size_t>(std::ranges::min_element(sums) - sums.begin())]);
  }
  return medoids;
}

PartitionScoresTable score_partitions(MatrixView x, std::span<const Clustering> sweep, const PartitionScoresOptions& options) {
  const CustomerSample sample = draw_customers(x, options.sample_customers, Random(options.seed, 11));
  double customers = 0;
  for (std::size_t i = 0; i < x.rows; ++i) customers += std::max(1.0, std::round(x.weight(i)));
  PartitionScoresTable table{.exact = static_cast<double>(sample.row_of.size()) >= customers, .customers = sample.row_of.size()};
  const std::size_t parts = table.exact ? 1 : options.parts;
  table.part_customers = table.customers / parts;
  for (const Clustering& clustering : sweep)
    if (clustering.k >= 2) table.rows.push_back({.k = clustering.k, .squared_silhouette = undefined, .medoid_silhouette = undefined, .xie_beni = undefined, .dunn = undefined, .dbcv = undefined});
  std::vector<std::vector<std::int32_t>> labels;
  for (const Clustering& clustering : sweep) {
    if (clustering.k < 2) continue;
    labels.emplace_back();
    for (const std::uint32_t row : sample.row_of) labels.back().push_back(clustering.labels[row]);
  }
  for_each_block(table.rows.size(), options.threads, [&](std::size_t i, int) {
    add_silhouettes(sample.rows, labels[i], table.rows[i].k, table.exact, table.rows[i]);
    add_indices(sample.rows, labels[i], parts, 1, table.rows[i]);
  });
  return table;
}

}  // namespace coterie
