#include "coterie/model/identities.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "coterie/model/match_segments.h"
#include "coterie/model/saved_features.h"
#include "coterie/model/saved_run.h"
#include "coterie/table/customer_ids.h"

namespace coterie {
namespace {

std::vector<std::uint64_t> common_members(const SavedRun& earlier, const CustomerTable& customers, std::span<const std::int32_t> labels, std::size_t k) {
  std::vector<std::uint64_t> common(earlier.model.k * k);
  walk_together(earlier.ids, customers.ids, [&](std::size_t before, std::size_t now) {
    if (before != no_row && now != no_row) ++common[static_cast<std::size_t>(earlier.labels[before]) * k + static_cast<std::size_t>(labels[now])];
  });
  return common;
}

// Names that are kept go first; a new segment may not take one of them.
void name_new_segments(const ClusterMatches& matches, Model& model) {
  std::set<std::string> taken;
  for (std::size_t b = 0; b < model.k; ++b)
    if (matches.predecessor[b]) taken.insert(model.segments[b].name);
  for (std::size_t b = 0; b < model.k; ++b) {
    if (matches.predecessor[b]) continue;
    while (!taken.insert(model.segments[b].name).second) model.segments[b].name += " (new)";
  }
}

}  // namespace

std::vector<int> first_identities(std::size_t k) {
  std::vector<int> identities(k);
  std::iota(identities.begin(), identities.end(), 1);
  return identities;
}

void keep_identities(const std::string& earlier, const CustomerTable& customers, std::span<const std::int32_t> labels, Model& model) {
  const SavedRun before = load_saved_run(earlier);
  const SavedFeatures features(before);
  std::vector<HugeArray<double>> room(features.names().size());
  SegmentedCustomers then{before.model.k, before.labels, {}}, now{model.k, labels, {}};
  for (std::size_t f = 0; f < features.names().size(); ++f) {
    const auto it = std::find(customers.names.begin(), customers.names.end(), features.names()[f]);
    if (it == customers.names.end()) continue;
    then.columns.push_back(features.column(f, room[f]));
    now.columns.push_back(customers.values.column(static_cast<std::size_t>(it - customers.names.begin())));
  }
  const ClusterMatches matches = match_segments(then, now, common_members(before, customers, labels, model.k));
  int next = *std::max_element(before.model.identities.begin(), before.model.identities.end());
  model.identities.resize(model.k);
  for (std::size_t b = 0; b < model.k; ++b) {
    const auto a = matches.predecessor[b];
    model.identities[b] = a ? before.model.identities[*a] : ++next;
    if (a) model.segments[b].name = before.model.segments[*a].name;
  }
  name_new_segments(matches, model);
}

}  // namespace coterie
