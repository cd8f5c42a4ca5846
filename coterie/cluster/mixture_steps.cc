#include "coterie/cluster/mixture_steps.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include "coterie/base/random.h"
#include "coterie/cluster/kmeans_seeding.h"

namespace coterie {
namespace {

using Square = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr double log_two_pi = 1.8378770664093454836;

bool is_diagonal(Covariance covariance) { return covariance == Covariance::diagonal || covariance == Covariance::spherical; }

// The inverse Cholesky factor into the kernel's tiles; returns log det of the factor, NaN if there is none.
double prepare_full(const double* covariance, PreparedMixture& m, std::size_t c) {
  const auto d = static_cast<Eigen::Index>(m.columns);
  const Eigen::LLT<Square> cholesky(Eigen::Map<const Square>(covariance, d, d));
  if (cholesky.info() != Eigen::Success) return std::nan("");
  const Square inverse = cholesky.matrixL().solve(Square::Identity(d, d));
  double log_det = 0;
  double* out = m.factors.data() + c * m.padded * m.padded;
  for (std::size_t i = 0; i < m.columns; ++i) {
    for (std::size_t j = 0; j <= i; ++j)
      out[(i / 4 * m.padded + j) * 4 + i % 4] = inverse(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
    log_det += std::log(inverse(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i)));
  }
  return log_det;
}

double prepare_diagonal(const double* covariance, PreparedMixture& m, std::size_t c) {
  double log_det = 0;
  for (std::size_t j = 0; j < m.columns; ++j) {
    const double variance = covariance[j * m.columns + j];
    if (!(variance > 0)) return std::nan("");
    m.factors[c * m.columns + j] = 1 / std::sqrt(variance);
    log_det -= std::log(variance) / 2;
  }
  return log_det;
}

// Each component's own scatter about its new mean: (sums about the old mean) - total delta delta'.
std::vector<double> scatters(const MixtureSums& sums, const std::vector<double>& delta, bool diagonal) {
  const std::size_t k = sums.clusters, d = sums.columns;
  std::vector<double> out(k * d * d);
  for (std::size_t c = 0; c < k; ++c)
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t j = 0; j < d; ++j) {
        if (diagonal && i != j) continue;
        const double about_old = diagonal ? sums.second[c * d + i] : sums.second[(c * d + i) * d + j];
        out[(c * d + i) * d + j] = about_old - sums.total[c] * delta[c * d + i] * delta[c * d + j];
      }
  return out;
}

void share_scatter(std::vector<double>& scatter, std::size_t k, std::size_t size, double total) {
  for (std::size_t i = 0; i < size; ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < k; ++c) sum += scatter[c * size + i];
    for (std::size_t c = 0; c < k; ++c) scatter[c * size + i] = sum / total;
  }
}

void make_spherical(double* covariance, std::size_t d) {
  double mean = 0;
  for (std::size_t j = 0; j < d; ++j) mean += covariance[j * d + j] / static_cast<double>(d);
  for (std::size_t j = 0; j < d; ++j) covariance[j * d + j] = mean;
}

void finish_covariances(GaussianMixtureModel& model, const MixtureSums& sums, double total, double regularisation) {
  const std::size_t k = model.clusters, d = model.columns, size = d * d;
  if (model.covariance == Covariance::tied) share_scatter(model.covariances, k, size, total);
  for (std::size_t c = 0; c < k; ++c) {
    double* covariance = model.covariances.data() + c * size;
    if (model.covariance != Covariance::tied)
      for (std::size_t i = 0; i < size; ++i) covariance[i] = sums.total[c] > 0 ? covariance[i] / sums.total[c] : 0;
    if (model.covariance == Covariance::spherical) make_spherical(covariance, d);
    for (std::size_t j = 0; j < d; ++j) covariance[j * d + j] += regularisation;
  }
}

// --- the start ---

std::vector<double> inverse_variances(MatrixView x) {
  std::vector<double> out(x.columns);
  for (std::size_t j = 0; j < x.columns; ++j) {
    double total = 0, sum = 0, squares = 0;
    for (std::size_t i = 0; i < x.rows; ++i) total += x.weight(i), sum += x.weight(i) * x.at(i, j);
    const double mean = sum / total;
    for (std::size_t i = 0; i < x.rows; ++i) squares += x.weight(i) * (x.at(i, j) - mean) * (x.at(i, j) - mean);
    out[j] = squares > 0 ? total / squares : 0;
  }
  return out;
}

double distance(MatrixView x, std::size_t row, const double* centre, const std::vector<double>& scale) {
  double sum = 0;
  for (std::size_t j = 0; j < x.columns; ++j) {
    const double z = x.at(row, j) - centre[j];
    sum += z * z * scale[j];
  }
  return sum;
}

std::vector<std::size_t> nearest_centres(MatrixView x, const std::vector<double>& centres, const std::vector<double>& scale) {
  const std::size_t k = centres.size() / x.columns;
  std::vector<std::size_t> labels(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) {
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < k; ++c) {
      const double next = distance(x, i, centres.data() + c * x.columns, scale);
      if (next < best) best = next, labels[i] = c;
    }
  }
  return labels;
}

// Sums of hard labels about `means`.
MixtureSums hard_sums(MatrixView x, const std::vector<std::size_t>& labels, const std::vector<double>& means, bool diagonal) {
  const std::size_t d = x.columns, k = means.size() / d;
  MixtureSums sums{k, d, std::vector<double>(k), std::vector<double>(k * d), std::vector<double>(diagonal ? k * d : k * d * d), 0, 0};
  std::vector<double> z(d);
  for (std::size_t i = 0; i < x.rows; ++i) {
    const std::size_t c = labels[i];
    const double w = x.weight(i);
    sums.total[c] += w;
    for (std::size_t j = 0; j < d; ++j) z[j] = x.at(i, j) - means[c * d + j];
    for (std::size_t j = 0; j < d; ++j) sums.first[c * d + j] += w * z[j];
    for (std::size_t j = 0; j < d; ++j)
      if (diagonal) sums.second[c * d + j] += w * z[j] * z[j];
      else for (std::size_t l = 0; l < d; ++l) sums.second[(c * d + j) * d + l] += w * z[j] * z[l];
  }
  return sums;
}

void move_centres(const MixtureSums& sums, std::vector<double>& centres) {
  for (std::size_t c = 0; c < sums.clusters; ++c)
    if (sums.total[c] > 0)
      for (std::size_t j = 0; j < sums.columns; ++j) centres[c * sums.columns + j] += sums.first[c * sums.columns + j] / sums.total[c];
}

}  // namespace

std::optional<PreparedMixture> prepare(const GaussianMixtureModel& model) {
  PreparedMixture m{model.clusters, model.columns, (model.columns + 4) / 4 * 4, is_diagonal(model.covariance), model.means, {}, {}};
  m.factors.assign(m.diagonal ? m.clusters * m.columns : m.clusters * m.padded * m.padded, 0.0);
  m.log_constants.resize(m.clusters);
  for (std::size_t c = 0; c < m.clusters; ++c) {
    const double* covariance = model.covariances.data() + c * m.columns * m.columns;
    const double log_det = m.diagonal ? prepare_diagonal(covariance, m, c) : prepare_full(covariance, m, c);
    if (!std::isfinite(log_det)) return std::nullopt;
    const double weight = std::max(model.weights[c], std::numeric_limits<double>::min());
    m.log_constants[c] = std::log(weight) - static_cast<double>(m.columns) / 2 * log_two_pi + log_det;
  }
  return m;
}

GaussianMixtureModel update(const GaussianMixtureModel& before, const MixtureSums& sums, double regularisation) {
  const std::size_t k = before.clusters, d = before.columns;
  GaussianMixtureModel after = before;
  std::vector<double> delta(k * d);
  double total = 0;
  for (std::size_t c = 0; c < k; ++c) total += sums.total[c];
  for (std::size_t c = 0; c < k; ++c) {
    after.weights[c] = sums.total[c] / total;
    if (!(sums.total[c] > 0)) continue;
    for (std::size_t j = 0; j < d; ++j) {
      delta[c * d + j] = sums.first[c * d + j] / sums.total[c];
      after.means[c * d + j] += delta[c * d + j];
    }
  }
  after.covariances = scatters(sums, delta, is_diagonal(before.covariance));
  finish_covariances(after, sums, total, regularisation);
  return after;
}

// k-means++ seeds on columns of one spread; a constant column stays as it is.
std::vector<double> seeds(MatrixView x, std::size_t k, const std::vector<double>& scale, Random& random) {
  const auto factor = [&](std::size_t j) { return scale[j] > 0 ? std::sqrt(scale[j]) : 1.0; };
  Matrix scaled(x.rows, x.columns);
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < x.rows; ++i) scaled.at(i, j) = x.at(i, j) * factor(j);
  MatrixView view = scaled;
  view.weights = x.weights;
  std::vector<double> found = one_seeding(view, k, random);
  for (std::size_t at = 0; at < found.size(); ++at) found[at] /= factor(at % x.columns);
  return found;
}

GaussianMixtureModel start_mixture(MatrixView x, std::size_t k, Covariance covariance, double regularisation,
                                   std::uint64_t seed, std::uint64_t restart) {
  Random random(seed, restart);
  const std::vector<double> scale = inverse_variances(x);
  std::vector<double> centres = seeds(x, k, scale, random);
  std::vector<std::size_t> labels;
  for (int step = 0; step < 5; ++step) {
    labels = nearest_centres(x, centres, scale);
    move_centres(hard_sums(x, labels, centres, true), centres);
  }
  const GaussianMixtureModel at{covariance, k, x.columns, std::vector<double>(k), centres, {}};
  return update(at, hard_sums(x, labels, centres, is_diagonal(covariance)), regularisation);
}

}  // namespace coterie
