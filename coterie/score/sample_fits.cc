#include "coterie/score/sample_fits.h"

#include <algorithm>

#include "coterie/matrix/equal_rows.h"

namespace coterie {
namespace {

HugeArray<std::int32_t> labels_of_all(const EqualRows& merged, const HugeArray<std::int32_t>& labels) {
  HugeArray<std::int32_t> all(merged.unique_of_row.size());
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = labels[merged.unique_of_row[row]];
  return all;
}

}  // namespace

std::vector<KmeansResult> fit_sample(MatrixView x, KRange range, std::uint64_t seed, int restarts) {
  const EqualRows merged = merge_equal_rows(x, 1);
  const std::size_t most = merged.rows.rows();
  const KRange possible{std::min(range.first, most), std::min(range.last, most)};
  std::vector<KmeansResult> results = kmeans_sweep(merged.view(), possible, {.restarts = restarts, .seed = seed, .swaps = false, .threads = 1});
  while (results.size() < range.last - range.first + 1)
    results.push_back(kmeans(merged.view(), possible.last, {.restarts = 1, .seed = seed, .swaps = false, .threads = 1}));
  for (KmeansResult& result : results) result.labels = labels_of_all(merged, result.labels);
  return results;
}

Fit sample_fit(int restarts) {
  return [restarts](const MatrixView& x, int k, std::uint64_t seed) {
    const auto size = static_cast<std::size_t>(k);
    const KmeansResult result = std::move(fit_sample(x, {size, size}, seed, restarts)[0]);
    return std::vector<int>(result.labels.begin(), result.labels.end());
  };
}

}  // namespace coterie
