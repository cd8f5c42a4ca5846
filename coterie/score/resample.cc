#include "coterie/score/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/error.h"

namespace coterie {
namespace {

// The rows of the customers with taken[c] == side.
Subset subset_of(const MatrixView& x, const std::vector<std::uint32_t>& customers, const std::vector<char>& taken, char side) {
  Subset subset;
  for (std::size_t c = 0; c < customers.size(); ++c) {
    if (taken[c] != side) continue;
    if (subset.rows.empty() || subset.rows.back() != customers[c]) subset.rows.push_back(customers[c]), subset.weights.push_back(0);
    ++subset.weights.back();
  }
  subset.values = Matrix(subset.rows.size(), x.columns);
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < subset.rows.size(); ++i) subset.values.at(i, j) = x.at(subset.rows[i], j);
  return subset;
}

}  // namespace

std::vector<std::uint32_t> customers_of(const MatrixView& x) {
  std::vector<std::uint32_t> customers;
  for (std::size_t i = 0; i < x.rows; ++i) {
    const double weight = x.weight(i);
    if (!(weight >= 1) || weight != std::floor(weight))
      throw Error(ErrorKind::usage, fmt::format("row {} has weight {}, which is no number of customers", i, weight),
                  "give whole weights to draw customers at random");
    customers.insert(customers.end(), static_cast<std::size_t>(weight), static_cast<std::uint32_t>(i));
  }
  return customers;
}

// Selection sampling (Fan, Muller, Rezucha 1962): each customer is taken with the share of places left.
CustomerSample draw_customers(const MatrixView& x, std::size_t count, Random random) {
  const auto customers = [&](std::size_t row) { return static_cast<std::uint64_t>(std::max(1.0, std::round(x.weight(row)))); };
  std::uint64_t left = 0;
  for (std::size_t row = 0; row < x.rows; ++row) left += customers(row);
  std::uint64_t places = std::min<std::uint64_t>(count, left);
  CustomerSample sample;
  for (std::size_t row = 0; row < x.rows; ++row)
    for (std::uint64_t c = customers(row); c > 0; --c, --left)
      if (places == left || random.below(left) < places) sample.row_of.push_back(static_cast<std::uint32_t>(row)), --places;
  sample.rows = Matrix(sample.row_of.size(), x.columns);
  for (std::size_t j = 0; j < x.columns; ++j)
    for (std::size_t i = 0; i < sample.row_of.size(); ++i) sample.rows.at(i, j) = x.at(sample.row_of[i], j);
  return sample;
}

// Knuth's selection sampling: each customer goes left with the share of places left there.
std::pair<Subset, Subset> random_halves(const MatrixView& x, const std::vector<std::uint32_t>& customers, Random random) {
  std::vector<char> left(customers.size());
  std::size_t places = customers.size() / 2;
  for (std::size_t c = 0; c < customers.size(); ++c) {
    left[c] = random.below(customers.size() - c) < places;
    places -= left[c];
  }
  return {subset_of(x, customers, left, 1), subset_of(x, customers, left, 0)};
}

Subset bootstrap_sample(const MatrixView& x, const std::vector<std::uint32_t>& customers, Random random) {
  std::vector<char> taken(customers.size());
  for (std::size_t draw = 0; draw < customers.size(); ++draw) taken[random.below(customers.size())] = 1;
  return subset_of(x, customers, taken, 1);
}

}  // namespace coterie
