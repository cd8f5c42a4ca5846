// The three small steps around the pass over the rows: making a model ready, the M step from its sums, and
// a start. For cluster/gaussian_mixture.cc.
#pragma once

#include <cstdint>
#include <optional>

#include "coterie/cluster/gaussian_mixture.h"
#include "coterie/cluster/mixture_pass.h"

namespace coterie {

// Inverse Cholesky factors and constants; empty when a covariance is not positive definite.
std::optional<PreparedMixture> prepare(const GaussianMixtureModel& model);

// The M step: the parameters that the sums about `before` give, `regularisation` added to the diagonals.
// A component that no row belongs to keeps its mean and gets weight 0 and the covariance regularisation x I.
GaussianMixtureModel update(const GaussianMixtureModel& before, const MixtureSums& sums, double regularisation);

// k-means++ seeds (Arthur, Vassilvitskii 2007) in columns scaled to unit variance, five Lloyd steps, then the
// M step from these hard labels.
GaussianMixtureModel start_mixture(MatrixView x, std::size_t k, Covariance covariance, double regularisation,
                                   std::uint64_t seed, std::uint64_t restart);

}  // namespace coterie
