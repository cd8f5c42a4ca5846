#include "coterie/model/clean.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "coterie/base/error.h"
#include "coterie/base/output_folder.h"
#include "coterie/deliver/customer_flags.h"
#include "coterie/model/clean_shapes.h"
#include "coterie/model/row_counts_json.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

Json flags_to_json(const CustomerFlags& flags) {
  Json rules = Json::array();
  for (const CustomerFlags::Count& count : flags.rules)
    rules.push_back({{"rule", count.rule.name}, {"flag", name_of(count.rule.group)}, {"threshold", count.threshold}, {"customers", count.customers}, {"rows", count.events}});
  return rules;
}

std::string report_json(const CleanOptions& options, const CleanResult& result) {
  Json inputs = Json::array(), columns = Json::array(), steps = Json::array();
  for (const InputReport& input : result.inputs) inputs.push_back({{"path", input.file.path}, {"hash", input.file.hash}, {"rows", row_counts_to_json(input.rows)}});
  for (const ColumnPlan& plan : result.plans)
    columns.push_back({{"name", plan.name}, {"kind", name_of(plan.kind)}, {"confidence", plan.confidence}, {"why", plan.why}, {"missing", text_of(plan.missing)}});
  for (const CleanStep& step : result.steps)
    steps.push_back({{"what", step.what}, {"cells", step.cells}, {"rows", step.rows}, {"customers", step.customers ? Json(*step.customers) : Json(nullptr)}});
  const Json json = {{"shape", name_of(result.shape)},
                     {"inputs", inputs},
                     {"rows", row_counts_to_json(result.rows)},
                     {"outliers", {{"rule", name_of(options.outliers.rule)}, {"action", name_of(options.outliers.action)}}},
                     {"columns", columns},
                     {"steps", steps},
                     {"flags", flags_to_json(result.flags)},
                     {"files", result.files},
                     {"customers", result.customers}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

CleanResult clean_shape(const CleanOptions& options, OutputFiles& files) {
  switch (options.shape ? *options.shape : recognise_shape(options.inputs, options.delimiter).shape) {
    case Shape::events: return clean_log(options, LogKind::events, files);
    case Shape::orders: return clean_log(options, LogKind::orders, files);
    case Shape::coupons: return clean_related(options, files);
    case Shape::customers: break;
  }
  return clean_customers(options, files);
}

}  // namespace

void add_row_steps(CleanResult& result, bool each_a_customer) {
  for (std::size_t r = 0; r < reason_count; ++r) {
    const auto reason = static_cast<Reason>(r);
    const std::uint64_t rows = result.rows.set_aside[r];
    if (rows == 0) continue;
    const bool is_a_customer = reason == Reason::missing_value || reason == Reason::bad_number || reason == Reason::unknown_category || reason == Reason::outlier;
    std::optional<std::uint64_t> customers = 0;
    if (each_a_customer && is_a_customer) customers = rows;
    if (!each_a_customer && reason != Reason::no_customer && reason != Reason::duplicate_row) customers = std::nullopt;
    result.steps.push_back({fmt::format("rows set aside: {}", name_of(reason)), 0, rows, customers});
  }
}

const char* done_by(OutlierAction action, const char* removed) {
  if (action == OutlierAction::cap) return "drawn in to the bounds";
  return action == OutlierAction::remove ? removed : "reported, not changed";
}

CleanResult clean(const CleanOptions& options) {
  const MadeFolder made(options.out);
  OutputFiles files;
  const CleanResult result = clean_shape(options, files);
  if (!result.flags.customers.empty()) {
    files.push_back(std::make_unique<OutputFile>(options.out + "/customer_flags.csv"));
    write_customer_flags(*files.back(), result.flags);
  }
  files.push_back(std::make_unique<OutputFile>(options.out + "/clean.json"));
  files.back()->write(report_json(options, result));
  for (const auto& file : files) file->commit();
  std::error_code ignored;
  if (result.flags.customers.empty()) std::filesystem::remove(options.out + "/customer_flags.csv", ignored);
  return result;
}

}  // namespace coterie
