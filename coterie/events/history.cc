#include "coterie/events/history.h"

#include <algorithm>
#include <bit>

#include "coterie/events/distinct.h"

namespace coterie {

DistinctCounter::Round DistinctCounter::begin(std::size_t n) {
  const std::size_t wanted = std::bit_ceil(std::max<std::size_t>(16, (n <= 1024 ? 4 : 2) * n));
  if (wanted > slots_.size()) slots_.assign(wanted, {});
  return {slots_.data(), slots_.data() + slots_.size(), ++stamp_, static_cast<unsigned>(64 - std::countr_zero(wanted))};
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
    DistinctCounter::Round round = history.counter->begin(events.size());
    for (const Event& event : events)
      if (event.*field != blank) round.add(event.*field);
    return round.distinct();
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
    if (events[i].time_ms <= events[i - 1].time_ms && comes_before(events[i], events[i - 1])) starts.push_back(i);
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

// Events and what they refer to lie apart, so both are fetched some events ahead of their turn.
void HistoryReader::for_each(const EventStore& store, std::size_t partition, std::int64_t log_end_ms,
                             const std::function<void(const History&)>& fn) {
  constexpr std::size_t event_ahead = 32, lists_ahead = 16;
  partition_.read(store, partition);
  const std::vector<std::uint32_t>& order = partition_.order();
  std::size_t at = 0;
  for (std::size_t c = 0; c < partition_.customers().size(); ++c) {
    const std::size_t size = partition_.starts()[c + 1] - at;
    if (events_.size() < size) events_.resize(size);
    const std::span<Event> events(events_.data(), size);
    History history{events, log_end_ms, {}, &counter_};
    for (Event& event : events) {
      if (at + event_ahead < order.size()) partition_.prefetch(order[at + event_ahead]);
      if (at + lists_ahead < order.size()) partition_.prefetch_lists(order[at + lists_ahead]);
      partition_.put_event(order[at++], event);
      event.customer = partition_.customers()[c];
      ++history.count_by_type[static_cast<std::size_t>(event.type)];
    }
    sort_history(events, room_);
    fn(history);
  }
  partition_.forget_large(most_copied);
  if (events_.size() > most_copied) events_ = {};
}

}  // namespace coterie
