// Gaussian mixtures by expectation-maximisation: soft clusters of elliptic shape and unequal size.
//
// What: the density of a row is sum_c w_c N(x; m_c, S_c). EM raises the log-likelihood at every step.
// When to use it: clusters of different size, orientation or overlap; when "how surely" is asked for each
//   customer; when k is to be chosen by a likelihood (BIC). k-means is its limit of equal spheres.
// Cost: an iteration is O(n k d^2) (full, tied) or O(n k d) (diagonal, spherical), data read once.
// Paper: Dempster, Laird, Rubin 1977; the covariance families are those of Celeux, Govaert 1995.
// Notation: n rows, d columns, k components, N the sum of the row weights.
// Numerical care: log-sum-exp; moments are taken about the means of the iteration before, so large means
//   do not cancel; inverse Cholesky factors, never inverses; own exp and log (base/simd_math.h).
// Deterministic: same bits for any number of threads and any instruction set.
// Tested by: reference log-likelihoods of mclust and scikit-learn, a plain twin, equal bits.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

// scikit-learn's names; mclust's letters in brackets. Free parameters of the covariances:
enum class Covariance {
  full,       // one a component (VVV): k d (d + 1) / 2
  tied,       // one for all (EEE): d (d + 1) / 2
  diagonal,   // one diagonal a component (VVI): k d
  spherical,  // one variance a component (VII): k
};

// Plain data. All of one family's covariances are kept as full d x d matrices.
struct GaussianMixtureModel {
  Covariance covariance = Covariance::full;
  std::size_t clusters = 0, columns = 0;
  std::vector<double> weights;      // k, sum 1
  std::vector<double> means;        // k x d
  std::vector<double> covariances;  // k x d x d
};

struct GaussianMixtureOptions {
  Covariance covariance = Covariance::full;
  int restarts = 5;                 // starts tried; the best likelihood wins, ties to the earliest
  std::uint64_t seed = 1;
  int max_iterations = 300;         // of each start
  double tolerance = 1e-6;          // stop when the mean log-likelihood of a row rises by less
  double regularisation = 1e-6;     // added to every diagonal element of a covariance (in squared units of
                                    // the columns, as scikit-learn's reg_covar); 0 gives maximum likelihood
  std::size_t sample_rows = 100000; // restarts compete on so many random rows when there are more, and the
                                    // best goes on with all rows; 0: every restart runs on all rows
  std::optional<GaussianMixtureModel> start = std::nullopt;  // start here instead of at random (restarts is then ignored)
  int threads = 0;                  // 0: all processors
};

struct GaussianMixture {
  GaussianMixtureModel model;
  std::vector<std::int32_t> labels;  // rows: the likeliest component, ties to the lowest
  double log_likelihood = 0;         // of all rows, weighted, under `model`
  std::size_t parameters = 0;        // free ones: k d + k - 1 + those of the covariances
  // Two signs of BIC are in use. bic = 2 logL - parameters log N: larger is better (mclust, Schwarz's own
  // direction). The other, parameters log N - 2 logL, smaller is better, is scikit-learn's: bic_lower_is_better.
  double bic = 0;
  double bic_lower_is_better = 0;
  double icl = 0;  // bic + 2 sum log(largest responsibility), larger is better (Biernacki, Celeux, Govaert
                   // 2000 with hard labels, as mclust's icl)
  double aic = 0;  // 2 parameters - 2 logL, smaller is better (Akaike; scikit-learn's sign)
  int iterations = 0;      // of the winning start, on all rows
  bool converged = false;  // the tolerance was reached within max_iterations
  int restart = 0;         // which start won (0-based); 0 when `start` was given
  int failed_restarts = 0; // starts given up because a covariance became singular
};

// Fits k components to the rows (finite numbers; weights > 0 count a row so many times).
// Throws Error(usage) for k < 1, k > rows, or when every start ends in a singular covariance.
GaussianMixture gaussian_mixture(MatrixView x, std::size_t k, const GaussianMixtureOptions& options = {});

// Natural log of the mixture's density at each row.
std::vector<double> log_density(const GaussianMixtureModel& model, MatrixView x, int threads = 0);
// Soft membership: rows x k, each row sums to 1.
Matrix responsibilities(const GaussianMixtureModel& model, MatrixView x, int threads = 0);
// The likeliest component of each row, ties to the lowest.
std::vector<std::int32_t> assign(const GaussianMixtureModel& model, MatrixView x, int threads = 0);

std::size_t parameter_count(Covariance covariance, std::size_t k, std::size_t columns);
const char* name_of(Covariance covariance);         // "full"
const char* mclust_name_of(Covariance covariance);  // "VVV"

}  // namespace coterie
