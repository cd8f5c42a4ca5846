#include "coterie/events/history.h"

#include <algorithm>
#include <bit>

#include "coterie/base/random.h"
#include "coterie/events/distinct.h"

namespace coterie {

void DistinctCounter::begin(std::size_t n) {
  distinct_ = 0;
  const std::size_t wanted = std::bit_ceil(std::max<std::size_t>(16, 2 * n));
  if (wanted > values_.size()) {
    values_.resize(wanted);
    stamps_.assign(wanted, 0);
    stamp_ = 0;
  }
  mask_ = wanted - 1;
  shift_ = static_cast<unsigned>(64 - std::countr_zero(wanted));
  if (++stamp_ == 0) std::fill(stamps_.begin(), stamps_.end(), 0), stamp_ = 1;
}

namespace {

// For histories of robots: a third of the memory that the counter takes.
std::uint64_t count_distinct_by_sorting(const History& history, Identifier Event::* field, Identifier blank) {
  std::vector<Identifier> values;
  values.reserve(history.events.size());
  for (const Event& event : history.events)
    if (event.*field != blank) values.push_back(event.*field);
  std::sort(values.begin(), values.end());
  return static_cast<std::uint64_t>(std::unique(values.begin(), values.end()) - values.begin());
}

}  // namespace

std::uint64_t count_distinct(const History& history, Identifier Event::* field, Identifier blank) {
  if (history.events.size() > HistoryReader::most_copied) return count_distinct_by_sorting(history, field, blank);
  std::uint64_t values[most_compared + 8];
  const std::span<const Event> events = history.events;
  if (events.size() > most_compared) {
    history.counter->begin(events.size());
    for (const Event& event : events)
      if (event.*field != blank) history.counter->add(event.*field);
    return history.counter->distinct();
  }
  // Repeats in a row are the rule; dropping them takes no branch.
  std::size_t count = 0;
  Identifier last = blank;
  for (const Event& event : events) {
    const Identifier value = event.*field;
    values[count] = value;
    count += value != last && value != blank;
    last = value;
  }
  return count < 2 ? count : count_distinct_short(values, count);
}

void sort_history(std::span<Event> events, std::vector<Event>& room) {
  std::vector<std::size_t> starts;  // of the ascending runs
  for (std::size_t i = 1; i < events.size(); ++i)
    if (comes_before(events[i], events[i - 1])) starts.push_back(i);
  if (starts.empty()) return;
  if (events.size() > HistoryReader::most_copied) return std::sort(events.begin(), events.end(), comes_before);
  starts.insert(starts.begin(), 0);
  room.resize(std::max(room.size(), events.size()));
  Event *from = events.data(), *to = room.data();
  while (starts.size() > 1) {
    std::vector<std::size_t> merged;
    starts.push_back(events.size());
    const auto start = [&](std::size_t run) { return from + starts[std::min(run, starts.size() - 1)]; };
    for (std::size_t run = 0; run + 1 < starts.size(); run += 2) {
      merged.push_back(starts[run]);
      std::merge(start(run), start(run + 1), start(run + 1), start(run + 2), to + starts[run], comes_before);
    }
    std::swap(from, to);
    starts.swap(merged);
  }
  if (from != events.data()) std::copy(from, from + events.size(), events.data());
}

std::uint32_t HistoryReader::group_of(Identifier customer) {
  std::size_t at = mix64(customer) & (slots_.size() - 1);
  while (slots_[at].group != empty) {
    if (slots_[at].customer == customer) return slots_[at].group;
    at = (at + 1) & (slots_.size() - 1);
  }
  slots_[at] = {customer, static_cast<std::uint32_t>(size_.size())};
  size_.push_back(0);
  if (size_.size() * 2 > slots_.size()) {
    const auto group = static_cast<std::uint32_t>(size_.size() - 1);
    grow();
    return group;
  }
  return slots_[at].group;
}

void HistoryReader::grow() {
  std::vector<Slot> old(slots_.size() * 2, Slot{0, empty});
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.group == empty) continue;
    std::size_t at = mix64(slot.customer) & (slots_.size() - 1);
    while (slots_[at].group != empty) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

void HistoryReader::group() {
  if (slots_.empty()) slots_.resize(4096);
  std::fill(slots_.begin(), slots_.end(), Slot{0, empty});
  size_.clear();
  place_.resize(customers_.size());
  for (std::size_t i = 0; i < customers_.size(); ++i) ++size_[place_[i] = group_of(customers_[i])];
  std::vector<std::uint32_t> next(size_.size());
  for (std::size_t g = 1; g < size_.size(); ++g) next[g] = next[g - 1] + size_[g - 1];
  for (std::uint32_t& place : place_) place = next[place]++;
}

void HistoryReader::for_each(const EventStore& store, std::size_t partition, std::int64_t log_end_ms,
                              const std::function<void(const History&)>& fn) {
  store.read_customers(partition, customers_);
  group();
  if (events_.size() < place_.size()) events_.resize(place_.size());
  store.read_events(partition, place_, events_);
  Event* begin = events_.data();
  for (const std::uint32_t size : size_) {
    const std::span<Event> events(begin, size);
    sort_history(events, room_);
    History history{events, log_end_ms, {}, &counter_};
    for (const Event& event : events) ++history.count_by_type[static_cast<std::size_t>(event.type)];
    fn(history);
    begin += size;
  }
  if (place_.size() > most_copied) events_ = {}, customers_ = {}, place_ = {};
}

}  // namespace coterie
