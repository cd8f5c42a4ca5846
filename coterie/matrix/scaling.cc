#include "coterie/matrix/scaling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "coterie/base/parallel.h"
#include "coterie/matrix/finite.h"

namespace coterie {
namespace {

constexpr std::array method_names = {"z", "robust", "min-max", "log-z", "yeo-johnson"};
constexpr double largest_lambda = 5;

double yeo_johnson(double x, double lambda) {
  if (x >= 0) return lambda == 0 ? std::log1p(x) : std::expm1(lambda * std::log1p(x)) / lambda;
  return lambda == 2 ? -std::log1p(-x) : -std::expm1((2 - lambda) * std::log1p(-x)) / (2 - lambda);
}

double signed_log(double x) { return std::copysign(std::log1p(std::abs(x)), x); }

double bend(double x, ScalingMethod method, double lambda) {
  if (method == ScalingMethod::log_z) return signed_log(x);
  return method == ScalingMethod::yeo_johnson ? yeo_johnson(x, lambda) : x;
}

bool bends(ScalingMethod method) { return method == ScalingMethod::log_z || method == ScalingMethod::yeo_johnson; }

void bend_in_place(Matrix& x, ScalingMethod method, const std::vector<double>& lambdas, int threads) {
  if (!bends(method)) return;
  for_each_block(x.columns(), threads, [&](std::size_t j, int) {
    for (double& value : x.column(j)) value = bend(value, method, lambdas.empty() ? 1 : lambdas[j]);
  });
}

// The logarithm of the likelihood of a normal distribution of the bent values, up to a constant.
double log_likelihood(MatrixView x, std::size_t column, double lambda) {
  double weight = 0, sum = 0, squares = 0, slope = 0;
  for (std::size_t row = 0; row < x.rows; ++row) weight += x.weight(row), sum += x.weight(row) * yeo_johnson(x.at(row, column), lambda);
  const double mean = sum / weight;
  for (std::size_t row = 0; row < x.rows; ++row) {
    const double value = x.at(row, column), from_mean = yeo_johnson(value, lambda) - mean;
    squares += x.weight(row) * from_mean * from_mean;
    slope += x.weight(row) * signed_log(value);
  }
  return -weight / 2 * std::log(squares / weight) + (lambda - 1) * slope;
}

// Golden-section search: the likelihood has one maximum (Yeo & Johnson 2000).
double likeliest_lambda(MatrixView x, std::size_t column) {
  constexpr double golden = 0.6180339887498949;
  double low = -largest_lambda, high = largest_lambda;
  double a = high - golden * (high - low), b = low + golden * (high - low);
  double at_a = log_likelihood(x, column, a), at_b = log_likelihood(x, column, b);
  while (high - low > 1e-8) {
    if (at_a >= at_b) {
      high = b, b = a, at_b = at_a;
      a = high - golden * (high - low), at_a = log_likelihood(x, column, a);
    } else {
      low = a, a = b, at_a = at_b;
      b = low + golden * (high - low), at_b = log_likelihood(x, column, b);
    }
  }
  return (low + high) / 2;
}

// Values in rising order with the number of rows up to and including each.
struct SortedColumn {
  std::vector<double> values, rows_to_here;

  double at(double place) const {
    return values[static_cast<std::size_t>(std::upper_bound(rows_to_here.begin(), rows_to_here.end(), place) - rows_to_here.begin())];
  }
  double quantile(double share) const {
    const double place = share * (rows_to_here.back() - 1), below = std::floor(place);
    const double low = at(below), high = at(std::min(below + 1, rows_to_here.back() - 1));
    return low + (place - below) * (high - low);
  }
};

SortedColumn sort_column(MatrixView x, std::size_t column) {
  std::vector<std::size_t> order(x.rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x.at(a, column) < x.at(b, column); });
  SortedColumn sorted;
  double rows = 0;
  for (const std::size_t row : order) sorted.values.push_back(x.at(row, column)), sorted.rows_to_here.push_back(rows += x.weight(row));
  return sorted;
}

// `fitted` says which columns are constant; the others get the method's own shift and stretch.
void use_order_statistics(Standardisation& fitted, MatrixView x, ScalingMethod method, int threads) {
  for_each_block(x.columns, threads, [&](std::size_t j, int) {
    if (std::find(fitted.constant_columns.begin(), fitted.constant_columns.end(), j) != fitted.constant_columns.end()) return;
    const SortedColumn sorted = sort_column(x, j);
    if (method == ScalingMethod::min_max) {
      fitted.means[j] = sorted.values.front();
      fitted.deviations[j] = sorted.values.back() - sorted.values.front();
      return;
    }
    const double spread = sorted.quantile(0.75) - sorted.quantile(0.25);
    fitted.means[j] = sorted.quantile(0.5);
    if (spread > 0) fitted.deviations[j] = spread;
  });
}

// x with its weights, bent.
Matrix bent(MatrixView x, ScalingMethod method, const std::vector<double>& lambdas, int threads) {
  Matrix copy(x.rows, x.columns);
  for (std::size_t j = 0; j < x.columns; ++j) std::copy(x.column(j).begin(), x.column(j).end(), copy.column(j).begin());
  bend_in_place(copy, method, lambdas, threads);
  return copy;
}

}  // namespace

const char* name_of(ScalingMethod method) { return method_names[static_cast<std::size_t>(method)]; }

std::optional<ScalingMethod> scaling_method_from_name(const std::string& name) {
  const auto it = std::find(method_names.begin(), method_names.end(), name);
  return it == method_names.end() ? std::nullopt : std::optional(static_cast<ScalingMethod>(it - method_names.begin()));
}

Scaling fit_scaling(MatrixView x, ScalingMethod method, int threads) {
  Scaling scaling{.method = method, .lambdas = {}, .linear = {}};
  if (method == ScalingMethod::yeo_johnson) {
    require_finite(x, threads);
    scaling.lambdas.resize(x.columns, 1);
    for_each_block(x.columns, threads, [&](std::size_t j, int) {
      const auto column = x.column(j);
      if (std::any_of(column.begin(), column.end(), [&](double value) { return value != column[0]; })) scaling.lambdas[j] = likeliest_lambda(x, j);
    });
  }
  if (bends(method)) {
    const Matrix copy = bent(x, method, scaling.lambdas, threads);
    MatrixView view = copy;
    view.weights = x.weights;
    scaling.linear = fit_standardisation(view, threads);
    return scaling;
  }
  scaling.linear = fit_standardisation(x, threads);
  if (method != ScalingMethod::z) use_order_statistics(scaling.linear, x, method, threads);
  return scaling;
}

void scale_in_place(Matrix& x, const Scaling& scaling, int threads) {
  bend_in_place(x, scaling.method, scaling.lambdas, threads);
  standardise_in_place(x, scaling.linear, threads);
}

Scaling scaling_of_column(const Scaling& scaling, std::size_t column) {
  Scaling one{.method = scaling.method, .lambdas = {}, .linear = {.means = {scaling.linear.means[column]}, .deviations = {scaling.linear.deviations[column]}, .constant_columns = {}}};
  if (!scaling.lambdas.empty()) one.lambdas = {scaling.lambdas[column]};
  return one;
}

std::vector<HeavyTail> heavy_tails(MatrixView scaled, double limit) {
  std::vector<HeavyTail> tails;
  for (std::size_t j = 0; j < scaled.columns; ++j) {
    double greatest = 0;
    for (const double value : scaled.column(j)) greatest = std::max(greatest, std::abs(value));
    if (greatest > limit) tails.push_back({j, greatest});
  }
  return tails;
}

}  // namespace coterie
