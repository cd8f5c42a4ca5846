// The rules that name segments and say what to do about them: a JSON file that a team may write itself.
//
//   {"format": 1,
//    "segments": [
//      {"name": "cart abandoners",
//       "when": ["n_cart >= 1.4 x average", "n_purchase / n_cart <= 0.5"],
//       "score": {"n_cart": 1, "cart_to_purchase_rate": -1},
//       "goal": "win back", "action": "...", "channel": "...", "offer": "...", "timing": "..."}, ...]}
//
// A condition compares the mean of a feature over a segment's customers, or the ratio of two such means, with a
// number, or (x average) with so many times the same of all customers. Names of features with other characters than
// letters, digits and _ stand in quotation marks. All conditions of a rule must hold; a feature that is not there makes
// its condition fail. Several rules of the same name are alternatives. `score` gives each feature a weight; the rule's
// score is the weighted sum of log2(segment's mean / everyone's), each within +-6. Without `score`
// the features of the conditions count 1 where they must be high and -1 where they must be low.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {

struct NameCondition {
  std::string feature;
  std::string divisor;         // "": the feature alone
  bool at_least = true;        // >=, else <=
  double value = 0;
  bool times_average = false;  // value is in units of everyone's
};

// What to do about a segment.
struct Play {
  std::string goal = {};  // keep, grow, win back or activate
  std::string action = {}, channel = {}, offer = {}, timing = {};
};

struct ScoreTerm {
  std::string feature;
  double weight = 0;
};

struct NameRule {
  std::string name;
  std::vector<NameCondition> when;
  std::vector<ScoreTerm> score;
  Play play;
};

struct NameRules {
  std::vector<NameRule> rules;
  std::vector<Play> plays_by_goal = {};  // for segments that no rule names: "plays", one a goal
};

// Throws Error(usage) that says which rule and which part is wrong, and how it should be; `place` is where the text is from.
NameRules parse_name_rules(std::string_view text, const std::string& place);
// Throws Error(missing_input) when the file cannot be read, and as parse_name_rules.
NameRules load_name_rules(const std::string& path);

// The rules that come with Coterie (default_names.cc), as text and parsed.
std::string_view default_name_rules_text();
const NameRules& default_name_rules();

}  // namespace coterie
