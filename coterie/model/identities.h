// A refit that keeps the identities of segments: who goes on keeps number and name, so that campaigns, tags and audiences
// that hang on them go on, too.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "coterie/model/distributions.h"
#include "coterie/model/model.h"
#include "coterie/table/customer_table.h"

namespace coterie {

// The identities of a model that was fitted without an earlier one: 1, 2, ... in the order of its clusters.
std::vector<int> first_identities(std::size_t k);

// Matches the clusters of a refitted model with the segments of the run in `earlier` (score/match_clusters.h). A segment that
// goes on keeps its identity and its name; the evidence is the new fit's. A new one gets the next free number and keeps its
// own name, with " (new)" behind it where that name is taken. distributions: of the refitted model's features. Throws as
// load_saved_run and distributions_of do.
void keep_identities(const std::string& earlier, const CustomerIds& customers, std::span<const std::int32_t> labels, const Distributions& distributions, Model& model, int threads = 0);

}  // namespace coterie
