// The bytes of an event in the store: about 11 in a shop's log sorted by time. Events of a partition follow each other
// in few sessions at a time, so a record refers to the customer and session of a recent one and to its time.
//
// Format (little-endian, 3 to 58 bytes):
//   u16 header: bits 0-1    event type
//               bits 2-4    who: 0-3 = customer and session of that place among the recent ones;
//                           4 = customer in 4 bytes, session in 8; 5 = 8 and 8; 6 = customer in 4, no session; 7 = 8, none.
//                           4 to 7 take the next of the four places, in turn.
//               bits 5-6    time: seconds since the record before in 0: 1 byte, 1: 2 bytes; since 1970 in 2: 4 bytes; 3: milliseconds
//                           since 1970 in 8 bytes (for the record behind, its whole seconds count)
//               bit  7      nothing is recent: places are empty, the time before is 0 (the first record of a block)
//               bits 8-9    product: 0 = none, 1 = 4 bytes, 2 = 8, 3 = the whole item: its number in the writer's table in 2 bytes
//               bits 10-11  category and brand: their numbers in the writer's vocabularies in 0: 1 byte and 1, 1: 1 and 2, 2: 4 and 4;
//                           3: their hashes in 8 and 8
//               bits 12-13  price: 0 = none, 1 = hundredths in 3 bytes, 2 = millionths in 8
//   then customer, session, time, item (product, category, brand, price).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "coterie/events/event.h"
#include "coterie/events/item_table.h"
#include "coterie/events/string_table.h"

namespace coterie {

// What an event is about, as it stands in a record; the header's bits from 8 on say how.
struct PackedItem {
  static constexpr std::size_t longest = 32;
  std::uint16_t header = 0;
  std::uint8_t size = 0;
  char bytes[longest + 8];  // 8 more for whole stores
};

// What a record refers to; the same at writing and reading.
struct RecentEvents {
  static constexpr unsigned places = 4;
  std::int64_t seconds = 0;
  unsigned next = 0;
  bool none = true;
  Identifier customer[places]{no_identifier, no_identifier, no_identifier, no_identifier};
  Identifier session[places]{};
};

namespace record {

constexpr std::size_t longest = 26 + PackedItem::longest;
// Bytes written or read beyond a record, at most.
constexpr std::size_t slack = 16;

constexpr std::uint8_t customer_bytes[8] = {0, 0, 0, 0, 4, 8, 4, 8};
constexpr std::uint8_t session_bytes[8] = {0, 0, 0, 0, 8, 8, 0, 0};
constexpr std::uint8_t time_bytes[4] = {1, 2, 4, 8};
constexpr std::uint8_t product_bytes[4] = {0, 4, 8, 0};
constexpr std::uint8_t category_bytes[4] = {1, 1, 4, 8};
constexpr std::uint8_t brand_bytes[4] = {1, 2, 4, 8};
constexpr std::uint8_t price_bytes[4] = {0, 3, 8, 0};
constexpr unsigned hashes = 3, numbered = 3;

// What the numbers in a writer's records mean.
struct Vocabulary {
  ItemTable items;
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

inline PackedItem pack_item(std::uint32_t number) {
  PackedItem item;
  item.header = numbered << 8;
  item.size = static_cast<std::uint8_t>(put(item.bytes, number, 2) - item.bytes);
  return item;
}

// `category` and `brand` are the numbers of the event's in the writer's vocabularies, or StringTable::none.
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
  item.header = static_cast<std::uint16_t>(product << 8 | words << 10 | price << 12);
  item.size = static_cast<std::uint8_t>(at - item.bytes);
  return item;
}

// Which of the recent places, or 4 to 7; takes the next place where it is none of them.
inline unsigned put_who(const Event& event, RecentEvents& recent) {
  unsigned match = 0;
  for (unsigned i = 0; i < RecentEvents::places; ++i)
    match |= static_cast<unsigned>(recent.customer[i] == event.customer && recent.session[i] == event.session) << i;
  const unsigned place = match != 0 ? static_cast<unsigned>(std::countr_zero(match)) : recent.next;
  recent.customer[place] = event.customer;
  recent.session[place] = event.session;
  recent.next = (recent.next + (match == 0)) % RecentEvents::places;
  const unsigned is_new = 4u + (event.customer >> 32 != 0) + 2u * (event.session == no_identifier);
  return match != 0 ? place : is_new;
}

inline char* put_time(char* at, std::int64_t time_ms, RecentEvents& recent, unsigned& kind) {
  const std::int64_t seconds = time_ms / 1000;
  const std::int64_t since = seconds - recent.seconds;
  recent.seconds = seconds;
  if (seconds * 1000 != time_ms || static_cast<std::uint64_t>(seconds) >> 32 != 0) {
    kind = 3;
    return put(at, static_cast<std::uint64_t>(time_ms), 8);
  }
  kind = static_cast<std::uint64_t>(since) < 0x100 ? 0 : static_cast<std::uint64_t>(since) < 0x10000 ? 1 : 2;
  return put(at, static_cast<std::uint64_t>(kind == 2 ? seconds : since), time_bytes[kind]);
}

// `item` is pack_item's. longest + slack bytes must be writable; returns the record's end.
inline char* encode(const Event& event, unsigned item_header, const char* item, std::size_t item_size, RecentEvents& recent, char* start) {
  const bool first = recent.none;
  recent.none = false;
  const unsigned who = put_who(event, recent);
  char* at = put(start + 2, event.customer, customer_bytes[who]);
  at = put(at, event.session, session_bytes[who]);
  unsigned time;
  at = put_time(at, event.time_ms, recent, time);
  std::memcpy(at, item, 16);
  if (item_size > 16) std::memcpy(at + 16, item + 16, PackedItem::longest - 16);
  const auto header = static_cast<std::uint16_t>(static_cast<unsigned>(event.type) | who << 2 | time << 5 | unsigned{first} << 7 | item_header);
  std::memcpy(start, &header, 2);
  return at + item_size;
}

inline unsigned load_header(const char* at, RecentEvents& recent) {
  std::uint16_t header;
  std::memcpy(&header, at, 2);
  if (header >> 7 & 1) recent = {};
  return header;
}

// Reads the customer into the recent places; returns the place.
inline unsigned load_customer(const char* at, unsigned who, RecentEvents& recent) {
  const bool is_new = who >= RecentEvents::places;
  const unsigned place = is_new ? recent.next : who;
  const Identifier customer = load(at, customer_bytes[who]);
  recent.customer[place] = is_new ? customer : recent.customer[place];
  recent.next = (recent.next + is_new) % RecentEvents::places;
  return place;
}

// The record's length by its header.
inline constexpr auto lengths = [] {
  std::array<std::uint8_t, 1 << 14> all{};
  for (unsigned h = 0; h < all.size(); ++h)
    all[h] = static_cast<std::uint8_t>(2 + customer_bytes[h >> 2 & 7] + session_bytes[h >> 2 & 7] + time_bytes[h >> 5 & 3] +
                                       ((h >> 8 & 3) == numbered ? 2 : product_bytes[h >> 8 & 3] + category_bytes[h >> 10 & 3] +
                                                                       brand_bytes[h >> 10 & 3] + price_bytes[h >> 12 & 3]));
  return all;
}();

// The record behind, and this one's customer. `recent` keeps customers only.
inline const char* skip(const char* at, RecentEvents& recent, Identifier& customer) {
  const unsigned header = load_header(at, recent);
  customer = recent.customer[load_customer(at + 2, header >> 2 & 7, recent)];
  return at + lengths[header];
}

inline const char* decode_item(const char* at, unsigned header, const Vocabulary& vocabulary, Event& event) {
  const unsigned product = header >> 8 & 3, words = header >> 10 & 3, price = header >> 12 & 3;
  if (product == numbered) {
    const Item& item = vocabulary.items[static_cast<std::uint32_t>(load(at, 2))];
    event.product = item.product, event.category = item.category, event.brand = item.brand, event.price_micros = item.price_micros;
    return at + 2;
  }
  event.product = product == 0 ? no_identifier : load(at, product_bytes[product]);
  at += product_bytes[product];
  const std::uint64_t category = load(at, category_bytes[words]);
  at += category_bytes[words];
  const std::uint64_t brand = load(at, brand_bytes[words]);
  at += brand_bytes[words];
  event.category = words == hashes ? category : vocabulary.categories.hash(static_cast<std::uint32_t>(category));
  event.brand = words == hashes ? brand : vocabulary.brands.hash(static_cast<std::uint32_t>(brand));
  const auto value = static_cast<std::int64_t>(load(at, price_bytes[price]));
  event.price_micros = price == 0 ? no_price : price == 1 ? value * 10'000 : value;
  return at + price_bytes[price];
}

inline const char* decode(const char* at, const Vocabulary& vocabulary, RecentEvents& recent, Event& event) {
  const unsigned header = load_header(at, recent);
  at += 2;
  event.type = static_cast<EventType>(header & 3);
  const unsigned who = header >> 2 & 7;
  const unsigned place = load_customer(at, who, recent);
  at += customer_bytes[who];
  const std::uint64_t session = session_bytes[who] == 0 ? no_identifier : load(at, 8);
  at += session_bytes[who];
  recent.session[place] = who >= RecentEvents::places ? session : recent.session[place];
  event.customer = recent.customer[place];
  event.session = recent.session[place];
  const unsigned time = header >> 5 & 3;
  const auto value = static_cast<std::int64_t>(load(at, time_bytes[time]));
  at += time_bytes[time];
  const std::int64_t seconds = time == 2 ? value : recent.seconds + value;
  event.time_ms = time == 3 ? value : 1000 * seconds;
  recent.seconds = time == 3 ? value / 1000 : seconds;
  return decode_item(at, header, vocabulary, event);
}

}  // namespace record

}  // namespace coterie
