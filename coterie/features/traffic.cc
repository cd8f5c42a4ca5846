#include "coterie/features/traffic.h"

#include <algorithm>

#include "coterie/base/parallel.h"
#include "coterie/base/time.h"

namespace coterie {
namespace {

constexpr std::size_t busiest_shown = 10;
constexpr std::int64_t ms_per_hour = ms_per_day / 24;

bool is_busier(const BusyCustomer& a, const BusyCustomer& b) { return a.events != b.events ? a.events > b.events : a.id < b.id; }

// Keeps the busiest, falling.
void insert_busy(std::vector<BusyCustomer>& busiest, BusyCustomer customer) {
  busiest.insert(std::upper_bound(busiest.begin(), busiest.end(), customer, is_busier), std::move(customer));
  if (busiest.size() > busiest_shown) busiest.pop_back();
}

template <class Array>
void add(Array& to, const Array& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

void add(FunnelSteps& to, const FunnelSteps& from) {
  add(to.in_order, from.in_order);
  add(to.any, from.any);
}

void add(Traffic& to, Traffic& from) {
  add(to.events, from.events);
  for (std::size_t type = 0; type < to.by_hour.size(); ++type) add(to.by_hour[type], from.by_hour[type]);
  for (const auto& [day, own] : from.by_day) {
    TrafficDay& all = to.by_day[day];
    add(all.events, own.events);
    all.revenue_micros += own.revenue_micros;
  }
  to.customers += from.customers, to.sessions += from.sessions;
  add(to.by_customer, from.by_customer);
  add(to.by_session, from.by_session);
  for (BusyCustomer& customer : from.busiest) insert_busy(to.busiest, std::move(customer));
}

}  // namespace

void FunnelState::count_into(FunnelSteps& steps) const {
  for (unsigned step = 0; step < steps_; ++step) ++steps.in_order[step];
  for (unsigned type = 0; type < steps.any.size(); ++type) steps.any[type] += had_ >> type & 1;
}

void SessionStates::begin() {
  states_.clear();
  if (++stamp_ == 0) std::fill(slots_.begin(), slots_.end(), Slot{}), stamp_ = 1;
}

void SessionStates::grow() {
  std::vector<Slot> old(2 * slots_.size());
  std::swap(old, slots_);
  for (const Slot& slot : old) {
    if (slot.stamp != stamp_) continue;
    std::size_t at = mix64(slot.session) & (slots_.size() - 1);
    while (slots_[at].stamp == stamp_) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

FunnelState& SessionStates::of(Identifier session) {
  if (2 * states_.size() >= slots_.size()) grow();
  std::size_t at = mix64(session) & (slots_.size() - 1);
  for (; slots_[at].stamp == stamp_; at = (at + 1) & (slots_.size() - 1))
    if (slots_[at].session == session) return states_[slots_[at].place];
  slots_[at] = {session, stamp_, static_cast<std::uint32_t>(states_.size())};
  return states_.emplace_back();
}

TrafficCounter::TrafficCounter(const EventLog& log, int threads) : log_(log), workplaces_(static_cast<std::size_t>(threads > 0 ? threads : default_threads())) {}

void TrafficCounter::count_times(const History& history, Traffic& traffic) const {
  std::int64_t day = INT64_MIN;
  TrafficDay* today = nullptr;
  FunnelState state;
  for (const Event& event : history.events) {
    const auto type = static_cast<std::size_t>(event.type);
    if (const std::int64_t own = floor_divide(event.time_ms, ms_per_day); own != day) day = own, today = &traffic.by_day[day];
    const std::int64_t weekday = ((day + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    ++traffic.by_hour[type][static_cast<std::size_t>(weekday * 24 + (event.time_ms - day * ms_per_day) / ms_per_hour)];
    ++today->events[type];
    if (event.type == EventType::purchase && event.price_micros != no_price) today->revenue_micros += event.price_micros;
    state.take(event.type);
  }
  state.count_into(traffic.by_customer);
}

void TrafficCounter::count_sessions(const History& history, Workplace& place) const {
  place.sessions.begin();
  Identifier last = no_identifier;
  FunnelState* state = nullptr;
  for (const Event& event : history.events) {
    if (event.session == no_identifier) continue;
    if (event.session != last) last = event.session, state = &place.sessions.of(last);
    state->take(event.type);
  }
  for (const FunnelState& one : place.sessions.all()) one.count_into(place.traffic.by_session);
  place.traffic.sessions += place.sessions.all().size();
}

void TrafficCounter::note_if_busy(const History& history, Traffic& traffic) const {
  BusyCustomer customer{history.customer(), "", history.events.size()};
  if (traffic.busiest.size() == busiest_shown && !is_busier(customer, traffic.busiest.back())) return;
  customer.name = customer.id < named_flag ? std::to_string(customer.id) : std::string(log_.customer_names.text(log_.customer_names.find(customer.id)));
  insert_busy(traffic.busiest, std::move(customer));
}

void TrafficCounter::visit(const History& history, int worker) {
  Workplace& place = workplaces_[static_cast<std::size_t>(worker)];
  ++place.traffic.customers;
  add(place.traffic.events, history.count_by_type);
  count_times(history, place.traffic);
  count_sessions(history, place);
  note_if_busy(history, place.traffic);
}

Traffic TrafficCounter::finish() {
  Traffic all;
  for (Workplace& place : workplaces_) add(all, place.traffic);
  workplaces_.clear();
  return all;
}

}  // namespace coterie
