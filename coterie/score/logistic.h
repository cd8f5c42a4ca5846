// Logistic regression, binary and multinomial, with or without an L2 penalty.
//
// What: P(class c | x) = exp(a_c + b_c x) / sum over classes. Two classes: one coefficient vector, for class 1
//   (class 0's is zero). Three or more: one vector a class; the penalty makes them unique, without a penalty
//   the solution whose vectors sum to zero is given.
// When to use it: to ask how well labels can be told apart by lines (score/separability.h), or for a plain
//   regression with standard errors.
// Cost: n rows, R free classes, p = columns + 1: Newton O(n R^2 p^2) an iteration (about 8 of them), taken up to
//   R p = 200 parameters; L-BFGS O(n R p) an iteration above.
// Source: McCullagh, Nelder 1989 (Newton = iteratively reweighted least squares); Nocedal, Wright 2006 (L-BFGS).
// Convention: scikit-learn's. Minimised is  c * sum(weight * loss) + 1/2 * sum(coefficient^2);  intercepts are not
//   penalised. Others (glmnet, R) divide the loss by n or name 1/c lambda.
// Tested by: statsmodels (Spector), scikit-learn (iris), Newton against L-BFGS, finite differences.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

// Plain data; class c's row of coefficients at c * columns.
struct LogisticModel {
  std::size_t classes = 0, columns = 0;
  std::vector<double> intercepts;    // classes
  std::vector<double> coefficients;  // classes x columns
};

enum class LogisticSolver { automatic, newton, lbfgs };

struct LogisticOptions {
  double c = 1;               // inverse strength of the penalty, > 0; infinity: no penalty
  LogisticSolver solver = LogisticSolver::automatic;
  int max_iterations = 200;
  double tolerance = 1e-9;    // converged when no element of the gradient of the mean loss exceeds it
  int threads = 0;            // 0: all processors
};

struct Logistic {
  LogisticModel model;
  double log_likelihood = 0;  // sum of weight * log P(own class), without the penalty
  double objective = 0;       // what is minimised; without a penalty -log_likelihood
  // Of intercept, then coefficients, of class 1: square roots of the diagonal of the inverse information.
  // Only for two classes without a penalty; else empty.
  std::vector<double> standard_errors;
  int iterations = 0;
  bool converged = false;     // false also when the classes are separable and there is no penalty: no optimum exists
};

// labels: rows, 0..classes-1; classes = largest label + 1. Finite numbers.
// Throws Error(usage) when fewer than two classes are present.
Logistic logistic_regression(MatrixView x, std::span<const std::int32_t> labels, const LogisticOptions& options = {});

// P(class | row): rows x classes, each row sums to 1.
Matrix probabilities(const LogisticModel& model, MatrixView x, int threads = 0);

}  // namespace coterie
