#include "coterie/score/verdict.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "coterie/base/random.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/score/centres.h"
#include "coterie/score/gap.h"
#include "coterie/score/indices.h"
#include "coterie/score/resample.h"
#include "coterie/score/silhouette.h"
#include "coterie/score/spread_ties.h"
#include "coterie/score/stability.h"
#include "coterie/score/valley.h"
#include "coterie/score/verdict_sentence.h"
#include "coterie/score/without_noise.h"

namespace coterie {
namespace {

constexpr std::size_t least_customers = 30, customers_a_cluster = 10, different_rows_a_cluster = 2, most_clusters = 20;
constexpr std::size_t proving_groups = 3;              // of a stable k that cuts some groups
constexpr std::size_t customers_of_the_smallest = 400;  // in the sample whose stability is judged

// The samples that are judged; their rows are known in x.
struct Samples {
  CustomerSample all, stability, nulls;  // each a part of the one before it
  CustomerSample more;                   // for the stability of small segments
  std::vector<std::size_t> numbers;      // the columns that valleys are looked for in
  Matrix spread;                         // these of `all`, without ties
};

CustomerSample draw_again(const CustomerSample& from, std::size_t count, Random random) {
  CustomerSample part = draw_customers(from.rows, count, random);
  for (std::uint32_t& row : part.row_of) row = from.row_of[row];
  return part;
}

Samples draw_samples(MatrixView x, const VerdictOptions& options) {
  Samples samples;
  samples.all = draw_customers(x, options.sample_customers, Random(options.seed, 1));
  samples.stability = draw_again(samples.all, options.stability_customers, Random(options.seed, 2));
  samples.more = draw_customers(x, options.most_stability_customers, Random(options.seed, 4));
  samples.nulls = draw_again(samples.stability, options.null_customers, Random(options.seed, 3));
  samples.numbers = options.numbers;
  for (std::size_t j = 0; options.numbers.empty() && j < x.columns; ++j) samples.numbers.push_back(j);
  return samples;
}

Matrix columns_of(MatrixView x, const std::vector<std::size_t>& columns) {
  Matrix part(x.rows, columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j) std::ranges::copy(x.column(columns[j]), part.column(j).begin());
  return part;
}

// The clusters of one k, as it was delivered, or as it is found in the sample.
struct Judged {
  std::size_t k = 0;
  bool swept = false;
  std::vector<double> centres;
  std::function<std::vector<std::int32_t>(const CustomerSample&)> labels_of;  // -1 is noise
  std::vector<std::int32_t> labels;                                           // of the sample `all`

  double least_share() const {
    std::vector<double> sizes(k);
    for (const std::int32_t label : labels)
      if (label >= 0) ++sizes[static_cast<std::size_t>(label)];
    return std::ranges::min(sizes) / static_cast<double>(labels.size());
  }
  // Noise counts for the nearest cluster: else to leave out who stands in between would make the valley.
  std::vector<Valley> valleys_in(const Samples& samples, int threads) const {
    std::vector<std::int32_t> nearest(labels);
    if (std::ranges::find(labels, -1) != labels.end()) {
      const Assignment assigned = assign(samples.all.rows, centres, threads);
      for (std::size_t i = 0; i < nearest.size(); ++i)
        if (nearest[i] < 0) nearest[i] = assigned.labels[i];
    }
    std::vector<double> places;  // of the centres, in the same columns
    for (std::size_t c = 0; c < k; ++c)
      for (const std::size_t j : samples.numbers) places.push_back(centres[c * samples.all.rows.columns() + j]);
    return valleys(samples.spread, places, nearest, threads);
  }
};

// So many customers that the smallest cluster has enough of them.
CustomerSample sample_for_stability(const Samples& samples, const Judged& judged) {
  const double wanted = static_cast<double>(customers_of_the_smallest) / std::max(judged.least_share(), 1e-9);
  if (wanted <= static_cast<double>(samples.stability.rows.rows())) return draw_again(samples.stability, samples.stability.rows.rows(), Random(0));
  const std::size_t most = samples.more.rows.rows();
  return draw_again(samples.more, wanted < static_cast<double>(most) ? static_cast<std::size_t>(wanted) : most, Random(4));
}

std::size_t clusters_in(std::vector<int> labels) {
  std::ranges::sort(labels);
  const auto repeated = std::ranges::unique(labels);
  return labels.size() - repeated.size();
}

Judged as_delivered(const Clustering& result, const Samples& samples) {
  Judged judged{.k = result.k, .swept = true, .centres = result.centres, .labels_of = {}, .labels = {}};
  judged.labels_of = [&result](const CustomerSample& sample) {
    std::vector<std::int32_t> labels;
    for (const std::uint32_t row : sample.row_of) labels.push_back(result.labels[row]);
    return labels;
  };
  judged.labels = judged.labels_of(samples.all);
  return judged;
}

Judged as_fitted(Fitted fitted, std::size_t k, const Samples& samples) {
  Judged judged{.k = k, .swept = false, .centres = centres_of(samples.all.rows, fitted.labels).values, .labels_of = {}, .labels = std::move(fitted.labels)};
  judged.labels_of = [assign = std::move(fitted.assign)](const CustomerSample& sample) { return assign(sample.rows); };
  return judged;
}

// Every k from 2 on that was swept or that the sample has, as far as they follow each other around the chosen one.
std::vector<Judged> judged_clusters(std::span<const Clustering> sweep, std::size_t chosen, std::size_t last, const Samples& samples, const Refit& refit, const VerdictOptions& options) {
  const auto swept = [&](std::size_t k) { return std::ranges::find(sweep, k, &Clustering::k); };
  std::vector<Fitted> fitted;
  bool all_swept = true;
  for (std::size_t k = 2; k <= last; ++k) all_swept &= swept(k) != sweep.end();
  if (refit.any_k && !all_swept) fitted = refit.sweep(samples.all.rows, {2, last}, options.seed, Effort::careful);
  std::vector<Judged> judged;
  for (std::size_t k = 2; k <= last; ++k) {
    if (const auto result = swept(k); result != sweep.end()) judged.push_back(as_delivered(*result, samples));
    else if (!fitted.empty() && clusters_in(fitted[k - 2].labels) == k) judged.push_back(as_fitted(std::move(fitted[k - 2]), k, samples));
    else if (k < chosen) judged.clear();
    else break;
  }
  return judged;
}

// The largest k that can be judged on so many customers; 0 when there are too few, or more segments than are worth it.
std::size_t most_judged(std::size_t customers, std::size_t different) {
  return customers < least_customers ? 0 : std::min({customers / customers_a_cluster, different / different_rows_a_cluster, most_clusters});
}

void add_indices(MatrixView sample, const Judged& judged, KEvidence& evidence) {
  if (std::ranges::all_of(judged.labels, [](std::int32_t label) { return label < 0; })) return;
  const ValidityIndices indices = validity_indices(sample, judged.labels);
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
    if (judged[i].least_share() > 0) partitions.push_back({judged[i].labels, table[i].k}), place.push_back(i);
  }
  const SilhouetteScores scores = silhouettes(sample, partitions, {.exact_up_to = 1000, .sample_rows = 1000, .seed = options.seed, .threads = options.threads});
  for (std::size_t p = 0; p < place.size(); ++p) {
    table[place[p]].silhouette = scores.partitions[p].mean;
    table[place[p]].simplified_silhouette = simplified_silhouette(sample, judged[place[p]].centres, partitions[p], options.threads).mean;
  }
}

void add_scores(MatrixView sample, const std::vector<Judged>& judged, const Refit& refit, const VerdictOptions& options, std::vector<KEvidence>& table) {
  for (std::size_t i = 0; i < table.size(); ++i) add_indices(sample, judged[i], table[i]);
  if (refit.any_k) return add_silhouettes(sample, judged, options, table);
  const ClusteredRows clustered = without_noise(sample, judged[0].labels);  // one k only
  add_silhouettes(clustered.rows, {{.k = judged[0].k, .swept = true, .centres = judged[0].centres, .labels_of = {}, .labels = clustered.labels}}, options, table);
}

void add_stability(const CustomerSample& sample, const Judged& judged, const Refit& refit, const VerdictOptions& options, KEvidence& evidence) {
  const int k = static_cast<int>(evidence.k);
  evidence.stability_customers = sample.rows.rows();
  const StabilityOptions stability{.replicates = options.resamples, .seed = options.seed, .threads = options.threads};
  const EqualRows merged = merge_equal_rows(sample.rows, 1);
  const HalfSplit halves = half_split(merged.view(), k, refit.fit(), stability);
  evidence.half_split_agreement = halves.agreement;
  if (refit.any_k) evidence.prediction_strength = halves.prediction_strength;
  evidence.least_jaccard = 1;
  const std::vector<std::int32_t> of_all = judged.labels_of(sample);
  std::vector<std::int32_t> labels;
  for (const std::uint32_t row : first_rows(merged)) labels.push_back(of_all[row]);
  for (const ClusterStability& c : bootstrap_jaccard(merged.view(), labels, k, refit.labels(), stability).clusters)
    evidence.jaccards.push_back(c.jaccard), evidence.least_jaccard = std::min(evidence.least_jaccard, c.jaccard.mean);
}

void add_gap(MatrixView sample, const Refit& refit, const VerdictOptions& options, std::vector<KEvidence>& table) {
  const int last = static_cast<int>(table.back().k);
  const GapResult gap = gap_statistic(sample, refit.labels(), {.k_max = last, .references = options.gap_references, .seed = options.seed, .threads = options.threads});
  for (KEvidence& evidence : table) evidence.gap = gap.rows[evidence.k - 1].gap, evidence.gap_error = gap.rows[evidence.k - 1].se;
}

void add_nulls(MatrixView sample, KRange range, const Refit& refit, const VerdictOptions& options, std::vector<KEvidence>& table) {
  for (const NullTest& test : null_tests(sample, range, refit, {.drawings = options.null_drawings, .seed = options.seed, .threads = options.threads}))
    table[test.k - range.first].nulls.push_back(test);
}

bool is_stable(const KEvidence& evidence) {
  return evidence.half_split_agreement.mean >= least_agreement && evidence.least_jaccard >= least_cluster_jaccard &&
         (!evidence.near_optimum || evidence.near_optimum->agreement >= least_agreement);
}

// What the valleys between its clusters say of a k.
void take_valleys(std::span<const Valley> found, KEvidence& evidence) {
  evidence.least_separation = 1, evidence.most_p_value = 0;
  for (const Valley& v : found) {
    evidence.least_separation = std::min(evidence.least_separation, v.separation);
    evidence.most_p_value = std::max(evidence.most_p_value, v.p_value);
  }
  evidence.separated = std::ranges::all_of(found, is_separated);
  evidence.groups = 1 + std::ranges::max(groups_without_valley(found, evidence.k));
}

std::vector<KEvidence> gather(const Samples& samples, const std::vector<Judged>& judged, const Refit& refit, const VerdictOptions& options) {
  std::vector<KEvidence> table(judged.size());
  for (std::size_t i = 0; i < table.size(); ++i) table[i].k = judged[i].k, table[i].swept = judged[i].swept;
  add_scores(samples.all.rows, judged, refit, options, table);
  for (std::size_t i = 0; i < table.size(); ++i) {
    take_valleys(judged[i].valleys_in(samples, options.threads), table[i]);
    add_stability(sample_for_stability(samples, judged[i]), judged[i], refit, options, table[i]);
  }
  const KRange range{table.front().k, table.back().k};
  if (refit.is_kmeans) {
    const auto near = near_optima(samples.stability.rows, range, {.seed = options.seed, .threads = options.threads});
    for (std::size_t i = 0; i < table.size(); ++i) table[i].near_optimum = near[i];
  }
  if (!refit.any_k) return table;
  add_gap(samples.nulls.rows, refit, options, table);
  add_nulls(samples.nulls.rows, range, refit, options, table);
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

// What is known of each cluster of one k.
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

// From the evidence of each k what is stable and natural, and the k.
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

Answer answer_for(const Verdict& verdict) {
  const KEvidence& evidence = *verdict.evidence(verdict.k);
  if (evidence.natural) return Answer::natural_segments;
  if (verdict.natural_groups > 1) return evidence.stable && evidence.groups == verdict.natural_groups ? Answer::partly_natural : Answer::other_k;
  if (!evidence.stable) return Answer::not_stable;
  const bool tight = evidence.silhouette.mean >= std::max(tight_silhouette, evidence.highest_null_silhouette() + above_nulls);
  return tight ? Answer::tight_without_gaps : Answer::convenient_slices;
}

void conclude(Verdict& verdict) {
  verdict.answer = answer_for(verdict);
  verdict.sentence = sentence_for(verdict);
}

}  // namespace

const char* name_of(Answer answer) {
  switch (answer) {
    case Answer::natural_segments: return "natural_segments";
    case Answer::partly_natural: return "partly_natural";
    case Answer::other_k: return "other_k";
    case Answer::convenient_slices: return "convenient_slices";
    case Answer::tight_without_gaps: return "tight_without_gaps";
    case Answer::not_stable: return "not_stable";
    case Answer::not_judged: return "not_judged";
  }
  return "";
}

double KEvidence::highest_null_silhouette() const {
  if (nulls.empty()) return 1;
  return std::ranges::max(nulls, {}, [](const NullTest& test) { return test.silhouette.null_mean; }).silhouette.null_mean;
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

Verdict judge(MatrixView x, std::span<const Clustering> sweep, std::span<const std::size_t> allowed, std::size_t chosen, const Refit& refit, const VerdictOptions& options) {
  Verdict verdict;
  verdict.k = chosen;
  Samples samples = draw_samples(x, options);
  const std::size_t customers = samples.nulls.rows.rows(), different = merge_equal_rows(samples.nulls.rows, 1).rows.rows(), most = most_judged(customers, different);
  if (chosen > most || chosen < 2) return verdict.sentence = sentence_if_not_judged(chosen, customers, different), verdict;
  samples.spread = spread_ties(columns_of(samples.all.rows, samples.numbers), options.seed);
  verdict.sample_customers = samples.all.rows.rows(), verdict.null_customers = customers, verdict.null_drawings = refit.any_k ? options.null_drawings : 0;
  verdict.numbers = options.numbers.size();
  const auto judged = judged_clusters(sweep, chosen, std::min(most, std::max(options.last_k, sweep.back().k)), samples, refit, options);
  verdict.table = gather(samples, judged, refit, options);
  choose_by_evidence(allowed, verdict);
  verdict.segments = stability_of_segments(judged[verdict.k - judged.front().k].valleys_in(samples, options.threads), *verdict.evidence(verdict.k));
  conclude(verdict);
  return verdict;
}

}  // namespace coterie
