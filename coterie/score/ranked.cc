#include "coterie/score/ranked.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace coterie {
namespace {

// Calls step(sum of values, sum of weights) for each step of the order until it returns false.
template <class Step>
void for_each_step(const Ranked& ranked, std::span<const double> values, std::span<const double> weights, const Step& step) {
  std::size_t i = 0;
  for (const std::uint32_t end : ranked.ends) {
    double sum = 0, count = 0;
    for (; i < end; ++i) {
      const std::uint32_t row = ranked.order[i];
      const double weight = weights.empty() ? 1 : weights[row];
      sum += weight * values[row], count += weight;
    }
    if (!step(sum, count)) return;
  }
}

}  // namespace

Ranked rank_rows(std::span<const double> predictions) {
  Ranked ranked{std::vector<std::uint32_t>(predictions.size()), {}};
  std::iota(ranked.order.begin(), ranked.order.end(), 0);
  std::ranges::stable_sort(ranked.order, std::greater(), [&](std::uint32_t row) { return predictions[row]; });
  for (std::size_t i = 1; i <= predictions.size(); ++i)
    if (i == predictions.size() || predictions[ranked.order[i]] != predictions[ranked.order[i - 1]]) ranked.ends.push_back(static_cast<std::uint32_t>(i));
  return ranked;
}

double share_of_top_fifth(const Ranked& ranked, std::span<const double> values, std::span<const double> weights) {
  double total = 0, left = 0, taken = 0;
  for_each_step(ranked, values, weights, [&](double sum, double count) { return total += sum, left += 0.2 * count, true; });
  for_each_step(ranked, values, weights, [&](double sum, double count) {
    if (count > 0) taken += sum * std::min(1.0, left / count);
    left -= count;
    return left > 0;
  });
  return total > 0 ? taken / total : 0.2;
}

double area_under_curve(const Ranked& ranked, std::span<const double> truth, std::span<const double> weights) {
  double ones = 0, zeros = 0, area = 0;
  for_each_step(ranked, truth, weights, [&](double sum, double count) {
    area += (count - sum) * (ones + sum / 2);  // zeros of this step: below all ones before, beside those of the step
    ones += sum, zeros += count - sum;
    return true;
  });
  return ones > 0 && zeros > 0 ? area / (ones * zeros) : 0.5;
}

}  // namespace coterie
