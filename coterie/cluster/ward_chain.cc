#include "coterie/cluster/ward_chain.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "coterie/base/cpu.h"
#include "coterie/cluster/ward_groups.h"

namespace coterie {

#define COTERIE_DECLARE(name)                                                                                    \
  namespace name {                                                                                               \
  std::size_t ward_near_groups(const WardGroups& all_groups, const WardQuery& query, std::uint32_t* near);       \
  std::uint32_t ward_near_slots(const WardGroups& all_groups, const WardQuery& query, std::size_t group);        \
  }
COTERIE_DECLARE(plain)
COTERIE_DECLARE(avx2)
COTERIE_DECLARE(avx512)
#undef COTERIE_DECLARE

namespace {

constexpr std::uint32_t none = ~std::uint32_t{0};

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

// The clusters, each named by its first row; what is merged away has weight 0.
struct Clusters {
  std::size_t columns;
  std::vector<double> centroid;  // [cluster][column]
  std::vector<double> weight;

  const double* at(std::uint32_t c) const { return centroid.data() + c * columns; }

  double squared_height(std::uint32_t a, std::uint32_t b) const {
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

  // b goes into a.
  void merge(std::uint32_t a, std::uint32_t b) {
    const double total = weight[a] + weight[b];
    double* x = centroid.data() + a * columns;
    const double* y = at(b);
    for (std::size_t j = 0; j < columns; ++j) x[j] = (weight[a] * x[j] + weight[b] * y[j]) / total;
    weight[a] = total;
    weight[b] = 0;
  }
};

Clusters rows_alone(const MatrixView& x) {
  Clusters clusters{x.columns, std::vector<double>(x.rows * x.columns), std::vector<double>(x.rows)};
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < x.rows; ++i) clusters.centroid[i * x.columns + j] = x.at(i, j);
  for (std::size_t i = 0; i < x.rows; ++i) clusters.weight[i] = x.weight(i);
  return clusters;
}

// Sorts members into kd order: halves at the median of the widest column, down to single groups.
void kd_order(const Clusters& clusters, std::span<std::uint32_t> members) {
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

// How doubles become floats in [-1, 1]: minus the middle of each column, times a power of two.
struct FloatScale {
  std::vector<double> middle;
  double factor;

  float of(double value, std::size_t j) const { return static_cast<float>((value - middle[j]) * factor); }
};

FloatScale float_scale(const MatrixView& x) {
  FloatScale scale{std::vector<double>(x.columns), 1};
  double most = 0;
  for (std::size_t j = 0; j < x.columns; ++j) {
    const auto [low, high] = std::ranges::minmax(x.column(j));
    scale.middle[j] = low / 2 + high / 2;
    most = std::max({most, high - scale.middle[j], scale.middle[j] - low});
  }
  if (most > 0) scale.factor = std::ldexp(1.0, -std::clamp(std::ilogb(most) + 1, -900, 900));
  return scale;
}

// The float picture of the living clusters; slots in kd order.
class Picture {
 public:
  Picture(const Clusters& clusters, const FloatScale& scale) : clusters_(clusters), scale_(scale), kernels_(kernels()) { rebuild(); }

  // Draws all living clusters anew.
  void rebuild() {
    members_.clear();
    for (std::uint32_t c = 0; c < clusters_.weight.size(); ++c)
      if (clusters_.weight[c] > 0) members_.push_back(c);
    living_ = members_.size();
    kd_order(clusters_, members_);
    groups_ = (members_.size() + ward_group * 16 - 1) / (ward_group * 16) * 16;
    points_.assign(groups_ * ward_group * clusters_.columns, ward_nowhere);
    inverse_.assign(groups_ * ward_group, 1.0f);
    low_.assign(groups_ * clusters_.columns, ward_nowhere);
    high_.assign(groups_ * clusters_.columns, -ward_nowhere);
    inverse_most_.assign(groups_, 0.0f);
    near_.resize(groups_);
    slot_.resize(clusters_.weight.size());
    for (std::uint32_t s = 0; s < members_.size(); ++s) draw(members_[s], s);
  }

  // After `gone` went into `grown`.
  void merged(std::uint32_t grown, std::uint32_t gone) {
    float* point = point_of(slot_[gone]);
    for (std::size_t j = 0; j < clusters_.columns; ++j) point[j * ward_group] = ward_nowhere;
    members_[slot_[gone]] = none;
    draw(grown, slot_[grown]);
    if (--living_ * 3 < members_.size() * 2 && members_.size() > 4 * ward_group) rebuild();
  }

  // The first living cluster in kd order.
  std::uint32_t first_living() const {
    return *std::ranges::find_if(members_, [](std::uint32_t c) { return c != none; });
  }

  // The cluster nearest to c and D(c, it). `known` (or none) is a first candidate, and wins ties.
  struct Found {
    std::uint32_t cluster;
    double squared_height;
  };
  Found nearest(std::uint32_t c, std::uint32_t known) {
    Search search{c, known, {none, std::numeric_limits<double>::infinity()}, {}};
    if (known != none) search.best = {known, clusters_.squared_height(c, known)};
    query_.resize(clusters_.columns);
    for (std::size_t j = 0; j < clusters_.columns; ++j) query_[j] = scale_.of(clusters_.at(c)[j], j);
    const std::size_t home = slot_[c] / ward_group;
    look_at_all(search, home);
    search.query = query(search);
    const WardGroups groups = view();
    const std::size_t count = kernels_.near_groups(groups, search.query, near_.data());
    for (std::size_t i = 0; i < count; ++i)
      if (near_[i] != home) look_closer(search, groups, near_[i]);
    return search.best;
  }

 private:
  struct Search {
    std::uint32_t cluster, known;
    Found best;
    WardQuery query;
  };

  float* point_of(std::size_t slot) {
    return points_.data() + slot / ward_group * ward_group * clusters_.columns + slot % ward_group;
  }

  WardGroups view() const {
    return {points_.data(), inverse_.data(), low_.data(), high_.data(), inverse_most_.data(), groups_, clusters_.columns};
  }

  // Puts cluster c into a slot; the group's box and least weight only ever widen.
  void draw(std::uint32_t c, std::uint32_t slot) {
    const std::size_t group = slot / ward_group;
    float* point = point_of(slot);
    for (std::size_t j = 0; j < clusters_.columns; ++j) {
      const float value = scale_.of(clusters_.at(c)[j], j);
      point[j * ward_group] = value;
      low_[j * groups_ + group] = std::min(low_[j * groups_ + group], value);
      high_[j * groups_ + group] = std::max(high_[j * groups_ + group], value);
    }
    inverse_[slot] = static_cast<float>(1 / clusters_.weight[c]);
    inverse_most_[group] = std::max(inverse_most_[group], inverse_[slot]);
    slot_[c] = slot;
  }

  // B is surely farther than best when d^2 > best / 2 * (1/|A| + 1/|B|), with d known from floats up to
  //   absolute: each coordinate was rounded by at most 2^-24 on either side: 2^-23 sqrt(columns) on d;
  //   relative: columns + a few roundings of 2^-24 in the sum of squares, and in the limit itself.
  // As 1/|A| + 1/|B| > 1/|A|, adding `lost` to sqrt(best / 2 / |A|) covers the absolute part.
  WardQuery query(const Search& search) const {
    const double columns = static_cast<double>(clusters_.columns), a = clusters_.weight[search.cluster];
    const double best = search.best.squared_height * scale_.factor * scale_.factor;
    const double lost = std::sqrt(columns) * 0x1p-22;
    const double root = std::sqrt(best / 2) + lost * std::sqrt(a);
    const double scale = root * root * (1 + (columns + 16) * 0x1p-21);
    return {query_.data(), static_cast<float>(scale), static_cast<float>(scale / a) + 1e-30f};
  }

  void consider(Search& search, std::uint32_t other) const {
    if (other == none || other == search.cluster) return;
    const double height = clusters_.squared_height(search.cluster, other);
    Found& best = search.best;
    if (height > best.squared_height || best.cluster == other) return;
    if (height < best.squared_height || (best.cluster != search.known && other < best.cluster)) best = {other, height};
  }

  void look_at_all(Search& search, std::size_t group) const {
    const std::size_t end = std::min((group + 1) * ward_group, members_.size());
    for (std::size_t s = group * ward_group; s < end; ++s) consider(search, members_[s]);
  }

  void look_closer(Search& search, const WardGroups& groups, std::size_t group) const {
    const double before = search.best.squared_height;
    for (std::uint32_t bits = kernels_.near_slots(groups, search.query, group); bits != 0; bits &= bits - 1)
      if (const std::size_t s = group * ward_group + __builtin_ctz(bits); s < members_.size()) consider(search, members_[s]);
    if (search.best.squared_height < before) search.query = query(search);
  }

  const Clusters& clusters_;
  const FloatScale& scale_;
  Kernels kernels_;
  std::size_t groups_ = 0, living_ = 0;
  std::vector<std::uint32_t> members_, slot_, near_;  // cluster of a slot, slot of a cluster
  std::vector<float> points_, inverse_, low_, high_, inverse_most_, query_;
};

}  // namespace

std::vector<Link> link_by_ward_chain(const MatrixView& x) {
  Clusters clusters = rows_alone(x);
  const FloatScale scale = float_scale(x);
  Picture picture(clusters, scale);
  std::vector<Link> links;
  std::vector<std::uint32_t> chain;
  while (links.size() + 1 < x.rows) {
    if (chain.empty()) chain.push_back(picture.first_living());
    const std::uint32_t top = chain.back(), below = chain.size() > 1 ? chain[chain.size() - 2] : none;
    const Picture::Found found = picture.nearest(top, below);
    if (found.cluster != below) {
      chain.push_back(found.cluster);
      continue;
    }
    const auto [kept, gone] = std::minmax({top, below});
    links.push_back({kept, gone, std::sqrt(found.squared_height)});
    clusters.merge(kept, gone);
    picture.merged(kept, gone);
    chain.resize(chain.size() - 2);
  }
  return links;
}

}  // namespace coterie
