// How well a logistic regression re-predicts labels on rows it has not seen.
//
// What it shows: that the clusters lie on different sides of lines (k-means' always do: its borders are lines).
// What it does not show: that clusters exist. One population without any segments, cut by k-means, is re-predicted
// at 99 % and more (separability_test.cc does exactly that). So the number never goes without `separability_sentence`.
//
// Method: rows are sampled down to max_rows and split, both by label and seeded; columns are brought to mean 0 and
// variance 1 by the training rows; L2-penalised logistic regression (score/logistic.h); measured on the other rows.
// Cost: that of the regression on max_rows rows.
// Definitions: precision = right / predicted so, 0 when none was; recall = right / truly so; F1 their harmonic mean;
// AUC = P(score of a row of the class > score of another row), ties half (Hanley, McNeil 1982), one class against
// the rest; macro = unweighted mean over the classes that the test rows have. Weights count rows.
// Tested by: the definitions written out, an O(n^2) AUC, data without structure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "coterie/base/matrix.h"

namespace coterie {

inline constexpr std::string_view separability_sentence =
    "This shows that the clusters can be told apart by a line, and nothing more: cutting one population that has no "
    "segments gives 99.8 % as well. It is no evidence that the segments are real.";

struct SeparabilityOptions {
  std::size_t max_rows = 50000;  // more rows are sampled down to about so many, by label; every label keeps at least 2
  double test_share = 0.3;       // of each label's rows, held out; in (0, 1)
  double c = 1;                  // inverse strength of the L2 penalty (score/logistic.h)
  std::uint64_t seed = 1;
  int max_iterations = 200;
  double tolerance = 1e-6;
  int threads = 0;
};

struct ClassSeparability {
  std::int32_t label = 0;
  double support = 0;  // weight of the test rows
  double precision = 0, recall = 0, f1 = 0, auc = 0;
};

struct Separability {
  double accuracy = 0;
  double precision = 0, recall = 0, f1 = 0, auc = 0;  // macro
  std::vector<ClassSeparability> classes;             // by rising label; those present in the rows
  std::vector<double> confusion;                      // classes x classes: true class, then predicted; weights
  std::size_t training_rows = 0, test_rows = 0;
  int iterations = 0;
  bool converged = false;
  std::string_view sentence = separability_sentence;
};

// labels: one a row; rows with a negative label (noise) are left out.
// Throws Error(usage) when fewer than two labels have two or more rows.
Separability separability(MatrixView x, std::span<const std::int32_t> labels, const SeparabilityOptions& options = {});

// P(score of a positive > score of a negative), ties half; weights may be empty. 0.5 when one side is missing.
double area_under_curve(std::span<const double> scores, std::span<const std::uint8_t> positive, std::span<const double> weights = {});

}  // namespace coterie
