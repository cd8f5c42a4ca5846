// The events of a partition in memory, read from the store's records in one pass; reused from partition to partition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "coterie/base/prefetch.h"
#include "coterie/events/event_store.h"

namespace coterie {

class EventPartition {
 public:
  // What reading takes for each event.
  static constexpr std::size_t bytes_of_one = sizeof(StoredEvent) + 2 * sizeof(std::uint32_t) + StoredLists::bytes_of_one;

  void read(const EventStore& store, std::size_t partition);
  // Gives the memory back that a large partition took.
  void forget_large(std::size_t events);

  std::size_t size() const { return events_.size(); }
  const std::vector<Identifier>& customers() const { return customers_; }  // in order of first appearance
  // Where the events of customer c stand in order(): from starts()[c] to starts()[c + 1], in the order of the records.
  const std::vector<std::uint32_t>& starts() const { return starts_; }
  const std::vector<std::uint32_t>& order() const { return order_; }

  // Fetches what put_event() will read, and before that what prefetch_lists() will.
  void prefetch(std::uint32_t place) const { coterie::prefetch(&events_[place]); }
  void prefetch_lists(std::uint32_t place) const {
    const StoredEvent& stored = events_[place];
    coterie::prefetch(&item_of(stored));
    coterie::prefetch(&lists_.sessions[stored.session]);
  }
  // order()'s event, all but its customer.
  void put_event(std::uint32_t place, Event& event) const {
    const StoredEvent& stored = events_[place];
    const Item& item = item_of(stored);
    event.time_ms = stored.time_is_listed ? lists_.times[stored.time] : std::int64_t{stored.time} * 1000;
    event.session = lists_.sessions[stored.session], event.type = stored.type;
    event.product = item.product, event.category = item.category, event.brand = item.brand, event.price_micros = item.price_micros;
  }

 private:
  struct Slot {
    Identifier customer;
    std::uint32_t number;
  };
  static constexpr std::uint32_t empty = ~std::uint32_t{0};

  const Item& item_of(const StoredEvent& event) const {
    return event.item < StoredEvent::other ? (*items_)[event.item] : lists_.items[event.item - StoredEvent::other];
  }
  std::uint32_t number_of(Identifier customer);
  void grow();
  void decode(const EventStore& store, std::size_t partition);
  void put_in_order();

  const ItemTable* items_ = nullptr;
  std::vector<StoredEvent> events_;           // in the order of the records
  StoredLists lists_;
  std::vector<std::uint32_t> customer_of_;    // the number of each event's
  std::vector<Identifier> customers_;
  std::vector<std::uint32_t> starts_, order_;
  std::vector<Slot> slots_;
};

}  // namespace coterie
