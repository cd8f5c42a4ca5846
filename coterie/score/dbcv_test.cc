#include "coterie/score/dbcv.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "coterie/base/error.h"
#include "coterie/base/folders_test.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;
using Rows = std::vector<std::vector<double>>;

struct Labelled {
  Rows rows;
  std::vector<std::int32_t> label;

  Matrix matrix() const {
    Matrix x(rows.size(), rows[0].size());
    for (std::size_t i = 0; i < x.rows(); ++i)
      for (std::size_t j = 0; j < x.columns(); ++j) x.at(i, j) = rows[i][j];
    return x;
  }
};

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double total = 0;
  for (std::size_t j = 0; j < a.size(); ++j) total += (a[j] - b[j]) * (a[j] - b[j]);
  return std::sqrt(total);
}

// The definition on full matrices of unmerged rows.
struct Twin {
  struct Part {
    Rows rows;
    std::vector<double> core;
    std::vector<std::size_t> internal;
    double sparseness = 0;
  };
  std::vector<Part> parts;
  double value = 0;
  std::vector<double> validity;

  explicit Twin(const Labelled& data) {
    parts.resize(std::ranges::max(data.label) + 1);
    for (std::size_t i = 0; i < data.rows.size(); ++i)
      if (data.label[i] >= 0) parts[data.label[i]].rows.push_back(data.rows[i]);
    for (Part& p : parts) find_cores(p), find_tree(p);
    for (std::size_t c = 0; c < parts.size(); ++c) {
      double separation = INFINITY;
      for (std::size_t o = 0; o < parts.size(); ++o)
        for (std::size_t i : parts[c].internal)
          for (std::size_t k : parts[o].internal)
            if (o != c) separation = std::min(separation, std::max({distance(parts[c].rows[i], parts[o].rows[k]), parts[c].core[i], parts[o].core[k]}));
      validity.push_back((separation - parts[c].sparseness) / std::max(separation, parts[c].sparseness));
      value += static_cast<double>(parts[c].rows.size()) / static_cast<double>(data.rows.size()) * validity.back();
    }
  }

  static void find_cores(Part& p) {
    const double d = static_cast<double>(p.rows[0].size());
    for (std::size_t i = 0; i < p.rows.size(); ++i) {
      double total = 0;
      for (std::size_t k = 0; k < p.rows.size(); ++k)
        if (k != i) total += std::pow(1 / distance(p.rows[i], p.rows[k]), d);
      p.core.push_back(std::pow(total / static_cast<double>(p.rows.size() - 1), -1 / d));
    }
  }

  static void find_tree(Part& p) {
    const std::size_t n = p.rows.size();
    const auto reach = [&](std::size_t i, std::size_t k) { return std::max({p.core[i], p.core[k], distance(p.rows[i], p.rows[k])}); };
    std::vector<std::size_t> in{0}, degree(n, 0);
    std::vector<std::array<std::size_t, 2>> edges;
    while (in.size() < n) {
      std::size_t from = n, to = n;
      for (std::size_t k = 0; k < n; ++k)
        for (std::size_t i = 0; i < n; ++i)
          if (std::ranges::find(in, i) != in.end() && std::ranges::find(in, k) == in.end() && (to == n || reach(i, k) < reach(from, to))) from = i, to = k;
      edges.push_back({from, to});
      ++degree[from], ++degree[to];
      in.push_back(to);
    }
    for (std::size_t i = 0; i < n; ++i)
      if (degree[i] > 1) p.internal.push_back(i);
    double inner = -1, any = 0;
    for (auto [a, b] : edges) {
      any = std::max(any, reach(a, b));
      if (degree[a] > 1 && degree[b] > 1) inner = std::max(inner, reach(a, b));
    }
    p.sparseness = inner >= 0 ? inner : any;
    if (p.internal.empty()) p.internal.push_back(0);
  }
};

void expect_equal(const Dbcv& fast, const Twin& twin) {
  ASSERT_TRUE(fast.value.has_value());
  EXPECT_NEAR(*fast.value, twin.value, 1e-12);
  for (std::size_t c = 0; c < twin.validity.size(); ++c) EXPECT_NEAR(fast.validity[c], twin.validity[c], 1e-12) << "cluster " << c;
}

Labelled blobs(std::size_t n, std::size_t d, double grid, std::uint64_t seed) {
  Random random(seed);
  Labelled data;
  for (std::size_t i = 0; i < n; ++i) {
    data.label.push_back(static_cast<std::int32_t>(random.below(4)) - 1);
    data.rows.emplace_back();
    for (std::size_t j = 0; j < d; ++j) {
      const double value = 3.0 * data.label[i] + random.normal();
      data.rows[i].push_back(grid > 0 ? std::round(value / grid) * grid : value);
    }
  }
  return data;
}

TEST(Dbcv, EqualsTheDefinitionOnFullMatrices) {
  for (std::size_t d : {1, 2, 3, 6})
    for (double grid : {0.0, 0.5}) {
      const Labelled data = blobs(70, d, grid, d);
      expect_equal(dbcv(data.matrix(), data.label), Twin(data));
    }
}

TEST(Dbcv, WeightsAreEqualRows) {
  const Labelled data = blobs(40, 2, 0, 5);
  Labelled repeated;
  std::vector<double> weights;
  for (std::size_t i = 0; i < data.rows.size(); ++i) {
    weights.push_back(1.0 + static_cast<double>(i % 3));
    for (int k = 0; k < weights[i]; ++k) repeated.rows.push_back(data.rows[i]), repeated.label.push_back(data.label[i]);
  }
  const Matrix x = data.matrix();
  MatrixView view = x;
  view.weights = weights.data();
  const auto merged = dbcv(view, data.label);
  EXPECT_EQ(merged.value, dbcv(repeated.matrix(), repeated.label).value);
  expect_equal(merged, Twin(repeated));
}

TEST(Dbcv, SameBitsForAnyNumberOfThreads) {
  const Labelled data = blobs(700, 2, 0, 6);
  const auto one = dbcv(data.matrix(), data.label, {.threads = 1});
  EXPECT_EQ(one.value, dbcv(data.matrix(), data.label, {.threads = 5}).value);
}

TEST(Dbcv, IsNotDefinedForOneClusterAndTakesSingleRowsForNoise) {
  Labelled data = blobs(30, 2, 0, 7);
  std::ranges::fill(data.label, 0);
  EXPECT_FALSE(dbcv(data.matrix(), data.label).value.has_value());
  data.label[3] = 1;
  const auto two = dbcv(data.matrix(), data.label);
  EXPECT_FALSE(two.value.has_value());
  EXPECT_TRUE(std::isnan(two.validity[1]));
  EXPECT_THROW(dbcv(data.matrix(), std::vector<std::int32_t>(3)), Error);
}

TEST(Dbcv, ASampleSaysSoAndComesNear) {
  const Labelled data = blobs(6000, 2, 0, 8);
  const auto exact = dbcv(data.matrix(), data.label), sampled = dbcv(data.matrix(), data.label, {.exact_rows = 2000});
  EXPECT_TRUE(exact.exact);
  EXPECT_FALSE(sampled.exact);
  EXPECT_LE(sampled.rows_used, 2000u);
  EXPECT_NEAR(*sampled.value, *exact.value, 0.25);
}

// tests/reference/dbcv.py makes the same rows.
Labelled reference_rows(std::uint64_t state, std::size_t n, std::size_t columns, int clusters, double spread) {
  Labelled data;
  for (std::size_t i = 0; i < n; ++i) {
    const int label = static_cast<int>(i % (clusters + 1)) - 1;
    data.label.push_back(label);
    data.rows.emplace_back();
    for (std::size_t j = 0; j < columns; ++j) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      const double v = static_cast<double>(state >> 11) / 0x1p53, centre = j % 2 == 0 ? 3.0 * label : -3.0 * label;
      data.rows[i].push_back(label < 0 ? 9 * v : centre + spread * (v - 0.5));
    }
  }
  return data;
}

TEST(Dbcv, EqualsTheValidityIndexOfThePythonPackage) {
  std::ifstream file(repository_folder() / "tests" / "reference" / "dbcv.csv");
  std::string line, cell;
  ASSERT_TRUE(std::getline(file, line)) << "tests/reference/dbcv.csv is not there";
  int cases = 0;
  for (; std::getline(file, line); ++cases) {
    std::stringstream cells(line);
    std::vector<double> numbers;
    while (std::getline(cells, cell, ',')) numbers.push_back(std::stod(cell));
    const auto data = reference_rows(static_cast<std::uint64_t>(numbers[0]), static_cast<std::size_t>(numbers[1]),
                                     static_cast<std::size_t>(numbers[2]), static_cast<int>(numbers[3]), numbers[4]);
    const auto result = dbcv(data.matrix(), data.label);
    EXPECT_NEAR(*result.value, numbers[5], 1e-9) << line;
    for (std::size_t c = 0; c < result.validity.size(); ++c) EXPECT_NEAR(result.validity[c], numbers[6 + c], 1e-9) << line;
  }
  EXPECT_EQ(cases, 6);
}

TEST(RelativeValidity, EqualsThePackageWhereNoTieStandsAtASplit) {
  const fs::path folder = shared_folder() / "reference" / "hdbscan";
  std::ifstream summary_file(folder / "summary.json"), rows_file(folder / "hdbscan_test_blobs200.csv");
  if (!summary_file) GTEST_SKIP() << "no reference answers at " << folder << " (set COTERIE_SHARED)";
  const auto summary = nlohmann::json::parse(summary_file);
  Labelled data;
  for (std::string line; std::getline(rows_file, line);) {
    const auto comma = line.find(',');
    data.rows.push_back({std::stod(line.substr(0, comma)), std::stod(line.substr(comma + 1))});
  }
  for (std::size_t min_size : {5, 15}) {
    const auto result = hdbscan(data.matrix(), {.min_cluster_size = min_size, .min_samples = 5});
    const auto& expected = summary["hdbscan_test_blobs200|mcs=" + std::to_string(min_size) + "|ms=5|eom"];
    EXPECT_NEAR(relative_validity(result).value(), expected["rel_validity"].get<double>(), 1e-9);
  }
}

}  // namespace
}  // namespace coterie
