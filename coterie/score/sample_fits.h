// k-means on a sample, quickly: for scores that need many fits (null data, halves, resamples). Equal rows are merged, a few
// restarts, no swaps.
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/score/gap.h"

namespace coterie {

// One result a k of the range, with a label for each row of x. Where x has fewer different rows than k, as many clusters
// as there are different rows. One thread.
std::vector<KmeansResult> fit_sample(MatrixView x, KRange range, std::uint64_t seed, int restarts = 3);

// The same for one k, as resampling (score/stability.h, score/gap.h) calls it.
Fit sample_fit(int restarts = 3);

}  // namespace coterie
