#include "coterie/table/customer_ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "coterie/base/random.h"

namespace coterie {
namespace {

CustomerIds ids_of(const std::vector<std::uint64_t>& numbers, std::vector<std::string> texts) {
  CustomerIds ids;
  ids.numbers = HugeArray<std::uint64_t>(numbers.size());
  std::copy(numbers.begin(), numbers.end(), ids.numbers.begin());
  ids.texts = std::move(texts);
  return ids;
}

TEST(CustomerIds, OnlyCanonicalNumbersAreNumbers) {
  EXPECT_EQ(canonical_number("0"), 0u);
  EXPECT_EQ(canonical_number("999999999999999999"), 999999999999999999u);
  for (const char* text : {"", "007", "1000000000000000000", "-1", "+1", " 1", "1 ", "1.0", "x1"}) EXPECT_FALSE(canonical_number(text)) << text;
}

// The slow twin looks every customer up.
std::size_t row_of(const CustomerIds& ids, const std::string& id) {
  for (std::size_t row = 0; row < ids.size(); ++row)
    if (ids.text(row) == id) return row;
  return no_row;
}

TEST(CustomerIds, WalkingTogetherMeetsEveryCustomerOfEitherOnce) {
  Random random(5);
  for (int round = 0; round < 50; ++round) {
    std::set<std::uint64_t> numbers[2];
    std::set<std::string> texts[2];
    for (int i = 0; i < 30; ++i) {
      numbers[random.below(2)].insert(random.below(20));
      texts[random.below(2)].insert("t" + std::to_string(random.below(20)));
    }
    const CustomerIds a = ids_of({numbers[0].begin(), numbers[0].end()}, {texts[0].begin(), texts[0].end()});
    const CustomerIds b = ids_of({numbers[1].begin(), numbers[1].end()}, {texts[1].begin(), texts[1].end()});
    std::vector<std::pair<std::size_t, std::size_t>> met, expected;
    walk_together(a, b, [&](std::size_t i, std::size_t j) { met.emplace_back(i, j); });
    for (std::size_t i = 0; i < a.size(); ++i) expected.emplace_back(i, row_of(b, a.text(i)));
    for (std::size_t j = 0; j < b.size(); ++j)
      if (row_of(a, b.text(j)) == no_row) expected.emplace_back(no_row, j);
    std::sort(expected.begin(), expected.end());
    std::sort(met.begin(), met.end());
    EXPECT_EQ(met, expected);
  }
}

}  // namespace
}  // namespace coterie
