// What happens in the shop as a whole: how many go from viewing to buying, and when. Gathered while features are computed.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "coterie/events/history.h"
#include "coterie/events/read_events.h"

namespace coterie {

constexpr std::size_t hours_of_week = 7 * 24;

struct TrafficDay {
  std::array<std::uint64_t, event_type_count> events{};
  std::int64_t revenue_micros = 0;  // of purchases
};

// Views, then a cart, then a purchase: how many came so far, each step at or after the one before.
struct FunnelSteps {
  std::array<std::uint64_t, 3> in_order{};
  std::array<std::uint64_t, event_type_count> any{};  // had such an event at all
};

struct BusyCustomer {
  Identifier id = 0;
  std::string name;
  std::uint64_t events = 0;
};

struct Traffic {
  std::array<std::uint64_t, event_type_count> events{};
  std::array<std::array<std::uint64_t, hours_of_week>, event_type_count> by_hour{};  // from Monday 0:00, UTC
  std::map<std::int64_t, TrafficDay> by_day;                                           // days since 1970
  std::uint64_t customers = 0, sessions = 0;  // sessions of a customer; invoices of orders
  FunnelSteps by_customer, by_session;
  std::vector<BusyCustomer> busiest;                             // ten, falling; ties by id
};

// Whether a history comes so far: the state of one customer or session.
class FunnelState {
 public:
  void take(EventType type) {
    had_ |= 1u << static_cast<unsigned>(type);
    if (type == EventType::view) steps_ = steps_ == 0 ? 1 : steps_;
    else if (type == EventType::cart) steps_ = steps_ == 1 ? 2 : steps_;
    else if (type == EventType::purchase) steps_ = steps_ == 2 ? 3 : steps_;
  }
  void count_into(FunnelSteps& steps) const;

 private:
  std::uint8_t had_ = 0, steps_ = 0;
};

// The states of a customer's sessions; reused from customer to customer.
class SessionStates {
 public:
  void begin();
  FunnelState& of(Identifier session);
  const std::vector<FunnelState>& all() const { return states_; }

 private:
  struct Slot {
    Identifier session;
    std::uint32_t stamp = 0, place = 0;
  };
  void grow();

  std::vector<Slot> slots_ = std::vector<Slot>(64);  // at least twice as many as states
  std::vector<FunnelState> states_;
  std::uint32_t stamp_ = 0;
};

// Sees every history once, from any worker; the answer is the same for any number of them.
class TrafficCounter {
 public:
  // The log must live until the last visit.
  TrafficCounter(const EventLog& log, int threads);
  void visit(const History& history, int worker);
  Traffic finish();

 private:
  struct Workplace {
    Traffic traffic;
    SessionStates sessions;
  };
  void count_times(const History& history, Traffic& traffic) const;
  void count_sessions(const History& history, Workplace& place) const;
  void note_if_busy(const History& history, Traffic& traffic) const;

  const EventLog& log_;
  std::vector<Workplace> workplaces_;
};

}  // namespace coterie
