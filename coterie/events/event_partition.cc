#include "coterie/events/event_partition.h"

#include <algorithm>
#include <cassert>

#include "coterie/base/random.h"

namespace coterie {

std::uint32_t EventPartition::number_of(Identifier customer) {
  std::size_t at = mix64(customer) & (slots_.size() - 1);
  for (; slots_[at].number != empty; at = (at + 1) & (slots_.size() - 1))
    if (slots_[at].customer == customer) return slots_[at].number;
  const auto number = static_cast<std::uint32_t>(customers_.size());
  slots_[at] = {customer, number};
  customers_.push_back(customer);
  if (customers_.size() * 2 > slots_.size()) grow();
  return number;
}

void EventPartition::grow() {
  std::vector<Slot> old(slots_.size() * 2, Slot{0, empty});
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.number == empty) continue;
    std::size_t at = mix64(slot.customer) & (slots_.size() - 1);
    while (slots_[at].number != empty) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

// A record mostly refers to a recent one: then the customer's number is that one's, and nothing is looked up.
void EventPartition::decode(const EventStore& store, std::size_t partition) {
  StoredEvent* event = events_.data();
  std::uint32_t* number = customer_of_.data();
  record::RecentRecords recent;
  std::uint32_t recent_number[record::RecentRecords::places]{};
  store.for_each_run(partition, [&](const record::Vocabulary& vocabulary, const char* at, std::size_t size) {
    for (const char* end = at + size; at < end; ++event, ++number) {
      record::Who who;
      at = record::decode(at, vocabulary, recent, *event, lists_, who);
      if (who.is_new) recent_number[who.place] = number_of(recent.customer[who.place]);
      *number = recent_number[who.place];
    }
  });
  assert(event == events_.data() + events_.size());
}

// By counting.
void EventPartition::put_in_order() {
  starts_.assign(customers_.size() + 1, 0);
  for (const std::uint32_t number : customer_of_) ++starts_[number + 1];
  for (std::size_t c = 1; c < starts_.size(); ++c) starts_[c] += starts_[c - 1];
  order_.resize(events_.size());
  // starts_[c] becomes where c's events end, which is where those of c + 1 start.
  for (std::uint32_t i = 0; i < customer_of_.size(); ++i) order_[starts_[customer_of_[i]]++] = i;
  std::copy_backward(starts_.begin(), starts_.end() - 1, starts_.end());
  starts_[0] = 0;
}

void EventPartition::read(const EventStore& store, std::size_t partition) {
  items_ = &store.items();
  if (slots_.empty()) slots_.resize(4096);
  std::fill(slots_.begin(), slots_.end(), Slot{0, empty});
  customers_.clear(), lists_.clear();
  events_.resize(store.events_in(partition));
  customer_of_.resize(events_.size());
  decode(store, partition);
  put_in_order();
}

void EventPartition::forget_large(std::size_t events) {
  if (events_.size() > events) events_ = {}, customer_of_ = {}, order_ = {}, lists_ = {};
}

}  // namespace coterie
