#include "coterie/matrix/standardise.h"

#include <cmath>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/matrix/finite.h"

namespace coterie {
namespace {

constexpr std::size_t block_rows = 1 << 14, lanes = 8;

// A sum that carries what rounding dropped (Neumaier 1974; two_sum of Knuth, free of branches).
struct Sum {
  double value = 0, dropped = 0;
  void add(double term) {
    const double next = value + term, back = next - value;
    dropped += (value - (next - back)) + (term - back);
    value = next;
  }
  double total() const { return value + dropped; }
};

// Sum of term(row) over [begin, end), in eight lanes so that additions overlap.
template <class Term>
Sum sum_rows(std::size_t begin, std::size_t end, const Term& term) {
  double value[lanes] = {}, dropped[lanes] = {};
  std::size_t row = begin;
  for (; row + lanes <= end; row += lanes)
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const double t = term(row + lane), next = value[lane] + t, back = next - value[lane];
      dropped[lane] += (value[lane] - (next - back)) + (t - back);
      value[lane] = next;
    }
  Sum sum;
  for (std::size_t lane = 0; lane < lanes; ++lane) sum.add(value[lane]), sum.dropped += dropped[lane];
  for (; row < end; ++row) sum.add(term(row));
  return sum;
}

// Sums of term(column, row), one a column.
template <class Term>
std::vector<double> sum_columns(MatrixView x, std::size_t columns, int threads, const Term& term) {
  const std::size_t blocks = block_count(x.rows, block_rows);
  std::vector<Sum> parts(blocks * columns);
  for_each_block(blocks, threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, block_rows);
    for (std::size_t j = 0; j < columns; ++j)
      parts[block * columns + j] = sum_rows(begin, end, [&, j](std::size_t row) { return term(j, row); });
  });
  std::vector<Sum> sums(columns);
  for (std::size_t i = 0; i < parts.size(); ++i)
    sums[i % columns].add(parts[i].value), sums[i % columns].dropped += parts[i].dropped;
  std::vector<double> totals;
  for (const Sum& sum : sums) totals.push_back(sum.total());
  return totals;
}

bool constant(std::span<const double> column) {
  for (double value : column)
    if (value != column[0]) return false;
  return true;
}

struct Moments {
  std::vector<double> means, variances;
};

template <class Weight>
Moments moments_of(MatrixView x, int threads, const Weight& weight) {
  const double total = sum_columns(x, 1, threads, [&](std::size_t, std::size_t row) { return weight(row); })[0];
  Moments m;
  m.means = sum_columns(x, x.columns, threads, [&](std::size_t j, std::size_t row) { return weight(row) * x.at(row, j); });
  for (double& mean : m.means) mean /= total;
  const auto from_mean = [&](std::size_t j, std::size_t row) { return x.at(row, j) - m.means[j]; };
  const auto first = sum_columns(x, x.columns, threads, [&](std::size_t j, std::size_t row) { return weight(row) * from_mean(j, row); });
  m.variances = sum_columns(x, x.columns, threads, [&](std::size_t j, std::size_t row) {
    const double d = from_mean(j, row);
    return weight(row) * (d * d);
  });
  for (std::size_t j = 0; j < x.columns; ++j) m.variances[j] = (m.variances[j] - first[j] * first[j] / total) / total;
  return m;
}

void scale_block(std::span<const double> from, std::span<double> to, double mean, double deviation) {
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = (from[i] - mean) / deviation;
}

}  // namespace

Standardisation fit_standardisation(MatrixView x, int threads) {
  if (x.rows == 0) throw Error(ErrorKind::no_usable_rows, "there are no rows to standardise");
  require_finite(x, threads);
  const double* weights = x.weights;
  Moments m = weights == nullptr ? moments_of(x, threads, [](std::size_t) { return 1.0; })
                                 : moments_of(x, threads, [weights](std::size_t row) { return weights[row]; });
  Standardisation fitted{.means = std::move(m.means), .deviations = {}, .constant_columns = {}};
  for (std::size_t j = 0; j < x.columns; ++j) {
    const bool flat = constant(x.column(j)) || !(m.variances[j] > 0);
    if (flat) fitted.constant_columns.push_back(j), fitted.means[j] = x.at(0, j);
    fitted.deviations.push_back(flat ? 1.0 : std::sqrt(m.variances[j]));
  }
  return fitted;
}

Matrix standardise(MatrixView x, const Standardisation& fitted, int threads) {
  Matrix z(x.rows, x.columns);
  for_each_block(block_count(x.rows, block_rows), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, block_rows);
    for (std::size_t j = 0; j < x.columns; ++j)
      scale_block(x.column(j).subspan(begin, end - begin), z.column(j).subspan(begin, end - begin), fitted.means[j], fitted.deviations[j]);
  });
  return z;
}

void standardise_in_place(Matrix& x, const Standardisation& fitted, int threads) {
  for_each_block(block_count(x.rows(), block_rows), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows(), block_rows);
    for (std::size_t j = 0; j < x.columns(); ++j) {
      const auto values = x.column(j).subspan(begin, end - begin);
      scale_block(values, values, fitted.means[j], fitted.deviations[j]);
    }
  });
}

}  // namespace coterie
