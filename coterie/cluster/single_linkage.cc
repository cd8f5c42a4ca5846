#include "coterie/cluster/single_linkage.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "coterie/cluster/distances.h"

namespace coterie {
namespace {

// The rows not yet in the tree, moved together; slot s holds row `row[s]`.
struct Outside {
  Matrix points;
  std::vector<std::uint32_t> row, from;  // from: the row in the tree it is nearest to
  std::vector<double> nearest;           // squared distance to it
  std::size_t count;
};

Outside all_outside(const MatrixView& x) {
  Outside out{Matrix(x.rows, x.columns), std::vector<std::uint32_t>(x.rows), std::vector<std::uint32_t>(x.rows, 0),
              std::vector<double>(x.rows, std::numeric_limits<double>::infinity()), x.rows};
  for (std::size_t j = 0; j < x.columns; ++j) std::ranges::copy(x.column(j), out.points.column(j).begin());
  std::iota(out.row.begin(), out.row.end(), 0);
  return out;
}

// Moves the last slot into `slot`.
void take_out(Outside& out, std::size_t slot) {
  const std::size_t last = --out.count;
  for (std::size_t j = 0; j < out.points.columns(); ++j) out.points.at(slot, j) = out.points.at(last, j);
  out.row[slot] = out.row[last];
  out.from[slot] = out.from[last];
  out.nearest[slot] = out.nearest[last];
}

// Lets row `joined` offer its distances, and finds the slot to take in next (lowest row among equals).
std::size_t relax(Outside& out, std::uint32_t joined, const std::vector<double>& distance) {
  std::size_t best = 0;
  for (std::size_t s = 0; s < out.count; ++s) {
    if (distance[s] < out.nearest[s]) {
      out.nearest[s] = distance[s];
      out.from[s] = joined;
    }
    if (out.nearest[s] > out.nearest[best]) continue;
    if (out.nearest[s] < out.nearest[best] || out.row[s] < out.row[best]) best = s;
  }
  return best;
}

}  // namespace

std::vector<Link> spanning_links(const MatrixView& x) {
  Outside out = all_outside(x);
  std::vector<double> distance(x.rows);
  std::vector<Link> links;
  links.reserve(x.rows);
  std::uint32_t joined = 0;
  take_out(out, 0);
  while (out.count > 0) {
    squared_distances(out.points, row_of(x, joined).data(), 0, out.count, distance.data());
    const std::size_t next = relax(out, joined, distance);
    joined = out.row[next];
    links.push_back({out.from[next], joined, std::sqrt(out.nearest[next])});
    take_out(out, next);
  }
  return links;
}

}  // namespace coterie
