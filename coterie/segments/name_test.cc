#include "coterie/segments/name.h"

#include <gtest/gtest.h>

#include <set>

#include "coterie/base/error.h"

namespace coterie {
namespace {

const std::vector<std::string> names = {"total_events", "n_view", "n_cart", "n_purchase", "revenue", "recency_days", "tenure_days"};

Profiles profiles_of(const std::vector<std::vector<double>>& means, const std::vector<double>& everyone) {
  Profiles profiles;
  profiles.everyone.customers = 100 * means.size(), profiles.everyone.share = 1, profiles.everyone.means = everyone, profiles.everyone.deviations = everyone;
  for (const auto& mean : means) {
    ClusterProfile& cluster = profiles.clusters.emplace_back();
    cluster.customers = 100, cluster.share = 1.0 / static_cast<double>(means.size()), cluster.means = mean;
  }
  return profiles;
}

TEST(NameSegments, NamesByWhatAClusterIs) {
  const auto segments = name_segments(profiles_of({{100, 60, 20, 20, 900, 3, 40}, {30, 25, 5, 0.1, 3, 10, 4}, {3, 3, 0, 0, 0, 30, 0}},
                                                  {10, 8, 1, 0.4, 20, 15, 5}), names);
  EXPECT_EQ(segments[0].name, "high-value loyal");
  EXPECT_EQ(segments[0].because, "n_purchase 20 on average against 0.4 for everyone; revenue 900 on average against 20 for everyone");
  EXPECT_EQ(segments[0].play.goal, "keep");
  EXPECT_EQ(segments[1].name, "cart abandoners");
  EXPECT_EQ(segments[1].because, "n_cart 5 on average against 1 for everyone; n_purchase / n_cart 0.02 on average against 0.4 for everyone");
  EXPECT_EQ(segments[2].name, "lapsed browsers");
  EXPECT_EQ(segments[2].play.goal, "win back");
}

// The top three segments of a wholesaler's order lines.
TEST(NameSegments, TellsKeyAccountsFromChampionsAndLoyalCustomers) {
  const auto segments = name_segments(profiles_of({{15.7, 21.3, 12'832}, {6.5, 120.5, 55'313}, {7.7, 42.8, 190'863}}, {92, 4.3, 2'054}), {"recency_days", "frequency", "monetary"});
  EXPECT_EQ(segments[0].name, "loyal customers");
  EXPECT_EQ(segments[1].name, "champions");
  EXPECT_EQ(segments[2].name, "key accounts");
  EXPECT_EQ(segments[2].play.goal, "keep");
}

TEST(NameSegments, DescribesWhatNoRuleFitsByTheTwoGreatestDifferences) {
  const auto segments = name_segments(profiles_of({{10, 2, 1, 0.8, 1, 15, 1}}, {10, 8, 1, 1, 1, 5, 1}), names);
  EXPECT_EQ(segments[0].name, "very long absent, few views");
  EXPECT_EQ(segments[0].because, "recency_days 15 on average against 5 for everyone; n_view 2 on average against 8 for everyone");
}

TEST(NameSegments, CallsNothingHighOrLowThatIsLikeEveryone) {
  const std::vector<double> same = {10, 8, 1, 1, 20, 15, 5};
  EXPECT_EQ(name_segments(profiles_of({same}, same), names)[0].name, "typical customers");
  EXPECT_EQ(name_segments(profiles_of({{10, 12, 1, 1, 20, 15, 5}}, same), names)[0].name, "many views");
}

TEST(NameSegments, ALevelOfMostOfThemIsNamedAsItIs) {
  EXPECT_EQ(name_segments(profiles_of({{0.9, 3}}, {0.2, 10}), {"City=New York", "Age"})[0].name, "City: New York, low Age");
  EXPECT_EQ(name_segments(profiles_of({{0, 10}}, {0.2, 10}), {"City=New York", "Age"})[0].name, "not City: New York");
}

TEST(NameSegments, EveryNameIsUnique) {
  const std::vector<double> same = {10, 8, 1, 1, 20, 15, 5};
  for (const auto& means : {std::vector<std::vector<double>>(4, same), std::vector<std::vector<double>>(3, {10, 2, 1, 1, 1, 15, 1})}) {
    std::set<std::string> different;
    for (const SegmentName& segment : name_segments(profiles_of(means, same), names)) different.insert(segment.name);
    EXPECT_EQ(different.size(), means.size());
  }
  Profiles sizes = profiles_of(std::vector<std::vector<double>>(2, same), same);
  sizes.clusters[0].share = 0.75, sizes.clusters[1].share = 0.25;
  EXPECT_EQ(name_segments(sizes, names)[0].name, "typical customers (75 % of customers)");
  EXPECT_EQ(name_segments(sizes, names)[1].name, "typical customers (25 % of customers)");
}

TEST(NameSegments, OfTheLevelsOfOneColumnOneIsNamed) {
  const std::vector<std::string> columns = {"City=Rome", "City=Oslo", "days_open"};
  const auto segments = name_segments(profiles_of({{0.6, 0.3, 5}, {0.1, 0.4, 5.5}, {0.2, 0.05, 6}}, {0.3, 0.2, 5.6}), columns);
  EXPECT_EQ(segments[0].name, "City: Rome, low days open");
  EXPECT_EQ(segments[0].because, "City: Rome 60 % against 30 % of everyone; days_open 5 on average against 5.6 for everyone");
  EXPECT_EQ(segments[0].evidence.size(), 2u);
  EXPECT_EQ(segments[1].name, "often City: Oslo");
  EXPECT_EQ(segments[2].name, "seldom City: Oslo");
}

TEST(NameSegments, ATablesOwnColumnOfMoneyDecidesTheGoal) {
  const std::vector<std::string> columns = {"Total Spend", "Days Since Last Purchase"};
  const auto segments = name_segments(profiles_of({{30, 5}, {14, 5}, {6, 12}, {6, 5}}, {10, 5}), columns);
  std::vector<std::string> goals;
  for (const SegmentName& segment : segments) goals.push_back(segment.play.goal);
  EXPECT_EQ(goals, (std::vector<std::string>{"keep", "grow", "win back", "activate"}));
  EXPECT_EQ(name_segments(profiles_of({{30, 5}}, {10, 5}), {"height", "weight"})[0].play.goal, "activate");
}

TEST(NameSegments, DoesWithoutFeaturesThatTheLogLacks) {
  const auto segments = name_segments(profiles_of({{50, 0}, {2, 0}}, {5, 0}), {"total_events", "n_purchase"});
  EXPECT_EQ(segments.size(), 2u);
  EXPECT_NE(segments[0].name, segments[1].name);
}

TEST(NameSegments, NothingIsManyTimesNothing) {
  // A log without purchases: nobody buys twice the average of none.
  const auto segments = name_segments(profiles_of({{50, 50, 0, 0, 0, 5, 0}, {2, 2, 0, 0, 0, 5, 0}}, {5, 5, 0, 0, 0, 5, 0}), names);
  EXPECT_EQ(segments[0].name, "very many events, very many views");
  EXPECT_EQ(segments[1].name, "browsers");
}

TEST(NameSegments, FollowsATeamsOwnRules) {
  const NameRules rules = parse_name_rules(R"({"format": 1, "segments": [
      {"name": "VIP", "when": ["\"Total Spend\" >= 2 x average"], "goal": "keep", "action": "call"},
      {"name": "young", "when": ["Age <= 30"], "score": {"Age": -1}, "goal": "grow"},
      {"name": "thrifty", "when": ["\"Total Spend\" / Age <= 5"], "goal": "grow"}]})", "rules.json");
  const auto segments = name_segments(profiles_of({{40, 900}, {25, 200}, {60, 100}}, {40, 300}), {"Age", "Total Spend"}, rules);
  EXPECT_EQ(segments[0].name, "VIP");
  EXPECT_EQ(segments[0].because, "Total Spend 900 on average against 300 for everyone");
  EXPECT_EQ(segments[0].play.action, "call");
  EXPECT_EQ(segments[1].name, "young");
  EXPECT_EQ(segments[2].name, "thrifty");
  EXPECT_EQ(segments[2].because, "Total Spend / Age 1.67 on average against 7.5 for everyone");
}

TEST(NameRules, EveryDefaultRuleHasAWholePlay) {
  const NameRules& rules = default_name_rules();
  EXPECT_GE(rules.rules.size(), 10u);
  EXPECT_EQ(rules.plays_by_goal.size(), 4u);
  for (const NameRule& rule : rules.rules) {
    EXPECT_FALSE(rule.when.empty()) << rule.name;
    for (const std::string& part : {rule.play.goal, rule.play.action, rule.play.channel, rule.play.offer, rule.play.timing}) EXPECT_FALSE(part.empty()) << rule.name;
  }
}

TEST(NameRules, ConditionsAreReadAsTheyStand) {
  const NameRules rules = parse_name_rules(R"({"format": 1, "segments": [
      {"name": "a", "when": ["n_cart>=1.4 x average", "\"Days Since\" / n_cart <= 5e1"], "goal": "grow"}]})", "rules.json");
  const NameCondition &first = rules.rules[0].when[0], &second = rules.rules[0].when[1];
  EXPECT_EQ(first.feature, "n_cart");
  EXPECT_EQ(first.divisor, "");
  EXPECT_TRUE(first.at_least && first.times_average);
  EXPECT_EQ(first.value, 1.4);
  EXPECT_EQ(second.feature, "Days Since");
  EXPECT_EQ(second.divisor, "n_cart");
  EXPECT_FALSE(second.at_least || second.times_average);
  EXPECT_EQ(second.value, 50);
}

TEST(NameRules, SayWhatIsWrongAndWhere) {
  const auto rule = [](const std::string& text) { return R"({"format": 1, "segments": [{"name": "VIP", )" + text + "}]}"; };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{", "rules.json: this is no JSON"},
      {"[]", "rules.json: this should be an object"},
      {R"({"format": 2, "segments": []})", "\"format\" should be 1"},
      {R"({"format": 1})", "\"segments\" should be a list of rules"},
      {R"({"format": 1, "segments": [{"nam": "x"}]})", "rules.json: rule 1: \"nam\" is no known key"},
      {R"({"format": 1, "segments": [{"name": ""}]})", "\"name\" should be a text that is not empty"},
      {rule(R"("goal": "keep")"), "rules.json: rule 1 (VIP): \"when\" should be a list of conditions"},
      {rule(R"("when": [], "goal": "keep")"), "a name needs a number behind it"},
      {rule(R"("when": ["n_cart > 3"], "goal": "keep")"), "\"n_cart > 3\" is no condition"},
      {rule(R"("when": ["n_cart >= 3 x"], "goal": "keep")"), "is no condition"},
      {rule(R"("when": ["n_cart >= many"], "goal": "keep")"), "is no condition"},
      {rule(R"("when": ["n_cart >= 3 4"], "goal": "keep")"), "is no condition"},
      {rule(R"("when": ["\"Total Spend >= 3"], "goal": "keep")"), "is no condition"},
      {rule(R"("when": [3], "goal": "keep")"), "3 is no condition"},
      {rule(R"("when": ["a >= 3"], "goal": "sell")"), "the goal \"sell\" is not known"},
      {rule(R"("when": ["a >= 3"])"), "\"goal\" should be a text"},
      {rule(R"("when": ["a >= 3"], "goal": "keep", "score": {"a": "b"})"), "the weight of \"a\" should be a number"},
  };
  for (const auto& [text, message] : cases) {
    try {
      parse_name_rules(text, "rules.json");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::usage);
      EXPECT_NE(text_of(error).find(message), std::string::npos) << text_of(error);
      EXPECT_FALSE(error.hint.empty()) << text;
    }
  }
  try {
    load_name_rules("/no/such/file.json");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::missing_input);
  }
}

}  // namespace
}  // namespace coterie
