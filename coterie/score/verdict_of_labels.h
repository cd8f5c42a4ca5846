// The verdict on clusterings by any algorithm but k-means, by the same rule and with the same kinds of evidence (score/verdict.h).
//
// What was delivered is judged: the labels that the customers of the samples have. The algorithm is fitted again to resamples, halves and nulls
//   (score/refit.h). Only k that were swept are looked at.
// Noise is no cluster: it is left out of silhouettes, valleys and indices, and is one more label where labels are compared.
// An algorithm that finds k itself has no nulls, gap or prediction strength.
#pragma once

#include <span>

#include "coterie/score/refit.h"
#include "coterie/score/verdict.h"

namespace coterie {

Verdict judge_labels(MatrixView x, std::span<const Clustering> sweep, std::span<const std::size_t> allowed, std::size_t chosen, const Refit& refit, const VerdictOptions& options = {});

}  // namespace coterie
