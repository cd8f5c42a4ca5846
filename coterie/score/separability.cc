#include "coterie/score/separability.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/score/logistic.h"

namespace coterie {
namespace {

struct Split {
  std::vector<std::size_t> training, test;  // rows, rising
};

// The first `count` of a seeded shuffle (Fisher, Yates).
void shuffle_first(std::vector<std::size_t>& rows, std::size_t count, Random& random) {
  for (std::size_t i = 0; i < count; ++i) std::swap(rows[i], rows[i + random.below(rows.size() - i)]);
}

Split split_rows(const std::map<std::int32_t, std::vector<std::size_t>>& by_label, const SeparabilityOptions& options) {
  std::size_t all = 0;
  for (const auto& [label, rows] : by_label) all += rows.size();
  const double share = std::min(1.0, static_cast<double>(options.max_rows) / static_cast<double>(all));
  Split split;
  for (auto [label, rows] : by_label) {
    Random random(options.seed, static_cast<std::uint64_t>(label));
    const auto wished = static_cast<std::size_t>(std::llround(share * static_cast<double>(rows.size())));
    const std::size_t taken = std::min(rows.size(), std::max<std::size_t>(2, wished));
    shuffle_first(rows, taken, random);
    const auto held = static_cast<std::size_t>(std::llround(options.test_share * static_cast<double>(taken)));
    const std::size_t test = taken < 2 ? 0 : std::clamp<std::size_t>(held, 1, taken - 1);
    split.test.insert(split.test.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(test));
    split.training.insert(split.training.end(), rows.begin() + static_cast<std::ptrdiff_t>(test), rows.begin() + static_cast<std::ptrdiff_t>(taken));
  }
  std::sort(split.test.begin(), split.test.end());
  std::sort(split.training.begin(), split.training.end());
  return split;
}

struct Part {
  Matrix values;
  std::vector<double> weights;
  std::vector<std::int32_t> classes;
  MatrixView view() const {
    MatrixView v = values;
    v.weights = weights.data();
    return v;
  }
};

Part part_of(MatrixView x, std::span<const std::int32_t> classes, const std::vector<std::size_t>& rows) {
  Part part{Matrix(rows.size(), x.columns), {}, {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < x.columns; ++j) part.values.at(i, j) = x.at(rows[i], j);
    part.weights.push_back(x.weight(rows[i]));
    part.classes.push_back(classes[rows[i]]);
  }
  return part;
}

// Both parts to mean 0 and variance 1 of the training rows; a constant column becomes 0.
void standardise(Part& training, Part& test) {
  const double total = std::accumulate(training.weights.begin(), training.weights.end(), 0.0);
  for (std::size_t j = 0; j < training.values.columns(); ++j) {
    double sum = 0, squares = 0;
    const auto column = training.values.column(j);
    for (std::size_t i = 0; i < column.size(); ++i) sum += training.weights[i] * column[i];
    const double mean = sum / total;
    for (std::size_t i = 0; i < column.size(); ++i) squares += training.weights[i] * (column[i] - mean) * (column[i] - mean);
    const double scale = squares > 0 ? 1 / std::sqrt(squares / total) : 0;
    for (double& value : column) value = (value - mean) * scale;
    for (double& value : test.values.column(j)) value = (value - mean) * scale;
  }
}

std::size_t likeliest(const Matrix& p, std::size_t row) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < p.columns(); ++c)
    if (p.at(row, c) > p.at(row, best)) best = c;
  return best;
}

void measure_class(const Part& test, const Matrix& p, const std::vector<double>& confusion, std::size_t c, ClassSeparability& out) {
  const std::size_t k = p.columns();
  double predicted = 0;
  for (std::size_t i = 0; i < k; ++i) out.support += confusion[c * k + i], predicted += confusion[i * k + c];
  const double right = confusion[c * k + c];
  out.precision = predicted > 0 ? right / predicted : 0;
  out.recall = out.support > 0 ? right / out.support : 0;
  out.f1 = right > 0 ? 2 * right / (predicted + out.support) : 0;
  std::vector<std::uint8_t> positive(test.classes.size());
  for (std::size_t i = 0; i < positive.size(); ++i) positive[i] = static_cast<std::size_t>(test.classes[i]) == c;
  out.auc = area_under_curve(p.column(c), positive, test.weights);
}

void set_macro(Separability& result) {
  double present = 0;
  for (const auto& one : result.classes) present += one.support > 0;
  for (const auto& one : result.classes) {
    if (one.support == 0) continue;
    result.precision += one.precision / present, result.recall += one.recall / present;
    result.f1 += one.f1 / present, result.auc += one.auc / present;
  }
}

void measure(const Part& test, const Matrix& p, Separability& result) {
  const std::size_t k = p.columns();
  result.confusion.assign(k * k, 0);
  double total = 0, right = 0;
  for (std::size_t i = 0; i < test.classes.size(); ++i) {
    const auto truth = static_cast<std::size_t>(test.classes[i]);
    const std::size_t said = likeliest(p, i);
    result.confusion[truth * k + said] += test.weights[i];
    total += test.weights[i];
    right += truth == said ? test.weights[i] : 0;
  }
  result.accuracy = right / total;
  for (std::size_t c = 0; c < k; ++c) measure_class(test, p, result.confusion, c, result.classes[c]);
  set_macro(result);
}

}  // namespace

Separability separability(MatrixView x, std::span<const std::int32_t> labels, const SeparabilityOptions& options) {
  assert(labels.size() == x.rows);
  std::map<std::int32_t, std::vector<std::size_t>> by_label;
  for (std::size_t i = 0; i < x.rows; ++i)
    if (labels[i] >= 0) by_label[labels[i]].push_back(i);
  if (std::count_if(by_label.begin(), by_label.end(), [](const auto& entry) { return entry.second.size() >= 2; }) < 2)
    throw Error(ErrorKind::usage, "separability needs at least two clusters of two or more rows", "choose two or more clusters");
  Separability result;
  std::vector<std::int32_t> classes(x.rows, -1);
  for (const auto& [label, rows] : by_label) {
    for (std::size_t row : rows) classes[row] = static_cast<std::int32_t>(result.classes.size());
    result.classes.push_back({label, 0, 0, 0, 0, 0});
  }
  const Split split = split_rows(by_label, options);
  Part training = part_of(x, classes, split.training), test = part_of(x, classes, split.test);
  standardise(training, test);
  const Logistic fit = logistic_regression(training.view(), training.classes,
                                           {.c = options.c, .max_iterations = options.max_iterations, .tolerance = options.tolerance, .threads = options.threads});
  result.training_rows = split.training.size(), result.test_rows = split.test.size();
  result.iterations = fit.iterations, result.converged = fit.converged;
  measure(test, probabilities(fit.model, test.values, options.threads), result);
  return result;
}

double area_under_curve(std::span<const double> scores, std::span<const std::uint8_t> positive, std::span<const double> weights) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  double below = 0, wins = 0, positives = 0;
  for (std::size_t i = 0; i < order.size();) {
    double tied_positive = 0, tied_negative = 0;
    const double score = scores[order[i]];
    for (; i < order.size() && scores[order[i]] == score; ++i)
      (positive[order[i]] ? tied_positive : tied_negative) += weights.empty() ? 1 : weights[order[i]];
    wins += tied_positive * (below + tied_negative / 2);
    below += tied_negative;
    positives += tied_positive;
  }
  return positives > 0 && below > 0 ? wins / positives / below : 0.5;
}

}  // namespace coterie
