// Hartigan's dip: how far numbers are from having one peak.
//
// What: the least distance (largest difference of distribution functions) between the numbers' empirical distribution
//   and any distribution with a single peak. Between 1 / (2n) and 1/4; n times two far points give 1/4.
// When to use it: to ask whether numbers fall into two groups with fewer in between, whatever their shape, skew or tails.
// Cost: O(n) for sorted numbers (O(n^2) at worst).
// Paper: Hartigan, Hartigan 1985; algorithm: Hartigan 1985 (AS 217), with the corrections of Maechler's diptest.
// p-value: the share of samples of n uniform numbers whose dip is at least as large. The uniform is the single-peaked
//   distribution that is hardest to tell from two peaks, so the test errs on the side of one peak. From a table of
//   quantiles of sqrt(n) * dip, simulated with 100,000 samples a size (dip_test.cc repeats a part of it),
//   interpolated in n and in p; p is kept in [0.0001, 1].
// Ties count as one point of higher weight, and many equal numbers look like peaks: spread them first (score/valley.h).
// Tested by: diptest's values, a twin that searches all single-peaked distributions, the level on uniform numbers.
#pragma once

#include <cstddef>
#include <span>

namespace coterie {

// values in rising order, at least one, finite.
double dip(std::span<const double> values);

// P(dip of n uniform numbers >= dip).
double dip_p_value(double dip, std::size_t n);

}  // namespace coterie
