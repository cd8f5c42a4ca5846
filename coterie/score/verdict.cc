#include "coterie/score/verdict.h"

#include <algorithm>
#include <cmath>
#include <optional>

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

namespace coterie {
namespace {

constexpr std::size_t least_customers = 30, customers_a_cluster = 10, different_rows_a_cluster = 2, most_clusters = 20;
constexpr std::size_t proving_groups = 3;              // of a stable k that cuts some groups
constexpr std::size_t customers_of_the_smallest = 400;  // in the sample whose stability is judged

// The samples that are judged.
struct Samples {
  Matrix all, stability, nulls;    // each a part of the one before it
  Matrix spread;                   // `all` without ties
  Matrix more;                     // for the stability of small segments
  std::vector<double> least_shares = {};  // of the smallest cluster of each k, in `all`

  // So many customers of `more` that the smallest cluster has enough of them.
  Matrix for_stability(std::size_t i) const {
    const double wanted = static_cast<double>(customers_of_the_smallest) / std::max(least_shares[i], 1e-9);
    if (wanted <= static_cast<double>(stability.rows())) return draw_customers(stability, stability.rows(), Random(0)).rows;
    return draw_customers(more, wanted < static_cast<double>(more.rows()) ? static_cast<std::size_t>(wanted) : more.rows(), Random(4)).rows;
  }
};

Samples draw_samples(MatrixView x, const VerdictOptions& options) {
  Samples samples;
  samples.all = draw_customers(x, options.sample_customers, Random(options.seed, 1)).rows;
  samples.stability = draw_customers(samples.all, options.stability_customers, Random(options.seed, 2)).rows;
  samples.more = draw_customers(x, options.most_stability_customers, Random(options.seed, 4)).rows;
  samples.nulls = draw_customers(samples.stability, options.null_customers, Random(options.seed, 3)).rows;
  return samples;
}

// The k that can be judged on so many customers; nothing when there are too few, or more segments than are worth it.
std::optional<KRange> judged_range(std::span<const KmeansResult> sweep, std::size_t customers, std::size_t different, std::size_t last_k) {
  const std::size_t most = std::min({customers / customers_a_cluster, different / different_rows_a_cluster, most_clusters});
  if (customers < least_customers || most < 2 || sweep.front().k > most) return std::nullopt;
  return KRange{2, std::min(most, std::max(last_k, sweep.back().k))};
}

// Centres of each k of the range: the sweep's, or else those of the sample.
std::vector<std::vector<double>> centres_of_range(std::span<const KmeansResult> sweep, KRange range, MatrixView sample, std::uint64_t seed) {
  std::vector<std::vector<double>> centres;
  for (KmeansResult& result : fit_sample(sample, range, seed, 10)) centres.push_back(std::move(result.centres));
  for (const KmeansResult& result : sweep)
    if (result.k >= range.first && result.k <= range.last) centres[result.k - range.first] = result.centres;
  return centres;
}

double least_share(std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<double> sizes(k);
  for (const std::int32_t label : labels) ++sizes[static_cast<std::size_t>(label)];
  return std::ranges::min(sizes) / static_cast<double>(labels.size());
}

void add_indices(MatrixView sample, const std::vector<std::vector<double>>& centres, const VerdictOptions& options, std::vector<KEvidence>& table, std::vector<double>& least_shares) {
  std::vector<Assignment> assigned;
  std::vector<Partition> partitions;
  for (const auto& c : centres) assigned.push_back(assign(sample, c, options.threads));
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::span<const std::int32_t> labels = assigned[i].labels;
    least_shares.push_back(least_share(labels, table[i].k));
    const ValidityIndices indices = validity_indices(sample, labels);
    table[i].inertia = indices.inertia / static_cast<double>(sample.rows);
    table[i].calinski_harabasz = indices.calinski_harabasz, table[i].davies_bouldin = indices.davies_bouldin;
    partitions.push_back({labels, table[i].k});
    if (static_cast<std::size_t>(indices.clusters) == table[i].k) continue;
    partitions.pop_back();  // a cluster of so few customers that the sample has none of them
    table[i].silhouette = {std::nan(""), std::nan(""), std::nan(""), std::nan("")};
    table[i].simplified_silhouette = std::nan("");
  }
  const SilhouetteScores scores = silhouettes(sample, partitions, {.exact_up_to = 1000, .sample_rows = 1000, .seed = options.seed, .threads = options.threads});
  for (std::size_t i = 0, p = 0; i < table.size(); ++i) {
    if (std::isnan(table[i].silhouette.mean)) continue;
    table[i].silhouette = scores.partitions[p].mean;
    table[i].simplified_silhouette = simplified_silhouette(sample, centres[i], partitions[p++], options.threads).mean;
  }
}

void add_stability(MatrixView sample, const std::vector<double>& centres, const VerdictOptions& options, KEvidence& evidence) {
  const int k = static_cast<int>(evidence.k);
  evidence.stability_customers = sample.rows;
  const StabilityOptions stability{.replicates = options.resamples, .seed = options.seed, .threads = options.threads};
  const HalfSplit halves = half_split(sample, k, sample_fit(), stability);
  evidence.half_split_agreement = halves.agreement, evidence.prediction_strength = halves.prediction_strength;
  const Assignment labels = assign(sample, centres, options.threads);
  for (const ClusterStability& c : bootstrap_jaccard(sample, {labels.labels.begin(), labels.labels.end()}, k, sample_fit(), stability).clusters)
    evidence.jaccards.push_back(c.jaccard);
  evidence.least_jaccard = 1;
  for (const Estimate& jaccard : evidence.jaccards) evidence.least_jaccard = std::min(evidence.least_jaccard, jaccard.mean);
}

void add_gap(MatrixView sample, const VerdictOptions& options, std::vector<KEvidence>& table) {
  const int last = static_cast<int>(table.back().k);
  const GapResult gap = gap_statistic(sample, sample_fit(), {.k_max = last, .references = options.gap_references, .seed = options.seed, .threads = options.threads});
  for (KEvidence& evidence : table) evidence.gap = gap.rows[evidence.k - 1].gap, evidence.gap_error = gap.rows[evidence.k - 1].se;
}

void add_nulls(MatrixView sample, KRange range, const VerdictOptions& options, std::vector<KEvidence>& table) {
  for (const NullTest& test : null_tests(sample, range, {.drawings = options.null_drawings, .seed = options.seed, .threads = options.threads}))
    table[test.k - range.first].nulls.push_back(test);
}

bool is_stable(const KEvidence& evidence) {
  return evidence.half_split_agreement.mean >= least_agreement && evidence.least_jaccard >= least_cluster_jaccard &&
         evidence.near_optimum.agreement >= least_agreement;
}

std::vector<KEvidence> gather(Samples& samples, std::span<const KmeansResult> sweep, KRange range,
                              const std::vector<std::vector<double>>& centres, const VerdictOptions& options) {
  std::vector<KEvidence> table(range.last - range.first + 1);
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i].k = range.first + i;
    table[i].swept = std::ranges::any_of(sweep, [&](const KmeansResult& r) { return r.k == table[i].k; });
  }
  add_indices(samples.all, centres, options, table, samples.least_shares);
  const auto near = near_optima(samples.stability, range, {.seed = options.seed, .threads = options.threads});
  for (std::size_t i = 0; i < table.size(); ++i) {
    take_valleys(valleys(samples.spread, centres[i], options.threads), table[i]);
    add_stability(samples.for_stability(i), centres[i], options, table[i]);
    table[i].near_optimum = near[i];
  }
  add_gap(samples.nulls, options, table);
  add_nulls(samples.nulls, range, options, table);
  return table;
}

// The stable k with the most groups, ties to the smaller; 0 if there is none with two.
std::size_t k_of_most_groups(const std::vector<KEvidence>& table, std::span<const std::size_t> allowed) {
  std::size_t best = 0, most = 1;
  for (const KEvidence& evidence : table)
    if (evidence.stable && evidence.groups > most && std::ranges::find(allowed, evidence.k) != allowed.end()) most = evidence.groups, best = evidence.k;
  return best;
}

bool proves_groups(const KEvidence& evidence) { return evidence.natural || (evidence.stable && evidence.groups >= proving_groups); }

}  // namespace

void take_valleys(std::span<const Valley> found, KEvidence& evidence) {
  evidence.least_separation = 1, evidence.most_p_value = 0;
  for (const Valley& v : found) {
    evidence.least_separation = std::min(evidence.least_separation, v.separation);
    evidence.most_p_value = std::max(evidence.most_p_value, v.p_value);
  }
  evidence.separated = std::ranges::all_of(found, is_separated);
  evidence.groups = 1 + std::ranges::max(groups_without_valley(found, evidence.k));
}

std::vector<SegmentStability> stability_of_segments(std::span<const Valley> found, const KEvidence& evidence) {
  const std::size_t k = evidence.k;
  std::vector<SegmentStability> segments(k);
  const std::vector<std::size_t> groups = groups_without_valley(found, k);
  for (std::size_t c = 0; c < k; ++c) segments[c].separation = 1, segments[c].group = groups[c];
  for (const Valley& v : found)
    for (const auto& [own, other] : {std::pair(v.a, v.b), std::pair(v.b, v.a)})
      if (v.separation < segments[own].separation) segments[own].separation = v.separation, segments[own].nearest = other;
  for (std::size_t c = 0; c < std::min(k, evidence.jaccards.size()); ++c) segments[c].jaccard = evidence.jaccards[c];
  return segments;
}

void choose_by_evidence(std::span<const std::size_t> allowed, Verdict& verdict) {
  for (KEvidence& evidence : verdict.table) {
    evidence.stable = is_stable(evidence);
    evidence.natural = evidence.separated && evidence.stable;
  }
  if (std::ranges::none_of(verdict.table, proves_groups)) return;
  std::vector<std::size_t> all;
  for (const KEvidence& evidence : verdict.table) all.push_back(evidence.k);
  verdict.natural_k = k_of_most_groups(verdict.table, all);
  verdict.natural_groups = verdict.evidence(verdict.natural_k)->groups;
  if (const std::size_t k = k_of_most_groups(verdict.table, allowed); k > 0) verdict.k = k;
}

namespace {

Answer answer_for(const Verdict& verdict) {
  const KEvidence& evidence = *verdict.evidence(verdict.k);
  if (evidence.natural) return Answer::natural_segments;
  if (verdict.natural_groups > 1) return evidence.stable && evidence.groups == verdict.natural_groups ? Answer::partly_natural : Answer::other_k;
  return evidence.stable ? Answer::convenient_slices : Answer::not_stable;
}

}  // namespace

void conclude(Verdict& verdict) {
  verdict.answer = answer_for(verdict);
  verdict.sentence = sentence_for(verdict);
}

const char* name_of(Answer answer) {
  switch (answer) {
    case Answer::natural_segments: return "natural_segments";
    case Answer::partly_natural: return "partly_natural";
    case Answer::other_k: return "other_k";
    case Answer::convenient_slices: return "convenient_slices";
    case Answer::not_stable: return "not_stable";
    case Answer::not_judged: return "not_judged";
  }
  return "";
}

const NullTest& KEvidence::hardest_null() const {
  return *std::ranges::max_element(nulls, [](const NullTest& a, const NullTest& b) {
    return std::pair(a.silhouette.p_value, -a.silhouette.z) < std::pair(b.silhouette.p_value, -b.silhouette.z);
  });
}

const KEvidence* Verdict::evidence(std::size_t wanted) const {
  const auto it = std::ranges::find(table, wanted, &KEvidence::k);
  return it == table.end() ? nullptr : &*it;
}

Verdict judge(MatrixView x, std::span<const KmeansResult> sweep, std::span<const std::size_t> allowed, std::size_t chosen, const VerdictOptions& options) {
  Verdict verdict;
  verdict.k = chosen;
  Samples samples = draw_samples(x, options);
  const std::size_t different = different_rows(samples.nulls);
  const auto range = judged_range(sweep, samples.nulls.rows(), different, options.last_k);
  if (!range || chosen > range->last || chosen < 2) return verdict.sentence = sentence_if_not_judged(chosen, samples.nulls.rows(), different), verdict;
  samples.spread = spread_ties(samples.all, options.seed);
  verdict.sample_customers = samples.all.rows(), verdict.null_customers = samples.nulls.rows(), verdict.null_drawings = options.null_drawings;
  const auto centres = centres_of_range(sweep, *range, samples.all, options.seed);
  verdict.table = gather(samples, sweep, *range, centres, options);
  choose_by_evidence(allowed, verdict);
  verdict.segments = stability_of_segments(valleys(samples.spread, centres[verdict.k - range->first], options.threads), *verdict.evidence(verdict.k));
  conclude(verdict);
  return verdict;
}

}  // namespace coterie
