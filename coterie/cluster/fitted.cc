#include "coterie/cluster/fitted.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "coterie/base/parallel.h"
#include "coterie/cluster/centre_distances.h"
#include "coterie/cluster/k_prototypes.h"
#include "coterie/cluster/kmeans.h"

namespace coterie {
namespace {

constexpr std::size_t block_rows = 16384;

using Labels = HugeArray<std::int32_t>;

Labels copy_of(std::span<const std::int32_t> labels) {
  Labels all(labels.size());
  std::ranges::copy(labels, all.begin());
  return all;
}

std::vector<double> row_values(MatrixView x, std::size_t row) {
  std::vector<double> values(x.columns);
  for (std::size_t j = 0; j < x.columns; ++j) values[j] = x.at(row, j);
  return values;
}

std::map<std::vector<double>, const DealtRow*> dealt_by_values(const PricedCentres& rule) {
  std::map<std::vector<double>, const DealtRow*> found;
  for (const DealtRow& row : rule.dealt) found[row.values] = &row;
  return found;
}

// The cheapest cluster of each row, ties to the lowest.
Labels by_price(const PricedCentres& rule, MatrixView x, std::span<const double> centres, int threads) {
  Matrix costs(x.rows, rule.prices.size());
  centre_distances(x, centres, costs, threads);
  Labels labels(x.rows);
  for_each_block(block_count(x.rows, block_rows), threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, x.rows, block_rows);
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t c = 1; c < rule.prices.size(); ++c) {
        const auto best = static_cast<std::size_t>(labels[i]);
        if (costs.at(i, c) + rule.prices[c] < costs.at(i, best) + rule.prices[best]) labels[i] = static_cast<std::int32_t>(c);
      }
  });
  return labels;
}

Labels labels_by(const NearestCentre&, MatrixView x, std::span<const double> centres, int threads) { return std::move(assign(x, centres, threads).labels); }

Labels labels_by(const PricedCentres& rule, MatrixView x, std::span<const double> centres, int threads) {
  Labels labels = by_price(rule, x, centres, threads);
  const auto dealt = dealt_by_values(rule);
  if (dealt.empty()) return labels;
  for (std::size_t row = 0; row < x.rows; ++row)
    if (const auto it = dealt.find(row_values(x, row)); it != dealt.end()) labels[row] = it->second->clusters.front();
  return labels;
}

Labels labels_by(const LabelledPoints& rule, MatrixView x, std::span<const double>, int threads) {
  Labels labels = std::move(assign(x, rule.points, threads).labels);
  for (std::int32_t& label : labels) label = rule.labels[static_cast<std::size_t>(label)];
  return labels;
}

Labels labels_by(const GaussianMixtureModel& rule, MatrixView x, std::span<const double>, int threads) { return copy_of(assign(rule, x, threads)); }

Labels labels_by(const Density& rule, MatrixView x, std::span<const double>, int threads) {
  Labels labels = std::move(assign(*rule.model, project(x, rule.projection, threads), threads).label);
  for (std::int32_t& label : labels)
    if (label != noise) label = rule.number_of[static_cast<std::size_t>(label)];
  return labels;
}

Labels labels_by(const Prototypes& rule, MatrixView x, std::span<const double>, int threads) {
  const MixedRows rows = mixed_rows(x, rule.layout);
  KPrototypes model;
  model.centres = rule.centres, model.modes = rule.modes, model.gamma = rule.gamma;
  return copy_of(assign(model, rows.view(), threads));
}

Labels labels_by(const GowerMedoids& rule, MatrixView x, std::span<const double>, int threads) {
  const Matrix medoids = matrix_from_rows(rule.rows, x.columns);
  const MixedRows rows = mixed_rows(x, rule.layout), of_medoids = mixed_rows(medoids, rule.layout);
  Labels labels(x.rows);
  for_each_block(block_count(x.rows, block_rows), threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, x.rows, block_rows);
    for (std::size_t i = begin; i < end; ++i) {
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < medoids.rows(); ++c)
        if (const double d = gower_distance(rule.scale, rows.view(), i, of_medoids.view(), c); d < least) least = d, labels[i] = static_cast<std::int32_t>(c);
    }
  });
  return labels;
}

Membership membership_by(const auto&, MatrixView, int) { return {}; }

Membership membership_by(const LabelledPoints& rule, MatrixView x, int threads) {
  Membership result{{"leaf"}, Matrix(x.rows, 1)};
  std::ranges::copy(assign(x, rule.points, threads).labels, result.values.column(0).begin());
  return result;
}

Membership membership_by(const GaussianMixtureModel& rule, MatrixView x, int threads) {
  Membership result{{}, responsibilities(rule, x, threads)};
  for (std::size_t c = 0; c < rule.clusters; ++c) result.names.push_back(fmt::format("probability_{}", c));
  return result;
}

Membership membership_by(const Density& rule, MatrixView x, int threads) {
  const HdbscanLabels found = assign(*rule.model, project(x, rule.projection, threads), threads);
  Membership result{{"probability", "outlier_score"}, Matrix(x.rows, 2)};
  std::ranges::copy(found.probability, result.values.column(0).begin());
  std::ranges::copy(found.outlier_score, result.values.column(1).begin());
  return result;
}

}  // namespace

Matrix matrix_from_rows(std::span<const double> rows, std::size_t columns) {
  Matrix matrix(rows.size() / columns, columns);
  for (std::size_t i = 0; i < matrix.rows(); ++i)
    for (std::size_t j = 0; j < columns; ++j) matrix.at(i, j) = rows[i * columns + j];
  return matrix;
}

HugeArray<std::int32_t> assign(const FittedRule& rule, MatrixView x, std::span<const double> centres, int threads) {
  return std::visit([&](const auto& r) { return labels_by(r, x, centres, threads); }, rule);
}

Membership membership(const FittedRule& rule, MatrixView x, int threads) {
  return std::visit([&](const auto& r) { return membership_by(r, x, threads); }, rule);
}

HugeArray<std::int32_t> deal(const FittedRule& rule, MatrixView x, std::span<const std::int32_t> labels, std::span<const std::uint32_t> row_of) {
  Labels all(row_of.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = labels[row_of[i]];
  const auto* priced = std::get_if<PricedCentres>(&rule);
  if (priced == nullptr || priced->dealt.empty()) return all;
  const auto by_values = dealt_by_values(*priced);
  std::map<std::uint32_t, std::pair<const DealtRow*, double>> waiting;  // of a row: how it is dealt, and how many customers were
  for (std::size_t row = 0; row < x.rows; ++row)
    if (const auto it = by_values.find(row_values(x, row)); it != by_values.end()) waiting[static_cast<std::uint32_t>(row)] = {it->second, 0};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto it = waiting.find(row_of[i]);
    if (it == waiting.end()) continue;
    auto& [dealt, served] = it->second;
    double places = 0;
    std::size_t part = 0;
    for (; part + 1 < dealt->clusters.size(); ++part)
      if ((places += dealt->customers[part]) > served) break;
    all[i] = dealt->clusters[part];
    served += 1;
  }
  return all;
}

}  // namespace coterie
