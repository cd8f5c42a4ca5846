#include "coterie/events/event_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/events/event_log_test.h"
#include "coterie/events/event_partition.h"

namespace coterie {
namespace {

// Appends with a vocabulary of `words` categories and brands; what is beyond is stored by its hash.
struct Vocabulary {
  std::uint32_t words;

  void append(EventStore::Writer& writer, Event& event, Random& random) const {
    const std::string category = "category" + std::to_string(random.below(words)), brand = "brand" + std::to_string(random.below(words));
    event.category = hash_text(category), event.brand = hash_text(brand);
    const bool stored = random.below(8) != 0;
    if (const auto item = writer.items.add({event.product, event.category, event.brand, event.price_micros}); item.number != ItemTable::none)
      return writer.append(event, item.number);
    writer.append(event, record::pack_item(event, stored ? writer.vocabulary.categories.add(category, event.category) : StringTable::none,
                                           stored ? writer.vocabulary.brands.add(brand, event.brand) : StringTable::none));
  }
};

// In the order of the records.
std::vector<Event> read_partition(const EventStore& store, std::size_t partition) {
  EventPartition read;
  read.read(store, partition);
  std::vector<Event> events(read.size());
  for (std::size_t c = 0; c < read.customers().size(); ++c)
    for (std::uint32_t i = read.starts()[c]; i < read.starts()[c + 1]; ++i) {
      read.put_event(read.order()[i], events[read.order()[i]]);
      events[read.order()[i]].customer = read.customers()[c];
    }
  return events;
}

std::vector<Event> all_events(const EventStore& store) {
  std::vector<Event> all;
  for (std::size_t p = 0; p < store.partitions(); ++p) {
    const auto events = read_partition(store, p);
    EXPECT_EQ(events.size(), store.events_in(p));
    all.insert(all.end(), events.begin(), events.end());
  }
  return all;
}

void expect_same_events(std::vector<Event> a, std::vector<Event> b) {
  const auto by_content = [](const Event& x, const Event& y) { return all_fields(x) < all_fields(y); };
  std::sort(a.begin(), a.end(), by_content);
  std::sort(b.begin(), b.end(), by_content);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_EQ(all_fields(a[i]), all_fields(b[i])) << "event " << i;
}

TEST(EventStore, GivesBackEveryEventWithAnyNumberOfPartitions) {
  for (int bits = 0; bits <= 11; ++bits) {
    Random random(static_cast<std::uint64_t>(bits));
    EventStore store({.partition_bits = bits, .most_items = 5'000});
    std::vector<Event> expected;
    for (int i = 0; i < 20'000; ++i) {
      Event event = random_event(random, 700);
      Vocabulary{300}.append(store.writer(0), event, random);
      expected.push_back(event);
    }
    EXPECT_EQ(store.partitions(), std::size_t{1} << bits);
    expect_same_events(all_events(store), expected);
    EXPECT_EQ(store.spilled_bytes(), 0u);
  }
}

TEST(EventStore, GivesBackVocabulariesOfOneTwoAndFourBytes) {
  Random random(4);
  EventStore store({.partition_bits = 3, .most_items = 1'000});
  std::vector<Event> expected;
  for (int i = 0; i < 300'000; ++i) {
    Event event = random_event(random, 50);
    Vocabulary{200'000}.append(store.writer(0), event, random);
    expected.push_back(event);
  }
  EXPECT_GT(store.writer(0).vocabulary.brands.size(), 65'536u);
  expect_same_events(all_events(store), expected);
}

TEST(EventStore, KeepsACustomersEventsInOnePartitionAndInTheOrderOfTheWriter) {
  Random random(9);
  EventStore store({.partition_bits = 6});
  std::vector<Event> expected;
  for (int i = 0; i < 50'000; ++i) {
    Event event = random_event(random, 100);
    Vocabulary{10}.append(store.writer(0), event, random);
    expected.push_back(event);
  }
  std::size_t found = 0;
  for (std::size_t p = 0; p < store.partitions(); ++p) {
    const auto events = read_partition(store, p);
    if (events.empty()) continue;
    std::vector<Identifier> customers;
    for (const Event& event : events) customers.push_back(event.customer);
    std::size_t at = 0;
    for (const Event& event : expected)
      if (std::find(customers.begin(), customers.end(), event.customer) != customers.end()) {
        ASSERT_LT(at, events.size());
        ASSERT_EQ(all_fields(event), all_fields(events[at++]));
      }
    ASSERT_EQ(at, events.size());
    found += at;
  }
  EXPECT_EQ(found, expected.size());
}

TEST(EventStore, GivesBackEveryEventThroughTheSpillFileFromManyWriters) {
  const TestFolder folder;
  constexpr int writers = 3;
  for (const int bits : {0, 5, 11}) {
    EventStore store({.partition_bits = bits, .writers = writers, .memory_bytes = 1, .spill_directory = folder.path()});
    std::vector<Event> expected[writers];
    std::vector<std::jthread> threads;
    for (int w = 0; w < writers; ++w)
      threads.emplace_back([&, w] {
        Random random(77, static_cast<std::uint64_t>(w));
        for (int i = 0; i < 500'000; ++i) {
          Event event = random_event(random, 20'000);
          Vocabulary{1000}.append(store.writer(w), event, random);
          expected[w].push_back(event);
        }
      });
    threads.clear();
    EXPECT_GT(store.spilled_bytes(), 10'000'000u);
    EXPECT_TRUE(folder.is_empty()) << "the spill file has no name";
    std::vector<Event> all;
    for (const auto& part : expected) all.insert(all.end(), part.begin(), part.end());
    expect_same_events(all_events(store), all);
  }
}

TEST(EventStore, SaysWhereItCannotSpill) {
  EventStore store({.partition_bits = 2, .memory_bytes = 1, .spill_directory = "/no/such/folder"});
  Event event;
  try {
    for (int i = 0; i < 2'000'000; ++i) store.writer(0).append(event, record::pack_item(event, StringTable::none, StringTable::none));
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::output);
    EXPECT_EQ(text_of(error),
              "cannot create the spill file in /no/such/folder: No such file or directory\n"
              "  fix: give another folder with --spill-dir, or more --memory so that nothing is spilled");
  }
}

TEST(EventStore, WithoutEventsHasEmptyPartitions) {
  const EventStore store({.partition_bits = 4, .writers = 2});
  EXPECT_TRUE(all_events(store).empty());
}

}  // namespace
}  // namespace coterie
