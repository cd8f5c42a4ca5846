#include "coterie/events/event_record.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coterie/events/event_log_test.h"
#include "coterie/events/item_table.h"

namespace coterie {
namespace {

// Records of blocks of `block` events, one behind the other.
struct Records {
  std::vector<char> bytes;
  ItemTable items{1 << 15};
  record::Vocabulary vocabulary{StringTable(300), StringTable(70'000)};
  std::size_t size = 0;

  static std::uint32_t code_of(StringTable& table, Identifier word) { return table.add(std::to_string(word), word); }

  char* encode(const Event& e, RecentEvents& recent, char* at) {
    const std::uint32_t number = e.product % 4 == 0 ? items.add({e.product, e.category, e.brand, e.price_micros}).number : ItemTable::none;
    if (number != ItemTable::none) return record::encode(e, number, recent, at);
    return record::encode(e, record::pack_item(e, code_of(vocabulary.categories, e.category), code_of(vocabulary.brands, e.brand)), recent, at);
  }

  void add(const std::vector<Event>& events, std::size_t block) {
    bytes.resize(events.size() * record::longest + record::slack);
    RecentEvents recent;
    char* at = bytes.data();
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (i % block == 0) recent = {};
      char* const next = encode(events[i], recent, at);
      EXPECT_LE(next - at, static_cast<std::ptrdiff_t>(record::longest));
      at = next;
    }
    size = static_cast<std::size_t>(at - bytes.data());
  }
};

void expect_back(const Records& records, const std::vector<Event>& events) {
  record::RecentRecords recent;
  StoredLists lists;
  const char* at = records.bytes.data();
  for (const Event& expected : events) {
    StoredEvent stored;
    record::Who who;
    const char* const behind = record::skip(at);
    at = record::decode(at, records.vocabulary, recent, stored, lists, who);
    ASSERT_EQ(at, behind);
    const Item item = stored.item < StoredEvent::other ? records.items[stored.item] : lists.items.at(stored.item - StoredEvent::other);
    const std::int64_t time_ms = stored.time_is_listed ? lists.times.at(stored.time) : std::int64_t{stored.time} * 1000;
    const Event event{time_ms, recent.customer[who.place], lists.sessions.at(stored.session), item.product, item.category, item.brand, item.price_micros, stored.type};
    ASSERT_EQ(all_fields(event), all_fields(expected));
  }
  EXPECT_EQ(at, records.bytes.data() + records.size);
}

TEST(EventRecord, GivesBackAnyEventsInAnyOrder) {
  for (const std::size_t block : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
    Random random(block);
    std::vector<Event> events(20'000);
    for (Event& event : events) {
      event = random_event(random, 12);
      event.session = random.below(5) == 0 ? no_identifier : random.below(2);
      event.category = random.below(random.below(2) == 0 ? 100 : 400), event.brand = random.below(random.below(2) == 0 ? 100 : 100'000);
    }
    Records records;
    records.add(events, block);
    EXPECT_EQ(records.vocabulary.categories.size(), 300u) << "some are stored by their hash";
    expect_back(records, events);
  }
}

TEST(EventRecord, TakesFewBytesForTheSessionsThatAreGoingOn) {
  Random random(5);
  std::vector<Event> events;
  std::int64_t time_ms = 1'569'888'000'000;
  for (int i = 0; i < 10'000; ++i) {
    Event event;
    event.time_ms = time_ms += static_cast<std::int64_t>(random.below(100)) * 1000;
    const std::uint64_t visit = static_cast<std::uint64_t>(i) / 20 + random.below(3);
    event.customer = 500'000'000 + mix64(visit) % 1000, event.session = mix64(visit);
    event.product = 1'000'000 + random.below(300), event.category = 1, event.brand = 2, event.price_micros = 990'000;
    events.push_back(event);
  }
  Records records;
  records.add(events, 1000);
  expect_back(records, events);
  EXPECT_LT(static_cast<double>(records.size) / 10'000, 13) << "up to 12 bytes a record, 12 more at the begin of a visit";
}

}  // namespace
}  // namespace coterie
