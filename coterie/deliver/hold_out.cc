#include "coterie/deliver/hold_out.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "coterie/base/error.h"
#include "coterie/base/output_file.h"
#include "coterie/source/content_hash.h"

namespace coterie {

using Json = nlohmann::ordered_json;

double HoldOut::share_of(const std::string& segment) const {
  const auto it = by_segment.find(segment);
  return it == by_segment.end() ? share : it->second;
}

bool is_held_out(std::string_view customer, double share, std::uint64_t seed) {
  if (share <= 0) return false;
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(seed >> shift & 0xff);
  bytes += customer;
  return std::ldexp(static_cast<double>(xxh3(bytes) >> 11), -53) < share;
}

std::optional<HoldOut> load_hold_out(const std::string& run_folder) {
  const std::string path = run_folder + "/hold_out.json";
  std::ifstream file(path);
  if (!file) return std::nullopt;
  try {
    const Json json = Json::parse(file);
    return HoldOut{json.at("share"), json.at("by_segment").get<std::map<std::string, double>>(), json.at("seed")};
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::damaged_input, fmt::format("this says nothing about a hold-out: {}", error.what()), "remove it and give --hold-out again", path);
  }
}

void save_hold_out(const HoldOut& hold_out, const std::string& run_folder) {
  const Json json = {{"share", hold_out.share}, {"by_segment", hold_out.by_segment}, {"seed", hold_out.seed}};
  write_file(run_folder + "/hold_out.json", json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace coterie
