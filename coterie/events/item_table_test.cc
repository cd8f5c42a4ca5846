#include "coterie/events/item_table.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace coterie {
namespace {

TEST(ItemTable, NumbersTheFirstDifferentItemsInTheOrderOfAppearance) {
  Random random(3);
  ItemTable table;
  std::map<std::tuple<Identifier, Identifier, Identifier, std::int64_t>, std::uint32_t> twin;
  for (int i = 0; i < 200'000; ++i) {
    const Item item{random.below(300), random.below(5), random.below(10), static_cast<std::int64_t>(random.below(4)) - 1};
    const auto number = twin.size() < ItemTable::most ? static_cast<std::uint32_t>(twin.size()) : ItemTable::none;
    const auto [known, is_new] = twin.try_emplace({item.product, item.category, item.brand, item.price_micros}, number);
    ASSERT_EQ(table.add(item), known->second);
    if (known->second != ItemTable::none) {
      ASSERT_EQ(table[known->second], item);
    }
  }
  EXPECT_EQ(table.size(), ItemTable::most);
  EXPECT_GT(twin.size(), ItemTable::most) << "some found no place";
}

}  // namespace
}  // namespace coterie
