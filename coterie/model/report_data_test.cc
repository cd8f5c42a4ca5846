// The report's data stay small whatever the run was, and say what the run says.
#include "coterie/model/report_data.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "coterie/base/random.h"
#include "coterie/deliver/report_page.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

struct MadeUpRun {
  RunOptions options;
  CustomerTable customers;
  RunResult result;
};

// A run of `k` segments over `columns` features; every name is `text` with a number before it.
MadeUpRun made_up_run(std::size_t k, std::size_t columns, const std::string& text, std::size_t inputs) {
  MadeUpRun run;
  const std::size_t rows = 40 * k;
  Random random(1);
  run.customers.id_name = text;
  run.customers.values = Matrix(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) run.customers.ids.texts.push_back(std::to_string(i) + text);
  std::vector<std::int32_t> labels(rows);
  for (std::size_t i = 0; i < rows; ++i) labels[i] = static_cast<std::int32_t>(i % k);
  for (std::size_t f = 0; f < columns; ++f) {
    run.customers.names.push_back(std::to_string(f) + text);
    for (double& value : run.customers.values.column(f)) value = 1e6 * random.uniform();
  }
  RunResult& result = run.result;
  result.customers = rows;
  result.model.features = run.customers.names;
  result.model.k = k;
  result.model.pca = fit_pca(run.customers.values, 2);
  for (std::size_t i = 0; i < k * columns; ++i) result.model.centres.push_back(random.normal());
  result.profiles = profile_clusters(run.customers, labels, k);
  result.model.segments = name_segments(result.profiles, run.customers.names);
  for (SegmentName& segment : result.model.segments) segment.play = {text, text, text, text, text};
  result.explanation.nearest = nearest_segments(result.model.centres, columns);
  result.explanation.rules = fit_segment_rules(run.customers, labels, k);
  result.explanation.typical = typical_rows(run.customers.values, result.model.centres, labels, 3);
  result.explanation.points = scatter_points(run.customers.values, labels, k, result.model.pca);
  for (std::size_t tried = 2; tried <= k; ++tried) result.choice.rows.push_back({tried, 123456.789 * static_cast<double>(tried), Estimate{}, Estimate{}, {}, 1, {}});
  result.choice.reason = "a reason";
  result.read.inputs.resize(inputs);
  for (InputReport& input : result.read.inputs) input.file.path = "/folder/" + text;
  result.notes.assign(inputs, text);
  return run;
}

TEST(ReportData, StaysSmallWhateverTheRun) {
  const MadeUpRun run = made_up_run(100, 400, std::string(1000, '<'), 3000);
  const std::string json = report_data(run.options, run.customers, run.result);
  EXPECT_LT(report_page(json).size(), 1'500'000u);
  const Json data = Json::parse(json);
  EXPECT_EQ(data["segments"].size(), 100u);
  EXPECT_GE(data["features"].size(), 5u);
  EXPECT_EQ(data["features"].size() + data["features_left_out"].get<std::size_t>(), 400u);
  EXPECT_EQ(data["ledger"]["inputs"].size() + data["ledger"]["more_inputs"].get<std::size_t>(), 3000u);
}

TEST(ReportData, SaysOfEachSegmentWhatTheRunSays) {
  const MadeUpRun run = made_up_run(3, 4, "x", 1);
  const Json data = Json::parse(report_data(run.options, run.customers, run.result));
  for (std::size_t c = 0; c < 3; ++c) {
    const Json& segment = data["segments"][c];
    const ClusterProfile& profile = run.result.profiles.clusters[c];
    EXPECT_EQ(segment["customers"], profile.customers);
    EXPECT_EQ(segment["name"], run.result.model.segments[c].name);
    for (std::size_t f = 0; f < 4; ++f) {
      EXPECT_NEAR(segment["means"][f].get<double>(), profile.means[f], 1e-5 * profile.means[f]);
      EXPECT_NEAR(segment["quantiles"][f][2].get<double>(), profile.medians[f], 1e-5 * profile.medians[f]);
      EXPECT_NEAR(segment["lifts"][f][0].get<double>(), lift_of(profile, run.result.profiles.everyone, f).times, 1e-5);
    }
    EXPECT_EQ(segment["typical"].size(), 3u);
    EXPECT_EQ(segment["typical"][0]["id"], run.customers.ids.text(run.result.explanation.typical[c][0]));
  }
  EXPECT_EQ(data["ledger"]["inputs"][0]["name"], "x");
  EXPECT_TRUE(data["events"].is_null());
  EXPECT_TRUE(data["revenue"].is_null());
}

TEST(ReportData, TheFeaturesThatDifferMostAreThoseThatStay) {
  MadeUpRun run = made_up_run(2, 50, "x", 1);
  run.result.model.centres[17] = 40, run.result.model.centres[50 + 3] = -30;
  const Json data = Json::parse(report_data(run.options, run.customers, run.result, {.numbers = 1}));
  ASSERT_EQ(data["features"].size(), 5u);
  std::vector<std::string> names;
  for (const Json& feature : data["features"]) names.push_back(feature["name"]);
  EXPECT_NE(std::find(names.begin(), names.end(), "17x"), names.end());
  EXPECT_NE(std::find(names.begin(), names.end(), "3x"), names.end());
}

TEST(ReportData, LongTextsEndBetweenTwoCharacters) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "\xd7\xa9";  // two bytes each
  const MadeUpRun run = made_up_run(2, 2, text, 1);
  const Json data = Json::parse(report_data(run.options, run.customers, run.result));
  const std::string name = data["features"][0]["name"];
  EXPECT_EQ(name.size(), 199u + 3u);
  EXPECT_EQ(name.find("\xef\xbf\xbd"), std::string::npos);
}

}  // namespace
}  // namespace coterie
