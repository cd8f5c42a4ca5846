#include "coterie/model/rule_json.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "coterie/base/base64.h"
#include "coterie/base/error.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;
static_assert(std::endian::native == std::endian::little);

[[noreturn]] void throw_damaged(const std::string& what) { throw Error(ErrorKind::damaged_input, "the model's rule is damaged: " + what, "fit the model again"); }
void require(bool holds, const char* what) {
  if (!holds) throw_damaged(what);
}

template <class T>
Json packed(const HugeArray<T>& array) { return base64(std::as_bytes(std::span(array.data(), array.size()))); }

template <class T>
HugeArray<T> unpacked(const Json& json) {
  const auto bytes = from_base64(json.get_ref<const std::string&>());
  if (!bytes || bytes->size() % sizeof(T) != 0) throw_damaged("an array is no base64");
  HugeArray<T> array(bytes->size() / sizeof(T));
  if (!bytes->empty()) std::memcpy(array.data(), bytes->data(), bytes->size());
  return array;
}

Json layout_to_json(const MixedLayout& layout) {
  Json categories = Json::array();
  for (const MixedLayout::Category& category : layout.categories) categories.push_back({{"columns", category.columns}, {"half", category.half}});
  return {{"numbers", layout.numbers}, {"categories", categories}};
}

MixedLayout layout_from_json(const Json& json, std::size_t columns) {
  MixedLayout layout{json.at("numbers").get<std::vector<std::size_t>>(), {}};
  for (const Json& category : json.at("categories")) layout.categories.push_back({category.at("columns").get<std::vector<std::size_t>>(), category.at("half").get<std::vector<double>>()});
  const auto known = [&](std::size_t column) { return column < columns; };
  require(std::ranges::all_of(layout.numbers, known), "it knows other columns");
  for (const auto& category : layout.categories)
    require(std::ranges::all_of(category.columns, known) && category.half.size() == category.columns.size(), "it knows other columns");
  return layout;
}

Json pca_to_json(const Pca& pca) {
  return {{"columns", pca.columns}, {"components", pca.components}, {"means", pca.means}, {"axes", pca.axes}, {"explained_variance", pca.explained_variance}, {"explained_ratio", pca.explained_ratio}};
}

Pca pca_from_json(const Json& json) {
  return {json.at("columns"), json.at("components"), json.at("means").get<std::vector<double>>(), json.at("axes").get<std::vector<double>>(),
          json.at("explained_variance").get<std::vector<double>>(), json.at("explained_ratio").get<std::vector<double>>()};
}

// Infinite numbers, which JSON does not have, are texts.
Json clusters_to_json(const std::vector<CondensedCluster>& clusters) {
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json("infinite"); };
  Json list = Json::array();
  for (const CondensedCluster& c : clusters) list.push_back({c.parent, number(c.birth), number(c.death), c.size, number(c.stability)});
  return list;
}

std::vector<CondensedCluster> clusters_from_json(const Json& json) {
  const auto number = [](const Json& value) { return value.is_string() ? std::numeric_limits<double>::infinity() : value.get<double>(); };
  std::vector<CondensedCluster> clusters;
  for (const Json& c : json) clusters.push_back({c.at(0), number(c.at(1)), number(c.at(2)), c.at(3), number(c.at(4))});
  return clusters;
}

Json to_json(const NearestCentre&) { return Json::object(); }
Json to_json(const PricedCentres& rule) {
  Json dealt = Json::array();
  for (const DealtRow& row : rule.dealt) dealt.push_back({{"values", row.values}, {"clusters", row.clusters}, {"customers", row.customers}});
  return {{"prices", rule.prices}, {"dealt", dealt}};
}
Json to_json(const LabelledPoints& rule) { return {{"points", rule.points}, {"labels", rule.labels}}; }
Json to_json(const GaussianMixtureModel& rule) {
  return {{"covariance", name_of(rule.covariance)}, {"weights", rule.weights}, {"means", rule.means}, {"covariances", rule.covariances}};
}
Json to_json(const Density& rule) {
  const HdbscanModel& m = *rule.model;
  return {{"projection", pca_to_json(rule.projection)}, {"number_of", rule.number_of}, {"min_samples", m.min_samples}, {"smallest_distance", m.smallest_distance}, {"epsilon", m.epsilon},
          {"selected", m.selected}, {"clusters", clusters_to_json(m.condensed.clusters)}, {"rows", m.tree.rows}, {"leaves", m.tree.leaves}, {"boxes", packed(m.tree.boxes)},
          {"points", packed(m.tree.points)}, {"row_at", packed(m.tree.row_at)}, {"count", packed(m.count)}, {"core", packed(m.core)}, {"cluster_of", packed(m.condensed.cluster_of)},
          {"lambda", packed(m.condensed.lambda)}};
}
Json to_json(const Prototypes& rule) { return {{"layout", layout_to_json(rule.layout)}, {"gamma", rule.gamma}, {"centres", rule.centres}, {"modes", rule.modes}}; }
Json to_json(const GowerMedoids& rule) { return {{"layout", layout_to_json(rule.layout)}, {"inverse_ranges", rule.scale.inverse_ranges}, {"rows", rule.rows}}; }

constexpr std::array kinds = {"nearest_centre", "priced_centres", "nearest_leaf", "gaussian_mixture", "density", "prototypes", "gower_medoids"};
static_assert(kinds.size() == std::variant_size_v<FittedRule>);

PricedCentres priced_from_json(const Json& json, std::size_t k, std::size_t columns) {
  PricedCentres rule{json.at("prices").get<std::vector<double>>(), {}};
  require(rule.prices.size() == k, "it has not one price a cluster");
  for (const Json& row : json.at("dealt")) {
    rule.dealt.push_back({row.at("values").get<std::vector<double>>(), row.at("clusters").get<std::vector<std::int32_t>>(), row.at("customers").get<std::vector<double>>()});
    const DealtRow& dealt = rule.dealt.back();
    require(dealt.values.size() == columns && !dealt.clusters.empty() && dealt.customers.size() == dealt.clusters.size(), "a dealt row is not whole");
    require(std::ranges::all_of(dealt.clusters, [&](std::int32_t c) { return c >= 0 && static_cast<std::size_t>(c) < k; }), "a dealt row has other clusters");
  }
  return rule;
}

LabelledPoints points_from_json(const Json& json, std::size_t k, std::size_t columns) {
  LabelledPoints rule{json.at("points").get<std::vector<double>>(), json.at("labels").get<std::vector<std::int32_t>>()};
  require(!rule.labels.empty() && rule.points.size() == rule.labels.size() * columns, "it has not one label a leaf");
  require(std::ranges::all_of(rule.labels, [&](std::int32_t c) { return c >= 0 && static_cast<std::size_t>(c) < k; }), "a leaf has another cluster");
  return rule;
}

GaussianMixtureModel mixture_from_json(const Json& json, std::size_t k, std::size_t columns) {
  GaussianMixtureModel rule;
  const std::string family = json.at("covariance");
  for (const Covariance c : {Covariance::full, Covariance::tied, Covariance::diagonal, Covariance::spherical})
    if (family == name_of(c)) rule.covariance = c;
  rule.clusters = k, rule.columns = columns;
  rule.weights = json.at("weights").get<std::vector<double>>(), rule.means = json.at("means").get<std::vector<double>>(), rule.covariances = json.at("covariances").get<std::vector<double>>();
  require(family == name_of(rule.covariance) && rule.weights.size() == k && rule.means.size() == k * columns && rule.covariances.size() == k * columns * columns, "its components do not fit");
  return rule;
}

Density density_from_json(const Json& json, std::size_t k, std::size_t columns) {
  Density rule{pca_from_json(json.at("projection")), nullptr, json.at("number_of").get<std::vector<std::int32_t>>()};
  HdbscanModel m;
  m.min_samples = json.at("min_samples"), m.smallest_distance = json.at("smallest_distance"), m.epsilon = json.at("epsilon");
  m.selected = json.at("selected").get<std::vector<std::int32_t>>();
  m.condensed.clusters = clusters_from_json(json.at("clusters"));
  m.tree.rows = json.at("rows"), m.tree.leaves = json.at("leaves"), m.tree.columns = rule.projection.components;
  m.tree.boxes = unpacked<double>(json.at("boxes")), m.tree.points = unpacked<double>(json.at("points")), m.tree.row_at = unpacked<std::uint32_t>(json.at("row_at"));
  m.count = unpacked<std::uint32_t>(json.at("count")), m.core = unpacked<double>(json.at("core"));
  m.condensed.cluster_of = unpacked<std::int32_t>(json.at("cluster_of")), m.condensed.lambda = unpacked<double>(json.at("lambda"));
  const std::size_t rows = m.tree.rows, clusters = m.condensed.clusters.size();
  require(rule.projection.columns == columns && rule.projection.axes.size() == columns * m.tree.columns && rule.projection.means.size() == columns, "its projection has other columns");
  require(rule.number_of.size() == k && m.selected.size() == k, "it has another number of clusters");
  require(m.tree.points.size() >= (rows + leaf_rows - 1) / leaf_rows * leaf_rows * m.tree.columns && m.tree.boxes.size() == 4 * m.tree.leaves * m.tree.columns && m.count.size() == rows && m.core.size() == rows &&
              m.condensed.cluster_of.size() == rows && m.condensed.lambda.size() == rows && m.tree.row_at.size() == rows, "its rows are not whole");
  for (const std::int32_t c : m.condensed.cluster_of) require(c < static_cast<std::int32_t>(clusters), "a row is in a cluster that is not there");
  for (const std::int32_t c : m.selected) require(c >= 0 && static_cast<std::size_t>(c) < clusters, "it chose a cluster that is not there");
  rule.model = std::make_shared<HdbscanModel>(std::move(m));
  return rule;
}

Prototypes prototypes_from_json(const Json& json, std::size_t k, std::size_t columns) {
  Prototypes rule{layout_from_json(json.at("layout"), columns), json.at("gamma"), json.at("centres").get<std::vector<double>>(), json.at("modes").get<std::vector<std::uint32_t>>()};
  require(rule.centres.size() == k * rule.layout.numbers.size() && rule.modes.size() == k * rule.layout.categories.size(), "its prototypes do not fit");
  return rule;
}

GowerMedoids medoids_from_json(const Json& json, std::size_t k, std::size_t columns) {
  GowerMedoids rule{layout_from_json(json.at("layout"), columns), {json.at("inverse_ranges").get<std::vector<double>>()}, json.at("rows").get<std::vector<double>>()};
  require(rule.rows.size() == k * columns && rule.scale.inverse_ranges.size() == rule.layout.numbers.size(), "its medoids do not fit");
  return rule;
}

}  // namespace

Json rule_to_json(const FittedRule& rule) {
  Json json = {{"kind", kinds[rule.index()]}};
  json.update(std::visit([](const auto& r) { return to_json(r); }, rule));
  return json;
}

FittedRule rule_from_json(const Json& json, std::size_t k, std::size_t columns) {
  const std::string kind = json.at("kind");
  if (kind == kinds[0]) return NearestCentre{};
  if (kind == kinds[1]) return priced_from_json(json, k, columns);
  if (kind == kinds[2]) return points_from_json(json, k, columns);
  if (kind == kinds[3]) return mixture_from_json(json, k, columns);
  if (kind == kinds[4]) return density_from_json(json, k, columns);
  if (kind == kinds[5]) return prototypes_from_json(json, k, columns);
  if (kind == kinds[6]) return medoids_from_json(json, k, columns);
  throw_damaged("it is of the kind \"" + kind + "\", which is not known");
}

}  // namespace coterie
