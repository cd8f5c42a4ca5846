// An algorithm fitted again to other customers, quickly: what stability and matched nulls need of it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "coterie/cluster/algorithm.h"
#include "coterie/score/gap.h"
#include "coterie/score/stability.h"

namespace coterie {

struct Refit {
  // Labels of the rows for each k of the range (-1 is noise); one thread. Where the algorithm finds k itself, once.
  std::function<std::vector<std::vector<int>>(const MatrixView& x, KRange range, std::uint64_t seed)> labels;
  // How its clusters are carried over to other rows: by the same rule as its model (fitted.h), fitted to the labels; a
  // mixture's by one component a cluster, a tree's and HDBSCAN's by the nearest row.
  Assign assign;
  bool any_k = true;  // false: it finds k itself

  Fit fit() const;    // one k
};

// customers: how many the algorithm was fitted to; bounds and sizes shrink in proportion to those of the sample. Restarts are
// few (score/sample_fits.h does the same for k-means).
Refit refit_of(const Algorithm& algorithm, const MixedLayout& layout, double customers);

}  // namespace coterie
