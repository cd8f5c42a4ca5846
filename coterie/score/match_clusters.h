// Which cluster of a later clustering is which of an earlier one: by the members that both have, and where these are too few,
// by the centres.
//
// After MONIC (Spiliopoulou, Ntoutsi, Theodoridis, Schult: MONIC - Modeling and Monitoring Cluster Transitions, KDD 2006), whose
// overlap is the share of a cluster's members that are found in another. Notation: n_ab common members, n_a and n_b all members
// of a and b among the rows that both clusterings have. a and b are linked where n_ab is at least half of one and at least
// a fifth of the other. A cluster of whose members fewer than 10 and fewer than half are common has too few to go by: two
// such are linked where each one's centre is the other's nearest, nearer than half the way from a's centre to the next of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace coterie {

enum class Fate : std::uint8_t {
  continues,  // linked to one, and its identity goes on
  split,      // of an earlier cluster: at least half of each of several later ones was in it
  merged,     // of a later cluster: at least half of each of several earlier ones is in it
  died,       // an earlier cluster without a successor
  born,       // a later cluster without a predecessor
};
const char* name_of(Fate fate);

struct ClusterMatches {
  // The identity goes from a to b along links in falling order of n_ab / (n_a + n_b - n_ab), ties to the lower a, then b; each once.
  std::vector<std::optional<std::size_t>> successor;    // of each earlier cluster
  std::vector<std::optional<std::size_t>> predecessor;  // of each later cluster
  std::vector<std::vector<std::size_t>> linked_after;   // of each earlier cluster, rising
  std::vector<std::vector<std::size_t>> linked_before;  // of each later cluster, rising
  std::vector<Fate> fate_before;                        // continues, split, merged (into what it is linked to), died
  std::vector<Fate> fate_after;                         // continues, split (of what it is linked to), merged, born
};

// Members of each cluster, also those that only one clustering has; `common` is earlier x later, row-major.
struct ClusterMembers {
  std::vector<std::uint64_t> earlier, later, common;
};

// Distances of centres, earlier x later, row-major, and of each earlier centre to the next earlier one; empty where centres
// cannot be compared.
struct CentreDistances {
  std::vector<double> across = {}, own = {};
};

ClusterMatches match_clusters(const ClusterMembers& members, const CentreDistances& distances = {});

}  // namespace coterie
