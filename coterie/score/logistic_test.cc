#include "coterie/score/logistic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "coterie/base/error.h"
#include "coterie/base/folders_test.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

struct Labelled {
  Matrix x;
  std::vector<std::int32_t> labels;
};

// All columns but the last are numbers; the last is the class, numbered by first appearance.
Labelled reference(const std::string& name) {
  std::ifstream file(shared_folder() / "reference" / "data" / name);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  for (std::getline(file, line); std::getline(file, line);) {
    std::stringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  if (rows.empty()) return {};
  Labelled data{Matrix(rows.size(), rows[0].size() - 1), {}};
  std::map<std::string, std::int32_t> classes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < data.x.columns(); ++j) data.x.at(i, j) = std::stod(rows[i][j]);
    data.labels.push_back(classes.emplace(rows[i].back(), static_cast<std::int32_t>(classes.size())).first->second);
  }
  return data;
}

Labelled noisy_classes(std::size_t rows, std::size_t columns, int classes, std::uint64_t seed) {
  Random random(seed);
  Labelled data{Matrix(rows, columns), {}};
  for (std::size_t i = 0; i < rows; ++i) {
    const auto label = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(classes)));
    for (std::size_t j = 0; j < columns; ++j)
      data.x.at(i, j) = random.normal() + (static_cast<std::int32_t>(j) % classes == label ? 1.0 : 0.0);
    data.labels.push_back(label);
  }
  return data;
}

// The obvious penalised objective in scikit-learn's convention.
double plain_objective(const Labelled& data, const LogisticModel& m, double c) {
  double loss = 0, squares = 0;
  for (std::size_t i = 0; i < data.x.rows(); ++i) {
    double sum = 0, own = 0;
    for (std::size_t k = 0; k < m.classes; ++k) {
      double logit = m.intercepts[k];
      for (std::size_t j = 0; j < m.columns; ++j) logit += m.coefficients[k * m.columns + j] * data.x.at(i, j);
      sum += std::exp(logit);
      if (static_cast<std::int32_t>(k) == data.labels[i]) own = logit;
    }
    loss += std::log(sum) - own;
  }
  for (double b : m.coefficients) squares += b * b;
  return c * loss + squares / 2;
}

TEST(Logistic, GivesTheReferenceCoefficientsOfSpector) {
  const Labelled data = reference("spector.csv");
  if (data.labels.empty()) GTEST_SKIP() << "the reference data is not there; set COTERIE_SHARED";
  const auto fit = logistic_regression(data.x, data.labels, {.c = INFINITY});
  EXPECT_TRUE(fit.converged);
  EXPECT_NEAR(fit.model.intercepts[1], -13.021346858, 1e-8);
  EXPECT_NEAR(fit.model.coefficients[3], 2.826112595, 1e-8);
  EXPECT_NEAR(fit.model.coefficients[4], 0.0951576613, 1e-9);
  EXPECT_NEAR(fit.model.coefficients[5], 2.378687655, 1e-8);
  EXPECT_NEAR(fit.log_likelihood, -12.889634222131, 1e-11);
  EXPECT_NEAR(fit.objective, -fit.log_likelihood, 1e-12);
  // Greene, Econometric Analysis, table of this data; statsmodels prints the same.
  const double errors[] = {4.931, 1.263, 0.142, 1.065};
  ASSERT_EQ(fit.standard_errors.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(fit.standard_errors[i], errors[i], 6e-4);
}

void standardise(Matrix& x) {
  const auto n = static_cast<double>(x.rows());
  for (std::size_t j = 0; j < x.columns(); ++j) {
    double mean = 0, variance = 0;
    for (double value : x.column(j)) mean += value / n;
    for (double value : x.column(j)) variance += (value - mean) * (value - mean) / n;
    for (double& value : x.column(j)) value = (value - mean) / std::sqrt(variance);
  }
}

// The reference number is that of the standardised columns (population standard deviation); the raw ones give
// 28.8863166040925 (scikit-learn 1.2.1, newton-cg, tol 1e-12).
TEST(Logistic, GivesTheReferenceObjectiveOfPenalisedIrisWithEitherSolver) {
  Labelled raw = reference("iris.csv"), standardised = reference("iris.csv");
  if (raw.labels.empty()) GTEST_SKIP() << "the reference data is not there; set COTERIE_SHARED";
  standardise(standardised.x);
  for (LogisticSolver solver : {LogisticSolver::newton, LogisticSolver::lbfgs}) {
    const auto fit = logistic_regression(standardised.x, standardised.labels, {.solver = solver, .max_iterations = 2000});
    EXPECT_TRUE(fit.converged);
    EXPECT_NEAR(fit.objective, 31.3787682608, 1e-9);
    EXPECT_NEAR(plain_objective(standardised, fit.model, 1), fit.objective, 1e-10);
    EXPECT_NEAR(logistic_regression(raw.x, raw.labels, {.solver = solver, .max_iterations = 2000}).objective, 28.8863166040925, 1e-9);
  }
}

TEST(Logistic, StandsAtAMinimumInEveryDirection) {
  for (int classes : {2, 4}) {
    const Labelled data = noisy_classes(400, 3, classes, 7);
    const auto fit = logistic_regression(data.x, data.labels, {.c = 0.5});
    ASSERT_TRUE(fit.converged);
    EXPECT_NEAR(plain_objective(data, fit.model, 0.5), fit.objective, 1e-9);
    for (std::size_t i = classes == 2 ? 3 : 0; i < fit.model.coefficients.size(); ++i)
      for (double move : {-1e-3, 1e-3}) {
        LogisticModel moved = fit.model;
        moved.coefficients[i] += move;
        EXPECT_GT(plain_objective(data, moved, 0.5), fit.objective);
      }
  }
}

TEST(Logistic, FindsTheSameUnpenalisedMultinomialWithBothSolversSummingToZero) {
  const Labelled data = noisy_classes(600, 4, 3, 9);
  const auto a = logistic_regression(data.x, data.labels, {.c = INFINITY, .solver = LogisticSolver::newton});
  const auto b = logistic_regression(data.x, data.labels, {.c = INFINITY, .solver = LogisticSolver::lbfgs, .max_iterations = 1000});
  EXPECT_TRUE(a.converged && b.converged);
  EXPECT_NEAR(a.log_likelihood, b.log_likelihood, 1e-9);
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(a.model.coefficients[j] + a.model.coefficients[4 + j] + a.model.coefficients[8 + j], 0, 1e-9);
    EXPECT_NEAR(a.model.coefficients[j], b.model.coefficients[j], 1e-5);
  }
}

TEST(Logistic, CountsAWeightAsSoManyRowsAndGivesTheSameBitsOnAnyNumberOfThreads) {
  const Labelled data = noisy_classes(9000, 3, 3, 11);
  std::vector<double> weights(9000);
  Labelled repeated{Matrix(18000, 3), {}};
  for (std::size_t i = 0; i < 9000; ++i) {
    weights[i] = 1 + static_cast<double>(i % 3);
    for (std::size_t copy = 0; copy < 1 + i % 3; ++copy) {
      for (std::size_t j = 0; j < 3; ++j) repeated.x.at(repeated.labels.size(), j) = data.x.at(i, j);
      repeated.labels.push_back(data.labels[i]);
    }
  }
  MatrixView merged = data.x;
  merged.weights = weights.data();
  const auto a = logistic_regression(merged, data.labels, {.threads = 1}), b = logistic_regression(merged, data.labels, {.threads = 3});
  EXPECT_EQ(a.model.coefficients, b.model.coefficients);
  EXPECT_EQ(a.objective, b.objective);
  EXPECT_NEAR(a.objective, logistic_regression(repeated.x, repeated.labels).objective, 1e-7);
}

TEST(Logistic, SaysThatItDidNotConvergeOnSeparableClassesWithoutAPenalty) {
  Labelled data{Matrix(4, 1), {0, 0, 1, 1}};
  for (std::size_t i = 0; i < 4; ++i) data.x.at(i, 0) = static_cast<double>(i);
  EXPECT_FALSE(logistic_regression(data.x, data.labels, {.c = INFINITY, .max_iterations = 8}).converged);
  EXPECT_TRUE(logistic_regression(data.x, data.labels).converged);
  data.labels = {0, 0, 0, 0};
  EXPECT_THROW(logistic_regression(data.x, data.labels), Error);
}

TEST(Logistic, GivesProbabilitiesThatSumToOneAndAverageToTheClassShares) {
  const Labelled data = noisy_classes(3000, 3, 3, 13);
  const auto fit = logistic_regression(data.x, data.labels);
  const Matrix p = probabilities(fit.model, data.x);
  double share = 0, predicted = 0;
  for (std::size_t i = 0; i < 3000; ++i) {
    EXPECT_NEAR(p.at(i, 0) + p.at(i, 1) + p.at(i, 2), 1, 1e-14);
    share += data.labels[i] == 1, predicted += p.at(i, 1);
  }
  EXPECT_NEAR(predicted, share, 1e-3);  // the score equation of the unpenalised intercept
}

}  // namespace
}  // namespace coterie
