// The first stations, whatever the shape of the data: from files to one row a customer, every row in the ledger.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "coterie/base/output_folder.h"
#include "coterie/features/activity.h"
#include "coterie/features/past_and_future.h"
#include "coterie/features/traffic.h"
#include "coterie/matrix/recipe.h"
#include "coterie/model/memory_plan.h"
#include "coterie/model/run.h"

namespace coterie {

struct ShopData {
  Shape shape = Shape::events;
  ReadReport read = {};
  std::uint64_t spilled_bytes = 0;
  std::vector<Feature> features = {};  // of histories; empty where the features are columns of the input
  std::vector<CouponFeature> coupon_features = {};
  bool has_id_column = true;      // false: customers are numbered
  Recipe recipe = {};                  // empty where all features are numbers and none is missing
  CustomerTable customers = {};        // numbers only, complete; attributes beside them
  CustomerFlags flags = {};            // of logs
  Activity activity = {};              // of a sample of the customers; of logs only
  PastAndFuture past_and_future = {};  // of another one; its features are those of `features`
  std::int64_t future_cut_ms = 0;      // three quarters of the log's time are before it
  std::vector<Census> censuses = {};       // a table each; of explorations only
  std::optional<Traffic> traffic = {};     // of explorations of logs
  std::unique_ptr<OutputFile> rejects = nullptr;
  std::unique_ptr<OutputFolder> store = nullptr;  // where one is kept: to be committed with the other outputs
  std::string store_id = {};
  std::vector<std::string> store_notes = {};  // for who refreshes: of rows and files that came late or again; no part of the outputs
};

// What the data is read for: an exploration also counts what the columns hold, and takes no samples for a verdict. It goes on where
// the customers have no features. For the table of features alone, histories are seen by nothing else.
enum class Purpose { segments, exploration, features };

// `begin` is called where a station begins. Throws as read_events, plan_columns and read_customers do.
ShopData read_shop_data(const RunOptions& options, const MemoryPlan& memory, const std::function<void(const char*)>& begin, std::vector<std::string>& notes,
                        Purpose purpose = Purpose::segments);

// The same customers' features for a fitted model.
ShopData read_for_model(const AssignOptions& options, const Model& model, const MemoryPlan& memory, std::vector<std::string>& notes);

// The customers of a log as they were at several times (ms since 1970, rising): calls fn with each time's, in order. The log is read once (or is the
// store that options.store names), and each history decoded once for as many times as have tables that fit into memory.customer_rows together.
// options.as_of_ms does not count. Throws as read_for_model does; Error(no_usable_rows) of a time before all rows.
void read_for_model_at(const AssignOptions& options, std::span<const std::int64_t> as_of_ms, const Model& model, const MemoryPlan& memory, const std::function<void(std::int64_t as_of_ms, CustomerTable customers)>& fn);

}  // namespace coterie
