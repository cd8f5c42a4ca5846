#include "coterie/deliver/report_page.h"

#include <cassert>
#include <nlohmann/json.hpp>

#include "coterie/segments/feature_words.h"

// The bytes of the page, put into the program by report_template.S.
extern "C" {
extern const char coterie_report_template_begin[];
extern const char coterie_report_template_end[];
}

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

void fill(std::string_view placeholder, std::string_view json, std::string& page) {
  const std::size_t at = page.find(placeholder);
  assert(at != std::string::npos && page.find(placeholder, at + 1) == std::string::npos);
  page.replace(at, placeholder.size(), json_for_script(json));
}

}  // namespace

std::string_view report_template() {
  return {coterie_report_template_begin, static_cast<std::size_t>(coterie_report_template_end - coterie_report_template_begin)};
}

std::string json_for_script(std::string_view json) {
  std::string safe;
  safe.reserve(json.size() + json.size() / 16);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<') safe += "\\u003c";
    else if (c == '>') safe += "\\u003e";
    else if (c == '&') safe += "\\u0026";
    else if (json.substr(i, 3) == "\xe2\x80\xa8") safe += "\\u2028", i += 2;
    else if (json.substr(i, 3) == "\xe2\x80\xa9") safe += "\\u2029", i += 2;
    else safe += c;
  }
  return safe;
}

std::string report_page(std::string_view json) {
  Json words = Json::object();
  for (const FeatureWord& word : feature_words()) words[word.feature] = word.word;
  std::string page(report_template());
  fill("{\"words\": \"of features\"}", words.dump(), page);
  fill("{\"data\": \"of the run\"}", json, page);
  return page;
}

}  // namespace coterie
