#include "coterie/model/algorithm_json.h"

#include <cmath>
#include <limits>

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

// Each option under its name, to be written or read.
template <class Visit>
void options_of(KmeansOptions& o, const Visit& visit) { visit("exact", o.exact); }
template <class Visit>
void options_of(ConstrainedKmeansOptions& o, const Visit& visit) { visit("least_customers", o.least), visit("most_customers", o.most); }
template <class Visit>
void options_of(HierarchicalChoice& o, const Visit& visit) { visit("linkage", o.linkage), visit("micro_clusters", o.micro_clusters), visit("cut", o.cut); }
template <class Visit>
void options_of(HdbscanChoice& o, const Visit& visit) {
  visit("components", o.components), visit("min_cluster_size", o.min_cluster_size), visit("min_samples", o.min_samples), visit("selection", o.selection);
  visit("epsilon", o.epsilon), visit("allow_single_cluster", o.allow_single_cluster), visit("smallest_distance", o.smallest_distance);
}
template <class Visit>
void options_of(GaussianMixtureOptions& o, const Visit& visit) { visit("covariance", o.covariance), visit("regularisation", o.regularisation); }
template <class Visit>
void options_of(KPrototypesOptions& o, const Visit& visit) { visit("gamma", o.gamma); }
template <class Visit>
void options_of(KMedoidsOptions& o, const Visit& visit) { visit("sample_rows", o.sample_rows); }
template <class Visit>
void options_of(MiniBatchOptions& o, const Visit& visit) { visit("batch_rows", o.batch_rows); }

struct Writer {
  Json& json;
  template <class T>
  void operator()(const char* name, const T& value) const {
    json[name] = value;
  }
  void operator()(const char* name, const std::optional<double>& value) const { json[name] = value ? Json(*value) : Json(nullptr); }
  void operator()(const char* name, const double& value) const { json[name] = std::isfinite(value) ? Json(value) : Json(nullptr); }
  void operator()(const char* name, const Linkage& linkage) const { json[name] = name_of(linkage); }
  void operator()(const char* name, const Covariance& covariance) const { json[name] = name_of(covariance); }
  void operator()(const char* name, const Selection& selection) const { json[name] = name_of(selection); }
};

struct Reader {
  const Json& json;
  template <class T>
  void operator()(const char* name, T& value) const { value = json.at(name).get<T>(); }
  void operator()(const char* name, std::optional<double>& value) const {
    if (!json.at(name).is_null()) value = json.at(name).get<double>();
  }
  void operator()(const char* name, double& value) const { value = json.at(name).is_null() ? std::numeric_limits<double>::infinity() : json.at(name).get<double>(); }
  void operator()(const char* name, Linkage& linkage) const { linkage = linkage_from_name(json.at(name)); }
  void operator()(const char* name, Covariance& covariance) const { covariance = covariance_from_name(json.at(name)); }
  void operator()(const char* name, Selection& selection) const { selection = selection_from_name(json.at(name)); }
};

}  // namespace

Json algorithm_to_json(const Algorithm& algorithm) {
  Json json = {{"name", name_of(algorithm)}};
  Algorithm copy = algorithm;
  std::visit([&](auto& o) { options_of(o, Writer{json}); }, copy);
  return json;
}

Algorithm algorithm_from_json(const Json& json) {
  Algorithm algorithm = algorithm_from_name(json.at("name"));
  std::visit([&](auto& o) { options_of(o, Reader{json}); }, algorithm);
  return algorithm;
}

}  // namespace coterie
