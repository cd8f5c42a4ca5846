// The population stability index: how far a distribution has moved.
//
// PSI = sum over bins of (b_i - a_i) ln(b_i / a_i), a_i and b_i the bins' shares before and after (Siddiqi, Credit Risk
// Scorecards, 2006, which calls below 0.1 stable and 0.25 and more a shift); it is the symmetrised Kullback-Leibler divergence.
// Half a customer is added to every bin on both sides, so that an empty one is no infinity.
// Without any shift PSI is not 0: it is about (1/n + 1/m) times a chi-squared variable of bins - 1 degrees of freedom (Yurdakul,
// Naranjo, Statistical properties of the population stability index, Journal of Risk Model Validation 14, 2020), which holds
// for two independent samples; for the same customers twice it is more than enough.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/matrix/grouped_values.h"

namespace coterie {

enum class Shift { none, some, strong };  // below 0.1 or within noise; from 0.1; from 0.25
const char* name_of(Shift shift);

struct PopulationStability {
  double index = 0;
  double noise_95 = 0;  // what the index exceeds in 5 % of cases without any shift
  std::size_t bins = 0;

  Shift shift() const;
};

// Of counts a bin each, equally many. Of one bin, or where one side is empty, index and noise are 0.
PopulationStability population_stability(std::span<const std::uint64_t> before, std::span<const std::uint64_t> after);

// Where the values before lie: between their deciles (the smallest value that at least i/10 of the values do not exceed; equal ones are
// one), open at both ends, each bin with its upper edge. Missing values are a bin of their own where there is one.
struct DecileBins {
  std::vector<double> edges;          // rising
  std::vector<std::uint64_t> counts;  // two more than edges: the last are missing
};
DecileBins decile_bins(const GroupValues& values);

// Values in the bins of others, counted as DecileBins::counts.
std::vector<std::uint64_t> count_in_bins(const GroupValues& values, std::span<const double> edges);

// Of bins and counts in them.
PopulationStability population_stability(const DecileBins& before, std::vector<std::uint64_t> after);

}  // namespace coterie
