// A log that lives on: its histories are kept in a store beside the model, and a refresh reads new rows only.
//
// The store of a run is the folder "store" in the run's folder. A refreshed run has a store of its own, whose files are those
// of the earlier one (hard links where the file system has them: the files never change) and one more with the new rows. So
// either run can be refreshed, compared or deleted without the other, and a kill leaves each store as it was.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "coterie/base/output_folder.h"
#include "coterie/events/read_events.h"
#include "coterie/features/compute.h"
#include "coterie/features/kept_features.h"
#include "coterie/model/memory_plan.h"
#include "coterie/model/run.h"
#include "coterie/model/store_manifest.h"

namespace coterie {

struct LivingLog {
  EventLog log;                              // all rows, old and new, with the report of all inputs
  std::unique_ptr<OutputFolder> store = {};  // to be finished, and committed with the other outputs
  std::string id = {};                       // of the finished store
  std::uint64_t spilled_bytes = 0;
  StoreManifest manifest = {};
  std::unique_ptr<KeptFeatures> earlier = {};  // the features of all customers without new rows, where the earlier store has them
  std::vector<std::uint64_t> changed = {};     // mixed identifiers of customers with new rows, rising
};

// Features of all customers, from a log of any kind. Where a store is kept, this completes it. A visitor of options sees all histories;
// without one, where the earlier store has the features, histories of customers without new rows are not read.
CustomerTable compute_features(LivingLog& living, const std::vector<Feature>& features, const ComputeOptions& options);

// Reads files into a new store, or into one with the rows of an earlier run's store, and gives the log of both: what reading
// all files at once would give. The rules:
// * Late rows stand where they belong in time; that there are some is said in `notes`.
// * A file whose content the store has read already is not read again, which is said.
// * With drop_repeated, an event that the store holds is set aside as repeated_row, as often as the store holds it.
// * Segments are merged so that each is more than twice as large as all newer ones together.
// * A file with a header and no row is nothing new, which is said; one whose rows are all bad is an error.
// read.as_of_ms: the store keeps later rows, too; they are not seen. They are counted file by file, unless the time lies within a day of several files, which is said.
// The store is complete only after compute_features().
// Throws as read_events and write_segment do; Error(usage) without a new file when there is no store, Error(damaged_input) when
// the earlier store is not that of the run beside it.
LivingLog read_into_store(std::vector<std::string> paths, ReadEventsOptions read, const StoreOptions& options, const MemoryPlan& memory, std::vector<std::string>& notes);

// What the store of a run holds, without new rows. Throws as read_into_store does.
EventLog open_store(const std::string& run_folder, std::int64_t as_of_ms, const MemoryPlan& memory, int threads, std::vector<std::string>& notes);

}  // namespace coterie
