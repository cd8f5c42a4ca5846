#include "coterie/score/null_data.h"

#include <Eigen/Dense>
#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numeric>

namespace coterie {
namespace {

using Square = Eigen::MatrixXd;

// Rows in the order of a column's values; equal ones in the order of rows.
std::vector<std::uint32_t> order_of(std::span<const double> column) {
  std::vector<std::uint32_t> order(column.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t row) { return column[row]; });
  return order;
}

// Of ranks 0 .. n-1: the normal quantile of (rank + 1/2) / n.
std::vector<double> normal_quantiles(std::size_t n) {
  std::vector<double> scores(n);
  for (std::size_t rank = 0; rank < n; ++rank)
    scores[rank] = -std::sqrt(2.0) * boost::math::erfc_inv(2 * (static_cast<double>(rank) + 0.5) / static_cast<double>(n));
  return scores;
}

// Each value's normal score, equal values the mean of theirs.
Square normal_scores(MatrixView x, const std::vector<double>& quantiles) {
  Square scores(x.rows, x.columns);
  for (std::size_t j = 0; j < x.columns; ++j) {
    const auto column = x.column(j);
    const auto order = order_of(column);
    for (std::size_t begin = 0, end; begin < order.size(); begin = end) {
      double sum = 0;
      for (end = begin; end < order.size() && column[order[end]] == column[order[begin]]; ++end) sum += quantiles[end];
      for (std::size_t r = begin; r < end; ++r) scores(order[r], j) = sum / static_cast<double>(end - begin);
    }
  }
  return scores;
}

// 1 on the diagonal, 0 for constant columns.
Square correlation_of(Square x) {
  x.rowwise() -= x.colwise().mean().eval();
  Square c = x.transpose() * x;
  const Eigen::VectorXd deviation = c.diagonal().cwiseSqrt();
  for (Eigen::Index i = 0; i < c.rows(); ++i)
    for (Eigen::Index j = 0; j < c.cols(); ++j) {
      const double both = deviation[i] * deviation[j];
      c(i, j) = i == j ? 1 : both > 0 ? c(i, j) / both : 0;
    }
  return c;
}

// The lower root of a correlation matrix, or of the nearest mixture with the identity that has one.
Square root_of(const Square& wanted) {
  for (double shrink = 1e-9; shrink < 1; shrink = shrink < 1e-4 ? shrink * 100 : shrink + 0.02) {
    const Square mixed = (1 - shrink) * wanted + shrink * Square::Identity(wanted.rows(), wanted.cols());
    const Eigen::LLT<Square> root(mixed);
    if (root.info() == Eigen::Success) return root.matrixL();
  }
  return Square::Identity(wanted.rows(), wanted.cols());
}

Square independent_normals(std::size_t rows, std::size_t columns, Random& random) {
  Square z(rows, columns);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) z(i, j) = random.normal();
  return z;
}

// The data's values in the order of the columns of `normals`.
Matrix with_margins(const Matrix& sorted_values, const Square& normals) {
  Matrix x(sorted_values.rows(), sorted_values.columns());
  for (std::size_t j = 0; j < x.columns(); ++j) {
    const auto order = order_of({normals.col(j).data(), x.rows()});
    for (std::size_t rank = 0; rank < order.size(); ++rank) x.at(order[rank], j) = sorted_values.at(rank, j);
  }
  return x;
}

std::vector<double> row_major(const Square& m) {
  std::vector<double> values;
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) values.push_back(m(i, j));
  return values;
}

Square square_from(const std::vector<double>& values, std::size_t columns) {
  Square m(columns, columns);
  for (std::size_t i = 0; i < columns; ++i)
    for (std::size_t j = 0; j < columns; ++j) m(i, j) = values[i * columns + j];
  return m;
}

// Ties weaken correlations, so that the normal's must be stronger than the wanted ones: corrected by what is missing.
Square copula_root(const NullModel& model, MatrixView x, Random random) {
  const std::vector<double> quantiles = normal_quantiles(x.rows);
  const Square wanted = correlation_of(normal_scores(x, quantiles));
  const Square z = independent_normals(x.rows, x.columns, random);
  Square latent = wanted;
  for (int round = 0; round < 5; ++round) {
    const Matrix drawn = with_margins(model.sorted, z * root_of(latent).transpose());
    latent += wanted - correlation_of(normal_scores(drawn, quantiles));
    latent = latent.cwiseMax(-0.999).cwiseMin(0.999);
    latent.diagonal().setOnes();
  }
  return root_of(latent);
}

Square covariance_root(MatrixView x, const std::vector<double>& means) {
  Square centred(x.rows, x.columns);
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < x.rows; ++i) centred(i, j) = x.at(i, j) - means[j];
  const Eigen::VectorXd deviation = (centred.colwise().squaredNorm() / static_cast<double>(x.rows)).cwiseSqrt().transpose();
  return deviation.asDiagonal() * root_of(correlation_of(centred));
}

}  // namespace

const char* name_of(NullKind kind) {
  switch (kind) {
    case NullKind::permuted: return "permuted";
    case NullKind::copula: return "copula";
    case NullKind::normal: return "normal";
  }
  return "";
}

NullModel fit_null(MatrixView x, std::uint64_t seed) {
  NullModel model{.rows = x.rows, .columns = x.columns, .sorted = Matrix(x.rows, x.columns), .copula_root = {}, .means = {}, .normal_root = {}};
  for (std::size_t j = 0; j < x.columns; ++j) {
    std::ranges::copy(x.column(j), model.sorted.column(j).begin());
    std::ranges::sort(model.sorted.column(j));
    model.means.push_back(std::accumulate(x.column(j).begin(), x.column(j).end(), 0.0) / static_cast<double>(x.rows));
  }
  model.copula_root = row_major(copula_root(model, x, Random(seed)));
  model.normal_root = row_major(covariance_root(x, model.means));
  return model;
}

Matrix draw_null(const NullModel& model, NullKind kind, Random random) {
  Square z = independent_normals(model.rows, model.columns, random);
  if (kind == NullKind::permuted) return with_margins(model.sorted, z);
  if (kind == NullKind::copula) return with_margins(model.sorted, z * square_from(model.copula_root, model.columns).transpose());
  z = z * square_from(model.normal_root, model.columns).transpose();
  Matrix x(model.rows, model.columns);
  for (std::size_t j = 0; j < model.columns; ++j)
    for (std::size_t i = 0; i < model.rows; ++i) x.at(i, j) = model.means[j] + z(i, j);
  return x;
}

}  // namespace coterie
