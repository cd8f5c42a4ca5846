#include "coterie/score/match_clusters.h"

#include <algorithm>
#include <cassert>

namespace coterie {
namespace {

constexpr std::uint64_t fewest_members = 10;

struct Tables {
  const ClusterMembers& members;
  std::size_t earlier, later;
  std::vector<std::uint64_t> before, after;  // members of each that both clusterings have

  std::uint64_t at(std::size_t a, std::size_t b) const { return members.common[a * later + b]; }
  bool too_few_before(std::size_t a) const { return before[a] < fewest_members && 2 * before[a] < std::max<std::uint64_t>(1, members.earlier[a]); }
  bool too_few_after(std::size_t b) const { return after[b] < fewest_members && 2 * after[b] < std::max<std::uint64_t>(1, members.later[b]); }
  bool mostly_of(std::size_t a, std::size_t b) const { return at(a, b) > 0 && 2 * at(a, b) >= after[b]; }  // b's members come from a
  bool mostly_in(std::size_t a, std::size_t b) const { return at(a, b) > 0 && 2 * at(a, b) >= before[a]; } // a's members go to b
  bool linked(std::size_t a, std::size_t b) const {
    if (too_few_before(a) || too_few_after(b)) return false;
    return (mostly_in(a, b) && 5 * at(a, b) >= after[b]) || (mostly_of(a, b) && 5 * at(a, b) >= before[a]);
  }
  double jaccard(std::size_t a, std::size_t b) const { return static_cast<double>(at(a, b)) / static_cast<double>(before[a] + after[b] - at(a, b)); }
};

Tables margins(const ClusterMembers& members) {
  Tables tables{members, members.earlier.size(), members.later.size(), std::vector<std::uint64_t>(members.earlier.size()), std::vector<std::uint64_t>(members.later.size())};
  assert(members.common.size() == tables.earlier * tables.later);
  for (std::size_t a = 0; a < tables.earlier; ++a)
    for (std::size_t b = 0; b < tables.later; ++b) {
      tables.before[a] += tables.at(a, b);
      tables.after[b] += tables.at(a, b);
    }
  return tables;
}

// Linked by their centres: each other's nearest, and near.
bool near(const Tables& tables, std::size_t a, std::size_t b, const CentreDistances& distances) {
  if (distances.across.empty() || !tables.too_few_before(a) || !tables.too_few_after(b)) return false;
  const double distance = distances.across[a * tables.later + b];
  for (std::size_t other = 0; other < tables.later; ++other)
    if (distances.across[a * tables.later + other] < distance) return false;
  for (std::size_t other = 0; other < tables.earlier; ++other)
    if (distances.across[other * tables.later + b] < distance) return false;
  return 2 * distance < distances.own[a];
}

struct Link {
  std::size_t a, b;
  double jaccard;
};

void hand_on_identities(std::vector<Link> links, ClusterMatches& matches) {
  std::stable_sort(links.begin(), links.end(), [](const Link& x, const Link& y) { return x.jaccard > y.jaccard; });
  for (const Link& link : links) {
    if (matches.successor[link.a] || matches.predecessor[link.b]) continue;
    matches.successor[link.a] = link.b;
    matches.predecessor[link.b] = link.a;
  }
}

template <class Holds>
std::size_t count_if_linked(const std::vector<std::size_t>& linked, const Holds& holds) {
  return static_cast<std::size_t>(std::count_if(linked.begin(), linked.end(), holds));
}

}  // namespace

const char* name_of(Fate fate) {
  static constexpr const char* names[] = {"continues", "split", "merged", "died", "born"};
  return names[static_cast<std::size_t>(fate)];
}

ClusterMatches match_clusters(const ClusterMembers& members, const CentreDistances& distances) {
  const Tables tables = margins(members);
  const std::size_t earlier = tables.earlier, later = tables.later;
  ClusterMatches matches{std::vector<std::optional<std::size_t>>(earlier), std::vector<std::optional<std::size_t>>(later), std::vector<std::vector<std::size_t>>(earlier),
                         std::vector<std::vector<std::size_t>>(later), std::vector<Fate>(earlier, Fate::continues), std::vector<Fate>(later, Fate::continues)};
  std::vector<Link> links;
  for (std::size_t a = 0; a < earlier; ++a)
    for (std::size_t b = 0; b < later; ++b) {
      const bool by_members = tables.linked(a, b);
      if (!by_members && !near(tables, a, b, distances)) continue;
      links.push_back({a, b, by_members ? tables.jaccard(a, b) : 0});
      matches.linked_after[a].push_back(b);
      matches.linked_before[b].push_back(a);
    }
  hand_on_identities(links, matches);
  const auto splits = [&](std::size_t a) { return count_if_linked(matches.linked_after[a], [&](std::size_t b) { return tables.mostly_of(a, b); }) > 1; };
  const auto merges = [&](std::size_t b) { return count_if_linked(matches.linked_before[b], [&](std::size_t a) { return tables.mostly_in(a, b); }) > 1; };
  for (std::size_t a = 0; a < earlier; ++a) {
    const auto& linked = matches.linked_after[a];
    if (linked.empty()) matches.fate_before[a] = Fate::died;
    else if (splits(a)) matches.fate_before[a] = Fate::split;
    else if (std::any_of(linked.begin(), linked.end(), [&](std::size_t b) { return tables.mostly_in(a, b) && merges(b); })) matches.fate_before[a] = Fate::merged;
    else if (!matches.successor[a]) matches.fate_before[a] = Fate::died;
  }
  for (std::size_t b = 0; b < later; ++b) {
    const auto& linked = matches.linked_before[b];
    if (linked.empty()) matches.fate_after[b] = Fate::born;
    else if (merges(b)) matches.fate_after[b] = Fate::merged;
    else if (std::any_of(linked.begin(), linked.end(), [&](std::size_t a) { return tables.mostly_of(a, b) && splits(a); })) matches.fate_after[b] = Fate::split;
    else if (!matches.predecessor[b]) matches.fate_after[b] = Fate::born;
  }
  return matches;
}

}  // namespace coterie
