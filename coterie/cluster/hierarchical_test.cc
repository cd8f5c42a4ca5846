#include "coterie/cluster/hierarchical.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "coterie/base/error.h"
#include "coterie/base/folders_test.h"
#include "coterie/base/random.h"
#include "coterie/cluster/linkage_matrix.h"
#include "coterie/cluster/single_linkage.h"
#include "coterie/cluster/ward_search.h"

namespace coterie {
namespace {

constexpr Linkage all_linkages[] = {Linkage::ward,     Linkage::ward_d,   Linkage::single,   Linkage::complete,
                                    Linkage::average,  Linkage::weighted, Linkage::centroid, Linkage::median};

// --- reference files ---------------------------------------------------------------------------

std::filesystem::path reference() { return shared_folder() / "reference"; }

// The numeric cells of a CSV file; a row's text cells are dropped.
std::vector<std::vector<double>> numbers_of(const std::filesystem::path& path) {
  std::vector<std::vector<double>> rows;
  std::ifstream file(path);
  std::string line, cell;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::stringstream cells(line);
    for (rows.emplace_back(); std::getline(cells, cell, ',');)
      if (cell[0] != '"') rows.back().push_back(std::stod(cell));
  }
  return rows;
}

Matrix matrix_of(const std::vector<std::vector<double>>& rows) {
  Matrix x(rows.size(), rows.at(0).size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows[i].size(); ++j) x.at(i, j) = rows[i][j];
  return x;
}

const char* r_name(Linkage linkage) {
  if (linkage == Linkage::ward) return "ward.D2";
  if (linkage == Linkage::ward_d) return "ward.D";
  if (linkage == Linkage::weighted) return "mcquitty";
  return name_of(linkage);
}

// R's numbering: -row for a single row, +merge for a cluster, both from 1.
double r_number(std::uint32_t cluster, std::size_t rows) {
  return cluster < rows ? -1.0 - cluster : cluster - static_cast<double>(rows) + 1;
}

bool has_reference() { return std::filesystem::exists(reference() / "hierarchical" / "iris_single.csv"); }

Matrix reference_data(const std::string& name) { return matrix_of(numbers_of(reference() / "data" / (name + ".csv"))); }

// --- slow twins -------------------------------------------------------------------------------

using Members = std::vector<std::size_t>;

double distance(const MatrixView& x, std::size_t a, std::size_t b) {
  double total = 0;
  for (std::size_t j = 0; j < x.columns; ++j) total += (x.at(a, j) - x.at(b, j)) * (x.at(a, j) - x.at(b, j));
  return std::sqrt(total);
}

std::vector<double> mean(const MatrixView& x, const Members& members) {
  std::vector<double> centre(x.columns);
  for (const std::size_t i : members)
    for (std::size_t j = 0; j < x.columns; ++j) centre[j] += x.at(i, j) / static_cast<double>(members.size());
  return centre;
}

double centre_gap(const MatrixView& x, const Members& a, const Members& b) {
  const auto ca = mean(x, a), cb = mean(x, b);
  double total = 0;
  for (std::size_t j = 0; j < x.columns; ++j) total += (ca[j] - cb[j]) * (ca[j] - cb[j]);
  return total;
}

// The dissimilarity of two sets of rows, by definition.
double by_definition(const MatrixView& x, Linkage linkage, const Members& a, const Members& b) {
  const double na = static_cast<double>(a.size()), nb = static_cast<double>(b.size());
  if (linkage == Linkage::ward) return std::sqrt(2 * na * nb / (na + nb) * centre_gap(x, a, b));
  if (linkage == Linkage::centroid) return centre_gap(x, a, b);
  double least = HUGE_VAL, most = 0, total = 0;
  for (const std::size_t i : a)
    for (const std::size_t j : b) {
      const double d = distance(x, i, j);
      least = std::min(least, d), most = std::max(most, d), total += d;
    }
  return linkage == Linkage::single ? least : linkage == Linkage::complete ? most : total / (na * nb);
}

// A cluster of the twins: its rows and, for weighted and median, the parts it was made of.
struct TwinCluster {
  Members members;
  std::vector<double> middle;  // median's centre: the mean of the parts' centres
};

// The heights of always merging the closest pair, lowest pair first, all computed from the rows.
std::vector<double> naive_heights(const MatrixView& x, Linkage linkage) {
  std::vector<TwinCluster> clusters;
  for (std::size_t i = 0; i < x.rows; ++i) clusters.push_back({{i}, mean(x, {i})});
  std::map<std::pair<std::size_t, std::size_t>, double> table;  // for weighted: by serial number
  std::vector<std::size_t> serial(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) serial[i] = i;
  const auto key = [&](std::size_t a, std::size_t b) { return std::minmax(serial[a], serial[b]); };
  for (std::size_t a = 0; a < x.rows; ++a)
    for (std::size_t b = a + 1; b < x.rows; ++b) table[key(a, b)] = distance(x, a, b);
  const auto gap = [&](std::size_t a, std::size_t b) {
    if (linkage == Linkage::weighted || linkage == Linkage::ward_d) return table.at(key(a, b));
    if (linkage != Linkage::median) return by_definition(x, linkage, clusters[a].members, clusters[b].members);
    double total = 0;
    for (std::size_t j = 0; j < x.columns; ++j) total += std::pow(clusters[a].middle[j] - clusters[b].middle[j], 2);
    return total;
  };
  std::vector<double> heights;
  for (std::size_t next = x.rows; clusters.size() > 1; ++next) {
    std::size_t left = 0, right = 1;
    for (std::size_t a = 0; a < clusters.size(); ++a)
      for (std::size_t b = a + 1; b < clusters.size(); ++b)
        if (gap(a, b) < gap(left, right)) left = a, right = b;
    heights.push_back(gap(left, right));
    const double na = clusters[left].members.size(), nb = clusters[right].members.size(), ab = gap(left, right);
    std::map<std::size_t, double> united;
    for (std::size_t c = 0; c < clusters.size(); ++c) {
      if (c == left || c == right) continue;
      const double nc = clusters[c].members.size(), ac = table.at(key(left, c)), bc = table.at(key(right, c));
      united[serial[c]] = linkage == Linkage::ward_d ? ((na + nc) * ac + (nb + nc) * bc - nc * ab) / (na + nb + nc)
                                                     : (ac + bc) / 2;
    }
    serial[left] = next;
    for (const auto& [other, d] : united) table[std::minmax(other, next)] = d;
    for (std::size_t j = 0; j < x.columns; ++j)
      clusters[left].middle[j] = (clusters[left].middle[j] + clusters[right].middle[j]) / 2;
    clusters[left].members.insert(clusters[left].members.end(), clusters[right].members.begin(), clusters[right].members.end());
    clusters.erase(clusters.begin() + right);
    serial.erase(serial.begin() + right);
  }
  return heights;
}

// Adjusted to one clustering: same partition?
bool same_partition(const std::vector<int>& a, const std::vector<int>& b) {
  std::map<int, int> there, back;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (there.emplace(a[i], b[i]).first->second != b[i] || back.emplace(b[i], a[i]).first->second != a[i]) return false;
  return a.size() == b.size();
}

Matrix random_rows(std::size_t rows, std::size_t columns, std::uint64_t seed, int centres = 4) {
  Random random(seed);
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t centre = random.below(centres);
    for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = random.normal() + 5 * static_cast<double>(mix64(centre * 97 + j) % 3);
  }
  return x;
}

std::vector<double> heights_of(const MergeTree& tree) {
  std::vector<double> heights;
  for (const Merge& merge : tree.merges) heights.push_back(merge.height);
  return heights;
}

void expect_close(const std::vector<double>& a, const std::vector<double>& b, double tolerance, const char* what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], tolerance * std::max(1.0, std::abs(b[i]))) << what << " " << i;
}

// --- tests -----------------------------------------------------------------------------------

TEST(Hierarchical, GivesTheMergesAndHeightsOfROnUsarrests) {
  if (!has_reference()) GTEST_SKIP() << "no reference answers: set COTERIE_SHARED";
  const Matrix x = reference_data("usarrests");
  for (const Linkage linkage : all_linkages) {
    const auto expected = numbers_of(reference() / "hierarchical" / (std::string("usarrests_") + r_name(linkage) + ".csv"));
    const MergeTree tree = hierarchical(x, {.linkage = linkage});
    ASSERT_EQ(tree.merges.size(), expected.size());
    for (std::size_t m = 0; m < expected.size(); ++m) {
      EXPECT_EQ(r_number(tree.merges[m].left, tree.rows), expected[m][0]) << name_of(linkage) << " " << m;
      EXPECT_EQ(r_number(tree.merges[m].right, tree.rows), expected[m][1]) << name_of(linkage) << " " << m;
      EXPECT_NEAR(tree.merges[m].height, expected[m][2], 1e-9 * std::max(1.0, expected[m][2])) << name_of(linkage) << " " << m;
    }
  }
}

TEST(Hierarchical, GivesTheHeightsOfROnIris) {
  if (!has_reference()) GTEST_SKIP() << "no reference answers: set COTERIE_SHARED";
  const Matrix x = reference_data("iris");
  for (const Linkage linkage : all_linkages) {
    std::vector<double> expected;
    for (const auto& row : numbers_of(reference() / "hierarchical" / (std::string("iris_") + r_name(linkage) + ".csv")))
      expected.push_back(row[2]);
    const std::vector<double> heights = heights_of(hierarchical(x, {.linkage = linkage}));
    EXPECT_NEAR(heights.back(), expected.back(), 1e-9) << name_of(linkage);
    expect_close(heights, expected, 1e-9, name_of(linkage));
  }
}

TEST(Hierarchical, GivesTheSumsAndCopheneticCorrelationsOfR) {
  if (!has_reference()) GTEST_SKIP() << "no reference answers: set COTERIE_SHARED";
  const struct {
    const char* data;
    Linkage linkage;
    double sum, top, cophenetic;
  } cases[] = {{"usarrests", Linkage::complete, 1681.3911000144, 293.622751162, .7636925744},
               {"usarrests", Linkage::average, 1217.5118685089, 152.3139993808, .7658983177},
               {"iris", Linkage::ward, 138.16224196388, 32.44760699959, .8728283153},
               {"iris", Linkage::single, 43.523779638299, 1.640121946686, .8638786773}};
  for (const auto& expected : cases) {
    const Matrix x = reference_data(expected.data);
    const MergeTree tree = hierarchical(x, {.linkage = expected.linkage});
    double sum = 0;
    for (const double height : heights_of(tree)) sum += height;
    EXPECT_NEAR(sum, expected.sum, 1e-9);
    EXPECT_NEAR(tree.merges.back().height, expected.top, 1e-9);
    EXPECT_NEAR(cophenetic_correlation(x, tree), expected.cophenetic, 1e-10);
  }
}

TEST(Hierarchical, CountsTheSevenInversionsOfIrisCentroid) {
  if (!has_reference()) GTEST_SKIP() << "no reference answers: set COTERIE_SHARED";
  EXPECT_EQ(hierarchical(reference_data("iris"), {.linkage = Linkage::centroid}).inversions, 7u);
}

TEST(Hierarchical, GivesTheHeightsOfMergingTheClosestPairByDefinition) {
  for (const std::size_t rows : {2u, 3u, 37u, 90u}) {
    const Matrix x = random_rows(rows, 3, rows);
    for (const Linkage linkage : all_linkages)
      expect_close(heights_of(hierarchical(x, {.linkage = linkage})), naive_heights(x, linkage), 1e-10, name_of(linkage));
  }
}

// Ward.D2 and single linkage on a matrix: the update formulas written once more, for more rows than the
// naive twin can bear.
std::vector<double> matrix_heights(const MatrixView& x, Linkage linkage) {
  const std::size_t n = x.rows;
  std::vector<double> d(n * n), size(n), heights;
  std::vector<std::size_t> living(n);
  for (std::size_t i = 0; i < n; ++i) {
    living[i] = i, size[i] = x.weight(i);
    for (std::size_t j = 0; j < n; ++j) d[i * n + j] = std::pow(distance(x, i, j), 2);
  }
  if (linkage == Linkage::ward)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) d[i * n + j] *= 2 * size[i] * size[j] / (size[i] + size[j]);
  while (living.size() > 1) {
    std::size_t a = living[0], b = living[1];
    for (const std::size_t i : living)
      for (const std::size_t j : living)
        if (i < j && d[i * n + j] < d[a * n + b]) a = i, b = j;
    heights.push_back(std::sqrt(d[a * n + b]));
    std::erase(living, b);
    for (const std::size_t k : living) {
      const double wa = size[a] + size[k], wb = size[b] + size[k], all = wa + size[b];
      d[k * n + a] = d[a * n + k] = linkage == Linkage::single
                                        ? std::min(d[a * n + k], d[b * n + k])
                                        : (wa * d[a * n + k] + wb * d[b * n + k] - size[k] * d[a * n + b]) / all;
    }
    size[a] += size[b];
  }
  return heights;
}

TEST(WardLinkage, GivesTheHeightsOfTheMatrixOnManyShapes) {
  for (const std::size_t columns : {1u, 2u, 7u, 16u})
    for (const double scale : {1.0, 1e-8, 1e9}) {
      Matrix x = random_rows(400, columns, columns);
      for (std::size_t j = 0; j < columns; ++j)
        for (double& value : x.column(j)) value = value * scale + (j == 0 ? 100 * scale : 0);
      x.at(17, 0) = 3000 * scale;  // a heavy tail: all else is small beside it
      const auto expected = matrix_heights(x, Linkage::ward), found = heights_of(hierarchical(x));
      for (std::size_t m = 0; m < found.size(); ++m)
        ASSERT_NEAR(found[m], expected[m], 1e-9 * expected[m] + 1e-7 * scale) << columns << " " << scale << " " << m;
    }
}

TEST(WardLinkage, GivesTheHeightsOfTheMatrixWithWeights) {
  const Matrix x = random_rows(300, 4, 5);
  std::vector<double> weights(300);
  for (std::size_t i = 0; i < 300; ++i) weights[i] = 0.25 + static_cast<double>(mix64(i) % 1000);
  MatrixView view = x;
  view.weights = weights.data();
  expect_close(heights_of(hierarchical(view)), matrix_heights(view, Linkage::ward), 1e-9, "ward");
}

TEST(WardLinkage, GivesTheHeightsOfTheMatrixWhenEveryRoundMergesOnePair) {
  Matrix x(300, 1);
  for (std::size_t i = 0; i < 300; ++i) x.at(i, 0) = std::pow(1.05, static_cast<double>(i));
  expect_close(heights_of(hierarchical(x)), matrix_heights(x, Linkage::ward), 1e-9, "ward");
}

TEST(WardLinkage, ChoosesTheSameMergesOnAGridFullOfTiesAgainAndAgain) {
  Matrix x(400, 2);
  for (std::size_t i = 0; i < 400; ++i) x.at(i, 0) = static_cast<double>(i % 20), x.at(i, 1) = static_cast<double>(i / 20);
  const MergeTree tree = hierarchical(x);
  EXPECT_EQ(tree.merges, hierarchical(x).merges);
  // Merging in rounds reacts to ties differently from a closest-pair search, but the tree must be a fixed point of
  // Ward's rule: every merge is between clusters that are nearest to each other at that time.
  double rise = 0;
  for (const double height : heights_of(tree)) rise += height * height / 2;
  EXPECT_NEAR(rise, 2 * 400 * (400 - 1) / 12.0, 1e-7);  // all merges together make the total inertia of the grid
}

TEST(Hierarchical, TreatsAWeightAsThatManyEqualRows) {
  Matrix x = random_rows(40, 3, 11);
  std::vector<double> weights(40);
  std::size_t copies = 0;
  for (std::size_t i = 0; i < 40; ++i) copies += weights[i] = 1 + static_cast<double>(i * 7 % 4);
  Matrix many(copies, 3);
  std::vector<std::size_t> origin;
  for (std::size_t i = 0; i < 40; ++i) origin.insert(origin.end(), static_cast<std::size_t>(weights[i]), i);
  for (std::size_t c = 0; c < copies; ++c)
    for (std::size_t j = 0; j < 3; ++j) many.at(c, j) = x.at(origin[c], j);
  MatrixView weighted = x;
  weighted.weights = weights.data();
  for (const Linkage linkage : all_linkages) {
    const MergeTree few = hierarchical(weighted, {.linkage = linkage}), lots = hierarchical(many, {.linkage = linkage});
    auto heights = heights_of(lots);
    heights.erase(heights.begin(), heights.begin() + static_cast<std::ptrdiff_t>(copies - 40));
    expect_close(heights_of(few), heights, 1e-10, name_of(linkage));
    EXPECT_EQ(few.merges.back().size, static_cast<double>(copies));
    EXPECT_NEAR(cophenetic_correlation(weighted, few), cophenetic_correlation(many, lots), 1e-12);
    const auto labels = cut(few, 5), labels_of_copies = cut(lots, 5);
    for (std::size_t c = 0; c < copies; ++c) EXPECT_EQ(labels_of_copies[c], labels[origin[c]]) << name_of(linkage);
  }
}

TEST(Hierarchical, IsTheSameOnAnyNumberOfThreads) {
  const Matrix x = random_rows(300, 5, 3);
  for (const Linkage linkage : all_linkages) {
    const MergeTree one = hierarchical(x, {.linkage = linkage, .threads = 1});
    for (const int threads : {2, 5}) EXPECT_EQ(one.merges, hierarchical(x, {.linkage = linkage, .threads = threads}).merges);
    EXPECT_EQ(cophenetic_correlation(x, one, 1), cophenetic_correlation(x, one, 3));
  }
}

TEST(Hierarchical, MergesEqualRowsAtHeightZero) {
  Matrix x(5, 1);
  for (const Linkage linkage : all_linkages) {
    const MergeTree tree = hierarchical(x, {.linkage = linkage});
    for (const Merge& merge : tree.merges) EXPECT_EQ(merge.height, 0) << name_of(linkage);
    EXPECT_EQ(tree.merges.back().size, 5);
  }
}

TEST(Hierarchical, TakesOneRowAndRefusesNone) {
  EXPECT_TRUE(hierarchical(Matrix(1, 2)).merges.empty());
  EXPECT_EQ(cut(hierarchical(Matrix(1, 2)), 1), std::vector<int>{0});
  EXPECT_THROW(hierarchical(Matrix(0, 2)), Error);
}

TEST(Hierarchical, RefusesValuesAndWeightsThatAreNoNumbers) {
  Matrix x(3, 1);
  const double weights[] = {1, 0, 1};
  MatrixView view = x;
  view.weights = weights;
  EXPECT_THROW(hierarchical(view), Error);
  x.at(1, 0) = NAN;
  EXPECT_THROW(hierarchical(x), Error);
}

// --- the tree ------------------------------------------------------------------------------------

TEST(MergeTree, OrdersTheRowsSoThatEveryClusterIsARun) {
  const MergeTree tree = hierarchical(random_rows(60, 2, 8), {.linkage = Linkage::average});
  for (int k = 1; k <= 60; ++k) {
    const std::vector<int> labels = cut(tree, k);
    int runs = 1;
    for (std::size_t p = 1; p < 60; ++p) runs += labels[tree.order[p]] != labels[tree.order[p - 1]];
    EXPECT_EQ(runs, k);
    EXPECT_EQ(*std::ranges::max_element(labels), k - 1);
  }
}

TEST(MergeTree, CutsIntoTheSameClustersByNumberAndByHeight) {
  const MergeTree tree = hierarchical(random_rows(60, 2, 8));
  for (int k = 1; k < 60; ++k) EXPECT_EQ(cut(tree, k), cut_at_height(tree, tree.merges[60 - k - 1 + (k == 60)].height));
  EXPECT_EQ(cut_at_height(tree, -1), cut(tree, 60));
}

TEST(MergeTree, CutsAtAHeightByTheHighestMergeBelowWhenHeightsFall) {
  // An almost regular triangle: the third corner is nearer to the middle of the side than the side is long.
  Matrix x(3, 2);
  x.at(1, 0) = 1, x.at(2, 0) = 0.5, x.at(2, 1) = 0.9;
  const MergeTree tree = hierarchical(x, {.linkage = Linkage::centroid});
  EXPECT_EQ(tree.inversions, 1u);
  EXPECT_NEAR(tree.merges[0].height, 1, 1e-15);
  EXPECT_NEAR(tree.merges[1].height, 0.81, 1e-15);
  EXPECT_EQ(cut_at_height(tree, 0.9), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(cut_at_height(tree, 1), (std::vector<int>{0, 0, 0}));
}

TEST(MergeTree, RefusesToCutIntoNoneOrMoreClustersThanRows) {
  const MergeTree tree = hierarchical(random_rows(4, 2, 1));
  EXPECT_THROW(cut(tree, 0), Error);
  EXPECT_THROW(cut(tree, 5), Error);
}

TEST(MergeTree, CorrelatesDistancesAndHeightsAsTheDefinitionSays) {
  const Matrix x = random_rows(50, 3, 2);
  for (const Linkage linkage : all_linkages) {
    const MergeTree tree = hierarchical(x, {.linkage = linkage});
    std::vector<double> d, c;
    for (std::size_t i = 0; i < 50; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        d.push_back(tree.squared ? std::pow(distance(x, i, j), 2) : distance(x, i, j));
        std::vector<std::set<std::size_t>> below;
        for (const Merge& merge : tree.merges) {
          std::set<std::size_t> rows;
          for (const std::uint32_t part : {merge.left, merge.right})
            part < 50 ? (void)rows.insert(part) : rows.insert(below[part - 50].begin(), below[part - 50].end());
          below.push_back(rows);
          if (!rows.contains(i) || !rows.contains(j)) continue;
          c.push_back(merge.height);
          break;
        }
      }
    double md = 0, mc = 0, dd = 0, cc = 0, dc = 0;
    for (std::size_t p = 0; p < d.size(); ++p) md += d[p] / d.size(), mc += c[p] / d.size();
    for (std::size_t p = 0; p < d.size(); ++p)
      dd += (d[p] - md) * (d[p] - md), cc += (c[p] - mc) * (c[p] - mc), dc += (d[p] - md) * (c[p] - mc);
    EXPECT_NEAR(cophenetic_correlation(x, tree), dc / std::sqrt(dd * cc), 1e-12) << name_of(linkage);
  }
}

// --- micro-clusters --------------------------------------------------------------------------------

TEST(HierarchicalLarge, IsExactWhenThereAreEnoughMicroClusters) {
  Matrix x(300, 2);
  for (std::size_t i = 0; i < 300; ++i) x.at(i, 0) = static_cast<double>(mix64(i) % 9), x.at(i, 1) = std::sqrt(mix64(i + 7) % 9);
  const LargeResult large = hierarchical_large(x, {.micro_clusters = 100, .clusters = 4});
  EXPECT_EQ(large.micro_inertia, 0);
  const MergeTree full = hierarchical(x);
  for (std::size_t m = 1; m <= large.tree.merges.size(); ++m)
    EXPECT_NEAR(large.tree.merges[large.tree.merges.size() - m].height, full.merges[full.merges.size() - m].height, 1e-10);
}

TEST(HierarchicalLarge, FindsTheClustersOfTheFullTreeFromAFewCells) {
  const Matrix x = random_rows(3000, 4, 21);
  const LargeResult large = hierarchical_large(x, {.micro_clusters = 200, .clusters = 3});
  EXPECT_EQ(large.tree.rows, 200u);
  EXPECT_NEAR(large.tree.merges.back().size, 3000, 1e-9);
  EXPECT_TRUE(same_partition(large.labels, cut(hierarchical(x), 3)));
}

TEST(HierarchicalLarge, IsTheSameOnAnyNumberOfThreads) {
  const Matrix x = random_rows(2000, 3, 4);
  const LargeResult one = hierarchical_large(x, {.micro_clusters = 128, .clusters = 5, .threads = 1});
  const LargeResult four = hierarchical_large(x, {.micro_clusters = 128, .clusters = 5, .threads = 4});
  EXPECT_EQ(one.labels, four.labels);
  EXPECT_EQ(one.tree.merges, four.tree.merges);
}

}  // namespace
}  // namespace coterie
