#include "coterie/model/identities.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "coterie/model/match_segments.h"
#include "coterie/model/saved_run.h"
#include "coterie/table/customer_ids.h"

namespace coterie {
namespace {

ClusterMembers members_of(const SavedRun& earlier, const CustomerIds& customers, std::span<const std::int32_t> labels, std::size_t k) {
  ClusterMembers members{std::vector<std::uint64_t>(earlier.model.k), std::vector<std::uint64_t>(k), std::vector<std::uint64_t>(earlier.model.k * k)};
  walk_together(earlier.ids, customers, [&](std::size_t before, std::size_t now) {
    const std::size_t a = before == no_row ? 0 : static_cast<std::size_t>(earlier.labels[before]), b = now == no_row ? 0 : static_cast<std::size_t>(labels[now]);
    members.earlier[a] += before != no_row, members.later[b] += now != no_row;
    members.common[a * k + b] += before != no_row && now != no_row;
  });
  return members;
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

void keep_identities(const std::string& earlier, const CustomerIds& customers, std::span<const std::int32_t> labels, const Distributions& distributions, Model& model, int threads) {
  const SavedRun before = load_saved_run(earlier);
  const ClusterMatches matches = match_segments(distributions_of(before, threads), distributions, members_of(before, customers, labels, model.k));
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
