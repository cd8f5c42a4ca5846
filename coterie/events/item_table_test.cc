#include "coterie/events/item_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>
#include <tuple>
#include <vector>

namespace coterie {
namespace {

constexpr std::uint32_t most = 1 << 15;

Item random_item(Random& random) {
  return {random.below(300), random.below(5), random.below(10), static_cast<std::int64_t>(random.below(4)) - 1};
}

TEST(ItemTable, NumbersTheFirstDifferentItemsInTheOrderOfAppearance) {
  Random random(3);
  ItemTable table(most);
  std::map<std::tuple<Identifier, Identifier, Identifier, std::int64_t>, std::uint32_t> twin;
  for (int i = 0; i < 200'000; ++i) {
    const Item item = random_item(random);
    const auto number = twin.size() < most ? static_cast<std::uint32_t>(twin.size()) : ItemTable::none;
    const auto [known, is_new] = twin.try_emplace({item.product, item.category, item.brand, item.price_micros}, number);
    const ItemTable::Added added = table.add(item);
    ASSERT_EQ(added.number, known->second);
    ASSERT_EQ(added.is_new, is_new && number != ItemTable::none);
    if (known->second != ItemTable::none) {
      ASSERT_EQ(table[known->second], item);
    }
  }
  EXPECT_EQ(table.size(), most);
  EXPECT_GT(twin.size(), most) << "some found no place";
}

TEST(ItemTable, GivesEachItemOneNumberWhenManyAdd) {
  ItemTable table(1 << 16);
  constexpr int writers = 4, each = 100'000;
  std::vector<std::vector<std::uint32_t>> numbers(writers);
  std::atomic<std::uint32_t> added = 0;
  std::vector<std::jthread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      Random random(9);  // all meet the same items at about the same time
      for (int i = 0; i < each; ++i) {
        const ItemTable::Added one = table.add(random_item(random));
        numbers[static_cast<std::size_t>(w)].push_back(one.number);
        added += one.is_new;
      }
    });
  threads.clear();
  EXPECT_EQ(added, table.size());
  Random random(9);
  for (std::size_t i = 0; i < each; ++i) {
    const Item item = random_item(random);
    for (const auto& own : numbers) {
      ASSERT_EQ(own[i], numbers[0][i]);
      ASSERT_EQ(table[own[i]], item);
    }
  }
}

}  // namespace
}  // namespace coterie
