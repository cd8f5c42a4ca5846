// A run brought up to date: new data under the fitted model, or a refit that keeps the identities of segments.
#pragma once

#include <string>

#include "coterie/model/compare.h"
#include "coterie/model/run.h"

namespace coterie {

struct RefreshOptions {
  RunOptions run;     // what is read and where it goes; k, restarts and seed count for a refit only, whose algorithm is the earlier run's.
                      // Where the run to be refreshed keeps a store: new rows only (or none), and of run.store drop_repeated alone counts
  std::string model;  // folder of the run to be refreshed; stays as it is
  bool refit = false;
  bool keep_store = false;  // also where the run to be refreshed keeps none, and all rows are given
};

struct RefreshResult {
  ReadReport read;
  Comparison comparison;  // of the old run with the new one
  std::vector<std::string> notes;
};

// Writes a run folder like coterie run does, which export, compare and refresh take in turn: under the fitted model without
// run.json, but with refresh.json; the comparison goes to its folder "changes". The run's hold-out is carried over. From a
// store (model/living_log.h) every file comes out with the bytes that reading all logs again gives, but for the store itself, what
// refresh.json or run.json says of it, and what was measured.
// Throws Error(usage) when the new folder is the old one, and as run and compare do.
RefreshResult refresh(RefreshOptions options);

}  // namespace coterie
