#include "coterie/segments/name_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "coterie/base/error.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* condition_hint =
    "write a condition like \"n_cart >= 1.4 x average\", \"n_purchase >= 2\" or \"n_purchase / n_cart <= 0.5\"";

[[noreturn]] void fail(const std::string& place, const std::string& message, const std::string& hint) {
  throw Error(ErrorKind::usage, message, hint, place);
}

// Reads a condition word by word.
class ConditionReader {
 public:
  ConditionReader(std::string_view text, const std::string& place) : text_(text), rest_(text), place_(place) {}

  NameCondition read() {
    NameCondition condition;
    condition.feature = feature();
    if (accept("/")) condition.divisor = feature();
    if (accept(">=")) condition.at_least = true;
    else if (accept("<=")) condition.at_least = false;
    else refuse();
    condition.value = number();
    if (accept("x")) {
      if (!accept("average")) refuse();
      condition.times_average = true;
    }
    skip_blanks();
    if (!rest_.empty()) refuse();
    return condition;
  }

 private:
  [[noreturn]] void refuse() const { fail(place_, fmt::format("\"{}\" is no condition", text_), condition_hint); }
  void skip_blanks() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  bool accept(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  std::string feature() {
    if (accept("\"")) return quoted();
    skip_blanks();
    const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_part);
    const std::string name(rest_.begin(), end);
    if (name.empty()) refuse();
    rest_.remove_prefix(name.size());
    return name;
  }
  std::string quoted() {
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos || end == 0) refuse();
    const std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return name;
  }
  double number() {
    skip_blanks();
    double value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || !(value >= 0)) refuse();
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  std::string_view text_, rest_;
  const std::string& place_;
};

void check_keys(const Json& object, const std::vector<std::string>& known, const std::string& place) {
  if (!object.is_object()) fail(place, "this should be an object", fmt::format("give {{...}} with some of: {}", fmt::join(known, ", ")));
  for (const auto& [key, value] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      fail(place, fmt::format("\"{}\" is no known key", key), fmt::format("the keys here are {}", fmt::join(known, ", ")));
}

std::string text_at(const Json& object, const char* key, const std::string& place, bool required = false) {
  const auto it = object.find(key);
  if (it != object.end() && it->is_string() && !(required && it->get<std::string>().empty())) return *it;
  if (it == object.end() && !required) return "";
  fail(place, fmt::format("\"{}\" should be a text{}", key, required ? " that is not empty" : ""), fmt::format("write \"{}\": \"...\"", key));
}

Play parse_play(const Json& json, const std::string& place) {
  Play play;
  play.goal = text_at(json, "goal", place, true);
  if (play.goal != "keep" && play.goal != "grow" && play.goal != "win back" && play.goal != "activate")
    fail(place, fmt::format("the goal \"{}\" is not known", play.goal), "a goal is keep, grow, win back or activate");
  play.action = text_at(json, "action", place);
  play.channel = text_at(json, "channel", place);
  play.offer = text_at(json, "offer", place);
  play.timing = text_at(json, "timing", place);
  return play;
}

std::vector<ScoreTerm> parse_score(const Json& json, const std::string& place) {
  std::vector<ScoreTerm> terms;
  if (!json.is_object()) fail(place, "\"score\" should be an object", "write \"score\": {\"n_cart\": 1}");
  for (const auto& [feature, weight] : json.items()) {
    if (!weight.is_number()) fail(place, fmt::format("the weight of \"{}\" should be a number", feature), "write \"score\": {\"n_cart\": 1}");
    terms.push_back({feature, weight});
  }
  return terms;
}

NameRule parse_rule(const Json& json, const std::string& place) {
  check_keys(json, {"name", "when", "score", "goal", "action", "channel", "offer", "timing"}, place);
  NameRule rule;
  rule.name = text_at(json, "name", place, true);
  const std::string here = fmt::format("{} ({})", place, rule.name);
  if (!json.contains("when") || !json["when"].is_array() || json["when"].empty())
    fail(here, "\"when\" should be a list of conditions: a name needs a number behind it", condition_hint);
  for (const Json& condition : json["when"]) {
    if (!condition.is_string()) fail(here, fmt::format("{} is no condition", condition.dump()), condition_hint);
    const std::string text = condition;
    rule.when.push_back(ConditionReader(text, here).read());
  }
  if (json.contains("score")) rule.score = parse_score(json["score"], here);
  else for (const NameCondition& condition : rule.when) rule.score.push_back({condition.feature, condition.at_least ? 1.0 : -1.0});
  rule.play = parse_play(json, here);
  return rule;
}

}  // namespace

NameRules parse_name_rules(std::string_view text, const std::string& place) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    fail(place, fmt::format("this is no JSON: {}", std::string_view(error.what()).substr(std::string_view(error.what()).find("] ") + 2)), "compare it with what coterie names prints");
  }
  check_keys(json, {"format", "segments", "plays"}, place);
  if (json.value("format", Json()) != 1) fail(place, "\"format\" should be 1", "begin the file with {\"format\": 1, \"segments\": [...]}");
  if (!json.contains("segments") || !json["segments"].is_array()) fail(place, "\"segments\" should be a list of rules", "compare it with what coterie names prints");
  NameRules rules;
  for (const Json& rule : json["segments"]) rules.rules.push_back(parse_rule(rule, fmt::format("{}: rule {}", place, rules.rules.size() + 1)));
  if (json.contains("plays"))
    for (const Json& play : json["plays"]) {
      const std::string here = fmt::format("{}: play {}", place, rules.plays_by_goal.size() + 1);
      check_keys(play, {"goal", "action", "channel", "offer", "timing"}, here);
      rules.plays_by_goal.push_back(parse_play(play, here));
    }
  return rules;
}

NameRules load_name_rules(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) throw Error(ErrorKind::missing_input, "the rules for names cannot be read", "give a file that is there: --names FILE", path);
  return parse_name_rules(text, path);
}

const NameRules& default_name_rules() {
  static const NameRules rules = parse_name_rules(default_name_rules_text(), "the default rules");
  return rules;
}

}  // namespace coterie
