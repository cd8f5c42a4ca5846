#include "coterie/cluster/ward_linkage.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "coterie/cluster/ward_search.h"

namespace coterie {
namespace {

// Of the clusters that need a search, those with the lowest bounds are searched for first; meanwhile others merge, and fewer
// are left to look at.
constexpr std::size_t part_searched = 5;

class Rounds {
 public:
  explicit Rounds(const MatrixView& x)
      : clusters_(x), search_(x, clusters_), neighbours_(x.rows), into_(x.rows), touched_(x.rows), living_(x.rows) {
    std::iota(into_.begin(), into_.end(), 0);
    std::iota(living_.begin(), living_.end(), 0);
  }

  std::vector<Link> links() {
    search_.find_all(neighbours_);
    while (living_.size() > 1) {
      merge_pairs();
      std::vector<std::uint32_t> wanted = unsettled();
      search_.find(wanted, neighbours_);
    }
    return std::move(links_);
  }

 private:
  struct Pair {
    std::uint32_t kept, gone;
    double squared_height, kept_weight, gone_weight;
  };

  std::uint32_t living_of(std::uint32_t c) {
    while (into_[c] != c) c = into_[c] = into_[into_[c]];
    return c;
  }

  // By rounding alone, the nearest of c may have a nearest that is farther than c. With this the least pair of all is always
  // each other's nearest, so that a round merges when all are settled.
  void tell_nearest() {
    for (const std::uint32_t c : living_) {
      if (!neighbours_[c].settled()) continue;
      const auto [height, nearest] = neighbours_[c].found[0];
      WardNeighbours& its = neighbours_[nearest];
      if (its.count == 0 || height <= its.found[0].squared_height) its.offer(nearest, {height, c});
    }
  }

  void merge_pairs() {
    tell_nearest();
    std::vector<Pair> pairs;
    for (const std::uint32_t c : living_) {
      if (!neighbours_[c].settled()) continue;
      const auto [height, nearest] = neighbours_[c].found[0];
      const WardNeighbours& its = neighbours_[nearest];
      if (c < nearest && its.settled() && its.found[0].cluster == c)
        pairs.push_back({c, nearest, height, clusters_.weight[c], clusters_.weight[nearest]});
    }
    for (const Pair& pair : pairs) merge(pair);
    std::erase_if(living_, [&](std::uint32_t c) { return into_[c] != c; });
    double lightest = std::numeric_limits<double>::infinity();
    for (const std::uint32_t c : living_) lightest = std::min(lightest, clusters_.weight[c]);
    for (const Pair& pair : pairs) know_of_parts(pair, lightest);
  }

  void merge(const Pair& pair) {
    links_.push_back({pair.kept, pair.gone, std::sqrt(pair.squared_height)});
    clusters_.merge(pair.kept, pair.gone);
    search_.merged(pair.kept, pair.gone);
    into_[pair.gone] = pair.kept;
    touched_[pair.kept] = touched_[pair.gone] = 1;
  }

  // What the parts knew; the bound is that of ward_linkage.h.
  void know_of_parts(const Pair& pair, double c) {
    const WardNeighbours &kept = neighbours_[pair.kept], &gone = neighbours_[pair.gone];
    const double a = pair.kept_weight, b = pair.gone_weight, p = kept.bound, q = gone.bound, h = pair.squared_height;
    WardNeighbours all{.bound = std::min(((a + c) * p + (b + c) * q - c * h) / (a + b + c), p + q - h)};
    for (const WardNeighbours* part : {&kept, &gone}) offer_living(pair.kept, *part, all);
    neighbours_[pair.kept] = all;
  }

  void offer_living(std::uint32_t c, const WardNeighbours& from, WardNeighbours& to) {
    for (std::size_t i = 0; i < from.count; ++i)
      if (const std::uint32_t other = living_of(from.found[i].cluster); other != c)
        to.offer(c, {clusters_.squared_height(c, other), other});
  }

  // True if the nearest of c is known then.
  bool refresh(std::uint32_t c) {
    WardNeighbours now{.bound = neighbours_[c].bound};
    offer_living(c, neighbours_[c], now);
    neighbours_[c] = now;
    return now.settled();
  }

  // The clusters whose nearest is to be searched for now; only those whose nearest was merged have to be looked at.
  std::vector<std::uint32_t> unsettled() {
    std::vector<std::uint32_t> found;
    for (const std::uint32_t c : living_) {
      const WardNeighbours& mine = neighbours_[c];
      if (touched_[c] == 0 && mine.count > 0 && touched_[mine.found[0].cluster] != 0) refresh(c);
      if (!mine.settled()) found.push_back(c);
    }
    std::ranges::fill(touched_, 0);
    if (found.empty()) return found;
    const auto bound_of = [this](std::uint32_t c) { return neighbours_[c].bound; };
    const auto last = found.begin() + static_cast<std::ptrdiff_t>((found.size() - 1) / part_searched);
    std::ranges::nth_element(found, last, {}, bound_of);
    const double limit = bound_of(*last);
    std::erase_if(found, [&](std::uint32_t c) { return bound_of(c) > limit || refresh(c); });
    return found;
  }

  WardClusters clusters_;
  WardSearch search_;
  std::vector<WardNeighbours> neighbours_;
  std::vector<std::uint32_t> into_;    // what a cluster was merged into; itself while it lives
  std::vector<char> touched_;          // merged in this round
  std::vector<std::uint32_t> living_;  // rising
  std::vector<Link> links_;
};

}  // namespace

std::vector<Link> link_by_ward(const MatrixView& x) { return Rounds(x).links(); }

}  // namespace coterie
