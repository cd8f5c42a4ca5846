// The nearest clusters of many clusters, by Ward's dissimilarity. Inner part of ward_linkage.h.
//
// How a search is cut short: clusters lie in groups of 32 near each other (kd order), with a bounding box and a least
// weight. A group whose box is too far is skipped; in the others float distances rule out what is surely too far; only
// the rest is computed in double. 32 neighbouring clusters search together, so that a group is fetched once for all; when
// all search at the start, each pair is looked at from one side. Everything is ordered anew when a third of the clusters is gone.
// Numerical care: the float tests carry a margin for every rounding they make (see WardSearch::query), so what is found
// is exact in double, and the same on every processor.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/ward_groups.h"

namespace coterie {

inline constexpr std::uint32_t no_cluster = ~std::uint32_t{0};

// The clusters, each named by its first row; what is merged away has weight 0.
struct WardClusters {
  explicit WardClusters(const MatrixView& x);

  std::size_t columns;
  std::vector<double> weight;
  std::vector<std::uint32_t> place;  // clusters near each other stand near each other in memory
  std::vector<double> centroid;      // [place][column]

  const double* at(std::uint32_t c) const { return centroid.data() + place[c] * columns; }
  double squared_height(std::uint32_t a, std::uint32_t b) const;  // D(a, b), the same bits as D(b, a)
  void merge(std::uint32_t a, std::uint32_t b);                   // b goes into a
};

// The few nearest clusters of one, nearest first, ties by lowest rows; no cluster outside is nearer than the bound.
struct WardNeighbours {
  static constexpr std::size_t most = 4;
  struct Neighbour {
    double squared_height;
    std::uint32_t cluster;
  };
  std::array<Neighbour, most> found = {};
  std::size_t count = 0;
  double bound = 0;

  // What is known suffices: the first is the nearest of all.
  bool settled() const { return count > 0 && found[0].squared_height <= bound; }
  // Takes a cluster in unless it is there or too far; one that falls out lowers the bound.
  void offer(std::uint32_t own, Neighbour other);
};

class WardSearch {
 public:
  explicit WardSearch(const MatrixView& x, const WardClusters& clusters);

  // After `gone` went into `grown`.
  void merged(std::uint32_t grown, std::uint32_t gone);

  // The nearest clusters of all; to be called before any merge.
  void find_all(std::vector<WardNeighbours>& neighbours);

  // The nearest clusters of each of `wanted` (living clusters); what they know already is a start. Reorders `wanted`.
  void find(std::span<std::uint32_t> wanted, std::vector<WardNeighbours>& neighbours);

 private:
  void rebuild();
  void draw(std::uint32_t cluster, std::uint32_t slot);
  void find_together(std::span<const std::uint32_t> wanted, std::vector<WardNeighbours>& neighbours, std::size_t first_group, bool both_ways);
  void look_at_all(std::uint32_t cluster, WardNeighbours& neighbours) const;
  void look_closer(std::span<const std::uint32_t> wanted, std::vector<WardNeighbours>& neighbours, std::size_t group, unsigned asking, bool both_ways);
  WardQuery query(std::uint32_t cluster, const WardNeighbours& neighbours, const float* point) const;
  void set_limit(std::size_t slot, const WardNeighbours& neighbours);
  void set_limits_of_group(std::size_t group);
  WardGroups view(bool both_ways) const;
  float* point_of(std::size_t slot);
  float scaled(double value, std::size_t j) const { return static_cast<float>((value - middle_[j]) * factor_); }

  const WardClusters& clusters_;
  std::vector<double> middle_;  // doubles become floats in [-1, 1]: minus the middle of each column, times a power of two
  double factor_ = 1;
  std::size_t groups_ = 0, living_ = 0, ordered_ = 0;  // ordered_: clusters when they were put into kd order
  std::vector<std::uint32_t> members_, slot_;  // cluster of a slot, slot of a cluster
  std::vector<float> points_, inverse_, low_, high_, inverse_most_;
  std::vector<float> scale_, offset_, scale_most_, offset_most_;  // limits of the clusters, in find_all only
  std::vector<std::uint32_t> near_;
  std::vector<std::uint32_t> asking_;          // of a group: bit q is set when query q is to look at it
  std::vector<float> query_points_;
  std::array<WardQuery, ward_queries> queries_ = {};
};

}  // namespace coterie
