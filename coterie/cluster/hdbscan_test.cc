#include "coterie/cluster/hdbscan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "coterie/base/error.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

using Rows = std::vector<std::vector<double>>;

Matrix matrix_of(const Rows& rows) {
  Matrix x(rows.size(), rows.empty() ? 1 : rows[0].size());
  for (std::size_t i = 0; i < x.rows(); ++i)
    for (std::size_t j = 0; j < x.columns(); ++j) x.at(i, j) = rows[i][j];
  return x;
}

// The slow twin: rows unmerged, all pairs, and the definition from the top down, each cut found anew.
struct Twin {
  struct Cluster {
    int parent;
    double birth, death = 0, stability = 0;
    std::vector<int> children, rows;  // rows that fell out of it
  };
  Rows rows;
  std::size_t min_size, min_samples;
  double smallest;
  std::vector<double> core, lambda;
  std::vector<int> cluster_of;
  std::vector<Cluster> clusters;
  std::vector<double> heights;

  double reach(int a, int b) const { return std::max({core[a], core[b], distance(a, b)}); }
  double distance(int a, int b) const {
    double total = 0;
    for (std::size_t j = 0; j < rows[a].size(); ++j) total += (rows[a][j] - rows[b][j]) * (rows[a][j] - rows[b][j]);
    return std::sqrt(total);
  }

  Twin(Rows rows_, std::size_t min_size_, std::size_t min_samples_, double smallest_ = 0)
      : rows(std::move(rows_)), min_size(min_size_), min_samples(min_samples_), smallest(smallest_) {
    const int n = static_cast<int>(rows.size());
    for (int i = 0; i < n; ++i) {
      std::vector<double> d;
      for (int k = 0; k < n; ++k)
        if (k != i) d.push_back(distance(i, k));
      std::sort(d.begin(), d.end());
      core.push_back(std::max(smallest, d.empty() ? 0 : d[std::min(d.size(), min_samples) - 1]));
    }
    lambda.assign(n, 0);
    cluster_of.assign(n, -1);
    std::vector<int> all(n);
    std::iota(all.begin(), all.end(), 0);
    for (auto [height, a, b] : prim(all)) heights.push_back(height);
    std::sort(heights.begin(), heights.end());
    if (rows.size() < min_size) return;
    clusters.push_back({-1, 0, 0, 0, {}, {}});
    shrink(0, all);
  }

  struct Edge {
    double height;
    int a, b;
  };
  std::vector<Edge> prim(const std::vector<int>& set) const {
    std::vector<Edge> edges;
    std::vector<double> best(set.size(), INFINITY);
    std::vector<int> from(set.size(), 0);
    std::vector<bool> in(set.size(), false);
    for (std::size_t at = 0, step = 1; step < set.size(); ++step) {
      in[at] = true;
      std::size_t next = set.size();
      for (std::size_t k = 0; k < set.size(); ++k) {
        if (in[k]) continue;
        if (reach(set[at], set[k]) < best[k]) best[k] = reach(set[at], set[k]), from[k] = static_cast<int>(at);
        if (next == set.size() || best[k] < best[next]) next = k;
      }
      edges.push_back({best[next], set[from[next]], set[next]});
      at = next;
    }
    return edges;
  }

  // The parts of a set when all edges of its greatest height are removed.
  std::vector<std::vector<int>> parts_of(const std::vector<int>& set, double& height) const {
    const auto edges = prim(set);
    height = 0;
    for (const auto& e : edges) height = std::max(height, e.height);
    std::map<int, int> part;
    for (int i : set) part[i] = i;
    for (const auto& e : edges) {
      if (e.height >= height) continue;
      const int from = part[e.a], to = part[e.b];
      for (auto& [i, p] : part)
        if (p == from) p = to;
    }
    std::map<int, std::vector<int>> parts;
    for (int i : set) parts[part[i]].push_back(i);
    std::vector<std::vector<int>> result;
    for (auto& [p, members] : parts) result.push_back(members);
    return result;
  }

  void fall(int c, const std::vector<int>& set, double at) {
    for (int i : set) cluster_of[i] = c, lambda[i] = at, clusters[c].rows.push_back(i);
  }

  void shrink(int c, std::vector<int> set) {
    double height = 0;
    const auto parts = parts_of(set, height);
    const double at = 1 / height;
    clusters[c].death = at;
    const auto is_large = [&](const auto& part) { return part.size() >= min_size; };
    const auto large = std::count_if(parts.begin(), parts.end(), is_large);
    for (const auto& part : parts) {
      if (at > clusters[c].birth) clusters[c].stability += static_cast<double>(large == 1 && is_large(part) ? 0 : part.size()) * (at - clusters[c].birth);
      if (!is_large(part)) {
        fall(c, part, at);
      } else if (large > 1) {
        clusters.push_back({c, at, 0, 0, {}, {}});
        clusters[c].children.push_back(static_cast<int>(clusters.size()) - 1);
        shrink(static_cast<int>(clusters.size()) - 1, part);
      }
    }
    if (large == 1) shrink(c, *std::find_if(parts.begin(), parts.end(), is_large));
  }

  // Best total stability below or at c, and the clusters that give it.
  std::pair<double, std::vector<int>> best(int c, bool may_root) const {
    std::pair<double, std::vector<int>> below{0, {}};
    for (int child : clusters[c].children) {
      const auto [total, chosen] = best(child, true);
      below.first += total;
      below.second.insert(below.second.end(), chosen.begin(), chosen.end());
    }
    if (may_root && clusters[c].stability >= below.first) return {clusters[c].stability, {c}};
    return below;
  }

  std::vector<int> leaves() const {
    std::vector<int> result;
    for (std::size_t c = 1; c < clusters.size(); ++c)
      if (clusters[c].children.empty()) result.push_back(static_cast<int>(c));
    return result;
  }

  bool is_within(int c, int ancestor) const {
    for (; c != -1; c = clusters[c].parent)
      if (c == ancestor) return true;
    return false;
  }

  double last_death(int c) const {
    double most = clusters[c].death;
    for (int child : clusters[c].children) most = std::max(most, last_death(child));
    return most;
  }
};

// Equal up to the numbers of the labels; noise is noise.
void expect_same_groups(const std::vector<int>& expected, std::span<const std::int32_t> found) {
  ASSERT_EQ(expected.size(), found.size());
  std::map<int, int> there, back;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(expected[i] == -1, found[i] == -1) << "row " << i;
    EXPECT_EQ(there.emplace(expected[i], found[i]).first->second, found[i]) << "row " << i;
    EXPECT_EQ(back.emplace(found[i], expected[i]).first->second, expected[i]) << "row " << i;
  }
}

void expect_equals_twin(const Hdbscan& fast, const Twin& twin, Selection selection) {
  std::vector<double> heights;
  for (const auto& e : fast.spanning_tree) heights.push_back(e.distance);
  const std::vector<int> chosen = twin.clusters.empty()             ? std::vector<int>{}
                                  : selection == Selection::leaf ? twin.leaves()
                                                                 : twin.best(0, false).second;
  std::vector<int> labels(twin.rows.size(), -1);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    double probability = 0, score = 0;
    const int c = twin.cluster_of[i];
    for (int k : chosen)
      if (c != -1 && twin.is_within(c, k)) {
        labels[i] = k;
        const double death = twin.clusters[k].death;
        probability = std::isinf(twin.lambda[i]) ? 1 : std::min(death, twin.lambda[i]) / death;
      }
    if (c != -1 && !std::isinf(twin.lambda[i])) score = 1 - twin.lambda[i] / twin.last_death(c);
    EXPECT_NEAR(fast.rows.probability[i], probability, 1e-12) << "row " << i;
    EXPECT_NEAR(fast.rows.outlier_score[i], score, 1e-12) << "row " << i;
  }
  expect_same_groups(labels, fast.rows.label);
  EXPECT_EQ(fast.model.condensed.clusters.size(), twin.clusters.size());
}

Rows clouds(std::size_t n, std::size_t d, double grid, std::uint64_t seed) {
  Random random(seed);
  Rows rows(n, std::vector<double>(d));
  for (auto& row : rows) {
    const double centre = static_cast<double>(random.below(3)) * 4, spread = random.uniform() < 0.15 ? 5 : 0.4 + centre / 8;
    for (double& value : row) {
      value = centre + spread * random.normal();
      if (grid > 0) value = std::round(value / grid) * grid;
    }
  }
  return rows;
}

TEST(Hdbscan, EqualsTheDefinitionOnRowsWithoutTies) {
  for (std::size_t d : {1, 2, 3, 4, 5, 6, 8})
    for (std::size_t min_size : {2, 5, 12})
      for (Selection selection : {Selection::excess_of_mass, Selection::leaf}) {
        const Rows rows = clouds(130, d, 0, d * 100 + min_size);
        const Twin twin(rows, min_size, 4);
        expect_equals_twin(hdbscan(matrix_of(rows), {.min_cluster_size = min_size, .min_samples = 4, .selection = selection}), twin, selection);
      }
}

TEST(Hdbscan, EqualsTheDefinitionOnRowsFullOfTiesAndEqualRows) {
  for (std::size_t d : {1, 2, 3, 5})
    for (double grid : {0.5, 1.0, 3.0})
      for (std::size_t min_samples : {1, 3, 8, 40})
        for (Selection selection : {Selection::excess_of_mass, Selection::leaf}) {
          const Rows rows = clouds(140, d, grid, d * 7 + min_samples);
          const Twin twin(rows, 6, min_samples);
          expect_equals_twin(hdbscan(matrix_of(rows), {.min_cluster_size = 6, .min_samples = min_samples, .selection = selection}), twin, selection);
        }
}

TEST(Hdbscan, SmallestDistanceBoundsEveryDensity) {
  const Rows rows = clouds(140, 2, 1, 5);
  const auto result = hdbscan(matrix_of(rows), {.min_cluster_size = 6, .min_samples = 3, .smallest_distance = 0.8});
  expect_equals_twin(result, Twin(rows, 6, 3, 0.8), Selection::excess_of_mass);
  for (double lambda : result.model.condensed.lambda) EXPECT_LE(lambda, 1 / 0.8);
}

TEST(Hdbscan, WeightsAreExactlyEqualRows) {
  for (std::size_t min_samples : {2, 5, 20}) {
    const Rows rows = clouds(60, 2, 1, min_samples);
    Random random(3);
    std::vector<double> weights;
    Rows repeated;
    std::vector<std::size_t> origin;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      weights.push_back(static_cast<double>(1 + random.below(9)));
      for (int k = 0; k < weights[i]; ++k) repeated.push_back(rows[i]), origin.push_back(i);
    }
    const Matrix x = matrix_of(rows);
    MatrixView view = x;
    view.weights = weights.data();
    const HdbscanOptions options{.min_cluster_size = 12, .min_samples = min_samples};
    const auto merged = hdbscan(view, options), unmerged = hdbscan(matrix_of(repeated), options);
    EXPECT_EQ(merged.size, unmerged.size);
    EXPECT_EQ(merged.persistence, unmerged.persistence);
    EXPECT_EQ(merged.noise_size, unmerged.noise_size);
    for (std::size_t i = 0; i < repeated.size(); ++i) {
      EXPECT_EQ(merged.rows.label[origin[i]], unmerged.rows.label[i]);
      EXPECT_EQ(merged.rows.probability[origin[i]], unmerged.rows.probability[i]);
      EXPECT_EQ(merged.rows.outlier_score[origin[i]], unmerged.rows.outlier_score[i]);
    }
  }
}

TEST(Hdbscan, SameBitsForAnyNumberOfThreads) {
  for (double grid : {0.0, 0.25}) {
    const Matrix x = matrix_of(clouds(20000, 3, grid, 11));
    const auto one = hdbscan(x, {.min_cluster_size = 40, .min_samples = 7, .threads = 1});
    for (int threads : {2, 3, 7}) {
      const auto many = hdbscan(x, {.min_cluster_size = 40, .min_samples = 7, .threads = threads});
      EXPECT_TRUE(std::ranges::equal(one.rows.label, many.rows.label));
      EXPECT_TRUE(std::ranges::equal(one.rows.probability, many.rows.probability));
      EXPECT_TRUE(std::ranges::equal(one.rows.outlier_score, many.rows.outlier_score));
      EXPECT_TRUE(std::ranges::equal(one.spanning_tree, many.spanning_tree, [](const ReachEdge& a, const ReachEdge& b) {
        return a.a == b.a && a.b == b.b && a.distance == b.distance;
      }));
    }
  }
}

TEST(Hdbscan, DoesNotDependOnTheOrderOfRows) {
  Rows rows = clouds(400, 2, 0.5, 21);
  const auto before = hdbscan(matrix_of(rows), {.min_cluster_size = 10, .min_samples = 4});
  std::vector<int> labels(before.rows.label.begin(), before.rows.label.end());
  std::reverse(rows.begin(), rows.end());
  std::reverse(labels.begin(), labels.end());
  expect_same_groups(labels, hdbscan(matrix_of(rows), {.min_cluster_size = 10, .min_samples = 4}).rows.label);
}

TEST(Hdbscan, RowsThatAreAllEqualAreNoiseUnlessOneClusterIsAllowed) {
  const Matrix x = matrix_of(Rows(50, {3.0, 4.0}));
  const auto none = hdbscan(x, {.min_cluster_size = 5});
  EXPECT_EQ(none.noise_size, 50);
  const auto one = hdbscan(x, {.min_cluster_size = 5, .allow_single_cluster = true});
  EXPECT_EQ(one.size, std::vector<double>{50});
  EXPECT_EQ(one.rows.probability[7], 1);
  EXPECT_EQ(one.persistence, std::vector<double>{1});
}

TEST(Hdbscan, TwoMassesOfEqualRowsAreTwoClusters) {
  Rows rows(30, {0.0});
  rows.resize(70, {1.0});
  const auto result = hdbscan(matrix_of(rows), {.min_cluster_size = 10});
  EXPECT_EQ(result.size, (std::vector<double>{30, 40}));
  EXPECT_EQ(result.rows.probability[0], 1);
}

TEST(Hdbscan, FewerRowsThanAClusterAreNoise) {
  for (std::size_t n : {0, 1, 4}) {
    const auto result = hdbscan(matrix_of(clouds(n, 1, 0, 1)), {.min_cluster_size = 5});
    EXPECT_EQ(result.noise_size, static_cast<double>(n));
    EXPECT_TRUE(result.size.empty());
    for (double score : result.rows.outlier_score) EXPECT_EQ(score, 0);
  }
}

TEST(Hdbscan, EpsilonMergesWhatSplitsBelowIt) {
  Rows rows;
  Random random(9);
  for (double centre : {0.0, 2.0, 40.0, 42.0})
    for (int i = 0; i < 40; ++i) rows.push_back({centre + 0.2 * random.normal(), 0.2 * random.normal()});
  const Matrix x = matrix_of(rows);
  EXPECT_EQ(hdbscan(x, {.min_cluster_size = 10, .selection = Selection::leaf, .epsilon = 0.9}).size.size(), 4);
  EXPECT_EQ(hdbscan(x, {.min_cluster_size = 10, .selection = Selection::leaf, .epsilon = 5}).size, (std::vector<double>{80, 80}));
}

TEST(Hdbscan, RefusesWhatItCannotDo) {
  Matrix x = matrix_of(clouds(20, 2, 0, 1));
  const auto refuses = [](const MatrixView& view, const HdbscanOptions& options) {
    try {
      hdbscan(view, options);
    } catch (const Error& error) {
      return error.kind == ErrorKind::usage;
    }
    return false;
  };
  EXPECT_TRUE(refuses(x, {.min_cluster_size = 1}));
  EXPECT_TRUE(refuses(x, {.epsilon = -1}));
  EXPECT_TRUE(refuses(MatrixView{.rows = 3}, {}));
  std::vector<double> weights(20, 1.5);
  MatrixView view = x;
  view.weights = weights.data();
  EXPECT_TRUE(refuses(view, {}));
  x.at(3, 1) = 1e200;
  EXPECT_TRUE(refuses(x, {}));
  x.at(3, 1) = NAN;
  EXPECT_TRUE(refuses(x, {}));
}

TEST(HdbscanAssign, GivesEveryOldRowItsOwnAnswer) {
  for (double grid : {0.0, 0.5}) {
    const Matrix x = matrix_of(clouds(1500, 2, grid, 31));
    const auto result = hdbscan(x, {.min_cluster_size = 20, .min_samples = 6});
    const auto again = assign(result.model, x, 2);
    EXPECT_TRUE(std::ranges::equal(result.rows.label, again.label));
    EXPECT_TRUE(std::ranges::equal(result.rows.probability, again.probability));
    EXPECT_TRUE(std::ranges::equal(result.rows.outlier_score, again.outlier_score));
  }
}

TEST(HdbscanAssign, TellsClustersFromNoise) {
  Rows rows;
  Random random(9);
  for (double centre : {0.0, 40.0})
    for (int i = 0; i < 100; ++i) rows.push_back({centre + random.normal(), random.normal()});
  const auto result = hdbscan(matrix_of(rows), {.min_cluster_size = 10});
  const auto labels = assign(result.model, matrix_of({{0.01, 0.02}, {40.03, -0.01}, {20, 60}, {1e6, 1e6}}));
  EXPECT_EQ(labels.label[0], result.rows.label[0]);
  EXPECT_EQ(labels.label[1], result.rows.label[150]);
  EXPECT_EQ(labels.label[2], noise);
  EXPECT_EQ(labels.label[3], noise);
  EXPECT_EQ(labels.probability[3], 0);
  EXPECT_GT(labels.outlier_score[3], 0.99);
}

// The rule for new rows, by all pairs.
TEST(HdbscanAssign, FollowsItsRuleWrittenPlainly) {
  const Rows rows = clouds(200, 2, 0, 41), fresh = clouds(100, 2, 0, 42);
  const std::size_t min_samples = 5;
  const auto result = hdbscan(matrix_of(rows), {.min_cluster_size = 8, .min_samples = min_samples});
  const Twin twin(rows, 8, min_samples);
  const auto chosen = twin.best(0, false).second;
  const auto labels = assign(result.model, matrix_of(fresh));
  std::vector<int> expected;
  for (const auto& row : fresh) {
    Twin pair({row, row}, 5, 1);
    std::vector<double> distances;
    for (const auto& other : rows) pair.rows[1] = other, distances.push_back(pair.distance(0, 1));
    auto sorted = distances;
    std::sort(sorted.begin(), sorted.end());
    std::size_t best = 0;
    const auto key = [&](std::size_t q) { return std::pair(std::max({sorted[min_samples - 1], twin.core[q], distances[q]}), distances[q]); };
    for (std::size_t q = 1; q < rows.size(); ++q)
      if (key(q) < key(best)) best = q;
    const double lambda = std::min(1 / key(best).first, twin.lambda[best]);
    int c = twin.cluster_of[best], label = -1;
    while (lambda < twin.lambda[best] && c != 0 && twin.clusters[c].birth >= lambda) c = twin.clusters[c].parent;
    for (int k : chosen)
      if (twin.is_within(c, k)) label = k;
    expected.push_back(label);
  }
  expect_same_groups(expected, labels.label);
  EXPECT_GT(std::set<int>(expected.begin(), expected.end()).size(), 2u);
}

}  // namespace
}  // namespace coterie
