#include "coterie/events/item_front.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace coterie {
namespace {

std::string random_text(Random& random) {
  std::string text;
  const std::size_t size = ItemFront::shortest + random.below(ItemFront::longest - ItemFront::shortest + 1);
  while (text.size() < size) text += static_cast<char>('0' + random.below(2));
  return text;
}

// Different ones.
std::vector<ItemFront::Key> random_keys(std::size_t count) {
  Random random(3);
  std::set<std::string> texts;
  while (texts.size() < count) texts.insert(random_text(random));
  std::vector<ItemFront::Key> keys;
  for (const std::string& text : texts) keys.push_back(ItemFront::key_of(text.data(), text.size(), 1));
  return keys;
}

TEST(ItemFront, TellsTextsOfAnyLengthApart) {
  Random random(2);
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::string> texts;
  std::set<std::string> different;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = random_text(random);
    different.insert(text);
    const ItemFront::Key key = ItemFront::key_of(text.data(), text.size(), 1);
    const auto [it, is_new] = texts.try_emplace({key.hash, key.check}, text);
    ASSERT_EQ(it->second, text);
    ASSERT_NE(ItemFront::key_of(text.data(), text.size(), 2).hash, key.hash) << "of another layout of columns";
  }
  EXPECT_EQ(texts.size(), different.size());
}

TEST(ItemFront, FindsWhatItKeptWhileThereIsRoom) {
  const std::vector<ItemFront::Key> keys = random_keys(1000);
  ItemFront front(250);  // 64 sets of five
  for (std::uint32_t number = 0; number < keys.size(); ++number) {
    EXPECT_EQ(front.find(keys[number]), ItemTable::none);
    front.keep(keys[number], number);
    ASSERT_EQ(front.find(keys[number]), number);
    front.keep(keys[number], number);  // another worker may have been first
    ASSERT_EQ(front.find(keys[number]), number);
  }
  std::size_t found = 0;
  for (std::uint32_t number = 0; number < keys.size(); ++number) {
    const std::uint32_t known = front.find(keys[number]);
    EXPECT_TRUE(known == number || known == ItemTable::none);
    found += known == number;
  }
  EXPECT_EQ(found, 320u) << "a full front keeps as many as it has slots for";
}

TEST(ItemFront, IsNeverWrongWhileOthersKeep) {
  const std::vector<ItemFront::Key> keys = random_keys(200);
  ItemFront front(4);  // one set: every text throws another one out
  std::vector<std::size_t> wrong(4);
  std::vector<std::thread> workers;
  for (std::size_t w = 0; w < wrong.size(); ++w)
    workers.emplace_back([&, w] {
      Random random(w);
      for (int i = 0; i < 100'000; ++i) {
        const auto number = static_cast<std::uint32_t>(random.below(keys.size()));
        const std::uint32_t known = front.find(keys[number]);
        wrong[w] += known != number && known != ItemTable::none;
        if (known == ItemTable::none) front.keep(keys[number], number);
      }
    });
  for (std::thread& worker : workers) worker.join();
  for (const std::size_t count : wrong) EXPECT_EQ(count, 0u);
}

}  // namespace
}  // namespace coterie
