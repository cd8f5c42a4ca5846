#include "coterie/model/store_manifest.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "coterie/base/error.h"
#include "coterie/model/row_counts_json.h"
#include "coterie/source/content_hash.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

RowCounts rows_from_json(const Json& json) {
  RowCounts rows;
  rows.read = json.at("read"), rows.used = json.at("used"), rows.blank_lines = json.at("blank_lines");
  for (std::size_t r = 0; r < reason_count; ++r) rows.set_aside[r] = json.at("set_aside_by_reason").value(name_of(static_cast<Reason>(r)), std::uint64_t{0});
  return rows;
}

Json roles_to_json(const RoleMap& roles) {
  Json json = Json::object();
  for (int r = 0; r < role_count; ++r) {
    const RoleChoice& choice = roles.choice[r];
    if (choice.column >= 0 || choice.runner_up >= 0)
      json[name_of(static_cast<Role>(r))] = {{"column", choice.column}, {"confidence", choice.confidence}, {"runner_up", choice.runner_up}, {"runner_up_confidence", choice.runner_up_confidence}};
  }
  return json;
}

RoleMap roles_from_json(const Json& json, std::size_t columns) {
  RoleMap roles;
  for (int r = 0; r < role_count; ++r) {
    const auto it = json.find(name_of(static_cast<Role>(r)));
    if (it == json.end()) continue;
    RoleChoice& choice = roles.choice[r];
    choice.column = it->at("column"), choice.confidence = it->at("confidence");
    choice.runner_up = it->at("runner_up"), choice.runner_up_confidence = it->at("runner_up_confidence");
    if (choice.column >= static_cast<int>(columns) || choice.runner_up >= static_cast<int>(columns)) throw Error(ErrorKind::damaged_input, "a role has a column that is not there");
  }
  return roles;
}

Json input_to_json(const InputReport& input) {
  return {{"path", input.file.path},
          {"bytes", input.file.bytes},
          {"hash", input.file.hash},
          {"compression", static_cast<int>(input.file.format)},
          {"made_from", input.file.made_from},
          {"delimiter", static_cast<int>(input.dialect.delimiter)},
          {"byte_order_mark", input.dialect.byte_order_mark},
          {"header", input.dialect.has_header},
          {"columns", input.dialect.columns},
          {"roles", roles_to_json(input.roles)},
          {"dates_ambiguous", input.roles.dates.ambiguous},
          {"last_line_without_newline", input.last_line_without_newline},
          {"used_by_day", input.used_by_day},
          {"rows", row_counts_to_json(input.rows)}};
}

InputReport input_from_json(const Json& json) {
  InputReport input;
  input.file = {json.at("path"), json.at("bytes"), static_cast<Compression>(json.at("compression").get<int>()), json.at("hash"), json.at("made_from")};
  input.dialect.delimiter = static_cast<char>(json.at("delimiter").get<int>());
  input.dialect.byte_order_mark = json.at("byte_order_mark"), input.dialect.has_header = json.at("header");
  input.dialect.columns = json.at("columns").get<std::vector<std::string>>();
  input.roles = roles_from_json(json.at("roles"), input.dialect.columns.size());
  input.roles.dates.ambiguous = json.at("dates_ambiguous");
  input.last_line_without_newline = json.at("last_line_without_newline");
  input.rows = rows_from_json(json.at("rows"));
  if (json.contains("used_by_day")) json.at("used_by_day").get_to(input.used_by_day);
  return input;
}

Json read_json(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw Error(ErrorKind::missing_input, "there is no store", "keep one: coterie run ALL_LOGS --out DIR --store", path);
  return Json::parse(file);
}

StoreManifest manifest_from_json(const Json& json) {
  StoreManifest manifest;
  manifest.id = json.at("id");
  manifest.kind = json.at("kind") == "orders" ? LogKind::orders : LogKind::events;
  manifest.orders = {json.at("returns") == "net", json.at("duplicates") == "drop"};
  manifest.last_number = json.at("last_number");
  manifest.segments = json.at("segments").get<std::vector<std::string>>();
  if (const auto it = json.find("features"); it != json.end() && it->is_string()) manifest.features = std::stoull(it->get<std::string>(), nullptr, 16);
  if (const auto it = json.find("features_end"); it != json.end() && it->is_number()) manifest.features_end_ms = it->get<std::int64_t>();
  for (const Json& input : json.at("inputs")) manifest.inputs.push_back(input_from_json(input));
  if (manifest.inputs.empty() || manifest.segments.empty()) throw Error(ErrorKind::damaged_input, "it names no inputs or no segments");
  return manifest;
}

}  // namespace

std::string manifest_to_json(StoreManifest& manifest) {
  Json inputs = Json::array();
  for (const InputReport& input : manifest.inputs) inputs.push_back(input_to_json(input));
  Json json = {{"program", "coterie"},
               {"format", store_format},
               {"id", ""},
               {"kind", manifest.kind == LogKind::orders ? "orders" : "events"},
               {"returns", manifest.orders.net_returns ? "net" : "set-aside"},
               {"duplicates", manifest.orders.drop_duplicates ? "drop" : "keep"},
               {"segments", manifest.segments},
               {"last_number", manifest.last_number},
               {"features", manifest.features ? Json(fmt::format("{:016x}", *manifest.features)) : Json(nullptr)},
               {"features_end", manifest.features ? Json(manifest.features_end_ms) : Json(nullptr)},
               {"inputs", inputs}};
  const auto text = [&] { return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"; };
  json["id"] = manifest.id = fmt::format("{:016x}", xxh3(text()));
  return text();
}

StoreManifest load_manifest(const std::string& folder) {
  const std::string path = folder + "/store.json", hint = "make the store again: coterie run ALL_LOGS --out DIR --store";
  try {
    const Json json = read_json(path);
    if (json.at("format") != store_format)
      throw Error(ErrorKind::damaged_input, fmt::format("the store has format {}, and this version of coterie reads format {}", json.at("format").dump(), store_format), hint, path);
    return manifest_from_json(json);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::damaged_input, fmt::format("this is no manifest of a store: {}", error.what()), hint, path);
  } catch (const Error& error) {
    if (!error.place.empty()) throw;
    throw Error(error.kind, fmt::format("this is no manifest of a store: {}", error.what()), hint, path);
  }
}

std::string store_id_of_run(const std::string& folder) {
  for (const char* name : {"run.json", "refresh.json"}) {
    std::ifstream file(folder + "/" + name);
    if (!file) continue;
    const Json json = Json::parse(file, nullptr, false);
    if (json.is_object() && json.contains("store") && json["store"].is_string()) return json["store"];
    return "";
  }
  return "";
}

}  // namespace coterie
