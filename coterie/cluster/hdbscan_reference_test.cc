// Against the answers of the Python package `hdbscan` 0.8.43 (shared/reference/hdbscan).
//
// Mutual reachability is full of ties even where no two distances are equal: a row whose core distance is
// larger than its distance to two clusters joins both at that very height. The package breaks such ties in
// the order its sort happens to leave them; Coterie cuts them at once (condensed_tree.h). So what must
// agree is: the total and the largest edge of the spanning tree exactly, and every cluster, row by row to
// 1e-9, for some order of the tied edges, which the test draws at random. Iris, measured in tenths, has
// dozens of equal distances that differ by their rounding only: there, the labels.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <sstream>

#include "coterie/base/folders_test.h"
#include "coterie/base/random.h"
#include "coterie/cluster/hdbscan.h"
#include "coterie/cluster/kd_search.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;
using Table = std::vector<std::vector<double>>;

fs::path reference_folder() { return shared_folder() / "reference" / "hdbscan"; }

Table read_table(const fs::path& path, bool header) {
  std::ifstream file(path);
  std::string line, cell;
  if (header) std::getline(file, line);
  Table table;
  while (std::getline(file, line)) {
    std::stringstream cells(line);
    table.emplace_back();
    while (std::getline(cells, cell, ',')) table.back().push_back(std::stod(cell));
  }
  return table;
}

Matrix matrix_of(const Table& table) {
  Matrix x(table.size(), table[0].size());
  for (std::size_t i = 0; i < x.rows(); ++i)
    for (std::size_t j = 0; j < x.columns(); ++j) x.at(i, j) = table[i][j];
  return x;
}

struct Setting {
  std::string name, data;
  std::size_t min_cluster_size = 0, min_samples = 0;
  Selection selection = Selection::excess_of_mass;
};

Setting setting_of(const std::string& key) {
  Setting s{.name = key, .data = key.substr(0, key.find('|'))};
  char selection[8] = "";
  std::sscanf(key.c_str() + s.data.size(), "|mcs=%zu|ms=%zu|%7s", &s.min_cluster_size, &s.min_samples, selection);
  if (std::string(selection) == "leaf") s.selection = Selection::leaf;
  return s;
}

HdbscanOptions options_of(const Setting& s) {
  return {.min_cluster_size = s.min_cluster_size, .min_samples = s.min_samples, .selection = s.selection};
}

struct Answer {
  std::vector<int> label;
  std::vector<double> probability, outlier_score;
};

Answer answer_of(const Setting& s) {
  const std::string selection = s.selection == Selection::leaf ? "leaf" : "eom";
  Answer answer;
  for (const auto& row : read_table(reference_folder() / (s.data + "__mcs" + std::to_string(s.min_cluster_size) + "_ms" +
                                                          std::to_string(s.min_samples) + "_" + selection + ".out.csv"), true)) {
    answer.label.push_back(static_cast<int>(row[0]));
    answer.probability.push_back(row[1]);
    answer.outlier_score.push_back(row[2]);
  }
  return answer;
}

// Coterie's steps with ties broken at random: rows moved by 1e-12, core distances and edges by a factor
// within 1e-12. (Two rows may be each other's last neighbour, which makes them tie with each other, too.)
Answer broken_ties(const Table& rows, const Setting& s, std::uint64_t seed) {
  Random random(seed);
  Matrix x = matrix_of(rows);
  for (std::size_t j = 0; j < x.columns(); ++j)
    for (double& value : x.column(j)) value += 1e-12 * (random.uniform() - 0.5);
  const std::size_t n = x.rows();
  const KdTree tree = build_kd_tree(x);
  HugeArray<std::uint32_t> count(n);
  HugeArray<double> core(n), weight(n);
  std::fill(count.begin(), count.end(), 1);
  std::fill(weight.begin(), weight.end(), 1);
  core_distances(tree, count.data(), static_cast<std::uint32_t>(s.min_samples + 1), 0, tree.leaves, core.data());
  for (double& value : core) value *= 1 + 1e-12 * random.uniform();
  SpanningTree spanning = spanning_tree(tree, core, 1);
  for (auto& edge : spanning.edges) edge.weight *= 1 + 1e-12 * random.uniform();
  const CondensedTree condensed = condense(spanning, weight, core, tree.row_at, static_cast<double>(s.min_cluster_size));
  const auto above = selected_above(condensed, select_clusters(condensed, {.selection = s.selection}));
  const auto last = last_deaths(condensed);
  Answer answer{std::vector<int>(n, -1), std::vector<double>(n), std::vector<double>(n)};
  for (std::size_t p = 0; p < n; ++p) {
    const std::size_t i = tree.row_at[p];
    const int c = condensed.cluster_of[p];
    const double lambda = condensed.lambda[p];
    answer.label[i] = above[c];
    if (above[c] != no_cluster) answer.probability[i] = std::min(1.0, lambda / condensed.clusters[above[c]].death);
    answer.outlier_score[i] = 1 - lambda / last[c];
  }
  return answer;
}

std::map<int, std::set<std::size_t>> clusters_of(const std::vector<int>& label) {
  std::map<int, std::set<std::size_t>> clusters;
  for (std::size_t i = 0; i < label.size(); ++i)
    if (label[i] != -1) clusters[label[i]].insert(i);
  return clusters;
}

// The reference's clusters and outlier scores that no order of ties so far has given.
struct Missing {
  std::map<int, std::set<std::size_t>> clusters;
  std::set<std::size_t> scores;

  explicit Missing(const Answer& reference) : clusters(clusters_of(reference.label)) {
    for (std::size_t i = 0; i < reference.label.size(); ++i) scores.insert(i);
  }

  void strike(const Answer& reference, const Answer& found) {
    const auto there = clusters_of(found.label);
    std::erase_if(clusters, [&](const auto& wanted) {
      const auto same = there.find(found.label[*wanted.second.begin()]);
      return same != there.end() && same->second == wanted.second && std::ranges::all_of(wanted.second, [&](std::size_t i) {
               return std::abs(reference.probability[i] - found.probability[i]) <= 1e-9;
             });
    });
    std::erase_if(scores, [&](std::size_t i) { return std::abs(reference.outlier_score[i] - found.outlier_score[i]) <= 1e-9; });
  }

  bool empty() const { return clusters.empty() && scores.empty(); }
};

Answer answer_of(const Hdbscan& result) {
  const auto& rows = result.rows;
  return {{rows.label.begin(), rows.label.end()}, {rows.probability.begin(), rows.probability.end()}, {rows.outlier_score.begin(), rows.outlier_score.end()}};
}

// Rows equal to a row hang on it at its core distance.
double total_of(const Hdbscan& result, const Matrix& x) {
  double total = 0;
  for (const auto& edge : result.spanning_tree) total += edge.distance;
  const HdbscanModel& model = result.model;
  for (std::size_t p = 0; p < model.tree.rows; ++p) total += (model.count[p] - 1) * std::sqrt(model.core[p]);
  EXPECT_GE(x.rows(), model.tree.rows);
  return total;
}

void expect_same_numbers(std::vector<double> found, std::vector<double> expected) {
  ASSERT_EQ(found.size(), expected.size());
  std::sort(found.begin(), found.end());
  std::sort(expected.begin(), expected.end());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-9);
}

class HdbscanReference : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(reference_folder() / "summary.json");
    if (!file) GTEST_SKIP() << "no reference answers at " << reference_folder() << " (set COTERIE_SHARED)";
    summary_ = nlohmann::json::parse(file);
  }
  nlohmann::json summary_;
};

TEST_F(HdbscanReference, SpanningTreesWeighTheSame) {
  for (const auto& [key, expected] : summary_.items()) {
    const Setting s = setting_of(key);
    const Matrix x = matrix_of(read_table(reference_folder() / (s.data + ".csv"), false));
    const auto result = hdbscan(x, options_of(s));
    EXPECT_NEAR(total_of(result, x) / expected["mst_total"].get<double>(), 1, 1e-9) << key;
    EXPECT_NEAR(result.spanning_tree[result.spanning_tree.size() - 1].distance, expected["mst_max"].get<double>(), 1e-9) << key;
  }
}

TEST_F(HdbscanReference, EveryClusterProbabilityAndOutlierScoreIsFoundForSomeOrderOfTies) {
  for (const auto& [key, expected] : summary_.items()) {
    const Setting s = setting_of(key);
    if (s.data == "iris") continue;
    const Table rows = read_table(reference_folder() / (s.data + ".csv"), false);
    const Answer reference = answer_of(s);
    Missing missing(reference);
    missing.strike(reference, answer_of(hdbscan(matrix_of(rows), options_of(s))));
    for (std::uint64_t order = 1; !missing.empty() && order < 100; ++order) missing.strike(reference, broken_ties(rows, s, order));
    EXPECT_TRUE(missing.clusters.empty()) << key << ": " << missing.clusters.size() << " clusters not found";
    EXPECT_TRUE(missing.scores.empty()) << key << ": " << missing.scores.size() << " outlier scores not found";
  }
}

// Settings in which no tie stands at a split: Coterie's own answer is the package's.
TEST_F(HdbscanReference, AnswersAgreeWhereNoTieStandsAtASplit) {
  for (const char* key : {"hdbscan_test_blobs200|mcs=15|ms=5|eom", "sipu_flame|mcs=10|ms=10|leaf"}) {
    const Setting s = setting_of(key);
    const auto result = hdbscan(matrix_of(read_table(reference_folder() / (s.data + ".csv"), false)), options_of(s));
    const Answer reference = answer_of(s), found = answer_of(result);
    Missing missing(reference);
    missing.strike(reference, found);
    EXPECT_TRUE(missing.empty()) << key;
    const auto& expected = summary_[key];
    EXPECT_EQ(result.noise_size, expected["noise"].get<double>());
    expect_same_numbers(result.size, expected["sizes"].get<std::vector<double>>());
    expect_same_numbers(result.persistence, expected["persistence"].get<std::vector<double>>());
    EXPECT_NEAR(std::accumulate(found.probability.begin(), found.probability.end(), 0.0), expected["sum_prob"].get<double>(), 1e-9);
    EXPECT_NEAR(std::accumulate(found.outlier_score.begin(), found.outlier_score.end(), 0.0), expected["sum_outlier"].get<double>(), 1e-9);
    EXPECT_EQ(result.rows.label.size() + result.model.condensed.clusters.size() - 1, expected["condensed_rows"].get<std::size_t>());
  }
}

TEST_F(HdbscanReference, LabelsOfIrisAgree) {
  for (const auto& [key, expected] : summary_.items()) {
    const Setting s = setting_of(key);
    if (s.data != "iris") continue;
    const auto result = hdbscan(matrix_of(read_table(reference_folder() / "iris.csv", false)), options_of(s));
    const auto wanted = clusters_of(answer_of(s).label), found = clusters_of(answer_of(result).label);
    for (const auto& [label, rows] : wanted)
      EXPECT_TRUE(std::ranges::any_of(found, [&](const auto& cluster) { return cluster.second == rows; })) << key;
    EXPECT_EQ(found.size(), wanted.size());
  }
}

}  // namespace
}  // namespace coterie
