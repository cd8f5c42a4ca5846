// store.json: what a store holds, and what was read into it. events/STORE_FORMAT.md describes it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coterie/events/read_events.h"

namespace coterie {

constexpr int store_format = 2;

struct StoreManifest {
  LogKind kind = LogKind::events;
  OrderRules orders;                  // as the rows were read
  std::vector<InputReport> inputs;    // sorted by path, of equal paths the earlier first
  std::vector<std::string> segments;  // file names, oldest first
  int last_number = 0;                // of a segment so far
  std::optional<std::uint64_t> features = {};  // checksum of the features that are kept (features/kept_features.h), where they are
  std::int64_t features_end_ms = INT64_MAX;  // the end of the log that they were computed at
  std::string id;                     // of what the manifest says; run.json and refresh.json name it
};

// The text of store.json; fills in manifest.id.
std::string manifest_to_json(StoreManifest& manifest);
// Throws Error(missing_input) when there is none, Error(damaged_input) when it is no manifest of this format.
StoreManifest load_manifest(const std::string& folder);

// The id of the store that the run in this folder keeps, as its run.json or refresh.json says; "" where it keeps none.
std::string store_id_of_run(const std::string& folder);

}  // namespace coterie
