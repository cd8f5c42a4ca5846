#include "coterie/score/gap.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/score/indices.h"

namespace coterie {
namespace {

// A box: rows are (axes) times a point between low and high. The mean is left out: inertia does not see it.
struct Box {
  Eigen::MatrixXd axes;
  Eigen::VectorXd low, high;
};

double total_weight(const MatrixView& x) {
  double total = 0;
  for (std::size_t i = 0; i < x.rows; ++i) total += x.weight(i);
  return total;
}

Eigen::MatrixXd centred(const MatrixView& x) {
  const double n = total_weight(x);
  Eigen::MatrixXd rows(x.rows, x.columns);
  for (std::size_t j = 0; j < x.columns; ++j) {
    double mean = 0;
    for (std::size_t i = 0; i < x.rows; ++i) mean += x.weight(i) * x.at(i, j) / n;
    for (std::size_t i = 0; i < x.rows; ++i) rows(i, j) = x.at(i, j) - mean;
  }
  return rows;
}

Eigen::MatrixXd principal_axes(const MatrixView& x, const Eigen::MatrixXd& rows) {
  Eigen::VectorXd weights(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) weights[i] = x.weight(i);
  const Eigen::MatrixXd covariance = rows.transpose() * weights.asDiagonal() * rows;
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(covariance).eigenvectors();
}

Box box_around(const MatrixView& x, GapBox kind) {
  Eigen::MatrixXd rows = centred(x);
  Box box{Eigen::MatrixXd::Identity(x.columns, x.columns), {}, {}};
  if (kind == GapBox::principal) {
    box.axes = principal_axes(x, rows);
    rows = rows * box.axes;
  }
  box.low = rows.colwise().minCoeff().transpose();
  box.high = rows.colwise().maxCoeff().transpose();
  return box;
}

Matrix drawn_from(const Box& box, std::size_t rows, Random random) {
  const Eigen::Index columns = box.low.size();
  Matrix x(rows, columns);
  Eigen::VectorXd point(columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (Eigen::Index j = 0; j < columns; ++j) point[j] = box.low[j] + random.uniform() * (box.high[j] - box.low[j]);
    const Eigen::VectorXd turned = box.axes * point;
    for (Eigen::Index j = 0; j < columns; ++j) x.at(i, j) = turned[j];
  }
  return x;
}

double log_w(const MatrixView& x, const Fit& fit, int k, std::uint64_t seed) {
  const std::vector<int> labels = k == 1 ? std::vector<int>(x.rows, 0) : fit(x, k, seed);
  return std::log(validity_indices(x, labels).inertia / 2);
}

std::vector<double> log_w_of_all_k(const MatrixView& x, const Fit& fit, int k_max, std::uint64_t seed) {
  std::vector<double> values;
  for (int k = 1; k <= k_max; ++k) values.push_back(log_w(x, fit, k, seed + k));
  return values;
}

void check(const MatrixView& x, const GapOptions& options) {
  if (options.references < 1 || options.k_max < 1)
    throw Error(ErrorKind::usage, "the gap statistic needs at least one reference and one k");
  if (static_cast<std::size_t>(options.k_max) > x.rows)
    throw Error(ErrorKind::usage, fmt::format("{} rows cannot make {} clusters", x.rows, options.k_max), "give a lower k_max");
}

// log W of the references, [reference][k - 1], as if they had as many rows as x.
std::vector<std::vector<double>> reference_log_w(const MatrixView& x, const Fit& fit, const GapOptions& options) {
  const double n = total_weight(x);
  const std::size_t rows = options.reference_rows != 0 ? options.reference_rows : static_cast<std::size_t>(std::llround(n));
  const Box box = box_around(x, options.box);
  std::vector<std::vector<double>> log_ws(options.references);
  for_each_block(log_ws.size(), options.threads, [&](std::size_t r, int) {
    const Matrix reference = drawn_from(box, rows, Random(options.seed, r + 1));
    log_ws[r] = log_w_of_all_k(reference, fit, options.k_max, mix64(options.seed + r + 1));
    for (double& value : log_ws[r]) value += std::log(n / static_cast<double>(rows));
  });
  return log_ws;
}

GapRow row_of_k(int k, double data, const std::vector<std::vector<double>>& references) {
  const double count = static_cast<double>(references.size());
  double mean = 0, variance = 0;
  for (const auto& values : references) mean += values[k - 1] / count;
  for (const auto& values : references) variance += (values[k - 1] - mean) * (values[k - 1] - mean) / count;
  return {k, data, mean, mean - data, std::sqrt(variance * (1 + 1 / count))};
}

int tibshirani_rule(const std::vector<GapRow>& rows) {
  for (std::size_t i = 0; i + 1 < rows.size(); ++i)
    if (rows[i].gap >= rows[i + 1].gap - rows[i + 1].se) return rows[i].k;
  return rows.back().k;
}

int first_se_max_rule(const std::vector<GapRow>& rows) {
  std::size_t peak = 0;
  while (peak + 1 < rows.size() && rows[peak + 1].gap > rows[peak].gap) ++peak;
  for (std::size_t i = 0; i < peak; ++i)
    if (rows[i].gap >= rows[peak].gap - rows[peak].se) return rows[i].k;
  return rows[peak].k;
}

}  // namespace

void choose_by_gap(GapResult& result) {
  result.tibshirani = tibshirani_rule(result.rows);
  result.first_se_max = first_se_max_rule(result.rows);
  const double chosen = result.rows[result.tibshirani - 1].gap;
  result.settled = result.tibshirani == result.first_se_max && result.tibshirani < result.rows.back().k &&
                   std::ranges::all_of(result.rows, [&](const GapRow& row) { return row.gap <= chosen; });
}

GapResult gap_statistic(const MatrixView& x, const Fit& fit, const GapOptions& options) {
  check(x, options);
  const std::vector<double> data = log_w_of_all_k(x, fit, options.k_max, mix64(options.seed));
  const auto references = reference_log_w(x, fit, options);
  GapResult result;
  for (int k = 1; k <= options.k_max; ++k) result.rows.push_back(row_of_k(k, data[k - 1], references));
  choose_by_gap(result);
  return result;
}

}  // namespace coterie
