#include "coterie/score/dip.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace coterie {
namespace {

// Quantiles of sqrt(n) * dip of n uniform numbers: 100,000 samples for n <= 500, 40,000 for 2,000, 10,000 for 10,000.
constexpr std::size_t quantile_count = 11;
constexpr std::array<double, quantile_count> upper_tail = {.5, .1, .05, .02, .01, .005, .002, .001, .0005, .0002, .0001};
struct UniformQuantiles {
  double n;
  std::array<double, quantile_count> scaled_dip;
};
constexpr UniformQuantiles quantiles[] = {
    {10, {0.30931, 0.41246, 0.44123, 0.47691, 0.50435, 0.52772, 0.55513, 0.57216, 0.58786, 0.60790, 0.61992}},
    {20, {0.32818, 0.43451, 0.47025, 0.51059, 0.53833, 0.56695, 0.60092, 0.62144, 0.63976, 0.67321, 0.68680}},
    {50, {0.34511, 0.45799, 0.49616, 0.54244, 0.57486, 0.60609, 0.64041, 0.66825, 0.69320, 0.71863, 0.73436}},
    {100, {0.35417, 0.47129, 0.51030, 0.55620, 0.58792, 0.61910, 0.65625, 0.68177, 0.70926, 0.74623, 0.77411}},
    {200, {0.36221, 0.48068, 0.52138, 0.56979, 0.60341, 0.63600, 0.67610, 0.69923, 0.72397, 0.76125, 0.78314}},
    {500, {0.36755, 0.48828, 0.52989, 0.57775, 0.61052, 0.64130, 0.68063, 0.71165, 0.74627, 0.77959, 0.80344}},
    {2000, {0.37305, 0.49598, 0.53926, 0.58903, 0.62229, 0.65843, 0.69103, 0.72065, 0.75353, 0.78894, 0.83010}},
    {10000, {0.37608, 0.49765, 0.54138, 0.59185, 0.63117, 0.66194, 0.70011, 0.73246, 0.76619, 0.80493, 0.84224}},
};

// The quantiles for n numbers, linear in 1 / sqrt(n) between the sizes of the table.
std::array<double, quantile_count> quantiles_for(std::size_t n) {
  const double size = std::clamp(static_cast<double>(n), quantiles[0].n, std::end(quantiles)[-1].n);
  std::size_t next = 1;
  while (next + 1 < std::size(quantiles) && quantiles[next].n < size) ++next;
  const UniformQuantiles &small = quantiles[next - 1], &large = quantiles[next];
  const double share = (1 / std::sqrt(small.n) - 1 / std::sqrt(size)) / (1 / std::sqrt(small.n) - 1 / std::sqrt(large.n));
  std::array<double, quantile_count> found;
  for (std::size_t q = 0; q < quantile_count; ++q) found[q] = small.scaled_dip[q] + share * (large.scaled_dip[q] - small.scaled_dip[q]);
  return found;
}

// Where the greatest convex minorant (below) and the least concave majorant (above) of the empirical distribution bend,
// for every start: previous[i] is the bend before i of the minorant that ends in i, next[i] the one after i of the majorant
// that begins in i.
struct Bends {
  std::vector<std::size_t> previous, next;
};

Bends bends_of(std::span<const double> x) {
  const std::size_t n = x.size();
  const auto width = [&](std::size_t a, std::size_t b) { return x[b] - x[a]; };
  const auto count = [](std::size_t a, std::size_t b) { return static_cast<double>(b - a); };
  Bends bends{std::vector<std::size_t>(n), std::vector<std::size_t>(n)};
  for (std::size_t j = 1; j < n; ++j) {
    std::size_t& p = bends.previous[j];
    for (p = j - 1; p != 0; p = bends.previous[p])
      if (width(p, j) * count(bends.previous[p], p) < width(bends.previous[p], p) * count(p, j)) break;
  }
  bends.next[n - 1] = n - 1;
  for (std::size_t k = n - 1; k-- > 0;) {
    std::size_t& q = bends.next[k];
    for (q = k + 1; q != n - 1; q = bends.next[q])
      if (width(k, q) * count(q, bends.next[q]) < width(q, bends.next[q]) * count(k, q)) break;
  }
  return bends;
}

// All distances are in counts: n times a difference of distribution functions.
struct Gap {
  double distance = 0;
  std::size_t minorant = 0, majorant = 0;  // places in the lists of bends that embrace it
};

// The largest distance between minorant (bends from high down to low) and majorant (from low up to high).
Gap largest_gap(std::span<const double> x, const std::vector<std::size_t>& minorant, const std::vector<std::size_t>& majorant) {
  Gap gap{0, minorant.size() - 1, majorant.size() - 1};
  if (minorant.size() == 2 && majorant.size() == 2) return gap.distance = 1, gap;
  std::size_t i = minorant.size() - 2, j = 1;
  do {
    const std::size_t a = minorant[i], b = majorant[j];
    if (a > b) {
      const std::size_t before = minorant[i + 1];
      const double d = static_cast<double>(b - before + 1) - (x[b] - x[before]) * static_cast<double>(a - before) / (x[a] - x[before]);
      ++j;
      if (d >= gap.distance) gap = {d, i + 1, j - 1};
    } else {
      const std::size_t before = majorant[j - 1];
      const double d = (x[a] - x[before]) * static_cast<double>(b - before) / (x[b] - x[before]) - (static_cast<double>(a) - static_cast<double>(before) - 1);
      if (d >= gap.distance) gap = {d, i, j};
      if (i > 0) --i;
    }
    j = std::min(j, majorant.size() - 1);
  } while (minorant[i] != majorant[j]);
  return gap;
}

// The largest distance of the empirical distribution above the minorant between two of its bends.
double above_minorant(std::span<const double> x, std::size_t begin, std::size_t end) {
  double most = 1;
  if (end - begin <= 1 || x[end] == x[begin]) return most;
  const double slope = static_cast<double>(end - begin) / (x[end] - x[begin]);
  for (std::size_t i = begin; i <= end; ++i) most = std::max(most, static_cast<double>(i - begin + 1) - (x[i] - x[begin]) * slope);
  return most;
}

double below_majorant(std::span<const double> x, std::size_t begin, std::size_t end) {
  double most = 1;
  if (end - begin <= 1 || x[end] == x[begin]) return most;
  const double slope = static_cast<double>(end - begin) / (x[end] - x[begin]);
  for (std::size_t i = begin; i <= end; ++i) most = std::max(most, (x[i] - x[begin]) * slope - (static_cast<double>(i) - static_cast<double>(begin) - 1));
  return most;
}

}  // namespace

double dip(std::span<const double> x) {
  const std::size_t n = x.size();
  const double unit = 1 / (2 * static_cast<double>(n));
  if (n < 2 || x.front() == x.back()) return unit;
  const Bends bends = bends_of(x);
  double dip = 1;
  for (std::size_t low = 0, high = n - 1;;) {
    std::vector<std::size_t> minorant{high}, majorant{low};
    while (minorant.back() > low) minorant.push_back(bends.previous[minorant.back()]);
    while (majorant.back() < high) majorant.push_back(bends.next[majorant.back()]);
    const Gap gap = largest_gap(x, minorant, majorant);
    if (gap.distance < dip) break;
    for (std::size_t i = gap.minorant; i + 1 < minorant.size(); ++i) dip = std::max(dip, above_minorant(x, minorant[i + 1], minorant[i]));
    for (std::size_t i = gap.majorant; i + 1 < majorant.size(); ++i) dip = std::max(dip, below_majorant(x, majorant[i], majorant[i + 1]));
    if (low == minorant[gap.minorant] && high == majorant[gap.majorant]) break;
    low = minorant[gap.minorant], high = majorant[gap.majorant];
  }
  return dip * unit;
}

// Between two quantiles the logarithm of p is linear; above the median p is between 0.5 and 1, linear down to the least dip.
double dip_p_value(double dip, std::size_t n) {
  const auto scaled = quantiles_for(n);
  const double found = std::sqrt(static_cast<double>(n)) * dip;
  if (found <= scaled.front()) return 1 - 0.5 * found / scaled.front();
  if (found >= scaled.back()) return upper_tail.back();
  std::size_t next = 1;
  while (scaled[next] < found) ++next;
  const double share = (found - scaled[next - 1]) / (scaled[next] - scaled[next - 1]);
  return std::exp(std::log(upper_tail[next - 1]) + share * (std::log(upper_tail[next]) - std::log(upper_tail[next - 1])));
}

}  // namespace coterie
