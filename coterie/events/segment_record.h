// The bytes of items and events in a segment of a history store; events/STORE_FORMAT.md has the format.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/events/event.h"
#include "coterie/events/item_table.h"

namespace coterie {

// The words of a segment in the order of their hashes: what an item's category and brand refer to by place.
class WordPlaces {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  void add(Identifier value) { values_.push_back(value); }  // rising
  std::uint32_t place_of(Identifier value) const {
    const auto it = std::lower_bound(values_.begin(), values_.end(), value);
    return it == values_.end() || *it != value ? none : static_cast<std::uint32_t>(it - values_.begin());
  }
  Identifier operator[](std::uint64_t place) const { return place < values_.size() ? values_[place] : 0; }
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<Identifier> values_;
};

struct SegmentWords {
  WordPlaces categories, brands;
};

namespace segment {

// Bytes that are read beyond an item or event.
constexpr std::size_t slack = 8;

constexpr std::uint8_t product_bytes[4] = {0, 4, 8, 0};
constexpr std::uint8_t price_bytes[4] = {0, 3, 8, 0};
constexpr std::uint8_t category_bytes[4] = {1, 4, 8, 0};
constexpr std::uint8_t brand_bytes[4] = {2, 4, 8, 1};
constexpr std::uint8_t session_bytes[4] = {0, 0, 8, 0};
constexpr std::uint8_t time_bytes[4] = {1, 2, 4, 8};
constexpr std::uint8_t item_bytes[4] = {0, 2, 4, 0};

inline void put(std::string& out, std::uint64_t value, std::size_t bytes) {
  char text[8];
  std::memcpy(text, &value, 8);
  out.append(text, bytes);
}

// 8 bytes must be readable.
inline std::uint64_t load(const char* at, std::size_t bytes) {
  std::uint64_t value;
  std::memcpy(&value, at, 8);
  return bytes == 0 ? 0 : value & ~std::uint64_t{0} >> (64 - 8 * bytes);
}

inline unsigned category_kind(std::uint64_t value, std::uint32_t place) {
  return value == 0 ? 3 : place < 0x100 ? 0 : place != WordPlaces::none ? 1 : 2;
}
inline unsigned brand_kind(std::uint64_t value, std::uint32_t place) {
  return value < 0x100 ? 3 : place < 0x10000 ? 0 : place != WordPlaces::none ? 1 : 2;
}

inline void put_item(std::string& out, const Item& item, const SegmentWords& words) {
  const std::uint32_t category_place = words.categories.place_of(item.category), brand_place = words.brands.place_of(item.brand);
  const unsigned product = item.product == no_identifier ? 0 : item.product >> 32 == 0 ? 1 : 2;
  const std::int64_t hundredths = item.price_micros / 10'000;
  const bool short_price = hundredths * 10'000 == item.price_micros && static_cast<std::uint64_t>(hundredths) >> 24 == 0;
  const unsigned price = item.price_micros == no_price ? 0 : short_price ? 1 : 2;
  const unsigned category = category_kind(item.category, category_place), brand = brand_kind(item.brand, brand_place);
  put(out, product | price << 2 | category << 4 | brand << 6, 1);
  put(out, item.product, product_bytes[product]);
  put(out, static_cast<std::uint64_t>(short_price ? hundredths : item.price_micros), price_bytes[price]);
  put(out, category < 2 ? category_place : item.category, category_bytes[category]);
  put(out, brand < 2 ? brand_place : item.brand, brand_bytes[brand]);
}

// Returns the item's end.
inline const char* load_item(const char* at, const SegmentWords& words, Item& item) {
  const unsigned header = static_cast<unsigned char>(*at++);
  const unsigned product = header & 3, price = header >> 2 & 3, category = header >> 4 & 3, brand = header >> 6;
  item.product = product == 0 ? no_identifier : load(at, product_bytes[product]);
  at += product_bytes[product];
  const auto amount = static_cast<std::int64_t>(load(at, price_bytes[price]));
  item.price_micros = price == 0 ? no_price : price == 1 ? amount * 10'000 : amount;
  at += price_bytes[price];
  const std::uint64_t c = load(at, category_bytes[category]);
  item.category = category < 2 ? words.categories[c] : c;
  at += category_bytes[category];
  const std::uint64_t b = load(at, brand_bytes[brand]);
  item.brand = brand < 2 ? words.brands[b] : b;
  return at + brand_bytes[brand];
}

// What an event's bytes refer to: the event before it in the customer's history.
struct Before {
  std::int64_t seconds = 0;
  Identifier session = no_identifier;
  std::uint32_t item = ~std::uint32_t{0};
};

inline unsigned time_kind(std::int64_t time_ms, std::int64_t seconds_before) {
  const std::int64_t seconds = time_ms / 1000;
  const auto since = static_cast<std::uint64_t>(seconds - seconds_before);
  if (seconds * 1000 != time_ms || static_cast<std::uint64_t>(seconds) >> 32 != 0) return 3;
  return since < 0x100 ? 0 : since < 0x10000 ? 1 : 2;
}

inline void put_event(std::string& out, const Event& event, std::uint32_t item, Before& before) {
  const unsigned session = event.session == before.session ? 0 : event.session == no_identifier ? 1 : 2;
  const unsigned time = time_kind(event.time_ms, before.seconds);
  const unsigned item_kind = item == before.item ? 0 : item < 0x10000 ? 1 : 2;
  const std::int64_t seconds = event.time_ms / 1000;
  put(out, static_cast<unsigned>(event.type) | session << 2 | time << 4 | item_kind << 6, 1);
  put(out, event.session, session_bytes[session]);
  put(out, static_cast<std::uint64_t>(time == 3 ? event.time_ms : time == 2 ? seconds : seconds - before.seconds), time_bytes[time]);
  put(out, item, item_bytes[item_kind]);
  before = {seconds, event.session, item};
}

// Fills all fields of `event` but the customer; returns the event's end. Items beyond the last are an item without anything.
inline const char* load_event(const char* at, std::span<const Item> items, Before& before, Event& event) {
  const unsigned header = static_cast<unsigned char>(*at++);
  const unsigned session = header >> 2 & 3, time = header >> 4 & 3, item = header >> 6;
  event.type = static_cast<EventType>(header & 3);
  event.session = session == 0 ? before.session : session == 1 ? no_identifier : load(at, 8);
  at += session_bytes[session];
  const auto value = static_cast<std::int64_t>(load(at, time_bytes[time]));
  at += time_bytes[time];
  const std::int64_t seconds = time == 2 ? value : before.seconds + value;
  event.time_ms = time == 3 ? value : 1000 * seconds;
  const auto number = item == 0 ? before.item : static_cast<std::uint32_t>(load(at, item_bytes[item]));
  at += item_bytes[item];
  static constexpr Item nothing;
  const Item& what = number < items.size() ? items[number] : nothing;
  event.product = what.product, event.category = what.category, event.brand = what.brand, event.price_micros = what.price_micros;
  before = {time == 3 ? value / 1000 : seconds, event.session, number};
  return at;
}

}  // namespace segment

}  // namespace coterie
