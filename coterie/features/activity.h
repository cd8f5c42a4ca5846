// What a sample of customers was about, and when: the share of each customer's events by category, brand, product, hour,
// weekday and month. Shares of a customer, not sums of events: else the few who do most would speak for their segment.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "coterie/events/customer_sample.h"
#include "coterie/events/history.h"
#include "coterie/events/read_events.h"
#include "coterie/table/customer_table.h"

namespace coterie {

enum class ActivityKind : std::uint8_t { category, brand, product, hour, weekday, month };
constexpr int activity_kind_count = 6;

struct ActivityShare {
  ActivityKind kind;
  std::uint32_t value;  // category, brand, product: its place in the texts; hour 0-23, weekday 0-6 from Monday, month 0-11; UTC
  double share;         // of the customer's events, in (0, 1]; those of a kind add up to 1 where no event's is blank
};

struct Activity {
  std::vector<std::uint32_t> rows;   // the sampled customers' rows of the table, rising
  std::vector<std::size_t> first{0};  // where each one's shares begin, and at the end how many there are
  std::vector<ActivityShare> shares;
  std::vector<std::string> texts[3];  // of categories, brands, products; in byte order
  std::vector<std::string> product_names;  // of each of the products' texts, "" where none is known
};

// Sees every history while features are computed, and keeps the shares of those in the sample (events/customer_sample.h), about `events` events.
class ActivitySampler {
 public:
  // The log must live until finish().
  ActivitySampler(const EventLog& log, int threads, std::size_t events = sampled_events);

  void visit(const History& history, int worker);
  // ids: of the table that was computed from these histories; customers that it no longer has are left out. Same result for any number of threads.
  Activity finish(const CustomerIds& ids);

 private:
  struct Share {
    ActivityKind kind;
    std::uint64_t value;  // the identifier, or the number of the hour ...
    double share;
  };
  struct Customer {
    Identifier id;
    std::string name;  // of ids that are no numbers
    std::vector<Share> shares;
  };
  using Texts = std::unordered_map<std::uint64_t, std::string>;  // by identifier; "" where there is none
  struct Workplace {
    std::vector<Customer> customers;
    Texts texts[3];  // of categories, brands, products
  };

  void add_share(Customer& customer, Workplace& place, ActivityKind kind, std::uint64_t value, double share) const;
  std::string text_of(ActivityKind kind, std::uint64_t value) const;

  const EventLog& log_;
  std::uint64_t limit_;  // ids whose hash is below it are in the sample
  std::vector<Workplace> workplaces_;
};

}  // namespace coterie
