// Customers who are probably none: bots, staff, resellers, test orders. Each rule measures one history and has a threshold that
// anyone may change. Who meets a rule is flagged and counted, and left out only where it is asked for.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/events/read_events.h"
#include "coterie/features/feature.h"
#include "coterie/table/customer_table.h"

namespace coterie {

enum class FlagGroup { bots, staff, resellers, test_orders };
constexpr int flag_group_count = 4;
const char* name_of(FlagGroup group);  // "test_orders"

struct Suspect {
  const History& history;
  std::string_view name;  // of an id that is a text; "" for numbers
};

struct FlagRule {
  const char* name;
  FlagGroup group;
  const char* definition;
  double threshold;                   // flagged are those at or above it
  bool in_medians;                    // the threshold counts in medians of all customers
  std::size_t least_events;           // in a shorter history it measures 0: most customers need no look
  double (*measure)(const Suspect&);
};

// The rules for a kind of log, in the order of the outputs.
const std::vector<FlagRule>& flag_catalogue(LogKind kind);

struct FlagOptions {
  std::map<std::string, double> thresholds = {};  // by name of the rule; the others' are those of the catalogue
  std::vector<std::string> drop = {};             // groups that are left out, or names of rules
};
// Throws Error(usage) for a rule or a group that is not there; suggests the nearest.
void require_known_flags(const FlagOptions& options, LogKind kind);

struct FlaggedCustomer {
  std::size_t row;               // of the table
  std::vector<double> measures;  // a rule each; NaN where it is not met
  std::uint64_t events;
};

struct CustomerFlags {
  struct Count {
    FlagRule rule;
    double threshold;  // as measured: in the measure's own unit
    std::uint64_t customers = 0, events = 0;
    bool dropped = false;
  };
  std::vector<Count> rules = {};
  std::vector<FlaggedCustomer> customers = {};  // by row, as they stood in the table before any was left out
  std::vector<std::string> ids = {};            // of `customers`
  std::string id_name = {};
  std::uint64_t dropped_customers = 0, dropped_events = 0;

  std::uint64_t customers_of(FlagGroup group) const;
};

// Sees every history while features are computed.
class FlagFinder {
 public:
  static constexpr std::size_t most_rules = 8;
  // The log must live until the last visit.
  FlagFinder(const EventLog& log, LogKind kind, const FlagOptions& options, int threads);

  void visit(const History& history, int worker);
  // Of the customers of the table that was computed from these histories. Same result for any number of threads.
  CustomerFlags finish(const CustomerTable& table);

 private:
  struct Measured {
    Identifier customer;
    std::string name;
    std::uint64_t events;
    std::array<double, most_rules> measures;
  };
  struct Workplace {
    std::vector<Measured> suspects;
    std::vector<std::vector<double>> all;  // of rules in medians, every customer's measure
  };

  double threshold_of(std::size_t rule) const;
  std::vector<double> absolute_thresholds();

  const EventLog& log_;
  const std::vector<FlagRule>& rules_;
  FlagOptions options_;
  std::vector<Workplace> workplaces_;
};

// Leaves out who is flagged by a dropped rule, and counts them in `flags`. Throws Error(no_usable_rows) when nobody remains.
CustomerTable drop_flagged(CustomerTable table, CustomerFlags& flags);

}  // namespace coterie
