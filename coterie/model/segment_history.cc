#include "coterie/model/segment_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "coterie/base/error.h"
#include "coterie/base/output_file.h"
#include "coterie/base/time.h"
#include "coterie/model/earlier_options.h"
#include "coterie/model/shop_data.h"
#include "coterie/source/ledger.h"
#include "coterie/table/customer_ids.h"

namespace coterie {
namespace {

// The labels of one date.
struct Assigned {
  CustomerIds ids;
  HugeArray<std::int32_t> labels;
};

// Customers of one segment now that were in another or none before, and the other way round.
void count_moves(const Assigned& before, const Assigned& now, std::span<SegmentAt> rows) {
  walk_together(before.ids, now.ids, [&](std::size_t i, std::size_t j) {
    const std::int32_t from = i == no_row ? -1 : before.labels[i], to = j == no_row ? -1 : now.labels[j];
    if (from != to && from >= 0) ++rows[static_cast<std::size_t>(from)].left;
    if (from != to && to >= 0) ++rows[static_cast<std::size_t>(to)].entered;
  });
}

void write_history(OutputFile& file, const SegmentHistory& history) {
  std::string text = "as_of,cluster,segment,users,share,entered,left";
  for (const std::string& name : history.model.features) text += "," + csv_field(name);
  for (const SegmentAt& row : history.rows) {
    text += fmt::format("\n{},{},{},{},{},{},{}", iso_time(row.as_of_ms), row.cluster, csv_field(history.model.segments[row.cluster].name), row.customers, row.share, row.entered, row.left);
    for (const double median : row.medians) text += fmt::format(",{}", median);
  }
  file.write(text + "\n");
}

}  // namespace

SegmentHistory segment_history(const SegmentHistoryOptions& options) {
  if (options.as_of_ms.empty()) throw Error(ErrorKind::usage, "a history needs dates", "give --as-of DATE for each of them");
  SegmentHistory history{load_model(options.assign.model), {}};
  std::vector<std::int64_t> dates = options.as_of_ms;
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  Assigned before;
  AssignOptions assign = options.assign;
  assign.orders = load_earlier_options(assign.model).orders;
  if (assign.inputs.empty()) assign.store.earlier = assign.model;
  read_for_model_at(assign, dates, history.model, plan_memory(assign.memory_bytes, assign.threads), [&](std::int64_t date, CustomerTable customers) {
    Assigned now{{}, assign_clusters(history.model, customers, assign.threads)};
    const Profiles profiles = profile_clusters(customers, now.labels, history.model.k, assign.threads);
    for (std::size_t c = 0; c < history.model.k; ++c)
      history.rows.push_back({date, c, profiles.clusters[c].customers, profiles.clusters[c].share, 0, 0, profiles.clusters[c].medians});
    now.ids = std::move(customers.ids);
    count_moves(before, now, std::span(history.rows).last(history.model.k));
    before = std::move(now);
  });
  OutputFile out(options.assign.out);
  write_history(out, history);
  out.commit();
  return history;
}

}  // namespace coterie
