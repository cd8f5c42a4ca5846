#include "coterie/score/matched_null.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "coterie/base/parallel.h"
#include "coterie/score/agreement.h"
#include "coterie/score/indices.h"
#include "coterie/score/resample.h"
#include "coterie/score/silhouette.h"

namespace coterie {
namespace {

constexpr int splits = 1;  // halvings that the agreement is averaged over

struct Scores {
  double silhouette = 0, gap = 0, agreement = 0;
};

void add_agreement(MatrixView x, KRange range, std::uint64_t seed, const Refit& refit, std::vector<Scores>& scores) {
  const auto [left, right] = random_halves(x, customers_of(x), Random(seed));
  const std::vector<Fitted> of_left = refit.sweep(left.view(), range, seed, Effort::quick), of_right = refit.sweep(right.view(), range, seed, Effort::quick);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i].agreement += adjusted_rand(contingency(of_left[i].assign(x), of_right[i].assign(x))) / splits;
}

// Numbers without holes; a cluster that nobody is in has no silhouette.
std::size_t number_anew(std::vector<int>& labels) {
  const Contingency table = contingency(labels, labels);
  for (int& label : labels) label = static_cast<int>(std::ranges::lower_bound(table.label_of_a, label) - table.label_of_a.begin());
  return table.label_of_a.size();
}

// Of each k.
std::vector<Scores> scores_of(MatrixView x, KRange range, std::uint64_t seed, const Refit& refit) {
  std::vector<Fitted> fitted = refit.sweep(x, range, seed, Effort::quick);
  std::vector<Scores> scores(fitted.size());
  std::vector<Partition> partitions;
  std::vector<std::size_t> judged;
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    scores[i].gap = -std::log(std::max(validity_indices(x, fitted[i].labels).inertia, std::numeric_limits<double>::min()));
    if (const std::size_t k = number_anew(fitted[i].labels); k > 1) partitions.push_back({fitted[i].labels, k}), judged.push_back(i);
  }
  const SilhouetteScores silhouette = silhouettes(x, partitions, {.exact_up_to = x.rows, .threads = 1});
  for (std::size_t p = 0; p < judged.size(); ++p) scores[judged[p]].silhouette = silhouette.partitions[p].mean.mean;
  for (int split = 0; split < splits; ++split) add_agreement(x, range, mix64(seed + static_cast<std::uint64_t>(split) + 1), refit, scores);
  return scores;
}

NullComparison compare(double value, const std::vector<double>& drawn) {
  const double n = static_cast<double>(drawn.size());
  NullComparison c{.value = value};
  double squares = 0;
  for (const double d : drawn) c.null_mean += d / n;
  for (const double d : drawn) squares += (d - c.null_mean) * (d - c.null_mean);
  c.null_deviation = n > 1 ? std::sqrt(squares / (n - 1)) : 0;
  if (c.null_deviation > 0) c.z = (value - c.null_mean) / c.null_deviation;
  c.p_value = (1 + static_cast<double>(std::ranges::count_if(drawn, [&](double d) { return d >= value; }))) / (1 + n);
  return c;
}

}  // namespace

std::vector<NullTest> null_tests(MatrixView x, KRange range, const Refit& refit, const NullTestOptions& options) {
  constexpr std::size_t nulls = std::size(null_kinds);
  const auto drawings = static_cast<std::size_t>(options.drawings);
  const NullModel model = fit_null(x, options.seed);
  std::vector<std::vector<Scores>> drawn(nulls * drawings + 1);  // the last is the data's
  for_each_block(drawn.size(), options.threads, [&](std::size_t d, int) {
    const std::uint64_t seed = mix64(options.seed + d);
    if (d == drawn.size() - 1) drawn[d] = scores_of(x, range, seed, refit);
    else drawn[d] = scores_of(draw_null(model, null_kinds[d / drawings], Random(seed)), range, seed, refit);
  });
  std::vector<NullTest> tests;
  for (std::size_t i = 0; i <= range.last - range.first; ++i)
    for (std::size_t n = 0; n < nulls; ++n) {
      const auto against = [&](double Scores::* score) {
        std::vector<double> values;
        for (std::size_t d = 0; d < drawings; ++d) values.push_back(drawn[n * drawings + d][i].*score);
        return compare(drawn.back()[i].*score, values);
      };
      tests.push_back({range.first + i, null_kinds[n], against(&Scores::silhouette), against(&Scores::gap), against(&Scores::agreement)});
    }
  return tests;
}

}  // namespace coterie
