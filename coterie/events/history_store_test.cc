#include "coterie/events/history_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "coterie/base/error.h"
#include "coterie/events/event_log_test.h"
#include "coterie/events/log_reader.h"
#include "coterie/events/segment_writer.h"

namespace coterie {
namespace {

using Histories = std::map<Identifier, std::vector<Event>>;

EventLog log_of(const std::vector<Event>& events, int partition_bits = 3) {
  EventLog log{{}, EventStore({.partition_bits = partition_bits}), StringTable(), "id", {}, nullptr};
  const std::uint32_t word = log.store.writer(0).vocabulary.brands.add("acme", hash_text("acme"));
  for (const Event& event : events)
    log.store.writer(0).append(event, record::pack_item(event, StringTable::none, event.brand == hash_text("acme") ? word : StringTable::none));
  log.report.rows.used = events.size();
  return log;
}

std::vector<Event> random_events(std::uint64_t seed, std::size_t n, std::uint64_t customers) {
  Random random(seed);
  std::vector<Event> events;
  for (std::size_t i = 0; i < n; ++i) {
    events.push_back(random_event(random, customers));
    if (random.below(3) == 0) events.back().brand = hash_text("acme");
    if (random.below(3) == 0) events.back().category = awkward_bits(random);
    if (i > 0 && random.below(5) == 0) events.push_back(events[random.below(events.size())]);  // equal rows
  }
  return events;
}

Histories expected_of(std::vector<Event> events) {
  Histories histories;
  std::stable_sort(events.begin(), events.end(), comes_before);
  for (const Event& event : events) histories[event.customer].push_back(event);
  return histories;
}

Histories read_all(const HistoryStore& store) {
  Histories histories;
  StoredHistories reader;
  for (std::size_t p = 0; p < store.partitions(); ++p) {
    std::uint64_t read = 0;
    reader.for_each(store, p, 0, [&](const History& history) {
      EXPECT_TRUE(histories.emplace(history.customer(), std::vector<Event>(history.events.begin(), history.events.end())).second);
      read += history.events.size();
    });
    EXPECT_LE(read, store.events_in(p));
  }
  return histories;
}

void expect_same(const Histories& found, const Histories& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [customer, events] : expected) {
    const auto it = found.find(customer);
    ASSERT_NE(it, found.end());
    ASSERT_EQ(it->second.size(), events.size());
    for (std::size_t i = 0; i < events.size(); ++i) ASSERT_EQ(all_fields(it->second[i]), all_fields(events[i]));
  }
}

std::vector<Event> joined(std::vector<Event> a, const std::vector<Event>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(HistoryStore, GivesBackTheHistoriesOfAllItsSegments) {
  const TestFolder folder;
  // Of unlike sizes, so that the segments have 4 partitions, one and two.
  const std::vector<Event> first = random_events(1, 90'000, 3000), second = random_events(2, 500, 4000), third = random_events(3, 40'000, 5000);
  write_segment(log_of(first), folder.path("1"), {});
  write_segment(log_of(second, 0), folder.path("2"), {});
  write_segment(log_of(third, 5), folder.path("3"), {});
  HistoryStore one({folder.path("1")});
  EXPECT_EQ(one.partition_bits(), 2u);
  expect_same(read_all(one), expected_of(first));
  expect_same(read_all(HistoryStore({folder.path("2")})), expected_of(second));
  const HistoryStore all({folder.path("1"), folder.path("2"), folder.path("3")});
  expect_same(read_all(all), expected_of(joined(joined(first, second), third)));
  EXPECT_EQ(all.brand(hash_text("acme")), "acme");
  EXPECT_EQ(all.brand(12345), "");
}

TEST(HistoryStore, WritesTheSameBytesWhateverTheThreadsPartitionsAndOrderOfRows) {
  const TestFolder folder;
  std::vector<Event> events = random_events(4, 70'000, 2000);
  write_segment(log_of(events, 6), folder.path("a"), {.threads = 1});
  std::reverse(events.begin(), events.end());
  write_segment(log_of(events, 0), folder.path("b"), {.threads = 3});
  EXPECT_EQ(content_of(folder.path("a")), content_of(folder.path("b")));
  // Segments merged are the segment of all rows.
  const std::size_t half = events.size() / 3;
  write_segment(log_of({events.begin(), events.begin() + static_cast<std::ptrdiff_t>(half)}), folder.path("c"), {});
  write_segment(log_of({events.begin() + static_cast<std::ptrdiff_t>(half), events.end()}), folder.path("d"), {});
  EventLog both{{}, EventStore({.partition_bits = 0, .writers = 0}), StringTable(), "id", {}, nullptr};
  both.stored = std::make_unique<HistoryStore>(std::vector{folder.path("c"), folder.path("d")});
  both.report.rows.used = events.size();
  write_segment(both, folder.path("e"), {});
  EXPECT_EQ(content_of(folder.path("a")), content_of(folder.path("e")));
}

TEST(HistoryStore, LooksNoFurtherThanAsOf) {
  const TestFolder folder;
  const std::vector<Event> events = random_events(5, 20'000, 500);
  write_segment(log_of(events), folder.path("1"), {});
  HistoryStore store({folder.path("1")});
  store.as_of_ms = 1'570'500'000'000;
  std::vector<Event> until;
  for (const Event& event : events)
    if (event.time_ms <= store.as_of_ms) until.push_back(event);
  expect_same(read_all(store), expected_of(until));
  const SegmentFacts facts = facts_as_of(store, 2);
  EXPECT_EQ(facts.events, until.size());
  EXPECT_EQ(facts.customers, expected_of(until).size());
  EXPECT_EQ(facts.last_ms, std::max_element(until.begin(), until.end(), comes_before)->time_ms);
}

TEST(SegmentWriter, LeavesOutWhatAStoreHoldsAsOftenAsItDoes) {
  const TestFolder folder;
  const std::vector<Event> old = random_events(6, 50'000, 900), fresh = random_events(7, 3000, 1200);
  std::vector<Event> overlapping = fresh;
  for (std::size_t i = 0; i < old.size(); i += 40) overlapping.push_back(old[i]);
  write_segment(log_of(old), folder.path("1"), {});
  const HistoryStore before({folder.path("1")});
  write_segment(log_of(overlapping), folder.path("2"), {.without = &before});
  // The multiset difference, the slow way.
  Histories known = expected_of(old), given = expected_of(overlapping), expected;
  for (auto& [customer, events] : given)
    for (const Event& event : events) {
      std::vector<Event>& of_customer = known[customer];
      const auto same = std::find_if(of_customer.begin(), of_customer.end(), [&](const Event& e) { return all_fields(e) == all_fields(event); });
      if (same != of_customer.end()) of_customer.erase(same);
      else expected[customer].push_back(event);
    }
  expect_same(read_all(HistoryStore({folder.path("2")})), expected);
}

TEST(HistorySegment, SaysWhatIsDamaged) {
  const TestFolder folder;
  write_segment(log_of(random_events(8, 4000, 100)), folder.path("1"), {});
  const std::string whole = content_of(folder.path("1"));
  const auto message_of = [&](std::string bytes) {
    try {
      const HistoryStore store({folder.file("damaged", bytes)});
      read_all(store);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::damaged_input);
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  std::string flipped = whole;
  flipped[1000] ^= 1;
  EXPECT_EQ(message_of(flipped), "partition 0 does not have its checksum");
  flipped = whole;
  flipped[whole.size() - 60] ^= 1;
  EXPECT_EQ(message_of(flipped), "the end of the segment does not have its checksum");
  EXPECT_NE(message_of(whole.substr(0, whole.size() - 1)), "nothing");
  EXPECT_NE(message_of(""), "nothing");
  EXPECT_EQ(message_of(whole), "nothing");
}

}  // namespace
}  // namespace coterie
