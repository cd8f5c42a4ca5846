#include "coterie/model/explain.h"

namespace coterie {

Explanation explain_centres(const EqualRows& unique, std::span<const std::int32_t> labels, const Model& model, int threads) {
  constexpr std::size_t shown = 3;
  const std::size_t columns = unique.rows.columns();
  Explanation explanation;
  explanation.typical = typical_rows(unique.view(), model.centres, labels, shown, threads);
  const std::vector<std::uint32_t> customer = first_rows(unique);
  for (std::vector<std::uint32_t>& rows : explanation.typical)
    for (std::uint32_t& row : rows) row = customer[row];
  explanation.nearest = nearest_segments(std::span(model.centres).first((model.k - model.has_noise) * columns), columns);
  explanation.nearest.resize(model.k);
  explanation.points = scatter_points(unique.view(), labels, model.k, model.pca);
  return explanation;
}

}  // namespace coterie
