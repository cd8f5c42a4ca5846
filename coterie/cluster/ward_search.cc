#include "coterie/cluster/ward_search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "coterie/base/cpu.h"


namespace coterie {

#define COTERIE_DECLARE(name)                                                                                    \
  namespace name {                                                                                               \
  std::size_t ward_near_groups(const WardGroups& all_groups, const WardQuery& query, std::size_t first, std::uint32_t* near); \
  void ward_near_slots(const WardGroups& all_groups, const WardQuery* const* queries, std::size_t count, std::size_t group, std::uint32_t* bits); \
  }
COTERIE_DECLARE(plain)
COTERIE_DECLARE(avx2)
COTERIE_DECLARE(avx512)
#undef COTERIE_DECLARE

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Kernels {
  decltype(&plain::ward_near_groups) near_groups;
  decltype(&plain::ward_near_slots) near_slots;
};

Kernels kernels() {
  switch (isa()) {
    case Isa::avx512: return {avx512::ward_near_groups, avx512::ward_near_slots};
    case Isa::avx2: return {avx2::ward_near_groups, avx2::ward_near_slots};
    case Isa::plain: break;
  }
  return {plain::ward_near_groups, plain::ward_near_slots};
}

// Sorts members into kd order: halves at the median of the widest column, down to single groups.
void kd_order(const WardClusters& clusters, std::span<std::uint32_t> members) {
  if (members.size() <= ward_group) return;
  std::vector<double> low(clusters.at(members[0]), clusters.at(members[0]) + clusters.columns), high = low;
  for (const std::uint32_t c : members)
    for (std::size_t j = 0; j < clusters.columns; ++j) {
      low[j] = std::min(low[j], clusters.at(c)[j]);
      high[j] = std::max(high[j], clusters.at(c)[j]);
    }
  std::size_t widest = 0;
  for (std::size_t j = 1; j < clusters.columns; ++j)
    if (high[j] - low[j] > high[widest] - low[widest]) widest = j;
  const std::size_t groups = (members.size() + ward_group - 1) / ward_group, half = groups / 2 * ward_group;
  std::nth_element(members.begin(), members.begin() + half, members.end(), [&](std::uint32_t a, std::uint32_t b) {
    const double x = clusters.at(a)[widest], y = clusters.at(b)[widest];
    return x != y ? x < y : a < b;
  });
  kd_order(clusters, members.first(half));
  kd_order(clusters, members.subspan(half));
}

}  // namespace

WardClusters::WardClusters(const MatrixView& x) : columns(x.columns), weight(x.rows), place(x.rows), centroid(x.rows * x.columns) {
  std::vector<std::uint32_t> members(x.rows);
  std::iota(members.begin(), members.end(), 0);
  place = members;
  const auto copy = [&] {
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t i = 0; i < x.rows; ++i) centroid[place[i] * columns + j] = x.at(i, j);
  };
  copy();
  kd_order(*this, members);
  for (std::uint32_t p = 0; p < x.rows; ++p) place[members[p]] = p, weight[p] = x.weight(p);
  copy();
}

double WardClusters::squared_height(std::uint32_t a, std::uint32_t b) const {
  const double *x = at(a), *y = at(b);
  double even = 0, odd = 0;
  std::size_t j = 0;
  for (; j + 2 <= columns; j += 2) {
    even += (x[j] - y[j]) * (x[j] - y[j]);
    odd += (x[j + 1] - y[j + 1]) * (x[j + 1] - y[j + 1]);
  }
  if (j < columns) even += (x[j] - y[j]) * (x[j] - y[j]);
  return 2 * weight[a] * weight[b] / (weight[a] + weight[b]) * (even + odd);
}

void WardClusters::merge(std::uint32_t a, std::uint32_t b) {
  const double total = weight[a] + weight[b];
  double* x = centroid.data() + place[a] * columns;
  const double* y = at(b);
  for (std::size_t j = 0; j < columns; ++j) x[j] = (weight[a] * x[j] + weight[b] * y[j]) / total;
  weight[a] = total;
  weight[b] = 0;
}

void WardNeighbours::offer(std::uint32_t own, Neighbour other) {
  const auto key = [own](const Neighbour& n) { return std::tuple(n.squared_height, std::min(own, n.cluster), std::max(own, n.cluster)); };
  if (count == most && other.squared_height > found[most - 1].squared_height) {
    bound = std::min(bound, other.squared_height);
    return;
  }
  for (std::size_t i = 0; i < count; ++i)
    if (found[i].cluster == other.cluster) return;
  if (count == most) {
    const bool closer = key(other) < key(found[most - 1]);
    bound = std::min(bound, closer ? found[most - 1].squared_height : other.squared_height);
    if (!closer) return;
    --count;
  }
  std::size_t at = count++;
  for (; at > 0 && key(other) < key(found[at - 1]); --at) found[at] = found[at - 1];
  found[at] = other;
}

WardSearch::WardSearch(const MatrixView& x, const WardClusters& clusters) : clusters_(clusters), middle_(x.columns), slot_(x.rows) {
  double most = 0;
  for (std::size_t j = 0; j < x.columns; ++j) {
    const auto [low, high] = std::ranges::minmax(x.column(j));
    middle_[j] = low / 2 + high / 2;
    most = std::max({most, high - middle_[j], middle_[j] - low});
  }
  if (most > 0) factor_ = std::ldexp(1.0, -std::clamp(std::ilogb(most) + 1, -900, 900));
  query_points_.resize(ward_queries * x.columns);
  members_.resize(x.rows);
  for (std::uint32_t c = 0; c < x.rows; ++c) members_[clusters.place[c]] = c;
  ordered_ = living_ = x.rows;
  rebuild();
}

// Draws all living clusters anew; they keep their order until a third of those that were ordered is gone.
void WardSearch::rebuild() {
  std::erase(members_, no_cluster);
  if (members_.size() * 3 < ordered_ * 2) kd_order(clusters_, members_), ordered_ = members_.size();
  groups_ = (members_.size() + ward_group * 16 - 1) / (ward_group * 16) * 16;
  points_.assign(groups_ * ward_group * clusters_.columns, ward_nowhere);
  inverse_.assign(groups_ * ward_group, 1.0f);
  low_.assign(groups_ * clusters_.columns, ward_nowhere);
  high_.assign(groups_ * clusters_.columns, -ward_nowhere);
  inverse_most_.assign(groups_, 0.0f);
  near_.resize(groups_);
  asking_.assign(groups_, 0);
  for (std::uint32_t s = 0; s < members_.size(); ++s) draw(members_[s], s);
}

void WardSearch::merged(std::uint32_t grown, std::uint32_t gone) {
  float* point = point_of(slot_[gone]);
  for (std::size_t j = 0; j < clusters_.columns; ++j) point[j * ward_group] = ward_nowhere;
  members_[slot_[gone]] = no_cluster;
  draw(grown, slot_[grown]);
  if (--living_ * 8 < members_.size() * 7 && members_.size() > 4 * ward_group) rebuild();
}

float* WardSearch::point_of(std::size_t slot) {
  return points_.data() + slot / ward_group * ward_group * clusters_.columns + slot % ward_group;
}

WardGroups WardSearch::view(bool both_ways) const {
  WardGroups all{points_.data(), inverse_.data(), low_.data(), high_.data(), inverse_most_.data(), groups_, clusters_.columns};
  if (both_ways) all.scale = scale_.data(), all.offset = offset_.data(), all.scale_most = scale_most_.data(), all.offset_most = offset_most_.data();
  return all;
}

// Puts a cluster into a slot; the group's box and least weight only ever widen.
void WardSearch::draw(std::uint32_t c, std::uint32_t slot) {
  const std::size_t group = slot / ward_group;
  float* point = point_of(slot);
  for (std::size_t j = 0; j < clusters_.columns; ++j) {
    const float value = scaled(clusters_.at(c)[j], j);
    point[j * ward_group] = value;
    low_[j * groups_ + group] = std::min(low_[j * groups_ + group], value);
    high_[j * groups_ + group] = std::max(high_[j * groups_ + group], value);
  }
  inverse_[slot] = static_cast<float>(1 / clusters_.weight[c]);
  inverse_most_[group] = std::max(inverse_most_[group], inverse_[slot]);
  slot_[c] = slot;
}

// B is surely farther than the farthest kept when d^2 > D / 2 * (1/|A| + 1/|B|), with d known from floats up to
//   absolute: each coordinate was rounded by at most 2^-24 on either side: 2^-23 sqrt(columns) on d;
//   relative: columns + a few roundings of 2^-24 in the sum of squares, and in the limit itself.
// As 1/|A| + 1/|B| > 1/|A|, adding `lost` to sqrt(D / 2 / |A|) covers the absolute part.
WardQuery WardSearch::query(std::uint32_t cluster, const WardNeighbours& neighbours, const float* point) const {
  const double columns = static_cast<double>(clusters_.columns), a = clusters_.weight[cluster];
  const double worst = neighbours.count < WardNeighbours::most ? infinity : neighbours.found[WardNeighbours::most - 1].squared_height;
  const double lost = std::sqrt(columns) * 0x1p-22;
  const double root = std::sqrt(worst * factor_ * factor_ / 2) + lost * std::sqrt(a);
  const double scale = root * root * (1 + (columns + 16) * 0x1p-21);
  return {point, static_cast<float>(1 / a), static_cast<float>(scale), static_cast<float>(scale / a) + 1e-30f};
}

void WardSearch::look_at_all(std::uint32_t cluster, WardNeighbours& neighbours) const {
  const std::size_t first = slot_[cluster] / ward_group * ward_group;
  for (std::size_t s = first; s < std::min(first + ward_group, members_.size()); ++s)
    if (const std::uint32_t other = members_[s]; other != no_cluster && other != cluster)
      neighbours.offer(cluster, {clusters_.squared_height(cluster, other), other});
}

// The limit of the cluster in a slot, for queries of others that are to tell it.
void WardSearch::set_limit(std::size_t slot, const WardNeighbours& neighbours) {
  const WardQuery limit = query(members_[slot], neighbours, nullptr);
  scale_[slot] = limit.scale, offset_[slot] = limit.offset;
}

void WardSearch::set_limits_of_group(std::size_t group) {
  scale_most_[group] = *std::max_element(scale_.begin() + group * ward_group, scale_.begin() + (group + 1) * ward_group);
  offset_most_[group] = *std::max_element(offset_.begin() + group * ward_group, offset_.begin() + (group + 1) * ward_group);
}

// Clusters of one group that are not ruled out; asking: bit q is set for the queries to which it may matter.
void WardSearch::look_closer(std::span<const std::uint32_t> wanted, std::vector<WardNeighbours>& neighbours, std::size_t group, unsigned asking, bool both_ways) {
  const WardQuery* queries[ward_queries];
  std::size_t who[ward_queries], count = 0;
  std::uint32_t near[ward_queries];
  for (; asking != 0; asking &= asking - 1) queries[count] = &queries_[who[count] = static_cast<std::size_t>(std::countr_zero(asking))], ++count;
  kernels().near_slots(view(both_ways), queries, count, group, near);
  for (std::size_t i = 0; i < count; ++i) {
    if (near[i] == 0) continue;
    const std::uint32_t cluster = wanted[who[i]];
    for (std::uint32_t bits = near[i]; bits != 0; bits &= bits - 1) {
      const std::size_t s = group * ward_group + static_cast<std::size_t>(std::countr_zero(bits));
      if (s >= members_.size() || members_[s] == no_cluster || members_[s] == cluster) continue;
      const double squared_height = clusters_.squared_height(cluster, members_[s]);
      neighbours[cluster].offer(cluster, {squared_height, members_[s]});
      if (both_ways) neighbours[members_[s]].offer(members_[s], {squared_height, cluster}), set_limit(s, neighbours[members_[s]]);
    }
    queries_[who[i]] = query(cluster, neighbours[cluster], queries_[who[i]].point);
  }
  if (both_ways) set_limits_of_group(group);
}

void WardSearch::find_together(std::span<const std::uint32_t> wanted, std::vector<WardNeighbours>& neighbours, std::size_t first_group, bool both_ways) {
  for (std::size_t q = 0; q < wanted.size(); ++q) {
    const std::uint32_t c = wanted[q];
    float* point = query_points_.data() + q * clusters_.columns;
    for (std::size_t j = 0; j < clusters_.columns; ++j) point[j] = scaled(clusters_.at(c)[j], j);
    if (neighbours[c].count < WardNeighbours::most) look_at_all(c, neighbours[c]);
    queries_[q] = query(c, neighbours[c], point);
    const std::size_t count = kernels().near_groups(view(both_ways), queries_[q], first_group / 16 * 16, near_.data());
    for (std::size_t i = 0; i < count; ++i) asking_[near_[i]] |= 1u << q;
  }
  for (std::size_t g = 0; g < groups_; ++g)
    if (const std::uint32_t asking = std::exchange(asking_[g], 0u); asking != 0 && g >= first_group) look_closer(wanted, neighbours, g, asking, both_ways);
  for (const std::uint32_t c : wanted)
    neighbours[c].bound = neighbours[c].count < WardNeighbours::most ? infinity : neighbours[c].found[WardNeighbours::most - 1].squared_height;
}

void WardSearch::find(std::span<std::uint32_t> wanted, std::vector<WardNeighbours>& neighbours) {
  std::ranges::sort(wanted, {}, [this](std::uint32_t c) { return slot_[c]; });
  for (std::size_t first = 0; first < wanted.size(); first += ward_queries)
    find_together(wanted.subspan(first, std::min(ward_queries, wanted.size() - first)), neighbours, 0, false);
}

void WardSearch::find_all(std::vector<WardNeighbours>& neighbours) {
  scale_.assign(groups_ * ward_group, 0.0f), offset_.assign(groups_ * ward_group, -1.0f);
  scale_most_.assign(groups_, 0.0f), offset_most_.assign(groups_, -1.0f);
  for (std::size_t s = 0; s < members_.size(); ++s)
    for (std::size_t t = s + 1; t < std::min(s / ward_group * ward_group + ward_group, members_.size()); ++t) {
      const std::uint32_t a = members_[s], b = members_[t];
      const double squared_height = clusters_.squared_height(a, b);
      neighbours[a].offer(a, {squared_height, b}), neighbours[b].offer(b, {squared_height, a});
    }
  for (std::size_t s = 0; s < members_.size(); ++s) set_limit(s, neighbours[members_[s]]);
  for (std::size_t g = 0; g < groups_; ++g) set_limits_of_group(g);
  for (std::size_t g = 0; g * ward_group < members_.size(); ++g) {
    const std::span all(members_);
    find_together(all.subspan(g * ward_group, std::min(ward_group, members_.size() - g * ward_group)), neighbours, g + 1, true);
  }
}

}  // namespace coterie
