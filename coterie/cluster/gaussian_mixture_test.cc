#include "coterie/cluster/gaussian_mixture.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "coterie/base/cpu.h"
#include "coterie/base/error.h"
#include "coterie/base/folders_test.h"
#include "coterie/base/random.h"
#include "coterie/cluster/mixture_pass.h"
#include "coterie/cluster/mixture_steps.h"

namespace coterie {
namespace {

// The first `columns` columns of a reference table, header skipped; no rows when it is not there.
Matrix reference(const std::string& name, std::size_t columns) {
  std::ifstream file(shared_folder() / "reference" / "data" / name);
  std::vector<std::vector<double>> rows;
  std::string line;
  for (std::getline(file, line); std::getline(file, line);) {
    std::stringstream cells(line);
    std::vector<double> row;
    for (std::string cell; row.size() < columns && std::getline(cells, cell, ',');) row.push_back(std::stod(cell));
    rows.push_back(row);
  }
  Matrix x(rows.size(), columns);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < columns; ++j) x.at(i, j) = rows[i][j];
  return x;
}

#define NEEDS(x) \
  if ((x).rows() == 0) GTEST_SKIP() << "the reference data is not there; set COTERIE_SHARED"

// Rows of three overlapping Gaussians with correlated columns.
Matrix three_clouds(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto cloud = static_cast<double>(random.below(3));
    double before = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      before = 0.6 * before + random.normal() * (1 + 0.3 * cloud);
      x.at(i, j) = before + 3 * cloud + 100;
    }
  }
  return x;
}

// The obvious E step: log(weight) + log N by a solved Cholesky, one row and component at a time.
double plain_log_density(const GaussianMixtureModel& m, MatrixView x, std::size_t row, std::vector<double>* terms = nullptr) {
  const auto d = static_cast<Eigen::Index>(m.columns);
  std::vector<double> logs;
  for (std::size_t c = 0; c < m.clusters; ++c) {
    const Eigen::MatrixXd s = Eigen::Map<const Eigen::MatrixXd>(m.covariances.data() + c * m.columns * m.columns, d, d);
    Eigen::VectorXd z(d);
    for (Eigen::Index j = 0; j < d; ++j)
      z[j] = x.at(row, static_cast<std::size_t>(j)) - m.means[c * m.columns + static_cast<std::size_t>(j)];
    logs.push_back(std::log(m.weights[c]) - 0.5 * (static_cast<double>(d) * std::log(2 * M_PI) + std::log(s.determinant()) + z.dot(s.inverse() * z)));
  }
  const double most = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (double& value : logs) sum += std::exp(value - most);
  const double total = most + std::log(sum);
  if (terms != nullptr)
    for (double value : logs) terms->push_back(std::exp(value - total));
  return total;
}

// mclust 6.0.0 says -1126.32623647: it stops when the log-likelihood rises by less than 1e-5 (1 + |logL|) = .0113, on
// the way up. The maximum is -1126.31592782 (scikit-learn 1.2.1, tol 1e-13, from twelve different starts).
TEST(GaussianMixture, ReachesTheMaximumForThreeTiedComponentsOfFaithfulThatMclustStopsShortOf) {
  const Matrix x = reference("faithful.csv", 2);
  NEEDS(x);
  const double of_mclust = -1126.32623647;
  const auto fit = gaussian_mixture(x, 3, {.covariance = Covariance::tied, .max_iterations = 20000, .tolerance = 1e-13, .regularisation = 0});
  EXPECT_TRUE(fit.converged);
  EXPECT_NEAR(fit.log_likelihood, -1126.31592782, 1e-7);
  EXPECT_GT(fit.log_likelihood, of_mclust);
  EXPECT_LT(fit.log_likelihood - of_mclust, 1e-5 * (1 + std::abs(of_mclust)));
  EXPECT_EQ(fit.parameters, 11u);
  EXPECT_NEAR(fit.bic, -2314.31629567 + 2 * (fit.log_likelihood - of_mclust), 1e-7);
  EXPECT_EQ(fit.bic, -fit.bic_lower_is_better);
}

TEST(GaussianMixture, IsExactForOneFullComponent) {
  const Matrix iris = reference("iris.csv", 4), faithful = reference("faithful.csv", 2);
  NEEDS(iris);
  EXPECT_NEAR(gaussian_mixture(iris, 1, {.regularisation = 0}).log_likelihood, -379.914630122, 379.9 * 1e-9);
  EXPECT_NEAR(gaussian_mixture(faithful, 1, {.regularisation = 0}).log_likelihood, -1289.79674505, 1289.8 * 1e-9);
}

TEST(GaussianMixture, AgreesWithTheObviousDensityInEveryFamily) {
  const Matrix x = three_clouds(333, 5, 3);
  for (Covariance covariance : {Covariance::full, Covariance::tied, Covariance::diagonal, Covariance::spherical}) {
    const auto fit = gaussian_mixture(x, 3, {.covariance = covariance, .restarts = 2});
    const auto densities = log_density(fit.model, x);
    const Matrix soft = responsibilities(fit.model, x);
    double total = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      std::vector<double> terms;
      EXPECT_NEAR(densities[i], plain_log_density(fit.model, x, i, &terms), 1e-9);
      for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(soft.at(i, c), terms[c], 1e-10);
      EXPECT_EQ(fit.labels[i], std::max_element(terms.begin(), terms.end()) - terms.begin());
      total += densities[i];
    }
    EXPECT_NEAR(fit.log_likelihood, total, 1e-8);
    EXPECT_EQ(fit.labels, assign(fit.model, x));
  }
}

TEST(GaussianMixture, TakesTheObviousMStep) {
  const Matrix x = three_clouds(500, 3, 5);
  const auto before = start_mixture(x, 2, Covariance::full, 0, 1, 0);
  const auto after = update(before, mixture_pass(*prepare(before), x, MixtureStep::expect_and_sum, {}, 1), 0);
  for (std::size_t c = 0; c < 2; ++c) {
    double total = 0;
    Eigen::Vector3d mean = Eigen::Vector3d::Zero();
    Eigen::Matrix3d second = Eigen::Matrix3d::Zero();
    std::vector<std::vector<double>> r(x.rows());
    const auto row = [&](std::size_t i) { return Eigen::Vector3d(x.at(i, 0), x.at(i, 1), x.at(i, 2)); };
    for (std::size_t i = 0; i < x.rows(); ++i) plain_log_density(before, x, i, &r[i]), total += r[i][c], mean += r[i][c] * row(i);
    mean /= total;
    for (std::size_t i = 0; i < x.rows(); ++i) second += r[i][c] * (row(i) - mean) * (row(i) - mean).transpose() / total;
    EXPECT_NEAR(after.weights[c], total / 500, 1e-12);
    for (int j = 0; j < 3; ++j) EXPECT_NEAR(after.means[c * 3 + static_cast<std::size_t>(j)], mean[j], 1e-9);
    for (int j = 0; j < 9; ++j) EXPECT_NEAR(after.covariances[c * 9 + static_cast<std::size_t>(j)], second(j / 3, j % 3), 1e-9);
  }
}

TEST(GaussianMixture, NeverLosesLikelihoodFromOneIterationToTheNext) {
  const Matrix x = three_clouds(400, 4, 8);
  for (Covariance covariance : {Covariance::full, Covariance::tied, Covariance::diagonal, Covariance::spherical}) {
    double before = -std::numeric_limits<double>::infinity();
    for (int iterations = 0; iterations < 15; ++iterations) {
      const auto fit = gaussian_mixture(x, 3, {.covariance = covariance, .restarts = 1, .max_iterations = iterations, .tolerance = 0, .regularisation = 0});
      EXPECT_GE(fit.log_likelihood, before - 1e-9);
      before = fit.log_likelihood;
    }
  }
}

TEST(GaussianMixture, CountsAWeightedRowAsSoManyEqualRows) {
  const Matrix x = three_clouds(300, 3, 11);
  Matrix repeated(600, 3);
  std::vector<double> weights;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    weights.push_back(1 + static_cast<double>(i % 3));
    for (std::size_t copy = 0; copy < 1 + i % 3; ++copy, ++at)
      for (std::size_t j = 0; j < 3; ++j) repeated.at(at, j) = x.at(i, j);
  }
  ASSERT_EQ(at, 600u);
  MatrixView merged = x;
  merged.weights = weights.data();
  const auto start = start_mixture(x, 3, Covariance::full, 1e-6, 4, 0);
  const auto a = gaussian_mixture(merged, 3, {.tolerance = 1e-9, .start = start});
  const auto b = gaussian_mixture(repeated, 3, {.tolerance = 1e-9, .start = start});
  EXPECT_NEAR(a.log_likelihood, b.log_likelihood, 1e-7);
  EXPECT_NEAR(a.bic, b.bic, 1e-6);
  EXPECT_EQ(a.iterations, b.iterations);
}

TEST(GaussianMixture, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Matrix x = three_clouds(50003, 5, 13);
  for (Covariance covariance : {Covariance::full, Covariance::diagonal}) {
    const GaussianMixtureOptions options{.covariance = covariance, .restarts = 2, .max_iterations = 5, .sample_rows = 5000};
    auto one = options, three = options;
    one.threads = 1, three.threads = 3;
    const auto a = gaussian_mixture(x, 3, one), b = gaussian_mixture(x, 3, three);
    EXPECT_EQ(a.log_likelihood, b.log_likelihood);
    EXPECT_EQ(a.model.covariances, b.model.covariances);
    EXPECT_EQ(a.labels, b.labels);
  }
}

TEST(GaussianMixture, KernelGivesTheSameBitsOnEveryInstructionSet) {
  const Matrix x = three_clouds(301, 6, 17);
  for (Covariance covariance : {Covariance::full, Covariance::spherical}) {
    const auto prepared = *prepare(start_mixture(x, 3, covariance, 1e-6, 1, 0));
    HugeArray<double> scratch(mixture_scratch_size(prepared));
    const auto run = [&](auto kernel) {
      std::vector<double> sums(mixture_sums_size(prepared)), density(x.rows());
      kernel({&prepared, x.view().values, x.view().stride, x.rows(), nullptr, {.log_density = density.data()},
              MixtureStep::expect_and_sum, scratch.data(), sums.data()});
      sums.insert(sums.end(), density.begin(), density.end());
      return sums;
    };
    const auto expected = run(plain::mixture_block);
    if (isa() >= Isa::avx2) {
      EXPECT_EQ(run(avx2::mixture_block), expected);
    }
    if (isa() >= Isa::avx512) {
      EXPECT_EQ(run(avx512::mixture_block), expected);
    }
  }
}

TEST(GaussianMixture, StaysFiniteForRowsFarFromEveryComponent) {
  Matrix x = three_clouds(200, 2, 19);
  x.at(7, 0) = 1e9;
  const auto fit = gaussian_mixture(x, 2, {.restarts = 3});
  EXPECT_TRUE(std::isfinite(fit.log_likelihood));
  Matrix far(1, 2);
  far.at(0, 0) = -1e12;
  EXPECT_TRUE(std::isfinite(log_density(fit.model, far)[0]));
  EXPECT_NEAR(responsibilities(fit.model, far).at(0, 0) + responsibilities(fit.model, far).at(0, 1), 1, 1e-15);
}

TEST(GaussianMixture, SaysWhatToDoWhenEveryCovarianceIsSingular) {
  Matrix equal(10, 2);
  try {
    gaussian_mixture(equal, 2, {.regularisation = 0});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_EQ(error.hint, "give a larger regularisation, fewer components, or a simpler covariance");
  }
  EXPECT_NO_THROW(gaussian_mixture(equal, 2));
  EXPECT_THROW(gaussian_mixture(equal, 11), Error);
  EXPECT_THROW(gaussian_mixture(equal, 0), Error);
}

TEST(GaussianMixture, HasAnIclBelowItsBicAndTheKnownNumbersOfParameters) {
  const Matrix x = three_clouds(300, 3, 23);
  const auto fit = gaussian_mixture(x, 3, {.restarts = 2});
  double certainty = 0;
  const Matrix soft = responsibilities(fit.model, x);
  for (std::size_t i = 0; i < x.rows(); ++i) certainty += std::log(std::max({soft.at(i, 0), soft.at(i, 1), soft.at(i, 2)}));
  EXPECT_NEAR(fit.icl, fit.bic + 2 * certainty, 1e-8);
  EXPECT_LT(fit.icl, fit.bic);
  EXPECT_EQ(parameter_count(Covariance::full, 3, 4), 44u);
  EXPECT_EQ(parameter_count(Covariance::tied, 3, 4), 24u);
  EXPECT_EQ(parameter_count(Covariance::diagonal, 3, 4), 26u);
  EXPECT_EQ(parameter_count(Covariance::spherical, 3, 4), 17u);
}

}  // namespace
}  // namespace coterie
