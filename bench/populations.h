// Populations whose truth is known: without segments (one cloud, skewed, heavy-tailed, correlated, counts, shop logs) and with 2 to 8
// planted ones. For the measurement of the verdict (bench/verdict.cc).
#pragma once

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "bench/synthetic.h"
#include "coterie/base/matrix.h"
#include "coterie/base/random.h"
#include "coterie/matrix/standardise.h"
#include "coterie/score/silhouette.h"

namespace coterie::bench {

struct Population {
  std::string kind;
  Matrix rows;                      // raw: not standardised
  std::vector<std::int32_t> truth;  // segment of each row; empty: there are none
  std::size_t segments = 1;
  double silhouette = 0;            // of the truth, on z-scores
};

inline double exponential(Random& random) { return -std::log(1 - random.uniform()); }

// Marsaglia, Tsang 2000; for shapes below 1 boosted by a power of a uniform number.
inline double gamma_number(Random& random, double shape) {
  if (shape < 1) return gamma_number(random, shape + 1) * std::pow(1 - random.uniform(), 1 / shape);
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double z = random.normal(), v = std::pow(1 + c * z, 3);
    if (v > 0 && std::log(1 - random.uniform()) < 0.5 * z * z + d - d * v + d * std::log(v)) return d * v;
  }
}

inline double poisson_number(Random& random, double mean) {
  if (mean > 60) return std::max(0.0, std::round(mean + std::sqrt(mean) * random.normal()));
  double product = random.uniform();
  const double least = std::exp(-mean);
  double count = 0;
  while (product > least) product *= random.uniform(), ++count;
  return count;
}

// A random correlation matrix: from `columns + 2` random directions, mixed with the identity.
inline Eigen::MatrixXd random_correlation(Random& random, Eigen::Index columns) {
  Eigen::MatrixXd directions(columns, columns + 2);
  for (Eigen::Index i = 0; i < directions.size(); ++i) directions.data()[i] = random.normal();
  Eigen::MatrixXd s = directions * directions.transpose();
  const Eigen::VectorXd scale = s.diagonal().cwiseSqrt().cwiseInverse();
  return scale.asDiagonal() * s * scale.asDiagonal();
}

// Rows of correlated standard normal numbers.
inline Matrix normal_rows(Random& random, std::size_t rows, std::size_t columns) {
  const auto d = static_cast<Eigen::Index>(columns);
  const Eigen::MatrixXd root = random_correlation(random, d).llt().matrixL();
  Matrix x(rows, columns);
  Eigen::VectorXd z(d);
  for (std::size_t i = 0; i < rows; ++i) {
    for (Eigen::Index j = 0; j < d; ++j) z[j] = random.normal();
    const Eigen::VectorXd row = root * z;
    for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = row[static_cast<Eigen::Index>(j)];
  }
  return x;
}

inline constexpr const char* unsegmented_kinds[] = {"one normal", "uniform box", "lognormal", "gamma", "student t", "pareto", "counts",
                                                    "counts and ratios", "recency frequency money", "logged recency frequency money", "shop log", "zeros and prices",
                                                    "two spreads", "curved", "ring", "ratings", "yes and no"};

inline Matrix unsegmented_rows(const std::string& kind, std::size_t rows, Random& random) {
  const std::size_t columns = 2 + random.below(7);
  Matrix x = normal_rows(random, rows, columns);
  const auto change = [&](const auto& fn) {
    for (std::size_t j = 0; j < x.columns(); ++j)
      for (double& v : x.column(j)) v = fn(v, j);
  };
  const double strength = random.uniform();  // of the skew, the tails
  if (kind == "uniform box") change([&](double, std::size_t) { return random.uniform(); });
  if (kind == "lognormal") change([&](double v, std::size_t) { return std::exp((0.4 + 0.9 * strength) * v); });
  if (kind == "gamma") {
    const double shape = 0.5 + 3 * strength;
    for (std::size_t i = 0; i < rows; ++i) {
      const double common = gamma_number(random, shape);
      for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = 0.5 * common + gamma_number(random, shape);
    }
  }
  if (kind == "student t")
    for (std::size_t i = 0; i < rows; ++i) {
      const double freedom = 3 + 5 * strength, scale = std::sqrt(freedom / (2 * gamma_number(random, freedom / 2)));
      for (std::size_t j = 0; j < columns; ++j) x.at(i, j) *= scale;
    }
  if (kind == "pareto") change([&](double v, std::size_t) { return std::pow(0.5 * std::erfc(v / std::sqrt(2.0)) + 1e-12, -1 / (2.5 + 2 * strength)); });
  if (kind == "counts")
    for (std::size_t i = 0; i < rows; ++i) {
      const double activity = gamma_number(random, 1 + 3 * strength);
      for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = poisson_number(random, activity * (0.5 + static_cast<double>(j)));
    }
  if (kind == "counts and ratios") {
    x = Matrix(rows, 3);
    for (std::size_t i = 0; i < rows; ++i) {
      const double claimed = poisson_number(random, 2 + 6 * strength);
      double burned = 0;
      for (int c = 0; c < claimed; ++c) burned += random.uniform() < 0.5;
      x.at(i, 0) = claimed, x.at(i, 1) = burned, x.at(i, 2) = claimed > 0 ? burned / claimed : 0;
    }
  }
  if (kind.ends_with("recency frequency money")) {
    const bool logged = kind.starts_with("logged");
    x = Matrix(rows, 3);
    for (std::size_t i = 0; i < rows; ++i) {
      const double rate = gamma_number(random, 0.6 + strength), orders = 1 + poisson_number(random, 4 * rate);
      const double recency = std::floor(365 * std::pow(random.uniform(), 1 + orders / 4));
      double money = 0;
      for (int o = 0; o < orders; ++o) money += std::exp(3 + 0.5 * random.normal());
      x.at(i, 0) = logged ? std::log1p(recency) : recency;
      x.at(i, 1) = logged ? std::log1p(orders) : orders;
      x.at(i, 2) = logged ? std::log1p(money) : money;
    }
  }
  if (kind == "shop log") {
    x = Matrix(rows, 15);
    for (std::size_t i = 0; i < rows; ++i) fill_customer(random, x, i);
  }
  if (kind == "two spreads")  // one centre, two spreads: a peak with wide skirts
    for (std::size_t i = 0; i < rows; ++i) {
      const double scale = random.uniform() < 0.5 ? 1 : 2 + 2 * strength;
      for (std::size_t j = 0; j < columns; ++j) x.at(i, j) *= scale;
    }
  if (kind == "curved")  // one crowd along a bow
    for (std::size_t i = 0; i < rows; ++i) x.at(i, 1) = 0.5 * x.at(i, 1) + (0.3 + strength) * x.at(i, 0) * x.at(i, 0);
  if (kind == "ring") {  // nobody in the middle, and no group either
    for (std::size_t i = 0; i < rows; ++i) {
      const double angle = 6.283185307179586 * random.uniform(), radius = 1 + (0.05 + 0.2 * strength) * random.normal();
      x.at(i, 0) = radius * std::cos(angle), x.at(i, 1) = radius * std::sin(angle);
    }
  }
  if (kind == "ratings") change([&](double v, std::size_t) { return std::clamp(std::round(3.4 + (0.8 + 0.6 * strength) * v), 1.0, 5.0); });
  if (kind == "yes and no")  // every other column only says whether
    change([&](double v, std::size_t j) { return j % 2 == 0 ? v : static_cast<double>(v > 1.2 * strength); });
  if (kind == "zeros and prices") {
    x = Matrix(rows, 5);
    for (std::size_t i = 0; i < rows; ++i) {
      const double activity = std::exp(1.5 + random.normal()), views = 1 + poisson_number(random, activity);
      const double purchases = poisson_number(random, activity * (0.02 + 0.2 * strength));
      double revenue = 0;
      for (int p = 0; p < purchases; ++p) revenue += std::exp(4.5 + 0.7 * random.normal());
      const double values[] = {views, purchases, revenue, purchases > 0 ? revenue / purchases : 0, purchases / views};
      for (std::size_t j = 0; j < 5; ++j) x.at(i, j) = values[j];
    }
  }
  return x;
}

inline Population unsegmented_population(const std::string& kind, std::size_t rows, std::uint64_t seed) {
  Random random(seed, 0x9091);
  return {.kind = kind, .rows = unsegmented_rows(kind, rows, random), .truth = {}};
}

// Shares of segments: between even and one `most` times another; none below `least`.
inline std::vector<double> random_shares(Random& random, std::size_t segments, double most, double least) {
  std::vector<double> shares(segments);
  for (;;) {
    double total = 0;
    for (double& s : shares) total += s = std::pow(most, random.uniform());
    for (double& s : shares) s /= total;
    if (*std::min_element(shares.begin(), shares.end()) >= least) return shares;
  }
}

// Centres far from each other: each the best of 20 random ones.
inline std::vector<std::vector<double>> random_centres(Random& random, std::size_t segments, std::size_t columns) {
  std::vector<std::vector<double>> centres;
  while (centres.size() < segments) {
    std::vector<double> best;
    double farthest = -1;
    for (int c = 0; c < 20; ++c) {
      std::vector<double> candidate(columns);
      for (double& v : candidate) v = random.normal();
      double nearest = INFINITY;
      for (const auto& other : centres) {
        double squared = 0;
        for (std::size_t j = 0; j < columns; ++j) squared += (candidate[j] - other[j]) * (candidate[j] - other[j]);
        nearest = std::min(nearest, squared);
      }
      if (nearest > farthest) farthest = nearest, best = candidate;
    }
    centres.push_back(best);
  }
  return centres;
}

inline double silhouette_of_truth(const Matrix& rows, const std::vector<std::int32_t>& truth, std::size_t segments) {
  const Matrix z = standardise(rows, fit_standardisation(rows, 1), 1);
  return silhouettes(z, std::vector<Partition>{{truth, segments}}, {.exact_up_to = 0, .sample_rows = 400, .threads = 1}).partitions[0].mean.mean;
}

// What the clouds are like: normal; put through exp, which keeps the segments and bends the clouds; rounded to some twenty different
// values a column; with the tails of Student's t (5); one up to 30 times another; four times as long as wide; one up to five times as wide as
// another; or with as many columns again that know nothing of the segments (at most 4).
inline constexpr const char* cloud_kinds[] = {"normal", "skewed", "rounded", "heavy-tailed", "unequal sizes", "elongated", "different spreads", "nuisance columns"};

inline double shaped(const std::string& kind, double value, double apart) {
  const double scaled = value / (1 + 0.35 * apart);
  if (kind == "skewed") return std::exp(0.35 * scaled);
  return kind == "rounded" ? std::round(4 * scaled) : value;
}

// One cloud around 0.
inline Matrix cloud_rows(const std::string& kind, std::size_t rows, std::size_t columns, Random& random) {
  Matrix cloud = normal_rows(random, rows, columns);
  const double size = kind == "different spreads" ? 0.4 * std::pow(5, random.uniform()) : 0.7 + 0.6 * random.uniform();
  std::vector<double> axis(columns);
  double length = 0;
  for (double& a : axis) a = random.normal(), length += a * a;
  for (std::size_t i = 0; i < rows; ++i) {
    double along = 0;
    for (std::size_t j = 0; j < columns; ++j) along += cloud.at(i, j) * axis[j] / length;
    const double tail = kind == "heavy-tailed" ? std::sqrt(5 / (2 * gamma_number(random, 2.5))) : 1;
    for (std::size_t j = 0; j < columns; ++j) cloud.at(i, j) = size * tail * (cloud.at(i, j) + (kind == "elongated" ? 3 * along * axis[j] : 0));
  }
  return cloud;
}

// Clouds of random covariance and share, their centres as far apart as gives the wanted silhouette of the truth.
inline Population segmented_population(std::size_t segments, std::size_t columns, double silhouette, const std::string& kind, std::size_t rows, std::uint64_t seed) {
  Random random(seed, 0x5e95);
  const bool unequal = kind == "unequal sizes";
  const std::vector<double> shares = random_shares(random, segments, unequal ? 30 : 8, unequal ? 0.015 : 0.04);
  const auto centres = random_centres(random, segments, columns);
  const std::size_t nuisance = kind == "nuisance columns" ? std::min<std::size_t>(columns, 4) : 0;
  Population p{.kind = kind, .rows = Matrix(rows, columns + nuisance), .truth = {}, .segments = segments};
  Matrix noise(rows, columns);
  std::size_t begin = 0;
  double passed = 0;
  for (std::size_t s = 0; s < segments; ++s) {
    passed += shares[s];
    const std::size_t end = s + 1 == segments ? rows : static_cast<std::size_t>(passed * static_cast<double>(rows));
    const Matrix cloud = cloud_rows(kind, end - begin, columns, random);
    for (std::size_t i = begin; i < end; ++i) {
      p.truth.push_back(static_cast<std::int32_t>(s));
      for (std::size_t j = 0; j < columns; ++j) noise.at(i, j) = cloud.at(i - begin, j);
    }
    begin = end;
  }
  for (std::size_t j = columns; j < columns + nuisance; ++j)
    for (double& v : p.rows.column(j)) v = random.normal();
  double low = 0.1, high = 60;
  for (int step = 0; step < 18; ++step) {
    const double apart = std::sqrt(low * high);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j)
        p.rows.at(i, j) = shaped(kind, apart * centres[static_cast<std::size_t>(p.truth[i])][j] + noise.at(i, j), apart);
    p.silhouette = silhouette_of_truth(p.rows, p.truth, segments);
    (p.silhouette < silhouette ? low : high) = apart;
  }
  return p;
}

}  // namespace coterie::bench
