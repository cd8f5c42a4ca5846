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

// Of values: bins are between the deciles of `before` (its smallest value that at least i/10 of the values do not exceed; equal
// ones are one), open at both ends, each with its upper edge. NaN is a bin of its own where there is one.
PopulationStability population_stability(std::span<const double> before, std::span<const double> after);

}  // namespace coterie
