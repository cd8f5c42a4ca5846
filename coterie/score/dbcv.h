// DBCV: how much denser clusters of any shape are within than between, in [-1, 1]. The index for density
// clusterings, whose clusters may be long or nested; silhouettes reward round ones.
//
// Paper: Moulavi, Jaskowiak, Campello, Zimek, Sander 2014 "Density-based clustering validation".
// Definition, for cluster C of n rows in d columns (Euclidean):
//   core(p)   = (mean over the n - 1 others q of C of (1 / |p - q|)^d) ^ (-1/d)    all-points core distance
//   reach     = max(core(p), core(q), |p - q|)
//   tree      = minimum spanning tree of C under reach; a row is internal if it has two edges or more
//   sparseness(C)   = longest edge between internal rows (the longest of all, if there is none such)
//   separation(C)   = least reach from an internal row of C to one of another cluster (its own core each)
//   validity(C)     = (separation - sparseness) / max(separation, sparseness)
//   DBCV            = sum over clusters of (rows of C / all rows, noise included) * validity(C)
// By the definition rows with an equal one have core distance 0. The Python package (`validity_index`)
// leaves distances of 0 out instead; without equal rows within a cluster both agree.
// The tree is not unique where reaches tie, and internal rows depend on it: Prim's from the first row; of
// tied rows and tied ends the lowest. Clusters of one row count as noise, as in the authors' own program.
//
// Cost: O(n^2 d) time in n distinct rows of clusters, O(n) memory. Numerical care: (1/|p-q|)^d is taken
// relative to the nearest row, so it neither overflows nor vanishes.
// Tested by: dbcv_test.cc against a matrix version, and against `validity_index`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "coterie/cluster/hdbscan.h"
#include "coterie/base/matrix.h"

namespace coterie {

struct DbcvOptions {
  // Up to so many distinct rows the index is exact. Above, each cluster gives a share of them by its number
  // of distinct rows, at least 100 if it has them, drawn without replacement; the shares of rows in the sum stay those of all
  // rows. A thinner cluster has longer edges, so sparseness and separation are then both estimates from above.
  std::size_t exact_rows = 20000;
  std::uint64_t seed = 1;
  int threads = 0;
};

struct Dbcv {
  std::optional<double> value;                             // none with fewer than two clusters of two rows
  std::vector<double> validity, sparseness, separation;    // by label; NaN where there is no such cluster
  bool exact = true;
  std::size_t rows_used = 0;                               // distinct rows
};

// label: one a row, 0, 1, ...; negative is noise. x.weights, if given, count equal rows.
// Throws Error(usage) if the numbers of rows and labels differ, or a value is not finite.
Dbcv dbcv(const MatrixView& x, std::span<const std::int32_t> label, const DbcvOptions& options = {});

// A quick relative of DBCV, read off the spanning tree HDBSCAN* has made anyway (with its core distances, and
// without internal rows), as the Python package's relative_validity_: only for comparing settings on the
// same rows. An edge within a cluster counts to its sparseness (the longest), one between two clusters
// to both separations (the shortest); a cluster without an edge to another is twice the longest edge away
// (with one cluster only: twice the shortest edge to noise). None without a cluster.
std::optional<double> relative_validity(const Hdbscan& result);

}  // namespace coterie
