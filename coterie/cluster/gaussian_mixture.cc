#include "coterie/cluster/gaussian_mixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/cluster/mixture_steps.h"
#include "coterie/cluster/row_sample.h"

namespace coterie {
namespace {

struct Run {
  GaussianMixtureModel model;
  double log_likelihood = -std::numeric_limits<double>::infinity();
  int iterations = 0;
  bool converged = false;
  bool failed = false;
};

double weight_sum(MatrixView x) {
  if (x.weights == nullptr) return static_cast<double>(x.rows);
  double total = 0;
  for (std::size_t i = 0; i < x.rows; ++i) total += x.weights[i];
  return total;
}

// The model returned is the one whose likelihood was measured, not the one after it.
Run run_em(MatrixView x, GaussianMixtureModel model, const GaussianMixtureOptions& options) {
  Run run;
  const double enough = options.tolerance * weight_sum(x);
  while (true) {
    const auto prepared = prepare(model);
    if (!prepared) return run.failed = true, run;
    const MixtureSums sums = mixture_pass(*prepared, x, MixtureStep::expect_and_sum, {}, options.threads);
    const double gain = sums.log_likelihood - run.log_likelihood;
    run.model = std::move(model);
    run.log_likelihood = sums.log_likelihood;
    run.converged = gain < enough;
    if (run.converged || run.iterations >= options.max_iterations) return run;
    ++run.iterations;
    model = update(run.model, sums, options.regularisation);
  }
}

struct Best {
  Run run;
  int restart = 0, failed = 0;
};

Best best_of_restarts(MatrixView x, std::size_t k, const GaussianMixtureOptions& options) {
  Best best;
  best.run.failed = true;
  for (int restart = 0; restart < std::max(1, options.restarts); ++restart) {
    const auto start = start_mixture(x, k, options.covariance, options.regularisation, options.seed,
                                     static_cast<std::uint64_t>(restart));
    Run run = run_em(x, start, options);
    if (run.failed) ++best.failed;
    else if (best.run.failed || run.log_likelihood > best.run.log_likelihood) best.run = std::move(run), best.restart = restart;
  }
  return best;
}

Best search(MatrixView x, std::size_t k, const GaussianMixtureOptions& options) {
  if (options.start) return {run_em(x, *options.start, options), 0, 0};
  if (options.sample_rows == 0 || x.rows <= options.sample_rows) return best_of_restarts(x, k, options);
  const RowSample sample = sample_rows(x, std::max(options.sample_rows, k), Random(options.seed, 0x5a3f));
  Best best = best_of_restarts(sample.view(), k, options);
  if (!best.run.failed) best.run = run_em(x, std::move(best.run.model), options);
  return best;
}

void check(MatrixView x, std::size_t k, const GaussianMixtureOptions& options) {
  if (k < 1 || k > x.rows)
    throw Error(ErrorKind::usage, fmt::format("a mixture of {} components needs at least 1 and at most {} (the rows)", k, x.rows),
                "choose k between 1 and the number of rows");
  if (!options.start) return;
  assert(options.start->clusters == k && options.start->columns == x.columns);
}

void set_criteria(GaussianMixture& result, double total, double log_certainty) {
  const auto parameters = static_cast<double>(result.parameters);
  result.bic = 2 * result.log_likelihood - parameters * std::log(total);
  result.bic_lower_is_better = -result.bic;
  result.icl = result.bic + 2 * log_certainty;
  result.aic = 2 * parameters - 2 * result.log_likelihood;
}

PreparedMixture prepared(const GaussianMixtureModel& model) {
  auto ready = prepare(model);
  if (!ready) throw Error(ErrorKind::usage, "a covariance of this mixture is not positive definite", "fit it with a regularisation above 0");
  return std::move(*ready);
}

}  // namespace

GaussianMixture gaussian_mixture(MatrixView x, std::size_t k, const GaussianMixtureOptions& options) {
  check(x, k, options);
  Best best = search(x, k, options);
  if (best.run.failed)
    throw Error(ErrorKind::usage, fmt::format("every start of a {} mixture of {} components met a singular covariance", name_of(options.covariance), k),
                "give a larger regularisation, fewer components, or a simpler covariance");
  GaussianMixture result;
  result.model = std::move(best.run.model);
  result.labels.resize(x.rows);
  const MixtureSums sums = mixture_pass(prepared(result.model), x, MixtureStep::expect, {.labels = result.labels.data()}, options.threads);
  result.log_likelihood = sums.log_likelihood;
  result.parameters = parameter_count(result.model.covariance, k, x.columns);
  result.iterations = best.run.iterations;
  result.converged = best.run.converged;
  result.restart = best.restart;
  result.failed_restarts = best.failed;
  set_criteria(result, weight_sum(x), sums.log_certainty);
  return result;
}

std::vector<double> log_density(const GaussianMixtureModel& model, MatrixView x, int threads) {
  std::vector<double> out(x.rows);
  mixture_pass(prepared(model), x, MixtureStep::expect, {.log_density = out.data()}, threads);
  return out;
}

Matrix responsibilities(const GaussianMixtureModel& model, MatrixView x, int threads) {
  Matrix out(x.rows, model.clusters);
  mixture_pass(prepared(model), x, MixtureStep::expect,
               {.responsibilities = out.column(0).data(), .stride = out.view().stride}, threads);
  return out;
}

std::vector<std::int32_t> assign(const GaussianMixtureModel& model, MatrixView x, int threads) {
  std::vector<std::int32_t> out(x.rows);
  mixture_pass(prepared(model), x, MixtureStep::expect, {.labels = out.data()}, threads);
  return out;
}

std::size_t parameter_count(Covariance covariance, std::size_t k, std::size_t columns) {
  const std::size_t means_and_weights = k * columns + k - 1, triangle = columns * (columns + 1) / 2;
  switch (covariance) {
    case Covariance::full: return means_and_weights + k * triangle;
    case Covariance::tied: return means_and_weights + triangle;
    case Covariance::diagonal: return means_and_weights + k * columns;
    case Covariance::spherical: return means_and_weights + k;
  }
  return 0;
}

const char* name_of(Covariance covariance) {
  switch (covariance) {
    case Covariance::full: return "full";
    case Covariance::tied: return "tied";
    case Covariance::diagonal: return "diagonal";
    case Covariance::spherical: return "spherical";
  }
  return "unknown";
}

const char* mclust_name_of(Covariance covariance) {
  switch (covariance) {
    case Covariance::full: return "VVV";
    case Covariance::tied: return "EEE";
    case Covariance::diagonal: return "VVI";
    case Covariance::spherical: return "VII";
  }
  return "unknown";
}

}  // namespace coterie
