// The inner loops of k-means, on 16 rows at a time. Compiled three times (base/cpu.h), same bits each.
// A group is 16 rows packed column by column: value j of row i at group[16 * j + i].
#pragma once

#include <cstddef>
#include <cstdint>

#include "coterie/base/cpu.h"

namespace coterie {

struct KmeansKernels {
  // labels[i] = the nearest of k centres (row-major, k x columns) to row i, ties to the lowest index;
  // squared[i] = the squared distance to it, from direct differences.
  void (*nearest)(const double* group, std::size_t columns, const double* centres, std::size_t k, std::int32_t* labels,
                  double* squared);
  // The same labels; gap[i] = distance to the second nearest centre minus the distance to the nearest, less a
  // margin that covers rounding (1e-12 of the second); infinite for k = 1.
  void (*nearest_with_gap)(const double* group, std::size_t columns, const double* centres, std::size_t k,
                           std::int32_t* labels, double* gap);
  // squared[16 * c + i] = squared distance of row i to centre c; the same bits as nearest().
  void (*squared_distances)(const double* group, std::size_t columns, const double* centres, std::size_t k,
                            double* squared);
  // sums[c * columns + j] += sum of weights[i] * value j of row i over the rows with labels[i] == c, and likewise
  // cluster_weights[c] += weights[i]; over `groups` consecutive groups. Costs k times a plain sum: for small k.
  void (*add_by_label)(const double* packed, std::size_t groups, std::size_t columns, const double* weights,
                       const std::int32_t* labels, std::size_t k, double* sums, double* cluster_weights);
};

// The most groups that add_by_label takes at once: 256 rows.
inline constexpr std::size_t most_groups = 16;

// The kernels for one instruction set; the caller passes isa(), a test any that the processor has.
const KmeansKernels& kmeans_kernels(Isa isa);

}  // namespace coterie
