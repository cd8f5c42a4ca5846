// A customer's events in time order: what every feature is a function of.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "coterie/events/event.h"
#include "coterie/events/event_partition.h"

namespace coterie {

// Counts different values; its memory is reused from customer to customer. Exact: the values themselves are compared.
class DistinctCounter {
  struct Slot {
    std::uint64_t value;
    std::uint64_t stamp;  // of the round that took it; free in any other
  };

 public:
  // One count. A value of its own, so that what it knows stays in registers.
  class Round {
   public:
    // Whether a value is new is as good as random: both ways go on without a branch where the first slot is free or the value's own.
    void add(std::uint64_t value) {
      Slot* slot = begin_ + (value * 0x9e3779b97f4a7c15u >> shift_);
      while (((slot->stamp ^ stamp_) | static_cast<std::uint64_t>(slot->value == value)) == 0) [[unlikely]]
        if (++slot == end_) slot = begin_;
      distinct_ += slot->stamp != stamp_;
      *slot = {value, stamp_};
    }
    std::uint64_t distinct() const { return distinct_; }

   private:
    friend DistinctCounter;
    Round(Slot* begin, Slot* end, std::uint64_t stamp, unsigned shift) : begin_(begin), end_(end), stamp_(stamp), shift_(shift) {}

    Slot *begin_, *end_;
    std::uint64_t stamp_, distinct_ = 0;
    unsigned shift_;
  };

  // For n values at most; ends the round before.
  Round begin(std::size_t n);

 private:
  std::vector<Slot> slots_;
  std::uint64_t stamp_ = 0;
};

struct History {
  std::span<const Event> events;  // at least one; ordered by comes_before
  std::int64_t log_end_ms;        // the last event of the whole log
  std::array<std::uint64_t, event_type_count> count_by_type;
  DistinctCounter* counter;

  Identifier customer() const { return events.front().customer; }
  std::uint64_t count(EventType type) const { return count_by_type[static_cast<std::size_t>(type)]; }
};

// Different values of a field; `blank` is not counted.
std::uint64_t count_distinct(const History& history, Identifier Event::* field, Identifier blank = no_identifier);

// Sorts by comes_before by merging the runs that are there already: linear for a log sorted by time.
void sort_history(std::span<Event> events, std::vector<Event>& room);

// Reads a partition customer by customer; reused from partition to partition.
class HistoryReader {
 public:
  // The history of a customer with more events is sorted where it lies, and its different values are counted by
  // sorting: robots have millions, and copies might not fit.
  static constexpr std::size_t most_copied = 1 << 18;
  // What reading a partition takes at most: all its events may be of one customer.
  static std::size_t memory_bytes(std::size_t events) {
    return events * (EventPartition::bytes_of_one + sizeof(Event)) + std::min(events, most_copied) * sizeof(Event);
  }

  // Calls fn for each customer of the partition, in order of first appearance.
  void for_each(const EventStore& store, std::size_t partition, std::int64_t log_end_ms, const std::function<void(const History&)>& fn);

 private:
  EventPartition partition_;
  std::vector<Event> events_, room_;  // of one customer
  DistinctCounter counter_;
};

}  // namespace coterie
