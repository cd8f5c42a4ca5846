// The customers of the sample shop and when they come: every customer has a kind (the ground truth), a
// heavy-tailed number of events and sessions spread over the customer's own part of the 61 days.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "coterie/base/memory.h"
#include "coterie/base/parallel.h"

namespace coterie {

enum class CustomerKind : std::uint8_t {
  glancer,           // one short visit
  browser,           // a few visits, all but never buys
  researcher,        // many long visits for few purchases
  cart_abandoner,    // fills carts and leaves them
  occasional_buyer,  // few visits, buys
  loyal_buyer,       // comes often over the whole time, buys often
  reseller,          // very many events
};
inline constexpr std::size_t customer_kinds = 7;
const char* name_of(CustomerKind kind);

inline constexpr std::uint32_t sample_days = 61, sample_seconds = sample_days * 86'400;
inline constexpr std::uint32_t most_customers = 99'999'989;  // a prime: customer numbers are spread over it

// The customer's kind and nine-digit number; distinct for customers 0 <= c < most_customers.
CustomerKind kind_of_customer(std::uint64_t seed, std::uint64_t customer);
std::uint32_t number_of_customer(std::uint64_t seed, std::uint64_t customer);

// A visit: `events` events, the first at `start`, the last at start + duration (seconds from the log's first).
struct Session {
  std::uint32_t start, customer;
  std::uint32_t ordinal;   // among all sessions in customer order: its random stream and id
  std::uint16_t duration;  // below 3,600
  std::uint8_t events;     // 1..255
  CustomerKind kind;
};
static_assert(sizeof(Session) == 16);

// Sessions ordered by hour of their start, in customer order within the hour.
struct SessionPlan {
  HugeArray<Session> sessions;
  std::vector<std::size_t> hour_begin;  // sample_days * 24 + 1
  // How many sessions of each kind have how many events.
  std::array<std::array<std::uint64_t, 256>, customer_kinds> sizes{};
};

// Exactly `rows` events of exactly `customers` customers (1 <= customers <= rows, most_customers).
SessionPlan plan_sessions(std::uint64_t rows, std::uint32_t customers, std::uint64_t seed, int threads);

}  // namespace coterie
