#include "coterie/model/feature_table.h"

#include <algorithm>

#include "coterie/base/memory.h"
#include "coterie/base/output_folder.h"
#include "coterie/model/shop_data.h"

namespace coterie {
namespace {

std::vector<DefinedFeature> define(const ShopData& data, const std::vector<Derivation>& derived) {
  std::vector<DefinedFeature> defined;
  for (const std::string& name : data.customers.names) {
    const auto own = std::find_if(derived.begin(), derived.end(), [&](const Derivation& d) { return d.name == name; });
    defined.push_back({name, own == derived.end() ? "as in the input" : "derived: " + own->sql});
  }
  const auto put = [&](const auto& features) {
    for (const auto& feature : features)
      for (DefinedFeature& one : defined)
        if (one.name == feature.name) one.definition = feature.definition;
  };
  put(data.features), put(data.coupon_features);
  return defined;
}

// The packed rows stand beside the columns that they become, and rarely take half of their room.
constexpr double copies = 1.6;

}  // namespace

FeatureTable write_feature_table(const RunOptions& options) {
  const MadeFolder made(options.out);
  FeatureTable table;
  Stations stations(table.times, options.station);
  stations.begin("read");
  const MemoryPlan memory = plan_memory(options.memory_bytes, options.threads, copies);
  ShopData data = read_shop_data(options, memory, [&](const char* station) { stations.begin(station); }, table.notes, Purpose::features);
  table.read = data.read, table.shape = data.shape, table.spilled_bytes = data.spilled_bytes;
  table.customers = data.customers.ids.size(), table.features = define(data, options.derived);
  stations.begin("write");
  if (options.features == FeatureFormat::parquet) give_back_freed_pages();  // DuckDB takes its own
  FeaturesFile file(options.out, options.features, data.customers, memory.duckdb);
  file.commit();
  if (data.rejects) data.rejects->commit();
  stations.end();
  table.peak_memory_bytes = peak_memory();
  return table;
}

}  // namespace coterie
