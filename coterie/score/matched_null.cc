#include "coterie/score/matched_null.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "coterie/base/parallel.h"
#include "coterie/score/agreement.h"
#include "coterie/score/resample.h"
#include "coterie/score/sample_fits.h"
#include "coterie/score/silhouette.h"

namespace coterie {
namespace {

constexpr int splits = 1;  // halvings that the agreement is averaged over

struct Scores {
  double silhouette = 0, gap = 0, agreement = 0;
};

std::vector<int> labels_by(const KmeansResult& fitted, MatrixView x) {
  const Assignment assignment = assign(x, fitted.centres, 1);
  return {assignment.labels.begin(), assignment.labels.end()};
}

void add_agreement(MatrixView x, KRange range, std::uint64_t seed, std::vector<Scores>& scores) {
  const auto [left, right] = random_halves(x, customers_of(x), Random(seed));
  const auto of_left = fit_sample(left.view(), range, seed, 2), of_right = fit_sample(right.view(), range, seed, 2);
  for (std::size_t i = 0; i < scores.size(); ++i)
    scores[i].agreement += adjusted_rand(contingency(labels_by(of_left[i], x), labels_by(of_right[i], x))) / splits;
}

// Of each k.
std::vector<Scores> scores_of(MatrixView x, KRange range, std::uint64_t seed) {
  const std::vector<KmeansResult> sweep = fit_sample(x, range, seed);
  std::vector<Partition> partitions;
  for (const KmeansResult& r : sweep) partitions.push_back({r.labels, r.k});
  const SilhouetteScores silhouette = silhouettes(x, partitions, {.exact_up_to = x.rows, .threads = 1});
  std::vector<Scores> scores(sweep.size());
  for (std::size_t i = 0; i < sweep.size(); ++i) {
    scores[i].silhouette = silhouette.partitions[i].mean.mean;
    scores[i].gap = -std::log(std::max(sweep[i].inertia, std::numeric_limits<double>::min()));
  }
  for (int split = 0; split < splits; ++split) add_agreement(x, range, mix64(seed + static_cast<std::uint64_t>(split) + 1), scores);
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

std::vector<NullTest> null_tests(MatrixView x, KRange range, const NullTestOptions& options) {
  constexpr std::size_t nulls = std::size(null_kinds);
  const auto drawings = static_cast<std::size_t>(options.drawings);
  const NullModel model = fit_null(x, options.seed);
  std::vector<std::vector<Scores>> drawn(nulls * drawings + 1);  // the last is the data's
  for_each_block(drawn.size(), options.threads, [&](std::size_t d, int) {
    const std::uint64_t seed = mix64(options.seed + d);
    if (d == drawn.size() - 1) drawn[d] = scores_of(x, range, seed);
    else drawn[d] = scores_of(draw_null(model, null_kinds[d / drawings], Random(seed)), range, seed);
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
