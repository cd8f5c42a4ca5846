// Rows in falling order of a prediction, so that scores of the order can be repeated quickly with other weights (bootstrap).
//
// Rows of equal prediction are one step of the order: they share alike. A weight says how often a row was drawn; without weights
// each counts once.
// Cost: O(rows log rows) once, then O(rows) a score.
// Tested by: hand, and area_under_curve (score/separability.h) on repeated rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace coterie {

struct Ranked {
  std::vector<std::uint32_t> order;  // rows, the highest prediction first; ties by row
  std::vector<std::uint32_t> ends;   // behind the last row of each step
};
Ranked rank_rows(std::span<const double> predictions);

// Share of the total of `values` that the fifth of the rows with the highest predictions has; 0.2 where the total is not above 0.
double share_of_top_fifth(const Ranked& ranked, std::span<const double> values, std::span<const double> weights = {});

// P(a row of value 1 is predicted higher than one of value 0), ties half; 0.5 where there are not both.
double area_under_curve(const Ranked& ranked, std::span<const double> truth, std::span<const double> weights = {});

}  // namespace coterie
