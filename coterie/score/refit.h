// An algorithm fitted again to other customers, quickly: what stability, the gap and matched nulls need of it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "coterie/cluster/algorithm.h"
#include "coterie/score/gap.h"
#include "coterie/score/stability.h"

namespace coterie {

enum class Effort { quick, careful };  // few restarts, or the algorithm's own

struct Refit {
  // Fitted to the rows for each k of the range, one thread; where the algorithm finds k itself, once. Where the rows have fewer
  // different ones than k, or the bounds allow no such k, there are fewer clusters.
  std::function<std::vector<Fitted>(const MatrixView& x, KRange range, std::uint64_t seed, Effort effort)> sweep;
  bool any_k = true;      // false: it finds k itself
  bool is_kmeans = false;

  FitAndAssign fit() const;  // one k, quick
  Fit labels() const;        // the same without the rule
};

// customers: how many the algorithm was fitted to; bounds and sizes shrink in proportion to those of the sample.
Refit refit_of(const Algorithm& algorithm, const MixedLayout& layout, double customers);

}  // namespace coterie
