#include "coterie/model/earlier_options.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "coterie/base/error.h"
#include "coterie/model/algorithm_json.h"

namespace coterie {

using Json = nlohmann::ordered_json;

EarlierOptions load_earlier_options(const std::string& folder) {
  EarlierOptions options;
  for (const char* name : {"run.json", "refresh.json"}) {
    const std::string path = folder + "/" + name;
    std::ifstream file(path);
    if (!file) continue;
    try {
      const Json json = Json::parse(file).at("options");
      options.orders.net_returns = json.value("returns", "set-aside") == std::string("net");
      options.orders.drop_duplicates = json.value("duplicates", "keep") == std::string("drop");
      options.filters = json.value("filters", std::vector<std::string>());
      options.feature_set = json.value("feature_set", options.feature_set);
      if (json.contains("algorithm")) options.algorithm = algorithm_from_json(json.at("algorithm"));
      options.rfm_ties = json.value("rfm_ties", "alike") == std::string("first") ? RfmTies::first : RfmTies::alike;
      options.flags.drop = json.value("drop_flagged", std::vector<std::string>());
      options.flags.thresholds = json.value("flag_thresholds", std::map<std::string, double>());
      return options;
    } catch (const nlohmann::json::exception& error) {
      throw Error(ErrorKind::damaged_input, fmt::format("this does not tell how the run was made: {}", error.what()), "make the folder again with coterie run", path);
    }
  }
  return options;
}

}  // namespace coterie
