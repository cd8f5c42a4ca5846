#include "coterie/score/choose_k.h"

#include <fmt/format.h>

#include <algorithm>

#include "coterie/base/error.h"
#include "coterie/score/without_noise.h"

namespace coterie {
namespace {

KChoiceRow row_of(const Clustering& result) {
  KChoiceRow row;
  row.k = result.k, row.inertia = result.inertia, row.sizes = result.sizes;
  row.restarts_agreeing = result.restarts_agreeing, row.runner_up_inertia = result.runner_up_inertia;
  row.log_likelihood = result.log_likelihood, row.bic = result.bic, row.icl = result.icl;
  return row;
}

std::string explain(const KChoice& choice) {
  const auto row_for = [&](std::size_t k) -> const KChoiceRow& {
    for (const KChoiceRow& row : choice.rows)
      if (row.k == k) return row;
    return choice.rows.front();
  };
  const KChoiceRow &best = row_for(choice.best), &chosen = row_for(choice.chosen);
  if (choice.rows.size() == 1) {
    const std::string how = choice.exact ? "computed exactly" : fmt::format("95 % interval {:.4f} to {:.4f}, {} sampled rows", best.silhouette->low, best.silhouette->high, choice.judged_rows);
    return fmt::format("k = {} alone was looked at; its silhouette is {:.4f} ({}).", choice.chosen, best.silhouette->mean, how);
  }
  if (choice.by_bic)
    return fmt::format("k = {} has the highest BIC, {:.6g}; the highest silhouette is that of k = {}, {:.4f}.", choice.chosen, *chosen.bic, choice.best, best.silhouette->mean);
  if (choice.exact)
    return fmt::format("k = {} has the highest silhouette, {:.4f}, computed exactly.", choice.best, best.silhouette->mean);
  const std::string highest = fmt::format("k = {} has the highest silhouette, {:.4f} (95 % interval {:.4f} to {:.4f}, {} sampled rows)",
                                          choice.best, best.silhouette->mean, best.silhouette->low, best.silhouette->high, choice.judged_rows);
  if (choice.chosen == choice.best) return highest + ", and no smaller k is within its sampling error.";
  return fmt::format("{}, but it leads k = {} by {:.4f} only (95 % interval {:.4f} to {:.4f}): the smaller k is chosen.", highest,
                     choice.chosen, chosen.behind_best->mean, chosen.behind_best->low, chosen.behind_best->high);
}

// Index of the highest mean among the allowed ks, ties to the first.
std::size_t index_of_best(const SilhouetteScores& scores, std::span<const Partition> partitions, const std::vector<std::size_t>& allowed) {
  std::size_t best = partitions.size();
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    if (std::ranges::find(allowed, partitions[i].k) == allowed.end()) continue;
    if (best == partitions.size() || scores.partitions[i].mean.mean > scores.partitions[best].mean.mean) best = i;
  }
  return best;
}

// Scores of one clustering without its noise.
SilhouetteScores silhouette_without_noise(MatrixView x, const Clustering& clustering, const SilhouetteOptions& options) {
  const ClusteredRows clustered = without_noise(x, clustering.labels);
  const Partition partition{clustered.labels, clustering.k};
  return silhouettes(clustered.view(), std::span(&partition, 1), options);
}

// The allowed k of the highest BIC, ties to the smaller.
void choose_by_bic(KChoice& choice) {
  const KChoiceRow* best = nullptr;
  for (const KChoiceRow& row : choice.rows)
    if (row.bic && std::ranges::find(choice.allowed, row.k) != choice.allowed.end() && (best == nullptr || *row.bic > *best->bic)) best = &row;
  if (best == nullptr) return;
  choice.by_bic = true, choice.chosen = best->k;
}

std::vector<std::size_t> within_limit(const std::vector<KChoiceRow>& rows, double least_size) {
  std::vector<std::size_t> allowed;
  double most = 0;  // that a smallest cluster has
  for (const KChoiceRow& row : rows) {
    if (row.k < 2) continue;
    const double smallest = *std::ranges::min_element(row.sizes);
    most = std::max(most, smallest);
    if (smallest >= least_size || rows.size() == 1) allowed.push_back(row.k);
  }
  if (allowed.empty())
    throw Error(ErrorKind::usage, fmt::format("with every k of {} to {} one segment has less than {:.0f} customers; the most it has is {:.0f}", rows.front().k, rows.back().k, least_size, most),
                "give a smaller --min-segment-size, or a --k that begins lower");
  return allowed;
}

}  // namespace

KChoice choose_k(MatrixView x, std::span<const Clustering> sweep, const SilhouetteOptions& options, double least_size) {
  KChoice choice;
  std::vector<Partition> partitions;
  std::vector<std::size_t> judged;  // a partition: its place in the sweep
  std::vector<std::size_t> ks;
  std::vector<double> inertias;
  for (const Clustering& result : sweep) {
    if (result.k >= 2) judged.push_back(choice.rows.size()), partitions.push_back({result.labels, result.k});
    ks.push_back(result.k), inertias.push_back(result.inertia);
    choice.rows.push_back(row_of(result));
  }
  if (partitions.empty()) throw Error(ErrorKind::usage, "to choose k, at least one k of 2 or more is needed", "sweep a range such as 2 to 10");

  const bool has_noise = sweep.size() == 1 && std::ranges::any_of(sweep[0].labels, [](std::int32_t label) { return label < 0; });
  const SilhouetteScores scores = has_noise ? silhouette_without_noise(x, sweep[0], options) : silhouettes(x, partitions, options);
  choice.allowed = within_limit(choice.rows, least_size);
  const std::size_t best = index_of_best(scores, partitions, choice.allowed);
  choice.exact = scores.exact, choice.judged_rows = scores.rows.size();
  choice.best = choice.chosen = partitions[best].k;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    KChoiceRow& row = choice.rows[judged[i]];
    row.silhouette = scores.partitions[i].mean;
    row.behind_best = paired_difference(scores, best, i);
    const bool is_allowed = std::ranges::find(choice.allowed, row.k) != choice.allowed.end();
    const bool may_be_equal = !scores.exact && row.behind_best->low <= 0 && is_allowed;
    if (may_be_equal && row.k < choice.chosen) choice.chosen = row.k;
  }
  choose_by_bic(choice);
  choice.elbow = find_elbow(ks, inertias);
  choice.reason = explain(choice);
  return choice;
}

KChoice no_choice(const Clustering& found) {
  KChoice choice;
  choice.rows.push_back(row_of(found));
  choice.chosen = choice.best = found.k;
  choice.allowed = {found.k};
  choice.reason = found.k == 0 ? "No cluster was found: there is nothing to choose." : "One cluster was found: there is nothing to choose.";
  return choice;
}

std::optional<std::size_t> find_elbow(std::span<const std::size_t> ks, std::span<const double> inertias) {
  if (ks.size() < 3 || inertias.front() <= inertias.back()) return std::nullopt;
  const double width = static_cast<double>(ks.back() - ks.front()), height = inertias.front() - inertias.back();
  std::optional<std::size_t> elbow;
  double farthest = 0;
  for (std::size_t i = 0; i < ks.size(); ++i) {
    const double along = static_cast<double>(ks[i] - ks.front()) / width, above = (inertias[i] - inertias.back()) / height;
    const double below_chord = 1 - along - above;
    if (below_chord > farthest) farthest = below_chord, elbow = ks[i];
  }
  return elbow;
}

}  // namespace coterie
