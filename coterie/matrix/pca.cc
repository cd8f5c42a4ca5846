#include "coterie/matrix/pca.h"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "coterie/base/cpu.h"
#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/matrix/pca_kernels.h"
#include "coterie/matrix/standardise.h"

namespace coterie {
namespace {

constexpr std::size_t tile = covariance_tile_rows;
constexpr std::size_t block_rows = 64 * tile;

struct Tile {
  explicit Tile(std::size_t columns) : centred(tile * columns), weighted(tile * columns) {}
  std::vector<double> centred, weighted;  // column-major; rows past the end are zeros
};

void fill(Tile& to, MatrixView x, std::size_t first, std::span<const double> means) {
  const std::size_t count = std::min(tile, x.rows - first);
  for (std::size_t j = 0; j < x.columns; ++j) {
    double *centred = to.centred.data() + j * tile, *weighted = to.weighted.data() + j * tile;
    const auto values = x.column(j).subspan(first, count);
    for (std::size_t i = 0; i < count; ++i) centred[i] = values[i] - means[j];
    for (std::size_t i = 0; i < count; ++i) weighted[i] = centred[i] * x.weight(first + i);
    std::fill(centred + count, centred + tile, 0.0);
    std::fill(weighted + count, weighted + tile, 0.0);
  }
}

double total_weight(MatrixView x) {
  double total = 0;
  for (std::size_t i = 0; i < x.rows; ++i) total += x.weight(i);
  return total;
}

Eigen::MatrixXd covariance(MatrixView x, std::span<const double> means, int threads) {
  const std::size_t d = x.columns, blocks = block_count(x.rows, block_rows);
  std::vector<double> parts(blocks * d * d), sums(d * d);
  for_each_block(blocks, threads, [&](std::size_t block, int) {
    Tile rows(d);
    const auto [begin, end] = block_range(block, x.rows, block_rows);
    for (std::size_t first = begin; first < end; first += tile) {
      fill(rows, x, first, means);
      add_products(isa())(rows.weighted.data(), rows.centred.data(), d, parts.data() + block * d * d);
    }
  });
  for (std::size_t i = 0; i < parts.size(); ++i) sums[i % (d * d)] += parts[i];
  const double weight = total_weight(x);
  Eigen::MatrixXd result(d, d);
  for (std::size_t j = 0; j < d; ++j)
    for (std::size_t l = j; l < d; ++l) {
      const auto a = static_cast<Eigen::Index>(j), b = static_cast<Eigen::Index>(l);
      result(a, b) = result(b, a) = sums[j * d + l] / weight;
    }
  return result;
}

void turn_positive(std::span<double> axis) {
  std::size_t largest = 0;
  for (std::size_t j = 1; j < axis.size(); ++j)
    if (std::abs(axis[j]) > std::abs(axis[largest])) largest = j;
  if (axis[largest] < 0)
    for (double& value : axis) value = -value;
}

}  // namespace

Pca fit_pca(MatrixView x, std::size_t components, int threads) {
  if (components > x.columns)
    throw Error(ErrorKind::usage, fmt::format("{} components were asked of {} columns", components, x.columns),
                fmt::format("ask for at most {} components", x.columns));
  Pca pca{.columns = x.columns, .components = components == 0 ? x.columns : components, .means = fit_standardisation(x, threads).means,
          .axes = {}, .explained_variance = {}, .explained_ratio = {}};
  const Eigen::MatrixXd matrix = covariance(x, pca.means, threads);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(matrix);  // eigenvalues rise
  const double total = matrix.trace();
  for (std::size_t c = 0; c < pca.components; ++c) {
    const auto column = static_cast<Eigen::Index>(x.columns - 1 - c);
    const double variance = std::max(0.0, solved.eigenvalues()[column]);
    pca.explained_variance.push_back(variance);
    pca.explained_ratio.push_back(total > 0 ? variance / total : 0.0);
    for (std::size_t j = 0; j < x.columns; ++j) pca.axes.push_back(solved.eigenvectors()(static_cast<Eigen::Index>(j), column));
    turn_positive(std::span(pca.axes).subspan(c * x.columns, x.columns));
  }
  return pca;
}

Matrix project(MatrixView x, const Pca& pca, int threads) {
  Matrix coordinates(x.rows, pca.components);
  for_each_block(block_count(x.rows, tile), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, tile);
    for (std::size_t c = 0; c < pca.components; ++c) {
      const auto to = coordinates.column(c);
      for (std::size_t j = 0; j < x.columns; ++j) {
        const double axis = pca.axes[c * x.columns + j], mean = pca.means[j];
        const double* from = x.values + j * x.stride;
        for (std::size_t i = begin; i < end; ++i) to[i] += (from[i] - mean) * axis;
      }
    }
  });
  return coordinates;
}

}  // namespace coterie
