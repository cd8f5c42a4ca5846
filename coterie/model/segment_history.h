// How each segment came to be what it is: the customers of a log at several dates, under one fitted model.
#pragma once

#include <cstdint>
#include <vector>

#include "coterie/model/run.h"

namespace coterie {

struct SegmentHistoryOptions {
  AssignOptions assign;                    // out: a CSV file
  std::vector<std::int64_t> as_of_ms;      // rising or not; sorted, each once
};

// One row a date and segment: what the customers of the log were then, under the fitted model.
struct SegmentAt {
  std::int64_t as_of_ms = 0;
  std::size_t cluster = 0;
  std::uint64_t customers = 0;
  double share = 0;
  std::uint64_t entered = 0;  // since the date before: from another segment or new
  std::uint64_t left = 0;     // to another segment
  std::vector<double> medians;
};

struct SegmentHistory {
  Model model;
  std::vector<SegmentAt> rows;  // date by date, segment by segment
};

// Reads the log (without inputs: the store of the model's run) once for all dates (read_for_model_at) and writes "as_of,cluster,segment,users,share,entered,left,<median of
// each feature>". Throws as read_for_model_at does; Error(usage) without a date.
SegmentHistory segment_history(const SegmentHistoryOptions& options);

}  // namespace coterie
