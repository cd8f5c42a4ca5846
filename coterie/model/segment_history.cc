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

// The labels of one date, in the order of the ids.
struct Assigned {
  CustomerTable customers;
  HugeArray<std::int32_t> labels;
};

// Customers of one segment now that were in another or none before, and the other way round; both tables are sorted by id.
void count_moves(const Assigned& before, const Assigned& now, std::span<SegmentAt> rows) {
  walk_together(before.customers.ids, now.customers.ids, [&](std::size_t i, std::size_t j) {
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
  const MemoryPlan memory = plan_memory(options.assign.memory_bytes, options.assign.threads);
  const OrderRules orders = load_earlier_options(options.assign.model).orders;
  std::vector<std::int64_t> dates = options.as_of_ms;
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  Assigned before;
  std::vector<std::string> notes;
  for (const std::int64_t date : dates) {
    AssignOptions assign = options.assign;
    assign.orders = orders;
    assign.as_of_ms = date;
    if (assign.inputs.empty()) assign.store.earlier = assign.model;
    Assigned now{read_for_model(assign, history.model, memory, notes).customers, {}};
    now.labels = assign_clusters(history.model, now.customers, assign.threads);
    const Profiles profiles = profile_clusters(now.customers, now.labels, history.model.k, assign.threads);
    for (std::size_t c = 0; c < history.model.k; ++c)
      history.rows.push_back({date, c, profiles.clusters[c].customers, profiles.clusters[c].share, 0, 0, profiles.clusters[c].medians});
    count_moves(before, now, std::span(history.rows).last(history.model.k));
    before = std::move(now);
  }
  OutputFile out(options.assign.out);
  write_history(out, history);
  out.commit();
  return history;
}

}  // namespace coterie
