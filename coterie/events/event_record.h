// The bytes of an event in the store: about 8 in a shop's log sorted by time. Events of a partition follow each other
// in few sessions at a time, so a record refers to the customer and session of a recent one and to its time.
//
// Format (little-endian, 5 to 59 bytes):
//   u8 header: bits 0-1    event type
//              bits 2-4    who: 0-3 = customer and session of that place among the recent ones;
//                          4 = customer in 4 bytes, session in 8; 5 = 8 and 8; 6 = customer in 4, no session; 7 = 8, none.
//                          4 to 7 take the next of the four places, in turn.
//              bits 5-6    time: seconds since the record before in 0: 1 byte, 1: 2 bytes; since 1970 in 2: 4 bytes; 3: milliseconds
//                          since 1970 in 8 bytes (for the record behind, its whole seconds count)
//              bit  7      a second byte follows; without it the item is a number
//   u8 second: bit  0      nothing is recent: places are empty, the time before is 0 (the first record of a block)
//              bits 1-2    product: 0 = none, 1 = 4 bytes, 2 = 8, 3 = the whole item: its number in the log's table in 3 bytes
//              bits 3-4    category and brand: their numbers in the writer's vocabularies in 0: 1 byte and 1, 1: 1 and 2, 2: 4 and 4;
//                          3: their hashes in 8 and 8
//              bits 5-6    price: 0 = none, 1 = hundredths in 3 bytes, 2 = millionths in 8
//   then customer, session, time, item (number; or product, category, brand, price).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "coterie/events/event.h"
#include "coterie/events/item_table.h"
#include "coterie/events/string_table.h"

namespace coterie {

// What an event is about, as it stands in a record of two bytes of header.
struct PackedItem {
  static constexpr std::size_t longest = 32;
  std::uint8_t header = 0;  // the second byte
  std::uint8_t size = 0;
  char bytes[longest + 8];  // 8 more for whole stores
};

// What a record says, in 16 bytes so that a partition of them stays in the cache while histories are put together.
struct StoredEvent {
  static constexpr std::uint32_t other = std::uint32_t{1} << 31;
  std::uint32_t time;     // seconds since 1970; or, where `time_is_listed`, the place of the milliseconds in the list of times
  std::uint32_t session;  // its place in the list of sessions
  std::uint32_t item;     // its number in the log's table; or `other` + a place in the list of those that have none
  EventType type;
  bool time_is_listed;
};

// What stored events refer to.
struct StoredLists {
  std::vector<Identifier> sessions;  // one for each record that names its session
  std::vector<std::int64_t> times;   // those that are no whole seconds, or not within 32 bits of them
  std::vector<Item> items;           // those that have no number
  static constexpr std::size_t bytes_of_one = sizeof(Identifier) + sizeof(std::int64_t) + sizeof(Item);  // of an event that is in all

  void clear() { sessions.clear(), times.clear(), items.clear(); }
};

// What a record refers to while it is written.
struct RecentEvents {
  static constexpr unsigned places = 4;
  std::int64_t seconds = 0;
  std::uint32_t next = 0;
  bool none = true;
  std::uint32_t mark[places]{};  // of customer and session: equal ones have equal marks
  Identifier customer[places]{no_identifier, no_identifier, no_identifier, no_identifier};
  Identifier session[places]{};

  static std::uint32_t mark_of(const Event& event) { return static_cast<std::uint32_t>(event.session ^ event.customer); }
};

namespace record {

constexpr std::size_t longest = 2 + 24 + PackedItem::longest + 1;
// Bytes written or read beyond a record, at most.
constexpr std::size_t slack = 16;

constexpr std::uint8_t customer_bytes[8] = {0, 0, 0, 0, 4, 8, 4, 8};
constexpr std::uint8_t session_bytes[8] = {0, 0, 0, 0, 8, 8, 0, 0};
constexpr std::uint8_t time_bytes[4] = {1, 2, 4, 8};
constexpr std::uint8_t product_bytes[4] = {0, 4, 8, 0};
constexpr std::uint8_t category_bytes[4] = {1, 1, 4, 8};
constexpr std::uint8_t brand_bytes[4] = {1, 2, 4, 8};
constexpr std::uint8_t price_bytes[4] = {0, 3, 8, 0};
constexpr std::size_t number_bytes = 3;
constexpr std::uint32_t most_items = 1 << 8 * number_bytes;
constexpr unsigned hashes = 3, numbered = 3;
constexpr unsigned second_follows = 1 << 7, first_of_block = 1;

// What the numbers of words in a writer's records mean.
struct Vocabulary {
  StringTable categories, brands;
};

inline char* put(char* at, std::uint64_t value, std::size_t bytes) {
  std::memcpy(at, &value, 8);
  return at + bytes;
}

// bytes <= 8; 8 must be readable.
inline std::uint64_t load(const char* at, std::size_t bytes) {
  std::uint64_t value;
  std::memcpy(&value, at, 8);
  return bytes == 0 ? 0 : value & ~std::uint64_t{0} >> (64 - 8 * bytes);
}

// An item that has no number. `category` and `brand` are the numbers of the event's in the writer's vocabularies, or StringTable::none.
inline PackedItem pack_item(const Event& event, std::uint32_t category, std::uint32_t brand) {
  PackedItem item;
  const unsigned product = event.product == no_identifier ? 0 : event.product >> 32 == 0 ? 1 : 2;
  const bool in_words = category != StringTable::none && brand != StringTable::none;
  const unsigned words = !in_words ? hashes : category >= 0x100 || brand >= 0x10000 ? 2 : brand >= 0x100;
  const std::int64_t hundredths = event.price_micros / 10'000;
  const unsigned price = event.price_micros == no_price ? 0
                         : hundredths * 10'000 == event.price_micros && static_cast<std::uint64_t>(hundredths) >> 24 == 0 ? 1 : 2;
  char* at = put(item.bytes, event.product, product_bytes[product]);
  at = put(at, in_words ? category : event.category, category_bytes[words]);
  at = put(at, in_words ? brand : event.brand, brand_bytes[words]);
  at = put(at, static_cast<std::uint64_t>(price == 1 ? hundredths : event.price_micros), price_bytes[price]);
  item.header = static_cast<std::uint8_t>(product << 1 | words << 3 | price << 5);
  item.size = static_cast<std::uint8_t>(at - item.bytes);
  return item;
}

// Which of the recent places, or 4 to 7; takes the next place where it is none of them. Without a branch: whether a customer is
// a recent one is as good as random, and a wrong guess costs more than all of this. Of several places with the event's mark only the
// first is looked at: then a recent one may be written anew.
[[gnu::always_inline]] inline unsigned put_who(const Event& event, RecentEvents& recent) {
  const std::uint32_t mark = RecentEvents::mark_of(event);
  unsigned match = 1u << RecentEvents::places;
#pragma GCC unroll 4
  for (unsigned i = 0; i < RecentEvents::places; ++i) match |= static_cast<unsigned>(recent.mark[i] == mark) << i;
  const unsigned first = static_cast<unsigned>(std::countr_zero(match)) % RecentEvents::places;
  const bool is_same = ((recent.customer[first] ^ event.customer) | (recent.session[first] ^ event.session)) == 0;
  const unsigned is_recent = 0u - static_cast<unsigned>(is_same);  // all bits
  const unsigned place = (first & is_recent) | (recent.next & ~is_recent);
  recent.mark[place] = mark;
  recent.customer[place] = event.customer;
  recent.session[place] = event.session;
  recent.next = (recent.next + 1 + is_recent) % RecentEvents::places;
  const unsigned is_new = 4u + (event.customer >> 32 != 0) + 2u * (event.session == no_identifier);
  return (place & is_recent) | (is_new & ~is_recent);
}

[[gnu::always_inline]] inline char* put_time(char* at, std::int64_t time_ms, RecentEvents& recent, unsigned& kind) {
  const std::int64_t seconds = time_ms / 1000;
  const auto since = static_cast<std::uint64_t>(seconds - recent.seconds);
  recent.seconds = seconds;
  if (seconds * 1000 != time_ms || static_cast<std::uint64_t>(seconds) >> 32 != 0) [[unlikely]] {
    kind = 3;
    return put(at, static_cast<std::uint64_t>(time_ms), 8);
  }
  kind = static_cast<unsigned>(since >= 0x100) + static_cast<unsigned>(since >= 0x10000);
  const std::uint64_t is_far = 0u - std::uint64_t{since >= 0x10000};
  return put(at, (static_cast<std::uint64_t>(seconds) & is_far) | (since & ~is_far), time_bytes[kind]);
}

// Who and when, behind `header_bytes` of header; the header's first byte is returned.
[[gnu::always_inline]] inline unsigned put_event(const Event& event, RecentEvents& recent, std::size_t header_bytes, char* start, char*& at) {
  const unsigned who = put_who(event, recent);
  at = put(start + header_bytes, event.customer, customer_bytes[who]);
  at = put(at, event.session, session_bytes[who]);
  unsigned time;
  at = put_time(at, event.time_ms, recent, time);
  return static_cast<unsigned>(event.type) | who << 2 | time << 5;
}

// Both need longest + slack writable bytes, and return the record's end.
inline char* encode(const Event& event, const PackedItem& item, RecentEvents& recent, char* start) {
  const bool first = recent.none;
  recent.none = false;
  char* at;
  start[0] = static_cast<char>(put_event(event, recent, 2, start, at) | second_follows);
  start[1] = static_cast<char>(item.header | (first ? first_of_block : 0));
  std::memcpy(at, item.bytes, PackedItem::longest);
  return at + item.size;
}

inline char* encode(const Event& event, std::uint32_t item_number, RecentEvents& recent, char* start) {
  if (recent.none) {
    PackedItem item;
    item.header = numbered << 1;
    item.size = static_cast<std::uint8_t>(put(item.bytes, item_number, number_bytes) - item.bytes);
    return encode(event, item, recent, start);
  }
  char* at;
  start[0] = static_cast<char>(put_event(event, recent, 1, start, at));
  return put(at, item_number, number_bytes);
}

// The record behind.
inline const char* skip(const char* at) {
  const auto header = static_cast<unsigned char>(*at++);
  const unsigned who = header >> 2 & 7;
  std::size_t size = std::size_t{customer_bytes[who]} + session_bytes[who] + time_bytes[header >> 5 & 3];
  if ((header & second_follows) == 0) return at + size + number_bytes;
  const auto second = static_cast<unsigned char>(*at++);
  const unsigned product = second >> 1 & 3, words = second >> 3 & 3;
  if (product == numbered) return at + size + number_bytes;
  return at + size + product_bytes[product] + category_bytes[words] + brand_bytes[words] + price_bytes[second >> 5 & 3];
}

// An item in full, by the second byte of the header.
inline const char* decode_item(const char* at, unsigned second, const Vocabulary& vocabulary, Item& item) {
  const unsigned product = second >> 1 & 3, words = second >> 3 & 3, price = second >> 5 & 3;
  item.product = product == 0 ? no_identifier : load(at, product_bytes[product]);
  at += product_bytes[product];
  const std::uint64_t category = load(at, category_bytes[words]);
  at += category_bytes[words];
  const std::uint64_t brand = load(at, brand_bytes[words]);
  at += brand_bytes[words];
  item.category = words == hashes ? category : vocabulary.categories.hash(static_cast<std::uint32_t>(category));
  item.brand = words == hashes ? brand : vocabulary.brands.hash(static_cast<std::uint32_t>(brand));
  const auto value = static_cast<std::int64_t>(load(at, price_bytes[price]));
  item.price_micros = price == 0 ? no_price : price == 1 ? value * 10'000 : value;
  return at + price_bytes[price];
}

// The same while records are read.
struct RecentRecords {
  static constexpr unsigned places = RecentEvents::places;
  std::int64_t seconds = 0;
  std::uint32_t next = 0;
  Identifier customer[places]{no_identifier, no_identifier, no_identifier, no_identifier};
  std::uint32_t session[places]{};  // in the list
};

// Whose event it is: recent.customer[place], who is not the one of that place before where `is_new`.
struct Who {
  unsigned place;
  bool is_new;
};

inline const char* decode(const char* at, const Vocabulary& vocabulary, RecentRecords& recent, StoredEvent& event, StoredLists& lists, Who& who) {
  const auto header = static_cast<unsigned char>(*at++);
  unsigned second = numbered << 1;
  if ((header & second_follows) != 0) [[unlikely]] {
    second = static_cast<unsigned char>(*at++);
    if ((second & first_of_block) != 0) recent = {};
  }
  const unsigned how = header >> 2 & 7;
  who.is_new = how >= RecentRecords::places;
  who.place = how;
  if (who.is_new) {
    who.place = recent.next;
    recent.next = (recent.next + 1) % RecentRecords::places;
    recent.customer[who.place] = load(at, customer_bytes[how]);
    at += customer_bytes[how];
    recent.session[who.place] = static_cast<std::uint32_t>(lists.sessions.size());
    lists.sessions.push_back(session_bytes[how] == 0 ? no_identifier : load(at, 8));
    at += session_bytes[how];
  }
  event.session = recent.session[who.place];
  event.type = static_cast<EventType>(header & 3);
  const unsigned time = header >> 5 & 3;
  const auto value = static_cast<std::int64_t>(load(at, time_bytes[time]));
  at += time_bytes[time];
  recent.seconds = time == 3 ? value / 1000 : time == 2 ? value : recent.seconds + value;
  event.time = static_cast<std::uint32_t>(recent.seconds);
  event.time_is_listed = time == 3;
  if (time == 3) [[unlikely]] {
    event.time = static_cast<std::uint32_t>(lists.times.size());
    lists.times.push_back(value);
  }
  if ((second >> 1 & 3) == numbered) {
    event.item = static_cast<std::uint32_t>(load(at, number_bytes));
    return at + number_bytes;
  }
  event.item = StoredEvent::other + static_cast<std::uint32_t>(lists.items.size());
  return decode_item(at, second, vocabulary, lists.items.emplace_back());
}

}  // namespace record

}  // namespace coterie
