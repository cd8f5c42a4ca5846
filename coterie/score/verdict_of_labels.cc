#include "coterie/score/verdict_of_labels.h"

#include <algorithm>
#include <cmath>

#include "coterie/base/random.h"
#include "coterie/score/gap.h"
#include "coterie/score/indices.h"
#include "coterie/score/resample.h"
#include "coterie/score/sample_fits.h"
#include "coterie/score/silhouette.h"
#include "coterie/score/spread_ties.h"
#include "coterie/score/stability.h"
#include "coterie/score/valley.h"
#include "coterie/score/verdict_sentence.h"
#include "coterie/score/without_noise.h"

namespace coterie {
namespace {

constexpr std::size_t least_customers = 30, customers_a_cluster = 10, different_rows_a_cluster = 2, most_clusters = 20;

// The samples that are judged: each a part of the one before it.
struct Samples {
  Matrix all, stability, nulls;
  Matrix spread;  // `all` without ties
  std::vector<std::uint32_t> row_of, stability_row_of;  // of `all` in the rows, of `stability` in `all`
};

// The clusters of one k, as the customers of the samples are in them.
struct Judged {
  std::vector<double> centres;
  std::vector<std::int32_t> labels, spread_labels, stability_labels;  // of `all`, of `spread`, of `stability`; -1 is noise
};

Samples draw_samples(MatrixView x, const VerdictOptions& options) {
  Samples samples;
  CustomerSample all = draw_customers(x, options.sample_customers, Random(options.seed, 1));
  samples.all = std::move(all.rows), samples.row_of = std::move(all.row_of);
  CustomerSample stability = draw_customers(samples.all, options.stability_customers, Random(options.seed, 2));
  samples.stability = std::move(stability.rows), samples.stability_row_of = std::move(stability.row_of);
  samples.nulls = draw_customers(samples.stability, options.null_customers, Random(options.seed, 3)).rows;
  return samples;
}

// The largest k that can be judged on so many customers; 0 when there are too few.
std::size_t most_judged(std::size_t customers, std::size_t different) {
  if (customers < least_customers) return 0;
  return std::min({customers / customers_a_cluster, different / different_rows_a_cluster, most_clusters});
}

// Of other algorithms than k-means only what was swept is judged, as far as the ks follow each other around the chosen one.
KRange swept_range(std::span<const Clustering> sweep, KRange range, std::size_t chosen) {
  const auto is_swept = [&](std::size_t k) { return k >= 2 && k <= range.last && std::ranges::any_of(sweep, [&](const Clustering& c) { return c.k == k; }); };
  KRange swept{chosen, chosen};
  while (is_swept(swept.first - 1)) --swept.first;
  while (is_swept(swept.last + 1)) ++swept.last;
  return swept;
}

std::vector<std::int32_t> picked(std::span<const std::int32_t> labels, std::span<const std::uint32_t> rows) {
  std::vector<std::int32_t> chosen(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) chosen[i] = labels[rows[i]];
  return chosen;
}

// Any algorithm: the labels that were delivered.
std::vector<Judged> judged_by_labels(std::span<const Clustering> sweep, KRange range, const Samples& samples) {
  std::vector<Judged> judged;
  for (const Clustering& result : sweep) {
    if (result.k < range.first || result.k > range.last) continue;
    const std::vector<std::int32_t> labels = picked(result.labels, samples.row_of);
    judged.push_back({result.centres, labels, labels, picked(labels, samples.stability_row_of)});
  }
  return judged;
}

void add_indices(MatrixView sample, std::span<const std::int32_t> labels, KEvidence& evidence) {
  if (std::ranges::all_of(labels, [](std::int32_t label) { return label < 0; })) return;
  const ValidityIndices indices = validity_indices(sample, labels);
  evidence.inertia = indices.inertia / static_cast<double>(sample.rows);
  evidence.calinski_harabasz = indices.calinski_harabasz, evidence.davies_bouldin = indices.davies_bouldin;
}

// All k at once, on the same sampled rows. NaN where the sample has nobody of a cluster.
void add_silhouettes(MatrixView sample, const std::vector<Judged>& judged, const VerdictOptions& options, std::vector<KEvidence>& table) {
  std::vector<Partition> partitions;
  std::vector<std::size_t> place;
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i].silhouette = {std::nan(""), std::nan(""), std::nan(""), std::nan("")};
    table[i].simplified_silhouette = std::nan("");
    std::vector<bool> inhabited(table[i].k);
    for (const std::int32_t label : judged[i].labels)
      if (label >= 0) inhabited[static_cast<std::size_t>(label)] = true;
    if (std::ranges::find(inhabited, false) == inhabited.end()) partitions.push_back({judged[i].labels, table[i].k}), place.push_back(i);
  }
  const SilhouetteScores scores = silhouettes(sample, partitions, {.exact_up_to = 1000, .sample_rows = 1000, .seed = options.seed, .threads = options.threads});
  for (std::size_t p = 0; p < place.size(); ++p) {
    table[place[p]].silhouette = scores.partitions[p].mean;
    table[place[p]].simplified_silhouette = simplified_silhouette(sample, judged[place[p]].centres, partitions[p], options.threads).mean;
  }
}

void add_scores(const Samples& samples, const std::vector<Judged>& judged, const Refit& refit, const VerdictOptions& options, std::vector<KEvidence>& table) {
  for (std::size_t i = 0; i < table.size(); ++i) add_indices(samples.all, judged[i].labels, table[i]);
  if (refit.any_k) return add_silhouettes(samples.all, judged, options, table);
  const ClusteredRows clustered = without_noise(samples.all, judged[0].labels);  // one k only
  add_silhouettes(clustered.rows, {{judged[0].centres, clustered.labels, {}, {}}}, options, table);
}

std::vector<Valley> valleys_of(const Samples& samples, const Judged& judged, int threads) { return valleys(samples.spread, judged.centres, judged.spread_labels, threads); }

void add_stability(MatrixView sample, const Judged& judged, const Refit& refit, const VerdictOptions& options, KEvidence& evidence) {
  const int k = static_cast<int>(evidence.k);
  const StabilityOptions stability{.replicates = options.resamples, .seed = options.seed, .threads = options.threads};
  evidence.half_split_agreement = half_split_agreement(sample, k, refit.fit(), stability, refit.assign);
  if (refit.any_k) evidence.prediction_strength = prediction_strength(sample, k, refit.fit(), stability, refit.assign);
  evidence.least_jaccard = 1, evidence.stability_customers = sample.rows;
  for (const ClusterStability& c : bootstrap_jaccard(sample, judged.stability_labels, k, refit.fit(), stability).clusters)
    evidence.jaccards.push_back(c.jaccard), evidence.least_jaccard = std::min(evidence.least_jaccard, c.jaccard.mean);
}

void add_gap(MatrixView sample, const Refit& refit, const VerdictOptions& options, std::vector<KEvidence>& table) {
  const int last = static_cast<int>(table.back().k);
  const GapResult gap = gap_statistic(sample, refit.fit(), {.k_max = last, .references = options.gap_references, .seed = options.seed, .threads = options.threads});
  for (KEvidence& evidence : table) evidence.gap = gap.rows[evidence.k - 1].gap, evidence.gap_error = gap.rows[evidence.k - 1].se;
}

void add_nulls(MatrixView sample, KRange range, const Refit& refit, const VerdictOptions& options, std::vector<KEvidence>& table) {
  for (const NullTest& test : null_tests(sample, range, {.drawings = options.null_drawings, .seed = options.seed, .threads = options.threads, .refit = &refit}))
    table[test.k - range.first].nulls.push_back(test);
}

std::vector<KEvidence> gather(const Samples& samples, std::span<const Clustering> sweep, KRange range, const std::vector<Judged>& judged, const Refit& refit, const VerdictOptions& options) {
  std::vector<KEvidence> table(range.last - range.first + 1);
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i].k = range.first + i;
    table[i].swept = std::ranges::any_of(sweep, [&](const Clustering& r) { return r.k == table[i].k; });
  }
  add_scores(samples, judged, refit, options, table);
  for (std::size_t i = 0; i < table.size(); ++i) {
    take_valleys(valleys_of(samples, judged[i], options.threads), table[i]);
    add_stability(samples.stability, judged[i], refit, options, table[i]);
  }
  if (refit.any_k) {
    add_gap(samples.nulls, refit, options, table);
    add_nulls(samples.nulls, range, refit, options, table);
  }
  return table;
}

}  // namespace

Verdict judge_labels(MatrixView x, std::span<const Clustering> sweep, std::span<const std::size_t> allowed, std::size_t chosen, const Refit& refit, const VerdictOptions& options) {
  Verdict verdict;
  verdict.k = chosen;
  Samples samples = draw_samples(x, options);
  const std::size_t different = different_rows(samples.nulls), most = most_judged(samples.nulls.rows(), different);
  if (chosen > most || chosen < 2) return verdict.sentence = sentence_if_not_judged(chosen, samples.nulls.rows(), different), verdict;
  const KRange range = swept_range(sweep, {2, most}, chosen);
  samples.spread = spread_ties(samples.all, options.seed);
  verdict.sample_customers = samples.all.rows(), verdict.null_customers = samples.nulls.rows(), verdict.null_drawings = refit.any_k ? options.null_drawings : 0;
  const auto judged = judged_by_labels(sweep, range, samples);
  verdict.table = gather(samples, sweep, range, judged, refit, options);
  choose_by_evidence(allowed, verdict);
  verdict.segments = stability_of_segments(valleys_of(samples, judged[verdict.k - range.first], options.threads), *verdict.evidence(verdict.k));
  conclude(verdict);
  return verdict;
}

}  // namespace coterie
