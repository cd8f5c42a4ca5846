#include "coterie/score/future.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/standardise.h"
#include "coterie/score/choose_k.h"
#include "coterie/score/logistic.h"
#include "coterie/score/ranked.h"

namespace coterie {
namespace {

constexpr std::size_t outcomes = 3;  // revenue, bought, gone

using Rows = std::vector<std::uint32_t>;

// A customer's outcomes as numbers.
std::vector<double> outcome_of(const FutureData& data, std::size_t outcome) {
  std::vector<double> values(data.past.rows);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = outcome == 0 ? data.revenue[i] : outcome == 1 ? data.purchases[i] > 0 : data.events[i] == 0;
  return values;
}

// Predictions of each outcome for the test rows.
using Predictions = std::vector<std::vector<double>>;

struct Halves {
  Rows train, test;
};

Halves random_split(std::size_t rows, Random random) {
  Halves halves;
  for (std::size_t i = 0, left = rows / 2; i < rows; ++i) {
    const bool train = random.below(rows - i) < left;
    left -= train;
    (train ? halves.train : halves.test).push_back(static_cast<std::uint32_t>(i));
  }
  return halves;
}

Matrix rows_of(MatrixView x, const Rows& rows) {
  Matrix part(rows.size(), x.columns);
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < rows.size(); ++i) part.at(i, j) = x.at(rows[i], j);
  return part;
}

// The mean outcome of the training rows in each cell; that of all where a cell has none.
std::vector<double> means_of_cells(const std::vector<std::size_t>& cell, std::size_t cells, const std::vector<double>& outcome, const Halves& halves) {
  std::vector<double> sums(cells), counts(cells), predicted;
  double sum = 0;
  for (const std::uint32_t row : halves.train) sums[cell[row]] += outcome[row], ++counts[cell[row]], sum += outcome[row];
  for (const std::uint32_t row : halves.test)
    predicted.push_back(counts[cell[row]] > 0 ? sums[cell[row]] / counts[cell[row]] : sum / static_cast<double>(halves.train.size()));
  return predicted;
}

using Outcomes = std::vector<std::vector<double>>;

Predictions by_cells(const std::vector<std::size_t>& cell, std::size_t cells, const Outcomes& all, const Halves& halves) {
  Predictions predictions;
  for (const auto& outcome : all) predictions.push_back(means_of_cells(cell, cells, outcome, halves));
  return predictions;
}

std::vector<std::size_t> segment_cells(MatrixView z, const Halves& halves, std::size_t k, std::uint64_t seed) {
  const EqualRows train = merge_equal_rows(rows_of(z, halves.train), 1);
  const KmeansResult fitted = kmeans(train.view(), std::min(k, train.rows.rows()), {.seed = seed, .sample_rows = 5000, .polished = 1, .thorough = false, .threads = 1});
  const Assignment assignment = assign(z, fitted.centres, 1);
  return {assignment.labels.begin(), assignment.labels.end()};
}

// Which of `parts` equal parts of the training rows a value falls into; equal values into the same.
std::vector<std::size_t> quantile_cells(MatrixView x, std::size_t column, std::size_t parts, const Halves& halves) {
  std::vector<double> sorted, cuts;
  for (const std::uint32_t row : halves.train) sorted.push_back(x.at(row, column));
  std::ranges::sort(sorted);
  for (std::size_t p = 1; p < parts; ++p) cuts.push_back(sorted[p * sorted.size() / parts]);
  std::vector<std::size_t> cells(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) cells[i] = static_cast<std::size_t>(std::ranges::upper_bound(cuts, x.at(i, column)) - cuts.begin());
  return cells;
}

std::vector<std::size_t> rfm_cells(const FutureData& data, const Halves& halves) {
  std::vector<std::size_t> cells = quantile_cells(data.past, *data.recency, 5, halves);
  for (const std::size_t column : {*data.frequency, *data.money}) {
    const auto part = quantile_cells(data.past, column, 5, halves);
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = 5 * cells[i] + part[i];
  }
  return cells;
}

std::vector<double> linear_predictions(const Matrix& train, const Matrix& test, const std::vector<double>& outcome) {
  const auto n = static_cast<Eigen::Index>(train.rows()), d = static_cast<Eigen::Index>(train.columns());
  Eigen::MatrixXd x(n, d);
  for (Eigen::Index j = 0; j < d; ++j)
    for (Eigen::Index i = 0; i < n; ++i) x(i, j) = train.at(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
  const Eigen::VectorXd y = Eigen::Map<const Eigen::VectorXd>(outcome.data(), n);
  const Eigen::MatrixXd normal = x.transpose() * x + Eigen::MatrixXd::Identity(d, d);  // ridge of 1, as scikit-learn's default
  const Eigen::VectorXd slope = normal.ldlt().solve(x.transpose() * (y.array() - y.mean()).matrix());
  std::vector<double> predicted(test.rows(), y.mean());
  for (std::size_t j = 0; j < test.columns(); ++j)
    for (std::size_t i = 0; i < test.rows(); ++i) predicted[i] += slope[static_cast<Eigen::Index>(j)] * test.at(i, j);
  return predicted;
}

std::vector<double> logistic_predictions(const Matrix& train, const Matrix& test, const std::vector<double>& outcome) {
  const std::vector<std::int32_t> labels(outcome.begin(), outcome.end());
  if (std::ranges::count(labels, labels[0]) == std::ssize(labels)) return std::vector<double>(test.rows(), outcome[0]);
  const Logistic fitted = logistic_regression(train, labels, {.tolerance = 1e-7, .threads = 1});
  const Matrix p = probabilities(fitted.model, test, 1);
  return {p.column(1).begin(), p.column(1).end()};
}

Predictions by_regression(MatrixView past, const Outcomes& all, const Halves& halves) {
  Matrix train = rows_of(past, halves.train), test = rows_of(past, halves.test);
  const Standardisation scaling = fit_standardisation(train, 1);
  standardise_in_place(train, scaling, 1);
  standardise_in_place(test, scaling, 1);
  Predictions predictions;
  for (std::size_t o = 0; o < outcomes; ++o) {
    std::vector<double> of_train;
    for (const std::uint32_t row : halves.train) of_train.push_back(all[o][row]);
    predictions.push_back(o == 0 ? linear_predictions(train, test, of_train) : logistic_predictions(train, test, of_train));
  }
  return predictions;
}

using Scores = std::array<double, std::size(future_scores)>;

double r_squared(const std::vector<double>& predicted, const std::vector<double>& truth, double training_mean, std::span<const double> weights) {
  double error = 0, total = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    error += weight * (truth[i] - predicted[i]) * (truth[i] - predicted[i]), total += weight * (truth[i] - training_mean) * (truth[i] - training_mean);
  }
  return total > 0 ? 1 - error / total : 0;
}

// One rival's predictions for the test rows of one halving, ready to be scored with any weights of these rows.
struct Judged {
  Predictions predictions;
  std::vector<Ranked> ranked;  // of each outcome

  explicit Judged(Predictions found) : predictions(std::move(found)) {
    for (const auto& p : predictions) ranked.push_back(rank_rows(p));
  }
  Scores scores(const Outcomes& truth, double training_mean, std::span<const double> weights) const {
    return {share_of_top_fifth(ranked[0], truth[0], weights), r_squared(predictions[0], truth[0], training_mean, weights),
            area_under_curve(ranked[1], truth[1], weights), area_under_curve(ranked[2], truth[2], weights)};
  }
};

struct Rival {
  std::string name;
  std::size_t cells;
  std::function<Predictions(const Halves&, std::uint64_t seed)> predict;
};

std::vector<Rival> rivals_for(const FutureData& data, MatrixView z, const Outcomes& all, std::size_t k) {
  std::vector<Rival> rivals;
  rivals.push_back({"segments", k, [&, z, k](const Halves& h, std::uint64_t seed) { return by_cells(segment_cells(z, h, k, seed), k, all, h); }});
  if (data.recency && data.frequency && data.money)
    rivals.push_back({"rfm_quintiles", 125, [&](const Halves& h, std::uint64_t) { return by_cells(rfm_cells(data, h), 125, all, h); }});
  if (data.money)
    rivals.push_back({"spend_deciles", 10, [&](const Halves& h, std::uint64_t) { return by_cells(quantile_cells(data.past, *data.money, 10, h), 10, all, h); }});
  rivals.push_back({"regression", data.past.columns + 1, [&](const Halves& h, std::uint64_t) { return by_regression(data.past, all, h); }});
  return rivals;
}

// How often each customer is drawn in a bootstrap sample.
std::vector<double> drawn_customers(std::size_t customers, Random random) {
  std::vector<double> times(customers);
  for (std::size_t draw = 0; draw < customers; ++draw) ++times[random.below(customers)];
  return times;
}

// Of one halving: the scores of each rival, first of the customers as they are, then of each resample.
using HalvingScores = std::vector<std::vector<Scores>>;

HalvingScores judge_halving(const std::vector<Rival>& rivals, const Outcomes& all, const Halves& halves, std::uint64_t seed, const std::vector<std::vector<double>>& resamples) {
  Outcomes truth(outcomes);
  for (std::size_t o = 0; o < outcomes; ++o)
    for (const std::uint32_t row : halves.test) truth[o].push_back(all[o][row]);
  double training_mean = 0;
  for (const std::uint32_t row : halves.train) training_mean += all[0][row] / static_cast<double>(halves.train.size());
  HalvingScores scores(resamples.size() + 1);
  std::vector<double> weights(halves.test.size());
  for (const Rival& rival : rivals) {
    const Judged judged(rival.predict(halves, seed));
    scores[0].push_back(judged.scores(truth, training_mean, {}));
    for (std::size_t b = 0; b < resamples.size(); ++b) {
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = resamples[b][halves.test[i]];
      scores[b + 1].push_back(judged.scores(truth, training_mean, weights));
    }
  }
  return scores;
}

double mean_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); }

double variance_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return values.size() > 1 ? squares / static_cast<double>(values.size() - 1) : 0;
}

// The mean over halvings of value(scores of all rivals); its error is explained in the header.
template <class Value>
Estimate over_halvings(const std::vector<HalvingScores>& scores, const Value& value) {
  std::vector<double> of_halvings, of_resamples;
  for (const HalvingScores& halving : scores) of_halvings.push_back(value(halving[0]));
  for (std::size_t b = 1; b < scores[0].size(); ++b) {
    std::vector<double> values;
    for (const HalvingScores& halving : scores) values.push_back(value(halving[b]));
    of_resamples.push_back(mean_of(values));
  }
  return estimate_from(mean_of(of_halvings), std::sqrt(variance_of(of_resamples) + variance_of(of_halvings) / static_cast<double>(of_halvings.size())));
}

// The k of the range that the silhouette chooses, of the past.
std::size_t k_of_past(MatrixView z, const FutureOptions& options) {
  if (options.k.first == options.k.last) return options.k.first;
  const auto sweep = kmeans_sweep(z, options.k, {.seed = options.seed, .threads = options.threads});
  try {
    return choose_k(z, sweep, {.seed = options.seed, .threads = options.threads}, options.least_share * static_cast<double>(z.rows)).chosen;
  } catch (const Error&) {  // the past has no k without smaller segments
    return options.k.first;
  }
}

std::string list(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return text;
}

// Revenue and purchase, churn: against which rivals the segments win, lose, or neither.
std::string wins_and_losses(const std::vector<FutureRival>& rivals, bool has_revenue) {
  const std::pair<FutureScore, const char*> shown[] = {
      {FutureScore::revenue_of_top_fifth, "revenue"}, {FutureScore::purchase_auc, "purchases"}, {FutureScore::churn_auc, "churn"}};
  std::string parts;
  for (const auto& [score, name] : shown) {
    if (score == FutureScore::revenue_of_top_fifth && !has_revenue) continue;
    std::vector<std::string> better, worse, like;
    for (std::size_t r = 1; r < rivals.size(); ++r) {
      const Estimate& ahead = rivals[r].behind_segments[static_cast<std::size_t>(score)];
      std::string rival = rivals[r].name;
      std::ranges::replace(rival, '_', ' ');
      (ahead.low > 0 ? better : ahead.high < 0 ? worse : like).push_back(rival);
    }
    std::string text;
    for (const auto& [which, names] : {std::pair("better than", &better), std::pair("worse than", &worse), std::pair("about as well as", &like)})
      if (!names->empty()) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", which, list(*names));
    parts += fmt::format("{}{} {}", parts.empty() ? "" : "; ", name, text);
  }
  return fmt::format("Of what came later the segments foretell {}.", parts);
}

}  // namespace

const char* name_of(FutureScore score) {
  switch (score) {
    case FutureScore::revenue_of_top_fifth: return "revenue_of_top_fifth";
    case FutureScore::revenue_r2: return "revenue_r2";
    case FutureScore::purchase_auc: return "purchase_auc";
    case FutureScore::churn_auc: return "churn_auc";
  }
  return "";
}

FutureTest future_test(const FutureData& data, const FutureOptions& options) {
  Outcomes all;
  for (std::size_t o = 0; o < outcomes; ++o) all.push_back(outcome_of(data, o));
  const auto ones = [](const std::vector<double>& v) { return static_cast<std::size_t>(std::ranges::count(v, 1.0)); };
  FutureTest test{.customers = data.past.rows, .buyers = ones(all[1]), .gone = ones(all[2]), .revenue = std::accumulate(all[0].begin(), all[0].end(), 0.0), .rivals = {}, .sentence = {}};
  if (test.customers < std::max(least_future_customers, 20 * options.k.last) || test.buyers < least_future_cases || test.gone < least_future_cases) {
    test.sentence = fmt::format("The future is not judged: of {} customers of the first three quarters of the time (at least {} are needed) {} bought later and {} never came back (at least {} each).", test.customers,
                                std::max(least_future_customers, 20 * options.k.last), test.buyers, test.gone, least_future_cases);
    return test;
  }
  const Matrix z = standardise(data.past, fit_standardisation(data.past, options.threads), options.threads);
  test.k = k_of_past(z, options);
  const std::vector<Rival> rivals = rivals_for(data, z, all, test.k);
  std::vector<std::vector<double>> resamples(static_cast<std::size_t>(options.resamples));
  for (std::size_t b = 0; b < resamples.size(); ++b) resamples[b] = drawn_customers(data.past.rows, Random(options.seed, 1000 + b));
  std::vector<HalvingScores> scores(static_cast<std::size_t>(options.halvings));
  for_each_block(scores.size(), options.threads, [&](std::size_t h, int) {
    scores[h] = judge_halving(rivals, all, random_split(data.past.rows, Random(options.seed, h)), mix64(options.seed + h), resamples);
  });
  for (std::size_t r = 0; r < rivals.size(); ++r) {
    FutureRival found{.name = rivals[r].name, .cells = rivals[r].cells, .scores = {}, .behind_segments = {}};
    for (std::size_t s = 0; s < std::size(future_scores); ++s) {
      found.scores[s] = over_halvings(scores, [&](const std::vector<Scores>& of) { return of[r][s]; });
      found.behind_segments[s] = over_halvings(scores, [&](const std::vector<Scores>& of) { return of[0][s] - of[r][s]; });
    }
    test.rivals.push_back(std::move(found));
  }
  test.sentence = wins_and_losses(test.rivals, test.revenue > 0);
  return test;
}

}  // namespace coterie
