#include "coterie/events/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "coterie/base/cpu.h"
#include "coterie/events/distinct.h"
#include "coterie/events/event_log_test.h"

namespace coterie {
namespace {

bool same_order(const Event& a, const Event& b) { return !comes_before(a, b) && !comes_before(b, a); }

// Times and contents from so few values that ties of every length occur.
Event tied_event(Random& random) {
  Event event;
  event.time_ms = static_cast<std::int64_t>(random.below(20)) - 5;
  event.type = static_cast<EventType>(random.below(4));
  event.session = random.below(2), event.product = random.below(3), event.category = random.below(2), event.brand = random.below(2);
  event.price_micros = random.below(3) == 0 ? no_price : static_cast<std::int64_t>(random.below(3)) - 1;
  return event;
}

std::vector<Event> random_history(Random& random, std::size_t n) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < n; ++i) events.push_back(tied_event(random));
  if (random.below(2) == 0) {  // runs, as files one after the other leave them
    const auto middle = events.begin() + static_cast<std::ptrdiff_t>(random.below(n + 1));
    std::sort(events.begin(), middle, comes_before);
    std::sort(middle, events.end(), comes_before);
  }
  return events;
}

TEST(SortHistory, AgreesWithTheStandardLibraryOnHistoriesWithTies) {
  Random random(1);
  std::vector<Event> room;
  for (int round = 0; round < 5000; ++round) {
    std::vector<Event> events = random_history(random, random.below(round % 10 == 0 ? 400 : 12)), expected = events;
    std::stable_sort(expected.begin(), expected.end(), comes_before);
    sort_history(events, room);
    ASSERT_EQ(events.size(), expected.size());
    for (std::size_t i = 0; i < events.size(); ++i) ASSERT_EQ(all_fields(events[i]), all_fields(expected[i]));
  }
}

TEST(ComesBefore, PutsWhatHappenedInOneInstantByTypeThenContent) {
  Event view, cart, purchase, later;
  cart.type = EventType::cart, purchase.type = EventType::purchase;
  later.time_ms = 1;
  EXPECT_TRUE(comes_before(view, cart));
  EXPECT_TRUE(comes_before(cart, purchase));
  EXPECT_TRUE(comes_before(purchase, later));
  EXPECT_FALSE(comes_before(view, view));
  Random random(5);
  for (int round = 0; round < 2000; ++round) {
    const Event a = tied_event(random), b = tied_event(random), c = tied_event(random);
    EXPECT_FALSE(comes_before(a, b) && comes_before(b, a));
    if (comes_before(a, b) && comes_before(b, c)) { EXPECT_TRUE(comes_before(a, c)); }
    EXPECT_EQ(same_order(a, b), all_fields(a) == all_fields(b)) << "events without an order must be alike";
  }
}

TEST(HistoryReader, AgreesWithAMapOfSortedHistories) {
  HistoryReader reader;
  for (const std::uint64_t customers : {1, 2, 50, 3000, 40'000}) {
    Random random(customers);
    EventStore store({.partition_bits = 0});
    std::map<Identifier, std::vector<Event>> expected;
    std::vector<Identifier> first_seen;
    for (int i = 0; i < 60'000; ++i) {
      Event event = random_event(random, customers);
      event.time_ms = static_cast<std::int64_t>(random.below(1000));
      store.writer(0).append(event, record::pack_item(event, StringTable::none, StringTable::none));
      if (expected[event.customer].empty()) first_seen.push_back(event.customer);
      expected[event.customer].push_back(event);
    }
    std::size_t at = 0;
    reader.for_each(store, 0, 12345, [&](const History& history) {
      ASSERT_LT(at, first_seen.size());
      ASSERT_EQ(history.customer(), first_seen[at++]);
      ASSERT_EQ(history.log_end_ms, 12345);
      std::vector<Event>& own = expected[history.customer()];
      std::stable_sort(own.begin(), own.end(), comes_before);
      ASSERT_EQ(history.events.size(), own.size());
      std::array<std::uint64_t, event_type_count> types{};
      for (std::size_t i = 0; i < own.size(); ++i) {
        ASSERT_EQ(all_fields(history.events[i]), all_fields(own[i]));
        ++types[static_cast<std::size_t>(own[i].type)];
      }
      ASSERT_EQ(history.count_by_type, types);
    });
    EXPECT_EQ(at, expected.size());
  }
}

TEST(HistoryReader, SortsALargeHistoryWhereItLies) {
  Random random(8);
  EventStore store({.partition_bits = 0});
  std::map<Identifier, std::vector<Event>> expected;
  for (std::size_t i = 0; i < HistoryReader::most_copied + 1000; ++i) {
    Event event = tied_event(random);
    event.customer = random.below(4) == 0 ? random.below(500) : 7;
    event.time_ms = static_cast<std::int64_t>(random.below(100'000));
    event.product = mix64(random.below(90'000));
    store.writer(0).append(event, record::pack_item(event, StringTable::none, StringTable::none));
    expected[event.customer].push_back(event);
  }
  std::size_t met = 0;
  HistoryReader().for_each(store, 0, 5, [&](const History& history) {
    ++met;
    std::vector<Event>& own = expected[history.customer()];
    std::stable_sort(own.begin(), own.end(), comes_before);
    ASSERT_EQ(history.events.size(), own.size());
    std::set<Identifier> products;
    for (std::size_t i = 0; i < own.size(); ++i) {
      ASSERT_EQ(all_fields(history.events[i]), all_fields(own[i]));
      products.insert(own[i].product);
    }
    EXPECT_EQ(count_distinct(history, &Event::product), products.size());
    EXPECT_EQ(history.count(EventType::view) + history.count(EventType::cart) + history.count(EventType::remove_from_cart) + history.count(EventType::purchase), own.size());
  });
  EXPECT_EQ(met, expected.size());
}

TEST(CountDistinct, OfMoreEventsThanAreCopiedGoesBySorting) {
  Random random(9);
  std::vector<Event> events(HistoryReader::most_copied + 1);
  std::set<Identifier> expected;
  for (Event& event : events) {
    event.session = random.below(5) == 0 ? no_identifier : random.below(70'000);
    if (event.session != no_identifier) expected.insert(event.session);
  }
  EXPECT_EQ(count_distinct({events, 0, {}, nullptr}, &Event::session), expected.size());
}

TEST(HistoryReader, CallsNobodyForAnEmptyPartition) {
  HistoryReader reader;
  reader.for_each(EventStore({.partition_bits = 0}), 0, 0, [](const History&) { FAIL(); });
}

TEST(DistinctCounter, AgreesWithASetFromCustomerToCustomer) {
  Random random(3);
  DistinctCounter counter;
  for (int customer = 0; customer < 3000; ++customer) {
    const std::size_t n = random.below(500) + 1;
    const std::uint64_t different = 1 + random.below(n);
    DistinctCounter::Round round = counter.begin(n);
    std::set<std::uint64_t> expected;
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t value = random.below(3) == 0 ? mix64(random.below(different)) : random.below(different) << random.below(2) * 50;
      round.add(value);
      expected.insert(value);
      ASSERT_EQ(round.distinct(), expected.size());
    }
  }
}

TEST(CountDistinct, AgreesWithASetForEveryLengthAndLeavesBlanksOut) {
  Random random(6);
  DistinctCounter counter;
  for (std::size_t n = 1; n <= 500; ++n)
    for (const std::uint64_t different : {std::uint64_t{1}, std::uint64_t{3}, n / 2 + 1, 4 * n}) {
      std::vector<Event> events(n);
      std::set<std::uint64_t> expected;
      for (Event& event : events) {
        event.product = random.below(5) == 0 ? no_identifier : mix64(random.below(different));
        if (event.product != no_identifier) expected.insert(event.product);
      }
      const History history{events, 0, {}, &counter};
      ASSERT_EQ(count_distinct(history, &Event::product), expected.size()) << n << " events of " << different;
    }
}

TEST(CountDistinctShort, ThreeBuildsAgreeWithASet) {
  Random random(2);
  std::vector<std::uint64_t> values(most_compared + 8);
  for (std::size_t n = 0; n <= most_compared; ++n)
    for (int round = 0; round < 50; ++round) {
      const std::uint64_t different = 1 + random.below(2 * n + 1);
      for (std::uint64_t& value : values) value = mix64(random.below(different)) >> random.below(2) * 20;
      const std::size_t expected = std::set<std::uint64_t>(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n)).size();
      ASSERT_EQ(plain::count_distinct_short(values.data(), n), expected);
      if (isa() >= Isa::avx2) { ASSERT_EQ(avx2::count_distinct_short(values.data(), n), expected); }
      if (isa() >= Isa::avx512) { ASSERT_EQ(avx512::count_distinct_short(values.data(), n), expected); }
      ASSERT_EQ(count_distinct_short(values.data(), n), expected);
    }
}

}  // namespace
}  // namespace coterie
