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
      const double smallest = *std::min_element(row.sizes.begin(), row.sizes.end());
      const std::string silhouette = row.silhouette ? number(row.silhouette->mean) + number(row.silhouette->low) + number(row.silhouette->high) : ",,,";
      return number(row.inertia) + silhouette + number(smallest);
    }
  return std::string(5, ',');
}

std::string columns_of(const KEvidence& e) {
  std::string text;
  for (const double value : {e.silhouette.mean, e.simplified_silhouette, e.calinski_harabasz, e.davies_bouldin, e.gap, e.gap_error, e.prediction_strength.mean,
                             e.half_split_agreement.mean, e.least_jaccard, e.near_optimum.excess, e.near_optimum.agreement, e.least_separation, e.most_p_value})
    text += number(value);
  text += fmt::format(",{},{:d},{:d},{:d}", e.groups, e.separated, e.stable, e.natural);
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

}  // namespace

void write_k_table(OutputFile& file, const KChoice& choice, const Verdict& verdict) {
  std::set<std::size_t> ks;
  for (const KChoiceRow& row : choice.rows) ks.insert(row.k);
  for (const KEvidence& e : verdict.table) ks.insert(e.k);
  file.write(header + null_header() + "\n");
  for (const std::size_t k : ks) {
    const KEvidence* evidence = verdict.evidence(k);
    const std::string blank(17 + 12 * std::size(null_kinds), ',');
    file.write(fmt::format("{},{:d}{}{}\n", k, k == choice.chosen, columns_of(choice, k), evidence != nullptr ? columns_of(*evidence) : blank));
  }
}

}  // namespace coterie
