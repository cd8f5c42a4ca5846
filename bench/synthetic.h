// A matrix of the shape of a shop's customers: heavy tails, correlated counts, about half of the rows equal.
#pragma once

#include <algorithm>
#include <cmath>

#include "coterie/base/matrix.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"

namespace coterie::bench {

// 15 columns: events, sessions, products, brands, categories, carts, purchases, spend, order value, cart share,
// buy share, recency, age, active days, events a session.
inline void fill_customer(Random& random, Matrix& x, std::size_t row) {
  const double activity = std::exp(1.9 + 1.5 * random.normal());
  const double events = 1 + std::floor(activity);
  const double sessions = 1 + std::floor((events - 1) * random.uniform() * 0.5);
  const double products = 1 + std::floor((events - 1) * std::sqrt(random.uniform()));
  const double brands = 1 + std::floor((products - 1) * random.uniform() * 0.7);
  const double categories = 1 + std::floor((brands - 1) * random.uniform() * 0.6);
  const double carts = random.uniform() < 0.2 ? std::floor(events * 0.15 * -std::log(1 - random.uniform())) : 0;
  const double purchases = carts > 0 ? std::floor(carts * random.uniform() * 1.2) : 0;
  const double spend = purchases > 0 ? std::round(100 * purchases * std::exp(4.5 + 1.1 * random.normal())) / 100 : 0;
  const double recency = std::floor(61 * random.uniform() * (events > 3 ? 0.7 : 1.0));
  const double age = events > 1 ? std::min(60.0, recency + std::floor(20 * random.uniform() * (sessions > 1))) : recency;
  const double values[15] = {events, sessions, products, brands, categories, carts, purchases, spend,
                             purchases > 0 ? spend / purchases : 0, carts / events, purchases / events, recency, age,
                             std::min(sessions, age - recency + 1), events / sessions};
  for (std::size_t j = 0; j < 15; ++j) x.at(row, j) = values[j];
}

inline Matrix synthetic_customers(std::size_t rows, std::uint64_t seed = 1) {
  Matrix x(rows, 15);
  for_each_block(block_count(rows, 4096), 0, [&](std::size_t block, int) {
    Random random(seed, block);
    const auto [begin, end] = block_range(block, rows, 4096);
    for (std::size_t row = begin; row < end; ++row) fill_customer(random, x, row);
  });
  return x;
}

}  // namespace coterie::bench
