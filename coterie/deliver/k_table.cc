#include "coterie/deliver/k_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

namespace coterie {
namespace {

constexpr const char* header =
    "k,chosen,inertia,silhouette,silhouette_low,silhouette_high,smallest_segment,sample_silhouette,simplified_silhouette,calinski_harabasz,"
    "davies_bouldin,gap,gap_error,prediction_strength,half_split_agreement,least_bootstrap_jaccard,near_optimum_excess,near_optimum_agreement,"
    "least_separation,dip_p_value,groups,separated,stable,natural";

std::string number(double value) { return std::isfinite(value) ? fmt::format(",{:.6g}", value) : ","; }

// inertia to smallest_segment: of all customers.
std::string columns_of(const KChoice& choice, std::size_t k) {
  for (const KChoiceRow& row : choice.rows)
    if (row.k == k) {
      const double smallest = row.sizes.empty() ? 0 : *std::min_element(row.sizes.begin(), row.sizes.end());
      const std::string silhouette = row.silhouette ? number(row.silhouette->mean) + number(row.silhouette->low) + number(row.silhouette->high) : ",,,";
      return number(row.inertia) + silhouette + number(smallest);
    }
  return std::string(5, ',');
}

std::string columns_of(const KEvidence& e) {
  std::string text;
  const double refitted = e.nulls.empty() ? NAN : 0;  // an algorithm that finds k itself has no nulls, gap or prediction strength
  const NearOptimum near = e.near_optimum.value_or(NearOptimum{.excess = std::nan(""), .agreement = std::nan("")});
  for (const double value : {e.silhouette.mean, e.simplified_silhouette, e.calinski_harabasz, e.davies_bouldin, e.gap + refitted, e.gap_error + refitted, e.prediction_strength.mean + refitted,
                             e.half_split_agreement.mean, e.least_jaccard, near.excess, near.agreement, e.least_separation, e.most_p_value})
    text += number(value);
  text += fmt::format(",{},{:d},{:d},{:d}", e.groups, e.separated, e.stable, e.natural);
  if (e.nulls.empty()) text.append(12 * std::size(null_kinds), ',');
  for (const NullTest& test : e.nulls)
    for (const NullComparison* c : {&test.silhouette, &test.gap, &test.agreement}) text += number(c->value) + number(c->null_mean) + number(c->z) + number(c->p_value);
  return text;
}

std::string null_header() {
  std::string text;
  for (const NullKind kind : null_kinds)
    for (const char* score : {"silhouette", "gap", "agreement"})
      text += fmt::format(",{0}_{1},{0}_{1}_null,{0}_{1}_z,{0}_{1}_p", name_of(kind), score);
  return text;
}

// Of the clustering into k; the sample and its intervals are in run.json.
std::string further_columns(const KChoice& choice, const PartitionScoresTable& scores, std::size_t k) {
  std::string text;
  const auto of_scores = std::ranges::find(scores.rows, k, &PartitionScores::k);
  if (of_scores == scores.rows.end()) text += ",,,,,";
  else for (const Estimate* e : {&of_scores->squared_silhouette, &of_scores->medoid_silhouette, &of_scores->xie_beni, &of_scores->dunn, &of_scores->dbcv}) text += number(e->mean);
  const auto row = std::ranges::find(choice.rows, k, &KChoiceRow::k);
  for (const auto criterion : {&KChoiceRow::log_likelihood, &KChoiceRow::bic, &KChoiceRow::icl}) text += row != choice.rows.end() && (*row).*criterion ? number(*((*row).*criterion)) : ",";
  return text + fmt::format(",{:d}", choice.elbow == k);
}

}  // namespace

void write_k_table(OutputFile& file, const KChoice& choice, const Verdict& verdict, const PartitionScoresTable& scores) {
  std::set<std::size_t> ks;
  for (const KChoiceRow& row : choice.rows) ks.insert(row.k);
  for (const KEvidence& e : verdict.table) ks.insert(e.k);
  file.write(header + null_header() + ",squared_silhouette,medoid_silhouette,xie_beni,dunn,dbcv,log_likelihood,bic,icl,elbow\n");
  for (const std::size_t k : ks) {
    const KEvidence* evidence = verdict.evidence(k);
    const std::string blank(17 + 12 * std::size(null_kinds), ',');
    file.write(fmt::format("{},{:d}{}{}{}\n", k, k == choice.chosen, columns_of(choice, k), evidence != nullptr ? columns_of(*evidence) : blank, further_columns(choice, scores, k)));
  }
}

}  // namespace coterie
