#include "coterie/sample/event_customers.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "coterie/base/random.h"

namespace coterie {
namespace {

constexpr std::size_t block_size = 16'384;  // customers
constexpr std::uint32_t hours = sample_days * 24;
constexpr std::uint64_t kind_stream = 0x6b696e64, weight_stream = 0x77656967687400, visit_stream = 0x76697369740000;

struct KindShape {
  const char* name;
  double share;           // of customers
  double events, spread;  // mean number of events before scaling, sigma of its logarithm
  double visit_events;    // mean events of a visit before the visit is cut off by the customer's last event
  double window;          // share of the 61 days within which the visits lie, at most
};
constexpr KindShape shapes[customer_kinds] = {
    {"glancer", 0.34, 3.0, 0.6, 40, 0.02},     {"browser", 0.30, 11, 0.9, 4.5, 0.5},
    {"researcher", 0.14, 62, 1.0, 6.9, 0.85},  {"cart_abandoner", 0.08, 26, 0.9, 5.3, 0.6},
    {"occasional_buyer", 0.10, 20, 0.8, 5.4, 0.5}, {"loyal_buyer", 0.035, 80, 0.8, 6.2, 1},
    {"reseller", 0.005, 300, 1.0, 9, 1},
};

// Popularity of the hours of a day (UTC, a shop some hours to the east) and of the days (a sale in November).
constexpr double hour_weights[24] = {6,  8,  22, 38, 52, 60, 64, 66, 68, 67, 66, 66,
                                     68, 74, 84, 92, 96, 92, 76, 52, 32, 18, 10, 7};
double day_weight(std::uint32_t day) {
  const double weekly[7] = {1.0, 1.0, 1.0, 1.02, 1.06, 1.08, 1.02};
  const double sale = day >= 45 && day <= 47 ? 2.4 : 1.0;
  return weekly[day % 7] * sale * (1 + 0.004 * day);
}

// slot -> value, so that values come in proportion to their weights.
template <std::size_t n>
std::array<std::uint8_t, n> quantile_table(const std::vector<double>& weights) {
  double total = 0, before = 0;
  for (const double w : weights) total += w;
  std::array<std::uint8_t, n> table{};
  std::size_t slot = 0;
  for (std::size_t value = 0; value < weights.size(); ++value) {
    before += weights[value];
    const auto end = value + 1 == weights.size() ? n : static_cast<std::size_t>(std::lround(n * (before / total)));
    for (; slot < end; ++slot) table[slot] = static_cast<std::uint8_t>(value);
  }
  return table;
}

struct Tables {
  std::array<std::uint8_t, 4096> day, hour;
  std::array<std::array<std::uint8_t, 1024>, customer_kinds> visit_events;
  std::array<std::uint32_t, customer_kinds> kind_end;  // in 2^-32, last is 2^32 - 1
};

// A stretched exponential: most visits are short, some very long.
std::array<std::uint8_t, 1024> visit_sizes(double mean) {
  std::array<std::uint8_t, 1024> sizes{};
  const double scale = (mean - 0.6) / std::tgamma(2.35);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double tail = 1 - (static_cast<double>(i) + 0.5) / 1024;
    sizes[i] = static_cast<std::uint8_t>(std::clamp(1 + std::floor(scale * std::pow(-std::log(tail), 1.35)), 1.0, 255.0));
  }
  return sizes;
}

Tables build_tables() {
  Tables tables;
  std::vector<double> days;
  for (std::uint32_t d = 0; d < sample_days; ++d) days.push_back(day_weight(d));
  tables.day = quantile_table<4096>(days);
  tables.hour = quantile_table<4096>({hour_weights, hour_weights + 24});
  double before = 0;
  for (std::size_t k = 0; k < customer_kinds; ++k) {
    tables.visit_events[k] = visit_sizes(shapes[k].visit_events);
    before += shapes[k].share;
    tables.kind_end[k] = static_cast<std::uint32_t>(std::min(before, 1.0) * 4294967295.0);
  }
  return tables;
}
const Tables& tables() {
  static const Tables built = build_tables();
  return built;
}

// In 1/256 events beyond the one that everybody has; never 0, so that the sum is not.
std::uint32_t weight_of_customer(std::uint64_t seed, std::uint64_t customer) {
  const KindShape& shape = shapes[static_cast<std::size_t>(kind_of_customer(seed, customer))];
  Random random(seed ^ weight_stream, customer);
  const double events = shape.events * std::exp(shape.spread * random.normal() - shape.spread * shape.spread / 2);
  return 1 + static_cast<std::uint32_t>(256 * std::clamp(events - 1, 0.0, 20'000.0));
}

// Turns weights into numbers of events of the exact sum: the whole parts of the running share.
HugeArray<std::uint32_t> events_of_customers(std::uint64_t rows, std::uint32_t customers, std::uint64_t seed, int threads) {
  HugeArray<std::uint32_t> events(customers);
  const std::size_t blocks = block_count(customers, block_size);
  std::vector<std::uint64_t> before(blocks + 1);
  for_each_block(blocks, threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, customers, block_size);
    for (std::size_t c = begin; c < end; ++c) before[b + 1] += events[c] = weight_of_customer(seed, c);
  });
  for (std::size_t b = 0; b < blocks; ++b) before[b + 1] += before[b];
  const auto whole = [&](std::uint64_t sum) {
    return static_cast<std::uint64_t>(static_cast<Wide>(sum) * (rows - customers) / before[blocks]);
  };
  for_each_block(blocks, threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, customers, block_size);
    std::uint64_t sum = before[b], given = whole(sum);
    for (std::size_t c = begin; c < end; ++c) {
      const std::uint64_t next = whole(sum += events[c]);
      events[c] = static_cast<std::uint32_t>(1 + next - given);
      given = next;
    }
  });
  return events;
}

std::uint32_t draw_start(double window_begin, double window, Random& random) {
  const std::uint64_t bits = random.bits();
  const double place = window_begin + window * static_cast<double>(bits >> 44) * 0x1p-20;
  const std::uint32_t day = tables().day[static_cast<std::size_t>(place * 4096)];
  const std::uint32_t hour = tables().hour[bits & 4095];
  return day * 86'400 + hour * 3'600 + static_cast<std::uint32_t>(((bits >> 12 & 0xffff'ffff) * 3'600) >> 32);
}

// Seconds between the first and the last event: from hasty to thorough, less than an hour.
std::uint16_t draw_duration(std::uint32_t events, std::uint64_t bits) {
  const std::uint32_t pace = 12 + static_cast<std::uint32_t>(bits >> 56) * static_cast<std::uint32_t>(bits >> 48 & 255) / 400;
  return static_cast<std::uint16_t>(std::min((events - 1) * pace, 3'300 + static_cast<std::uint32_t>(bits >> 40 & 255)));
}

// Calls visit(Session) for each session of the customer; ordinals are left to the caller.
template <class Visit>
void each_session(std::uint64_t seed, std::uint32_t customer, std::uint32_t events, const Visit& visit) {
  const CustomerKind kind = kind_of_customer(seed, customer);
  const KindShape& shape = shapes[static_cast<std::size_t>(kind)];
  const auto& sizes = tables().visit_events[static_cast<std::size_t>(kind)];
  Random random(seed ^ visit_stream, customer);
  const double window = shape.window * (0.3 + 0.7 * random.uniform());
  const double window_begin = (1 - window) * random.uniform();
  while (events > 0) {
    const std::uint64_t bits = random.bits();
    const std::uint32_t size = std::min<std::uint32_t>(events, sizes[bits & 1023]);
    std::uint32_t start = draw_start(window_begin, window, random);
    if (start >= sample_seconds - 3'600) start -= 3'600;  // nothing reaches past the last day
    visit(Session{start, customer, 0, draw_duration(size, bits), static_cast<std::uint8_t>(size), kind});
    events -= size;
  }
}

// What the first pass learns of a block of customers.
struct BlockCounts {
  std::array<std::uint32_t, hours> at_hour{};
  std::array<std::array<std::uint32_t, 256>, customer_kinds> sizes{};
};

}  // namespace

const char* name_of(CustomerKind kind) { return shapes[static_cast<std::size_t>(kind)].name; }

CustomerKind kind_of_customer(std::uint64_t seed, std::uint64_t customer) {
  const auto place = static_cast<std::uint32_t>(mix64(mix64(seed + kind_stream) + customer));
  std::size_t kind = 0;
  while (kind + 1 < customer_kinds && place >= tables().kind_end[kind]) ++kind;
  return static_cast<CustomerKind>(kind);
}

std::uint32_t number_of_customer(std::uint64_t seed, std::uint64_t customer) {
  return 500'000'000 + static_cast<std::uint32_t>((customer * 61'803'399 + mix64(seed) % most_customers) % most_customers);
}

SessionPlan plan_sessions(std::uint64_t rows, std::uint32_t customers, std::uint64_t seed, int threads) {
  assert(customers >= 1 && customers <= rows && customers <= most_customers);
  const HugeArray<std::uint32_t> events = events_of_customers(rows, customers, seed, threads);
  const std::size_t blocks = block_count(customers, block_size);
  std::vector<BlockCounts> counts(blocks);
  for_each_block(blocks, threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, customers, block_size);
    for (std::size_t c = begin; c < end; ++c)
      each_session(seed, static_cast<std::uint32_t>(c), events[c], [&](const Session& s) {
        ++counts[b].at_hour[s.start / 3'600];
        ++counts[b].sizes[static_cast<std::size_t>(s.kind)][s.events];
      });
  });

  SessionPlan plan;
  std::vector<std::uint32_t> ordinals(blocks);
  std::uint32_t ordinal = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    ordinals[b] = ordinal;
    for (const std::uint32_t n : counts[b].at_hour) ordinal += n;
    for (std::size_t k = 0; k < customer_kinds; ++k)
      for (std::size_t n = 0; n < 256; ++n) plan.sizes[k][n] += counts[b].sizes[k][n];
  }
  std::uint32_t place = 0;
  for (std::uint32_t h = 0; h < hours; ++h) {
    plan.hour_begin.push_back(place);
    for (std::size_t b = 0; b < blocks; ++b) {  // from here on at_hour is where the block's sessions go
      const std::uint32_t n = counts[b].at_hour[h];
      counts[b].at_hour[h] = place;
      place += n;
    }
  }
  plan.hour_begin.push_back(place);
  plan.sessions = HugeArray<Session>(place);
  for_each_block(blocks, threads, [&](std::size_t b, int) {
    const auto [begin, end] = block_range(b, customers, block_size);
    for (std::size_t c = begin; c < end; ++c)
      each_session(seed, static_cast<std::uint32_t>(c), events[c], [&](Session s) {
        s.ordinal = ordinals[b]++;
        plan.sessions[counts[b].at_hour[s.start / 3'600]++] = s;
      });
  });
  return plan;
}

}  // namespace coterie
