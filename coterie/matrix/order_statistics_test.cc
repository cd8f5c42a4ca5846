#include "coterie/matrix/order_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

// Heaps of equal values, counts, small and huge numbers of both signs.
std::vector<double> values_of_kind(int kind, std::size_t n, Random& random) {
  std::vector<double> values(n);
  for (double& value : values) {
    const double chance = random.uniform();
    switch (kind) {
      case 0: value = random.normal(); break;
      case 1: value = chance < 0.9 ? 0.0 : std::floor(std::exp(random.normal() * 2) * 100) / 100; break;
      case 2: value = static_cast<double>(random.below(60)); break;
      case 3: value = std::exp(200 * random.normal()) * (chance < 0.5 ? -1 : 1); break;
      case 4: value = 7; break;
      default: value = chance < 0.4 ? -0.0 : chance < 0.8 ? 0.0 : 1e-310 * random.normal(); break;
    }
  }
  return values;
}

TEST(OrderStatistics, AreThoseOfTheSortedValues) {
  Random random(3);
  for (int kind = 0; kind < 6; ++kind)
    for (const std::size_t n : {1, 2, 100, 4095, 4096, 50'001}) {
      const std::vector<double> values = values_of_kind(kind, n, random);
      std::vector<double> sorted = values;
      std::sort(sorted.begin(), sorted.end());
      std::vector<std::size_t> places{0, n - 1};
      for (int i = 0; i < 40; ++i) places.push_back(random.below(n));
      std::sort(places.begin(), places.end());
      const std::vector<double> found = order_statistics(values, places);
      for (std::size_t i = 0; i < places.size(); ++i) {
        ASSERT_EQ(found[i], sorted[places[i]]) << "kind " << kind << " of " << n << " at " << places[i];
        ASSERT_FALSE(found[i] == 0 && std::signbit(found[i]));
      }
    }
}

}  // namespace
}  // namespace coterie
