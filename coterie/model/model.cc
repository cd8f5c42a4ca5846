#include "coterie/model/model.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "coterie/base/error.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/model/identities.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

Json segments_to_json(const std::vector<SegmentName>& segments) {
  Json list = Json::array();
  for (const SegmentName& segment : segments) list.push_back({{"name", segment.name}, {"because", segment.because}});
  return list;
}

Model model_from_json(const Json& json) {
  Model model;
  model.id_name = json.at("id_name");
  model.features = json.at("features").get<std::vector<std::string>>();
  model.scaling.means = json.at("scaling").at("means").get<std::vector<double>>();
  model.scaling.deviations = json.at("scaling").at("deviations").get<std::vector<double>>();
  model.scaling.constant_columns = json.at("scaling").at("constant_columns").get<std::vector<std::size_t>>();
  const Json& pca = json.at("pca");
  model.pca = {model.features.size(), pca.at("components"), pca.at("means").get<std::vector<double>>(), pca.at("axes").get<std::vector<double>>(),
               pca.at("explained_variance").get<std::vector<double>>(), pca.at("explained_ratio").get<std::vector<double>>()};
  model.k = json.at("k");
  model.centres = json.at("centres").get<std::vector<double>>();
  for (const Json& segment : json.at("segments")) model.segments.push_back({segment.at("name"), segment.at("because")});
  model.identities = json.contains("identities") ? json.at("identities").get<std::vector<int>>() : first_identities(model.k);
  return model;
}

bool is_consistent(const Model& model) {
  const std::size_t columns = model.features.size();
  return columns > 0 && model.k > 0 && model.scaling.means.size() == columns && model.scaling.deviations.size() == columns &&
         model.centres.size() == model.k * columns && model.segments.size() == model.k && model.identities.size() == model.k;
}

}  // namespace

std::string model_to_json(const Model& model) {
  const Json json = {
      {"format", model_format},
      {"id_name", model.id_name},
      {"features", model.features},
      {"scaling", {{"method", "z"}, {"means", model.scaling.means}, {"deviations", model.scaling.deviations},
                   {"constant_columns", model.scaling.constant_columns}}},
      {"pca", {{"components", model.pca.components}, {"means", model.pca.means}, {"axes", model.pca.axes},
               {"explained_variance", model.pca.explained_variance}, {"explained_ratio", model.pca.explained_ratio}}},
      {"algorithm", "k-means"},
      {"k", model.k},
      {"centres", model.centres},
      {"segments", segments_to_json(model.segments)},
      {"identities", model.identities},
  };
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";  // a header may hold any bytes
}

Model load_model(const std::string& directory) {
  const std::string path = directory + "/model.json";
  std::ifstream file(path);
  if (!file) throw Error(ErrorKind::missing_input, "there is no model", "give the folder that coterie run wrote: --model DIR", path);
  try {
    const Json json = Json::parse(file);
    if (json.at("format") != model_format)
      throw Error(ErrorKind::damaged_input, fmt::format("the model has format {}, this program reads {}", json.at("format").dump(), model_format),
                  "fit the model again with this version", path);
    Model model = model_from_json(json);
    if (!is_consistent(model)) throw Error(ErrorKind::damaged_input, "the model's parts do not fit together", "fit the model again", path);
    return model;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::damaged_input, fmt::format("this is no model: {}", error.what()), "fit the model again", path);
  }
}

HugeArray<std::int32_t> assign_clusters(const Model& model, const CustomerTable& table, int threads) {
  EqualRows unique = merge_equal_rows(table.values, threads);
  standardise_in_place(unique.rows, model.scaling, threads);
  const Assignment assignment = assign(unique.rows, model.centres, threads);
  HugeArray<std::int32_t> labels(table.values.rows());
  for (std::size_t row = 0; row < labels.size(); ++row) labels[row] = assignment.labels[unique.unique_of_row[row]];
  return labels;
}

}  // namespace coterie
