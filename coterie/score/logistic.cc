#include "coterie/score/logistic.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <deque>

#include "coterie/base/error.h"
#include "coterie/base/exp_log.h"
#include "coterie/base/parallel.h"

namespace coterie {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t block_rows = 2048;

// Parameters are a p x R matrix (intercept first), flattened by columns: one column a free class.
struct Problem {
  MatrixView x;
  std::span<const std::int32_t> labels;
  std::size_t classes, free;  // free classes: the last `free` ones; 1 when there are two classes
  double penalty;             // 1 / c
  double total;               // sum of weights
  int threads;
  Index parameters_a_class() const { return static_cast<Index>(x.columns) + 1; }
  Index parameters() const { return parameters_a_class() * static_cast<Index>(free); }
  std::size_t fixed() const { return classes - free; }
};

struct Value {
  double loss = 0;
  VectorXd gradient;
  MatrixXd hessian;  // empty unless asked for
};

MatrixXd design_of(MatrixView x, BlockRange range) {
  MatrixXd design(static_cast<Index>(range.end - range.begin), static_cast<Index>(x.columns) + 1);
  design.col(0).setOnes();
  for (std::size_t j = 0; j < x.columns; ++j)
    std::copy(x.column(j).data() + range.begin, x.column(j).data() + range.end, design.col(static_cast<Index>(j) + 1).data());
  return design;
}

// Turns logits (rows x classes) into probabilities; gives the log of the sum of exponentials of each row.
VectorXd softmax(MatrixXd& logits) {
  const VectorXd most = logits.rowwise().maxCoeff();
  logits.colwise() -= most;
  const std::span<double> all(logits.data(), static_cast<std::size_t>(logits.size()));
  exp_of(all, all);
  VectorXd sum = logits.rowwise().sum();
  logits.array().colwise() /= sum.array();
  log_of({sum.data(), static_cast<std::size_t>(sum.size())}, {sum.data(), static_cast<std::size_t>(sum.size())});
  return sum + most;
}

MatrixXd logits_of(const MatrixXd& design, const MatrixXd& parameters, std::size_t classes) {
  MatrixXd logits = MatrixXd::Zero(design.rows(), static_cast<Index>(classes));
  logits.rightCols(parameters.cols()).noalias() = design * parameters;
  return logits;
}

void add_hessian(const MatrixXd& design, const MatrixXd& p, const VectorXd& weights, Index fixed, MatrixXd& hessian) {
  const Index size = design.cols(), free = p.cols() - fixed;
  MatrixXd scaled(design.rows(), size);
  for (Index r = 0; r < free; ++r)
    for (Index s = 0; s <= r; ++s) {
      const auto pr = p.col(fixed + r).array(), ps = p.col(fixed + s).array();
      const VectorXd h = weights.array() * pr * ((r == s ? 1.0 : 0.0) - ps);
      scaled = design.array().colwise() * h.array();
      hessian.block(r * size, s * size, size, size).noalias() += design.transpose() * scaled;
    }
}

Value block_value(const Problem& problem, const MatrixXd& parameters, BlockRange range, bool with_hessian) {
  const Index rows = static_cast<Index>(range.end - range.begin), fixed = static_cast<Index>(problem.fixed());
  const MatrixXd design = design_of(problem.x, range);
  MatrixXd p = logits_of(design, parameters, problem.classes);
  VectorXd own(rows), weights(rows);
  for (Index i = 0; i < rows; ++i) {
    const std::size_t row = range.begin + static_cast<std::size_t>(i);
    own[i] = p(i, problem.labels[row]);
    weights[i] = problem.x.weight(row);
  }
  Value value;
  value.loss = weights.dot(softmax(p) - own);
  if (with_hessian) {
    value.hessian = MatrixXd::Zero(problem.parameters(), problem.parameters());
    add_hessian(design, p, weights, fixed, value.hessian);
  }
  for (Index i = 0; i < rows; ++i) p(i, problem.labels[range.begin + static_cast<std::size_t>(i)]) -= 1;
  const MatrixXd gradient = design.transpose() * (p.rightCols(parameters.cols()).array().colwise() * weights.array()).matrix();
  value.gradient = gradient.reshaped();
  return value;
}

void add_penalty(const Problem& problem, const MatrixXd& parameters, Value& value) {
  const Index size = problem.parameters_a_class();
  value.loss += problem.penalty / 2 * parameters.bottomRows(size - 1).squaredNorm();
  for (Index i = 0; i < problem.parameters(); ++i) {
    if (i % size == 0) continue;
    value.gradient[i] += problem.penalty * parameters.reshaped()[i];
    if (value.hessian.size() > 0) value.hessian(i, i) += problem.penalty;
  }
}

// Sum over blocks in their order: the same bits for any number of threads.
Value value_at(const Problem& problem, const VectorXd& at, bool with_hessian) {
  const MatrixXd parameters = at.reshaped(problem.parameters_a_class(), static_cast<Index>(problem.free));
  const std::size_t blocks = block_count(problem.x.rows, block_rows);
  std::vector<Value> parts(blocks);
  for_each_block(blocks, problem.threads, [&](std::size_t b, int) {
    parts[b] = block_value(problem, parameters, block_range(b, problem.x.rows, block_rows), with_hessian);
  });
  Value value = std::move(parts[0]);
  for (std::size_t b = 1; b < blocks; ++b) {
    value.loss += parts[b].loss;
    value.gradient += parts[b].gradient;
    if (with_hessian) value.hessian += parts[b].hessian;
  }
  add_penalty(problem, parameters, value);
  if (with_hessian) value.hessian.triangularView<Eigen::StrictlyUpper>() = value.hessian.transpose();
  return value;
}

// With a vector for every class, adding one vector to all changes nothing: that direction is singular in H for
// each parameter without a penalty. The gradient has no part in it, so stiffening it leaves the step exact.
MatrixXd stiffened(const Problem& problem, MatrixXd hessian) {
  if (problem.free == 1) return hessian;
  const Index size = problem.parameters_a_class();
  const double stiffness = hessian.diagonal().mean();
  for (Index r = 0; r < static_cast<Index>(problem.free); ++r)
    for (Index s = 0; s < static_cast<Index>(problem.free); ++s)
      for (Index j = 0; j < (problem.penalty > 0 ? 1 : size); ++j) hessian(r * size + j, s * size + j) += stiffness;
  return hessian;
}

struct Search {
  VectorXd at;
  Value value;
  int iterations = 0;
  bool converged = false;
};

// Halves the step until the loss falls enough (Armijo); false when no step does.
bool take_step(const Problem& problem, const VectorXd& step, bool with_hessian, Search& search) {
  const double slope = search.value.gradient.dot(step), rounding = 1e-14 * std::abs(search.value.loss);
  for (double length = 1; length > 1e-10; length /= 2) {
    const VectorXd next = search.at + length * step;
    const double loss = value_at(problem, next, false).loss;
    if (!(loss <= search.value.loss + 1e-4 * length * slope + rounding)) continue;
    search.at = next;
    search.value = value_at(problem, next, with_hessian);
    return true;
  }
  return false;
}

bool is_flat(const Problem& problem, const Search& search, double tolerance) {
  return search.value.gradient.lpNorm<Eigen::Infinity>() <= tolerance * problem.total;
}

Search newton(const Problem& problem, const LogisticOptions& options) {
  Search search{VectorXd::Zero(problem.parameters()), {}, 0, false};
  search.value = value_at(problem, search.at, true);
  while (!(search.converged = is_flat(problem, search, options.tolerance)) && search.iterations < options.max_iterations) {
    const VectorXd step = -stiffened(problem, search.value.hessian).ldlt().solve(search.value.gradient);
    if (!step.allFinite() || !take_step(problem, step, true, search)) break;
    ++search.iterations;
  }
  return search;
}

struct Pair {
  VectorXd s, y;
};

// The two loops of Nocedal, Wright, algorithm 7.4.
VectorXd lbfgs_direction(const std::deque<Pair>& pairs, VectorXd q) {
  std::vector<double> alpha(pairs.size());
  for (std::size_t i = pairs.size(); i-- > 0;) {
    alpha[i] = pairs[i].s.dot(q) / pairs[i].s.dot(pairs[i].y);
    q -= alpha[i] * pairs[i].y;
  }
  if (!pairs.empty()) q *= pairs.back().s.dot(pairs.back().y) / pairs.back().y.squaredNorm();
  for (std::size_t i = 0; i < pairs.size(); ++i)
    q += (alpha[i] - pairs[i].y.dot(q) / pairs[i].s.dot(pairs[i].y)) * pairs[i].s;
  return -q;
}

Search lbfgs(const Problem& problem, const LogisticOptions& options) {
  Search search{VectorXd::Zero(problem.parameters()), {}, 0, false};
  search.value = value_at(problem, search.at, false);
  std::deque<Pair> pairs;
  while (!(search.converged = is_flat(problem, search, options.tolerance)) && search.iterations < options.max_iterations) {
    const Search before = search;
    VectorXd step = lbfgs_direction(pairs, search.value.gradient);
    if (pairs.empty()) step /= std::max(1.0, problem.total);
    if (!take_step(problem, step, false, search)) break;
    ++search.iterations;
    Pair pair{search.at - before.at, search.value.gradient - before.value.gradient};
    if (pair.s.dot(pair.y) > 1e-12 * pair.y.squaredNorm()) pairs.push_back(std::move(pair));
    if (pairs.size() > 10) pairs.pop_front();
  }
  return search;
}

Problem problem_of(MatrixView x, std::span<const std::int32_t> labels, const LogisticOptions& options) {
  assert(labels.size() == x.rows && options.c > 0);
  std::size_t classes = 0;
  double total = 0;
  bool differ = false;
  for (std::size_t i = 0; i < x.rows; ++i) {
    classes = std::max(classes, static_cast<std::size_t>(labels[i]) + 1);
    total += x.weight(i);
    differ |= labels[i] != labels[0];
  }
  if (!differ) throw Error(ErrorKind::usage, "a logistic regression needs rows of at least two classes", "give labels with two or more classes");
  return {x, labels, classes, classes == 2 ? 1 : classes, std::isinf(options.c) ? 0.0 : 1 / options.c, total, options.threads};
}

Search minimise(const Problem& problem, const LogisticOptions& options) {
  const bool small = problem.parameters() <= 200;
  const bool use_newton = options.solver == LogisticSolver::newton || (options.solver == LogisticSolver::automatic && small);
  return use_newton ? newton(problem, options) : lbfgs(problem, options);
}

LogisticModel model_of(const Problem& problem, const VectorXd& at) {
  const std::size_t d = problem.x.columns, fixed = problem.fixed();
  LogisticModel model{problem.classes, d, std::vector<double>(problem.classes), std::vector<double>(problem.classes * d)};
  for (std::size_t r = 0; r < problem.free; ++r) {
    model.intercepts[fixed + r] = at[static_cast<Index>(r * (d + 1))];
    for (std::size_t j = 0; j < d; ++j) model.coefficients[(fixed + r) * d + j] = at[static_cast<Index>(r * (d + 1) + 1 + j)];
  }
  return model;
}

std::vector<double> standard_errors(const Problem& problem, const VectorXd& at) {
  if (problem.free != 1 || problem.penalty > 0) return {};
  const VectorXd variances = value_at(problem, at, true).hessian.inverse().diagonal();
  std::vector<double> out;
  for (double variance : variances) out.push_back(std::sqrt(variance));
  return out;
}

}  // namespace

Logistic logistic_regression(MatrixView x, std::span<const std::int32_t> labels, const LogisticOptions& options) {
  const Problem problem = problem_of(x, labels, options);
  const Search search = minimise(problem, options);
  const Index p = problem.parameters_a_class();
  const double squares = search.at.reshaped(p, static_cast<Index>(problem.free)).bottomRows(p - 1).squaredNorm();
  const double penalised = search.value.loss;  // in the scale of the loss
  return {.model = model_of(problem, search.at),
          .log_likelihood = -(penalised - problem.penalty / 2 * squares),
          .objective = problem.penalty > 0 ? penalised / problem.penalty : penalised,
          .standard_errors = standard_errors(problem, search.at),
          .iterations = search.iterations,
          .converged = search.converged};
}

Matrix probabilities(const LogisticModel& model, MatrixView x, int threads) {
  Matrix out(x.rows, model.classes);
  MatrixXd parameters(static_cast<Index>(x.columns) + 1, static_cast<Index>(model.classes));
  for (std::size_t c = 0; c < model.classes; ++c) {
    parameters(0, static_cast<Index>(c)) = model.intercepts[c];
    for (std::size_t j = 0; j < x.columns; ++j) parameters(static_cast<Index>(j) + 1, static_cast<Index>(c)) = model.coefficients[c * x.columns + j];
  }
  for_each_block(block_count(x.rows, block_rows), threads, [&](std::size_t b, int) {
    const BlockRange range = block_range(b, x.rows, block_rows);
    MatrixXd p = design_of(x, range) * parameters;
    softmax(p);
    for (std::size_t c = 0; c < model.classes; ++c) {
      const auto column = p.col(static_cast<Index>(c));
      std::copy(column.data(), column.data() + column.size(), out.column(c).data() + range.begin);
    }
  });
  return out;
}

}  // namespace coterie
