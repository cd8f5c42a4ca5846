#include "coterie/model/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "coterie/base/error.h"
#include "coterie/model/identities.h"
#include "coterie/model/rule_json.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

Json segments_to_json(const std::vector<SegmentName>& segments) {
  Json list = Json::array();
  for (const SegmentName& segment : segments) {
    const Play& play = segment.play;
    Json evidence = Json::array();
    for (const Evidence& e : segment.evidence) evidence.push_back({{"feature", e.feature}, {"divisor", e.divisor}});
    list.push_back({{"name", segment.name}, {"because", segment.because}, {"evidence", evidence},
                    {"play", {{"goal", play.goal}, {"action", play.action}, {"channel", play.channel}, {"offer", play.offer}, {"timing", play.timing}}}});
  }
  return list;
}

// Models of earlier versions say neither what to do nor which features the name rests on.
SegmentName segment_from_json(const Json& json) {
  SegmentName segment{json.at("name"), json.at("because")};
  if (const auto play = json.find("play"); play != json.end())
    segment.play = {.goal = play->at("goal"), .action = play->at("action"), .channel = play->at("channel"), .offer = play->at("offer"), .timing = play->at("timing")};
  for (const Json& e : json.value("evidence", Json::array())) segment.evidence.push_back({e.at("feature"), e.at("divisor"), 0, 0});
  return segment;
}

Json plan_to_json(const ColumnPlan& plan) {
  return {{"name", plan.name}, {"kind", name_of(plan.kind)}, {"encoding", name_of(plan.encoding)}, {"missing", text_of(plan.missing)},
          {"levels", plan.levels}, {"decimal", std::string(1, plan.format.decimal)}, {"unit", plan.format.unit}};
}

// What name_of() of an enumeration of `count` values says.
template <class Enum>
Enum from_name(const Json& name, int count) {
  for (int i = 0; i < count; ++i)
    if (name == name_of(static_cast<Enum>(i))) return static_cast<Enum>(i);
  throw Error(ErrorKind::damaged_input, fmt::format("the model says {}, which is not known", name.dump()), "fit the model again with this version");
}

ColumnPlan plan_from_json(const Json& json) {
  ColumnPlan plan{.name = json.at("name")};
  plan.kind = from_name<ColumnKind>(json.at("kind"), 7);
  plan.encoding = from_name<Encoding>(json.at("encoding"), 5);
  plan.missing = missing_policy_from_text(json.at("missing"), "model.json");
  plan.levels = json.at("levels").get<std::vector<std::string>>();
  plan.format.decimal = json.at("decimal").get<std::string>().at(0);
  plan.format.unit = json.value("unit", "");
  return plan;
}

Json recipe_to_json(const Recipe& recipe) {
  Json columns = Json::array();
  for (const ColumnRecipe& column : recipe.columns)
    columns.push_back({{"plan", plan_to_json(column.plan)}, {"fill", column.fill}, {"fill_level", column.fill_level}, {"frequencies", column.frequencies}, {"filled", column.filled}});
  return {{"columns", columns},
          {"donors", {{"names", recipe.donors.names}, {"means", recipe.donors.means}, {"deviations", recipe.donors.deviations}, {"values", recipe.donors.values}}}};
}

Recipe recipe_from_json(const Json& json) {
  Recipe recipe;
  for (const Json& column : json.at("columns"))
    recipe.columns.push_back({plan_from_json(column.at("plan")), column.at("fill"), column.at("fill_level"), column.at("frequencies").get<std::vector<double>>(), column.at("filled")});
  const Json& donors = json.at("donors");
  recipe.donors = {donors.at("names").get<std::vector<std::string>>(), donors.at("means").get<std::vector<double>>(), donors.at("deviations").get<std::vector<double>>(),
                   donors.at("values").get<std::vector<double>>()};
  return recipe;
}

Scaling scaling_from_json(const Json& json) {
  Scaling scaling{.method = from_name<ScalingMethod>(json.at("method"), 5)};
  if (json.contains("lambdas")) scaling.lambdas = json.at("lambdas").get<std::vector<double>>();
  scaling.linear.means = json.at("means").get<std::vector<double>>();
  scaling.linear.deviations = json.at("deviations").get<std::vector<double>>();
  scaling.linear.constant_columns = json.at("constant_columns").get<std::vector<std::size_t>>();
  return scaling;
}

Json scaling_to_json(const Scaling& scaling) {
  Json json = {{"method", name_of(scaling.method)}};
  if (!scaling.lambdas.empty()) json["lambdas"] = scaling.lambdas;
  json["means"] = scaling.linear.means;
  json["deviations"] = scaling.linear.deviations;
  json["constant_columns"] = scaling.linear.constant_columns;
  return json;
}

Model model_from_json(const Json& json) {
  Model model;
  if (json.contains("shape")) model.shape = from_name<Shape>(json.at("shape"), shape_count);
  model.id_name = json.at("id_name");
  if (json.contains("derived"))
    for (const Json& derivation : json.at("derived")) model.derived.push_back({derivation.at("name"), derivation.at("sql")});
  if (json.contains("recipe")) {
    model.has_id_column = json.at("has_id_column");
    model.recipe = recipe_from_json(json.at("recipe"));
  }
  model.features = json.at("features").get<std::vector<std::string>>();
  model.scaling = scaling_from_json(json.at("scaling"));
  const Json& pca = json.at("pca");
  model.pca = {model.features.size(), pca.at("components"), pca.at("means").get<std::vector<double>>(), pca.at("axes").get<std::vector<double>>(),
               pca.at("explained_variance").get<std::vector<double>>(), pca.at("explained_ratio").get<std::vector<double>>()};
  model.k = json.at("k");
  model.has_noise = json.value("has_noise", false);
  model.algorithm = json.value("algorithm", model.algorithm);
  if (json.contains("rule")) model.rule = rule_from_json(json.at("rule"), model.k - model.has_noise, model.features.size());
  model.centres = json.at("centres").get<std::vector<double>>();
  for (const Json& segment : json.at("segments")) model.segments.push_back(segment_from_json(segment));
  model.identities = json.contains("identities") ? json.at("identities").get<std::vector<int>>() : first_identities(model.k);
  return model;
}

// Of each category and truth of a table of customers the features that stand for it.
std::vector<std::vector<std::size_t>> columns_of_words(const Model& model) {
  std::vector<std::vector<std::size_t>> all;
  for (const ColumnRecipe& column : model.recipe.columns) {
    const ColumnPlan& plan = column.plan;
    const bool is_truth = plan.kind == ColumnKind::truth;
    if (!is_truth && plan.encoding != Encoding::one_hot) continue;
    std::vector<std::size_t> columns;
    for (std::size_t j = 0; j < model.features.size(); ++j)
      if (is_truth ? model.features[j] == plan.name : std::ranges::any_of(plan.levels, [&](const std::string& level) { return model.features[j] == plan.name + "=" + level; })) columns.push_back(j);
    if (!columns.empty()) all.push_back(columns);
  }
  return all;
}

bool is_consistent(const Model& model) {
  const std::size_t columns = model.features.size();
  return columns > 0 && model.k > 0 && model.scaling.linear.means.size() == columns && model.scaling.linear.deviations.size() == columns &&
         model.centres.size() == model.k * columns && model.segments.size() == model.k && model.identities.size() == model.k;
}

}  // namespace

std::string model_to_json(const Model& model) {
  Json json = {
      {"format", model_format},
      {"shape", name_of(model.shape)},
      {"id_name", model.id_name},
      {"features", model.features},
      {"scaling", scaling_to_json(model.scaling)},
      {"pca", {{"components", model.pca.components}, {"means", model.pca.means}, {"axes", model.pca.axes},
               {"explained_variance", model.pca.explained_variance}, {"explained_ratio", model.pca.explained_ratio}}},
      {"algorithm", model.algorithm},
      {"k", model.k},
      {"has_noise", model.has_noise},
      {"centres", model.centres},
      {"segments", segments_to_json(model.segments)},
      {"identities", model.identities},
      {"rule", rule_to_json(model.rule)},
  };
  for (const Derivation& derivation : model.derived) json["derived"].push_back({{"name", derivation.name}, {"sql", derivation.sql}});
  if (!model.recipe.columns.empty()) json["has_id_column"] = model.has_id_column, json["recipe"] = recipe_to_json(model.recipe);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";  // a header may hold any bytes
}

Model load_model(const std::string& directory) {
  const std::string path = directory + "/model.json";
  std::ifstream file(path);
  if (!file) throw Error(ErrorKind::missing_input, "there is no model", "give the folder that coterie run wrote", path);
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

MixedLayout layout_of(const Model& model) {
  Matrix half(1, model.features.size());
  for (std::size_t j = 0; j < half.columns(); ++j) half.at(0, j) = 0.5;
  scale_in_place(half, model.scaling, 1);
  MixedLayout layout = numbers_only(0);
  const auto words = columns_of_words(model);
  std::vector<bool> is_word(model.features.size());
  for (const std::vector<std::size_t>& columns : words) {
    layout.categories.push_back({columns, {}});
    for (const std::size_t j : columns) is_word[j] = true, layout.categories.back().half.push_back(half.at(0, j));
  }
  for (std::size_t j = 0; j < is_word.size(); ++j)
    if (!is_word[j]) layout.numbers.push_back(j);
  return layout;
}

void number_noise(const Model& model, std::span<std::int32_t> labels) {
  for (std::int32_t& label : labels)
    if (label < 0) label = static_cast<std::int32_t>(model.k) - 1;
}

AssignedCustomers assign_customers(const Model& model, const CustomerTable& table, int threads) {
  AssignedCustomers result{.unique = merge_equal_rows(table.values, threads), .unique_labels = {}, .labels = {}};
  scale_in_place(result.unique.rows, model.scaling, threads);
  result.unique_labels = assign(model.rule, result.unique.rows, model.centres, threads);
  number_noise(model, result.unique_labels);
  result.labels = deal(model.rule, result.unique.rows, result.unique_labels, result.unique.unique_of_row);
  return result;
}

HugeArray<std::int32_t> assign_clusters(const Model& model, const CustomerTable& table, int threads) { return assign_customers(model, table, threads).labels; }

}  // namespace coterie
