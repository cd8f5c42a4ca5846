#include "coterie/model/comparison_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "coterie/base/output_file.h"
#include "coterie/base/output_folder.h"
#include "coterie/deliver/parted_csv.h"
#include "coterie/deliver/report_page.h"
#include "coterie/table/customer_ids.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr std::array<const char*, 6> file_names = {"movement.csv", "delta.csv", "segments.csv", "drift.csv", "compare.json", "report.html"};

std::string name_of_earlier(const Comparison& c, std::size_t a) { return a < c.earlier.model.k ? c.earlier.model.segments[a].name : no_segment; }
std::string name_of_later(const Comparison& c, std::size_t b) { return b < c.later.model.k ? c.later.model.segments[b].name : no_segment; }

PartedCsv open_csv(const OutputFolder& folder, const std::string& stem, Row header) {
  return PartedCsv(stem, [&folder](const std::string& name) { return folder.file(name); }, std::move(header), {});
}

void write_movement(const OutputFolder& folder, const Comparison& c) {
  Row header = {"from_segment"};
  for (std::size_t b = 0; b <= c.later.model.k; ++b) header.push_back(name_of_later(c, b));
  PartedCsv csv = open_csv(folder, "movement", header);
  for (std::size_t a = 0; a <= c.earlier.model.k; ++a) {
    Row row = {name_of_earlier(c, a)};
    for (const std::uint64_t count : c.movement[a]) row.push_back(std::to_string(count));
    csv.add(row);
  }
  csv.finish();
}

// In the order of the later run; behind them, in the order of the earlier one, those who left.
void write_delta(const OutputFolder& folder, const Comparison& c) {
  PartedCsv csv = open_csv(folder, "delta", {c.later.id_name, "change", "from_segment", "to_segment"});
  walk_together(c.earlier.ids, c.later.ids, [&](std::size_t before, std::size_t after) {
    if (after == no_row) return;
    const auto label = static_cast<std::size_t>(c.later.labels[after]);
    if (before != no_row && c.matches.predecessor[label] == static_cast<std::size_t>(c.earlier.labels[before])) return;
    csv.add(Row{c.later.ids.text(after), before == no_row ? "entered" : "moved", before == no_row ? no_segment : c.earlier.segment_of(before), c.later.segment_of(after)});
  });
  walk_together(c.earlier.ids, c.later.ids, [&](std::size_t before, std::size_t after) {
    if (after == no_row) csv.add(Row{c.earlier.ids.text(before), "left", c.earlier.segment_of(before), no_segment});
  });
  csv.finish();
}

std::uint64_t size_of(const SavedRun& run, std::size_t cluster) {
  return static_cast<std::uint64_t>(std::count(run.labels.begin(), run.labels.end(), static_cast<std::int32_t>(cluster)));
}

// One identity a row: an earlier segment with what it became, then what is new.
struct Identity {
  std::string earlier, fate, later, linked;
  std::uint64_t before = 0, after = 0;
};

std::string joined(const std::vector<std::size_t>& clusters, const SavedRun& run) {
  std::string names;
  for (const std::size_t cluster : clusters) names += fmt::format("{}{}", names.empty() ? "" : "; ", run.model.segments[cluster].name);
  return names;
}

std::vector<Identity> identities(const Comparison& c) {
  std::vector<Identity> rows;
  for (std::size_t a = 0; a < c.earlier.model.k; ++a) {
    const auto b = c.matches.successor[a];
    rows.push_back({name_of_earlier(c, a), name_of(c.matches.fate_before[a]), b ? name_of_later(c, *b) : "", joined(c.matches.linked_after[a], c.later), size_of(c.earlier, a), b ? size_of(c.later, *b) : 0});
  }
  for (std::size_t b = 0; b < c.later.model.k; ++b)
    if (!c.matches.predecessor[b]) rows.push_back({"", name_of(c.matches.fate_after[b]), name_of_later(c, b), joined(c.matches.linked_before[b], c.earlier), 0, size_of(c.later, b)});
  return rows;
}

void write_segments(const OutputFolder& folder, const Comparison& c) {
  PartedCsv csv = open_csv(folder, "segments", {"segment", "fate", "later_segment", "linked_with", "customers_before", "customers_after"});
  for (const Identity& row : identities(c)) csv.add(Row{row.earlier, row.fate, row.later, row.linked, std::to_string(row.before), std::to_string(row.after)});
  csv.finish();
}

void write_drift(const OutputFolder& folder, const Comparison& c) {
  PartedCsv csv = open_csv(folder, "drift", {"segment", "feature", "shift", "psi", "noise_95", "bins", "mean_before", "mean_after"});
  for (const FeatureDrift& drift : c.drift)
    csv.add(Row{drift.segment ? name_of_earlier(c, *drift.segment) : "all customers", drift.feature, name_of(drift.stability.shift()), fmt::format("{}", drift.stability.index),
                fmt::format("{}", drift.stability.noise_95), std::to_string(drift.stability.bins), fmt::format("{}", drift.mean_before), fmt::format("{}", drift.mean_after)});
  csv.finish();
}

Json stability_to_json(const PopulationStability& stability) {
  return {{"psi", stability.index}, {"noise_95", stability.noise_95}, {"bins", stability.bins}, {"shift", name_of(stability.shift())}};
}

Json comparison_to_json(const Comparison& c) {
  Json segments = Json::array(), flows = Json::array(), drift = Json::array();
  for (const Identity& row : identities(c))
    segments.push_back({{"segment", row.earlier}, {"fate", row.fate}, {"later_segment", row.later}, {"linked_with", row.linked}, {"customers_before", row.before}, {"customers_after", row.after}});
  for (std::size_t a = 0; a <= c.earlier.model.k; ++a)
    for (std::size_t b = 0; b <= c.later.model.k; ++b)
      if (c.movement[a][b] != 0) flows.push_back({{"from", name_of_earlier(c, a)}, {"to", name_of_later(c, b)}, {"customers", c.movement[a][b]}});
  for (const FeatureDrift& one : c.drift) {
    if (one.segment) continue;
    Json row = {{"feature", one.feature}, {"mean_before", one.mean_before}, {"mean_after", one.mean_after}};
    row.update(stability_to_json(one.stability));
    drift.push_back(std::move(row));
  }
  const Json json = {{"program", "coterie"},
                     {"version", COTERIE_VERSION},
                     {"earlier", {{"folder", c.earlier.folder}, {"customer_segments_hash", c.earlier.labels_hash}, {"customers", c.earlier.customers()}}},
                     {"later", {{"folder", c.later.folder}, {"customer_segments_hash", c.later.labels_hash}, {"customers", c.later.customers()}}},
                     {"same_model", c.same_model},
                     {"customers", {{"stayed", c.stayed()}, {"moved", c.moved()}, {"entered", c.entered()}, {"left", c.left()}}},
                     {"agreement", {{"customers", c.agreement.customers}, {"adjusted_rand", c.agreement.adjusted_rand}, {"normalised_mutual_information", c.agreement.normalised_mutual_information},
                                    {"adjusted_mutual_information", c.agreement.adjusted_mutual_information}, {"fowlkes_mallows", c.agreement.fowlkes_mallows}}},
                     {"segments", segments},
                     {"flows", flows},
                     {"drift", drift},
                     {"segment_shares", stability_to_json(c.segment_shares)},
                     {"distance_ratio", c.distance_ratio ? Json(*c.distance_ratio) : Json(nullptr)},
                     {"refit_is_due", c.refit_is_due},
                     {"reasons", c.reasons}};
  return json;
}

// The `most` elements with the greatest `key` stay, in falling order; how many are left out.
std::size_t keep_greatest(Json& list, const char* key, std::size_t most) {
  std::stable_sort(list.begin(), list.end(), [&](const Json& a, const Json& b) { return a[key].get<double>() > b[key].get<double>(); });
  const std::size_t left_out = list.size() - std::min(list.size(), most);
  list.erase(list.end() - static_cast<std::ptrdiff_t>(left_out), list.end());
  return left_out;
}

// The page shows what is large: it does not grow with the number of segments and features.
std::string comparison_page(Json json) {
  json["flows_left_out"] = keep_greatest(json["flows"], "customers", 400);
  json["drift_left_out"] = keep_greatest(json["drift"], "psi", 60);
  return report_page(Json{{"comparison", json}}.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

void write_comparison(const std::string& path, const Comparison& comparison) {
  OutputFolder folder(path, [](const std::string& entry) { return std::find(file_names.begin(), file_names.end(), entry) != file_names.end(); });
  write_movement(folder, comparison);
  write_delta(folder, comparison);
  write_segments(folder, comparison);
  write_drift(folder, comparison);
  const Json json = comparison_to_json(comparison);
  write_file(folder.file("compare.json"), json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  write_file(folder.file("report.html"), comparison_page(json));
  folder.commit();
}

}  // namespace coterie
